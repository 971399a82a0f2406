"""What lies open of a host is claimed by whoever is free, taken back when it may not be claimed, and never lost."""

from __future__ import annotations

import pytest

from coordinator.ledger.groups import Groups
from coordinator.ledger.lane import LedgerRules
from coordinator.ledger.ledger import Ledger
from shared.events.run import BatchAnswered, BatchRequeued, PiecesLost, RequeueReason
from shared.messages import Answer, Claiming, DeferReason, Deferred, Failed, Observed
from shared.targets import Failure, FailureKind

RULES = LedgerRules(lease=10.0)
SEEN = Observed("f" * 64, 180000, 7)
ITEMS = tuple(f"t{number:02}" for number in range(40))


def ledger_of(items=ITEMS, capacity: int = 4, most: int = 10, **more) -> Ledger:
    return Ledger([(item, "host") for item in items], {"host": capacity}, RULES, open_pieces=most, **more)


def begun(ledger: Ledger, slots: int = 2) -> list[str]:
    """Have every batch that may be sent begin, by workers that claim, and give their ids."""
    batches = ledger.next_batches(0, slots)
    for batch in batches:
        ledger.answer(batch.id, (), 0, Claiming.ON)
    return [batch.id for batch in batches]


def seen(*items: str) -> list[Answer]:
    return [Answer(item, SEEN) for item in items]


def test_a_batch_names_one_tenant_for_each_connection_and_no_more_are_sent_than_can_run():
    ledger = ledger_of()
    batches = ledger.next_batches(0, 2)
    assert [(batch.items, batch.connections, batch.open) for batch in batches] == [
        (("t00", "t01"), 2, True),
        (("t02", "t03"), 2, True),
    ]
    assert ledger.next_batches(0, 2) == ()


def test_nothing_lies_open_before_a_worker_says_that_it_claims():
    ledger = ledger_of()
    [first, _] = ledger.next_batches(0, 2)
    ledger.answer(first.id, (), 0)
    assert ledger.lay_open() == {}
    ledger.answer(first.id, (), 0, Claiming.ON)
    assert ledger.lay_open() == {"host": [(item,) for item in ITEMS[4:14]]}


def test_a_batch_is_open_only_when_there_is_more_than_it_names():
    assert [batch.open for batch in ledger_of(ITEMS[:4]).next_batches(0, 2)] == [True, False]
    assert [batch.open for batch in ledger_of(ITEMS[:3], capacity=8).next_batches(0, 1)] == [False]


def test_workers_that_claim_on_one_host_find_pieces_of_the_next_one_from_the_beginning():
    hosts = [(item, "first" if number % 2 else "second") for number, item in enumerate(ITEMS)]
    ledger = Ledger(hosts, {"first": 4, "second": 4}, RULES, open_pieces=10)
    first, second = ledger.next_batches(0, 2)
    assert {first.lane, second.lane} == {"first", "second"}
    ledger.answer(first.id, (), 0, Claiming.ON)
    assert set(ledger.lay_open()) == {"first", "second"}


def test_of_a_host_without_an_open_batch_nothing_is_laid_open():
    hosts = [(item, "first" if number % 2 else "second") for number, item in enumerate(ITEMS)]
    ledger = Ledger(hosts, {"first": 4, "second": 4}, RULES, open_pieces=10)
    for batch in ledger.next_batches(0, 1)[:1]:
        ledger.answer(batch.id, (), 0, Claiming.ON)
    begun_lanes = {batch.lane for batch in ledger.in_flight()}
    assert set(ledger.lay_open()) == begun_lanes


def test_more_is_laid_open_when_half_of_it_is_claimed():
    ledger = ledger_of()
    [first, _] = begun(ledger)
    laid = ledger.lay_open()["host"]
    ledger.claim(first, laid[:4])
    assert ledger.lay_open() == {}
    ledger.claim(first, laid[4:5])
    assert ledger.lay_open() == {"host": [(item,) for item in ITEMS[14:19]]}


def test_a_claim_is_the_first_attempt_and_its_answer_counts():
    ledger = ledger_of()
    [first, second] = begun(ledger)
    [piece, *_] = ledger.lay_open()["host"]
    [mark] = ledger.claim(first, [piece])
    assert (mark.item, mark.attempt, mark.strikes, mark.batch) == ("t04", 1, 0, first)
    assert ledger.answer(second, seen("t04"), 1, Claiming.ON) == [], "who has not claimed it does not answer for it"
    assert ledger.answer(first, seen("t04"), 1, Claiming.ON) == [("t04", SEEN)]


def test_an_open_batch_goes_on_until_its_worker_says_that_it_is_over():
    ledger = ledger_of()
    [first, _] = begun(ledger)
    ledger.answer(first, seen("t00", "t01"), 1, Claiming.ON)
    assert first in [batch.id for batch in ledger.in_flight()]
    ledger.answer(first, (), 1, Claiming.OVER)
    assert first not in [batch.id for batch in ledger.in_flight()]


def test_a_batch_says_how_many_it_named_and_claimed_also_when_the_run_ends_before_its_worker():
    ledger = ledger_of(ITEMS[:6])
    [first, second] = begun(ledger)
    ledger.claim(first, ledger.lay_open()["host"])
    ledger.answer(first, seen("t00", "t01", "t04", "t05"), 1, Claiming.ON)
    ledger.answer(second, seen("t02", "t03"), 1, Claiming.OVER)
    assert ledger.done
    ledger.end_batches()
    answered = [event for event in ledger.drain_events() if isinstance(event, BatchAnswered)]
    assert sorted((event.batch, event.items) for event in answered) == [(first, 4), (second, 2)]
    assert ledger.in_flight() == ()


def test_what_a_worker_claimed_without_being_told_waits_again_and_nobody_is_blamed():
    ledger = ledger_of()
    [first, _] = begun(ledger)
    [piece, *_] = ledger.lay_open()["host"]
    ledger.claim(first, [piece])
    ledger.answer(first, seen("t00", "t01"), 1, Claiming.OVER)
    requeued = [event for event in ledger.drain_events() if isinstance(event, BatchRequeued)]
    assert [(event.items, event.reason, event.careful) for event in requeued] == [(1, RequeueReason.CLAIM_LOST, False)]
    [again] = ledger.next_batches(2, 2)
    assert again.items[0] == "t04"


def test_of_a_worker_that_died_exactly_what_it_was_reading_is_read_carefully():
    ledger = ledger_of()
    [first, second] = begun(ledger)
    laid = ledger.lay_open()["host"]
    ledger.claim(first, laid[:2])
    ledger.answer(first, seen("t00", "t01", "t04"), 1, Claiming.ON)
    ledger.answer(second, (), 11, Claiming.ON)
    ledger.tick(12, queue_empty=True)
    careful = [batch for batch in ledger.next_batches(12, 2) if batch.careful]
    assert [(batch.items, batch.open) for batch in careful] == [(("t05",), False)]


def test_a_claim_of_a_batch_that_was_given_up_waits_again_and_its_answer_counts_all_the_same():
    ledger = ledger_of()
    [first, _] = begun(ledger)
    [piece, *_] = ledger.lay_open()["host"]
    ledger.tick(12, queue_empty=True)
    assert ledger.claim(first, [piece]) == ()
    waiting = [item for batch in ledger.next_batches(12, 2) if not batch.careful for item in batch.items]
    assert piece[0] in waiting
    assert ledger.answer(first, seen(*piece), 13) == [(piece[0], SEEN)]


def test_what_an_earlier_coordinator_laid_open_is_answered_by_who_claimed_it():
    ledger = ledger_of(prefix="2")
    assert ledger.claim("1-1", [("t07",)]) == ()
    assert ledger.answer("1-1", seen("t07", "t08"), 0) == [("t07", SEEN)]


def test_a_piece_that_was_claimed_twice_is_read_by_the_first():
    ledger = ledger_of()
    [first, second] = begun(ledger)
    [piece, *_] = ledger.lay_open()["host"]
    assert len(ledger.claim(first, [piece])) == 1
    assert ledger.claim(second, [piece]) == ()
    ledger.answer(second, seen("t02", "t03"), 1, Claiming.OVER)
    assert ledger.answer(first, seen(*piece), 1, Claiming.ON) == [(piece[0], SEEN)]


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_when_others_wait_what_lies_open_is_taken_back_until_the_batches_are_within_the_share(limit):
    ledger = ledger_of()
    [first, second] = begun(ledger)
    laid = ledger.lay_open()["host"]
    assert ledger.lanes_to_close({"host": 4}) == ()
    assert ledger.lanes_to_close({"host": limit}) == ("host",)
    ledger.close("host", laid)
    assert ledger.lay_open({"host": limit}) == {}
    ledger.answer(first, seen("t00", "t01"), 1, Claiming.OVER)
    ledger.answer(second, seen("t02", "t03"), 1, Claiming.OVER)
    again = ledger.next_batches(1, 2, 2, {"host": limit})
    assert sum(batch.connections for batch in again) <= limit
    assert again[0].items[0] == "t04"
    ledger.answer(again[0].id, (), 1, Claiming.ON)
    assert ledger.lay_open({"host": limit})["host"][0] not in {batch.items for batch in again}


def test_of_a_host_that_is_down_nothing_lies_open_and_its_probe_is_alone():
    ledger = ledger_of()
    [first, second] = begun(ledger)
    laid = ledger.lay_open()["host"]
    ledger.answer(first, [Answer("t00", Deferred(DeferReason.BREAKER))], 1, Claiming.ON)
    assert ledger.lanes_to_close() == ("host",)
    ledger.close("host", laid)
    for batch in (first, second):
        ledger.answer(batch, [Answer(item, Deferred(DeferReason.BREAKER)) for item in ITEMS[:4]], 1, Claiming.OVER)
    [probe] = ledger.next_batches(2, 2)
    assert (len(probe.items), probe.open, ledger.is_probe(probe)) == (1, False, True)
    down = Failed(Failure(FailureKind.REFUSED, "no"))
    ended = ledger.answer(probe.id, [Answer(probe.items[0], down)], 3)
    assert sorted(item for item, _ in ended) == list(ITEMS)


def test_a_batch_that_names_nobody_is_sent_for_what_lies_open():
    ledger = ledger_of(ITEMS[:8], most=20)
    [first, _] = begun(ledger)
    assert len(ledger.lay_open()["host"]) == 4
    ledger.answer(first, seen("t00", "t01"), 1, Claiming.OVER)
    [again] = ledger.next_batches(1, 2)
    assert (again.items, again.connections, again.open) == ((), 2, True)


def test_workers_that_claim_nothing_are_sent_all_by_name_once_one_fell_silent():
    ledger = ledger_of(ITEMS[:8], most=20)
    [first, second] = begun(ledger)
    laid = ledger.lay_open()["host"]
    for name, items in ((first, ITEMS[:2]), (second, ITEMS[2:4])):
        ledger.answer(name, seen(*items), 1, Claiming.OVER)
    for batch in ledger.next_batches(1, 2):
        assert batch.items == ()
        ledger.answer(batch.id, (), 1)  # an older worker begins, and has nothing to answer for
    ledger.tick(12, queue_empty=True)
    assert ledger.in_flight() == ()
    assert ledger.lanes_to_close() == ("host",)
    ledger.close("host", laid)
    assert sorted(item for batch in ledger.next_batches(12, 2) for item in batch.items) == list(ITEMS[4:8])


def test_all_connections_that_a_host_allows_are_granted_when_there_is_a_tenant_for_each():
    batches = ledger_of(ITEMS[:8], capacity=8).next_batches(0, 2)
    assert [(len(batch.items), batch.connections) for batch in batches] == [(4, 4), (4, 4)]


def test_pieces_that_redis_lost_wait_again_with_all_that_was_in_flight():
    ledger = ledger_of()
    begun(ledger)
    ledger.lay_open()
    ledger.requeue_all()
    assert ledger.open_lanes() == ()
    done = []
    while not ledger.done:
        for batch in ledger.next_batches(1, 2):
            done += ledger.answer(batch.id, seen(*batch.items), 1, Claiming.OVER)
    assert sorted(item for item, _ in done) == list(ITEMS)


def test_pieces_that_are_in_no_list_and_in_no_claim_wait_again():
    ledger = ledger_of()
    [first, _] = begun(ledger)
    laid = ledger.lay_open()["host"]
    ledger.claim(first, laid[:3])
    ledger.drain_events()
    ledger.lose_open("host")
    assert ledger.drain_events() == [PiecesLost(host="host", pieces=7)]
    assert ledger.lay_open()["host"] == [*laid[3:], *((item,) for item in ITEMS[14:17])]


def test_namespaces_of_a_database_lie_open_as_one_piece():
    items = [f"t{number}" for number in range(60)]
    groups = Groups({item: f"d{number // 20}" for number, item in enumerate(items)}, 20)
    ledger = ledger_of(items, capacity=1, groups=groups)
    [first] = begun(ledger, slots=1)
    assert ledger.lay_open() == {"host": [tuple(items[20:40]), tuple(items[40:])]}
    assert len(ledger.claim(first, [tuple(items[20:40])])) == 20


def test_namespaces_of_a_small_database_lie_open_together_and_the_fewer_the_less_there_is_left():
    items = [f"t{number:03}" for number in range(100)]
    groups = Groups(beside={item: f"d{number // 10}" for number, item in enumerate(items)})
    ledger = ledger_of(items, capacity=2, most=100, groups=groups)
    begun(ledger, slots=1)
    sizes = [len(piece) for piece in ledger.lay_open()["host"]]
    assert sum(sizes) == 98
    assert sizes[:3] == [8, 10, 9]
    assert sizes[-8:] == [1] * 8


def test_at_the_deadline_what_lies_open_ends_too():
    ledger = ledger_of()
    begun(ledger)
    ledger.lay_open()
    late = Failure(FailureKind.DEADLINE, "late")
    assert len(ledger.give_up(late)) == len(ITEMS)
    assert ledger.done
