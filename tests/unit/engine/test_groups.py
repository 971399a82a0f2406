"""Namespaces of one database are one piece of work, cut only where it would be too large."""

from __future__ import annotations

import pytest

from coordinator.ledger.groups import ALONE, MIN_NAMESPACES_OF_A_GROUP, Groups, databases_of
from coordinator.ledger.lane import LedgerRules
from coordinator.ledger.ledger import Ledger
from shared.messages import Answer, Failed, Observed
from shared.targets import Failure, FailureKind, Target


def ledger(groups: Groups, *items: str, capacity: int = 8, **rules) -> Ledger:
    changed = LedgerRules(**{"lease": 10.0, **rules})
    return Ledger([(item, "host") for item in items], {"host": capacity}, changed, groups=groups)


def groups(of: dict[str, str], most: int = 500) -> Groups:
    return Groups(of, most)


def sent(ledger: Ledger, slots: int = 1) -> list[tuple[tuple[str, ...], int]]:
    return [(batch.items, batch.connections) for batch in ledger.next_batches(0, slots)]


def test_a_database_of_a_tenants_own_is_a_piece_and_namespaces_of_one_are_one():
    targets = [Target(tenant="a", host="h", database="one")]
    many = [f"t{number}" for number in range(MIN_NAMESPACES_OF_A_GROUP)]
    targets += [Target(tenant=name, host="h", database="two", namespace=name) for name in many]
    found = databases_of(targets)
    assert [found.of(name) for name in ("a", *many)] == ["", *["two"] * len(many)]
    assert found.count_pieces(["a", *many]) == 2
    assert ALONE.count_pieces(["a", *many]) == 1 + len(many)


def test_a_database_of_few_namespaces_is_cut_like_any_tenants():
    targets = [
        Target(tenant=f"t{number}", host=host, database="d", namespace=f"n{number}")
        for host, numbers in (("h", range(50)), ("other", range(50, 100)))
        for number in numbers
    ]
    assert databases_of(targets).count_pieces(target.tenant for target in targets) == 100


def test_namespaces_of_a_database_stand_side_by_side_where_the_first_one_stood():
    assert groups({"a": "x", "b": "y", "c": "x", "e": "y"}).side_by_side("abcde") == ("a", "c", "b", "e", "d")


@pytest.mark.parametrize(("size", "most", "pieces"), [(1, 4, 1), (4, 4, 1), (5, 4, 2), (8, 4, 2), (9, 4, 3)])
def test_a_group_is_cut_where_it_would_be_too_large(size, most, pieces):
    items = [f"t{number}" for number in range(size)]
    assert groups(dict.fromkeys(items, "x"), most).count_pieces(items) == pieces


def test_one_database_is_one_batch_with_one_connection():
    items = [f"t{number}" for number in range(300)]
    assert sent(ledger(groups(dict.fromkeys(items, "x")), *items)) == [(tuple(items), 1)]


def test_databases_are_read_side_by_side_and_none_is_cut():
    of = {f"t{number:02}": f"d{number % 3}" for number in range(60)}
    batches = sent(ledger(groups(of), *of), slots=3)
    assert sorted(len(items) for items, _ in batches) == [20, 20, 20]
    assert all(len({of[item] for item in items}) == 1 for items, _ in batches)


def test_a_batch_holds_no_more_items_than_it_may():
    items = [f"t{number}" for number in range(50)]
    grouped = groups(dict.fromkeys(items, "x"), 10)
    first = ledger(grouped, *items, batch_items=25).next_batches(0, 1)[0]
    assert len(first.items) == 25


def test_what_is_requeued_after_a_death_is_careful_and_every_item_ends():
    items = [f"t{number}" for number in range(7)]
    run = ledger(groups(dict.fromkeys(items, "x")), *items)
    [batch] = run.next_batches(0, 1)
    run.answer(batch.id, (), 0)
    run.tick(11, queue_empty=True)
    [again] = run.next_batches(11, 1)
    assert (again.items, again.careful, again.connections) == (tuple(items), True, 1)
    run.answer(again.id, [Answer(item, Observed("f", 180000)) for item in items], 12)
    assert run.done


def test_a_probe_of_a_host_whose_breaker_is_open_is_one_namespace():
    items = [f"t{number}" for number in range(9)]
    run = ledger(groups(dict.fromkeys(items, "x"), 3), *items, capacity=1, batch_items=3)
    batch = run.next_batches(0, 1)[0]
    refused = Failed(Failure(FailureKind.REFUSED, "no"))
    run.answer(batch.id, [Answer(item, refused) for item in batch.items], 1)
    for other in run.in_flight():
        run.answer(other.id, [Answer(item, refused) for item in other.items], 1)
    probes = run.next_batches(2, 1)
    assert [len(probe.items) for probe in probes] == [1]
