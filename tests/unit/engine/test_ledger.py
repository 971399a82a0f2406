"""The ledger decides by what it is told: no clock, no network."""

from __future__ import annotations

import random

import pytest

from coordinator.ledger.batch import Batch, Mark
from coordinator.ledger.lane import LedgerRules
from coordinator.ledger.ledger import Ledger
from shared.messages import Answer, DeferReason, Deferred, Failed, Observed, Outcome
from shared.targets import Failure, FailureKind

RULES = LedgerRules()
SEEN = Observed("f" * 64, 180000, 7)
LATE = Failure(FailureKind.DEADLINE, "too late")


def failed(kind: FailureKind) -> Failed:
    return Failed(Failure(kind, kind.value))


def ledger_of(tenants: int, *, hosts: int = 1, capacity: int = 8, rules: LedgerRules = RULES) -> Ledger:
    items = [(f"t{number}", f"h{number % hosts}") for number in range(tenants)]
    return Ledger(items, {f"h{number}": capacity for number in range(hosts)}, rules)


def answer_all(ledger: Ledger, batch: Batch, outcome=SEEN, now: float = 0.0):
    return ledger.answer(batch.id, [Answer(item, outcome) for item in batch.items], now)


def crash(ledger: Ledger, batch: Batch, now: float) -> float:
    """The batch begins, and its worker is never heard of again."""
    ledger.answer(batch.id, [], now)
    later = now + RULES.lease + 1
    ledger.tick(later, queue_empty=True)
    return later


def test_a_tenant_cannot_be_in_the_fleet_twice():
    with pytest.raises(ValueError, match="a is in the fleet twice"):
        Ledger([("a", "h"), ("a", "h")], {"h": 1}, RULES)


@pytest.mark.parametrize("outcome", [SEEN, failed(FailureKind.PERMISSION), failed(FailureKind.REFUSED)])
def test_an_answer_that_nobody_asked_for_decides_nothing(outcome):
    ledger = ledger_of(4, rules=LedgerRules(batch_size=1))
    first, second = ledger.next_batches(0.0, slots=1)
    forged = (("never-sent", first.items[0]), (first.id, second.items[0]), (second.id, "no tenant of ours"), ("", "t3"))
    for batch, item in forged:
        assert ledger.answer(batch, [Answer(item, outcome)], 0.0) == []
    assert ledger.finished == 0
    assert answer_all(ledger, first) == [(first.items[0], SEEN)]


def test_an_answer_to_a_batch_of_an_earlier_coordinator_counts_for_its_items():
    ledger = ledger_of(2)
    ledger.restore("t0", Mark(item="t0", attempt=1, strikes=0, batch="1-7"), None)
    assert ledger.answer("1-7", [Answer("t0", SEEN), Answer("t1", SEEN)], 0.0) == [("t0", SEEN)]


def test_at_most_two_batches_per_slot_are_in_flight():
    assert len(ledger_of(1000, hosts=20).next_batches(0.0, slots=3)) == 6


def test_a_host_never_has_more_connections_open_than_it_allows():
    for slots in (1, 2, 3, 16):
        ledger = ledger_of(1000, hosts=3, capacity=5)
        while not ledger.done:
            ledger.next_batches(0.0, slots)
            for host in ("h0", "h1", "h2"):
                wanted = sorted((batch.connections for batch in ledger.in_flight() if batch.lane == host), reverse=True)
                assert sum(wanted[:slots]) <= 5  # only so many batches run at once
            answer_all(ledger, ledger.in_flight()[0])


def test_a_batch_holds_tenants_of_one_host_and_never_more_than_fifty():
    batches = ledger_of(5000, hosts=4).next_batches(0.0, slots=4)
    assert {len(batch.items) for batch in batches} == {48}  # six times eight connections
    assert all({int(item[1:]) % 4 for item in batch.items} == {int(batch.lane[1:])} for batch in batches)


def test_a_small_fleet_is_cut_so_that_every_slot_has_some_batches():
    sizes = [len(batch.items) for batch in ledger_of(80).next_batches(0.0, slots=4)]
    assert sizes == [6] * 8  # 80 / (4 x 4), as a multiple of the two connections


def test_a_fleet_of_three_is_read_by_two_slots():
    assert [len(batch.items) for batch in ledger_of(3).next_batches(0.0, slots=2)] == [2, 1]


def test_no_connection_is_idle_while_the_last_tenants_of_a_batch_are_read():
    for batch in ledger_of(1000, hosts=3).next_batches(0.0, slots=2):
        assert len(batch.items) % batch.connections == 0


def test_the_next_batch_waits_in_the_queue_although_all_connections_are_taken():
    ledger = ledger_of(1000)
    batches = ledger.next_batches(0.0, slots=2)
    assert [batch.connections for batch in batches] == [4, 4, 4, 4]
    assert ledger.peaks(2) == {"h0": 8}


def test_workers_that_nobody_planned_for_open_no_connection_too_many():
    ledger = ledger_of(1000)
    batches = ledger.next_batches(0.0, slots=2, runners=10)
    assert [batch.connections for batch in batches] == [4, 4]


def test_hosts_are_served_in_turn():
    assert [batch.lane for batch in ledger_of(400, hosts=4).next_batches(0.0, slots=4)][:4] == ["h0", "h1", "h2", "h3"]


def test_the_first_answer_wins():
    ledger = ledger_of(1)
    [batch] = ledger.next_batches(0.0, 1)
    assert answer_all(ledger, batch) == [("t0", SEEN)]
    assert answer_all(ledger, batch, failed(FailureKind.INTERNAL)) == []
    assert ledger.outcomes() == {"t0": SEEN}


def test_an_answer_from_nowhere_to_nobody_changes_nothing():
    ledger = ledger_of(1)
    assert ledger.answer("another", [Answer("stranger", SEEN)], 0.0) == []
    assert not ledger.done


def test_what_a_dead_worker_left_is_sent_again_and_nobody_is_blamed():
    ledger = ledger_of(40)
    batch, _ = ledger.next_batches(0.0, 1)
    ledger.answer(batch.id, [Answer(batch.items[0], SEEN)], 1.0)
    ledger.tick(RULES.lease + 0.5, queue_empty=False)
    assert batch in ledger.in_flight()
    ledger.tick(RULES.lease + 1.5, queue_empty=False)
    assert batch not in ledger.in_flight()
    again, *_ = ledger.next_batches(30.0, 1)
    assert (again.items, again.attempt, again.careful) == (batch.items[1:], 2, True)


def test_a_sign_of_life_extends_the_lease():
    ledger = ledger_of(1)
    [batch] = ledger.next_batches(0.0, 1)
    for now in range(0, 200, 10):
        ledger.answer(batch.id, [], float(now))
        ledger.tick(now + 9.0, queue_empty=True)
    assert ledger.in_flight() == (batch,)


def test_a_tenant_that_kills_its_workers_ends_as_crashed_and_the_others_are_read():
    ledger = ledger_of(10, rules=LedgerRules(batch_size=10))
    deadly, now = "t6", 0.0
    for _ in range(200):
        if ledger.done:
            break
        for batch in ledger.next_batches(now, 2):
            safe = batch.items[: batch.items.index(deadly)] if deadly in batch.items else batch.items
            if batch.careful or deadly not in batch.items:
                ledger.answer(batch.id, [Answer(item, SEEN) for item in safe], now)
            if deadly in batch.items:
                now = crash(ledger, batch, now)
    outcomes = ledger.outcomes()
    crashed = outcomes.pop(deadly)
    assert isinstance(crashed, Failed)
    assert crashed.failure.kind is FailureKind.CRASHED
    assert set(outcomes.values()) == {SEEN}
    assert len(outcomes) == 9


def test_one_crash_in_bad_company_is_forgiven():
    ledger = ledger_of(1)
    now = crash(ledger, ledger.next_batches(0.0, 1)[0], 0.0)
    now = crash(ledger, ledger.next_batches(now, 1)[0], now)
    now = crash(ledger, ledger.next_batches(now, 1)[0], now)
    answer_all(ledger, ledger.next_batches(now, 1)[0], now=now)
    assert ledger.outcomes() == {"t0": SEEN}


def test_a_message_that_waits_in_the_queue_is_not_lost_however_long_it_takes():
    ledger = ledger_of(4, rules=LedgerRules(batch_size=1))
    ledger.next_batches(0.0, 2)
    before = ledger.in_flight()
    for now in range(0, 10_000, 100):
        ledger.tick(float(now), queue_empty=False)
    assert ledger.in_flight() == before


def test_a_message_that_left_the_queue_and_never_began_is_sent_again_without_blame():
    ledger = ledger_of(1)
    ledger.next_batches(0.0, 1)
    ledger.tick(1.0, queue_empty=True)
    ledger.tick(RULES.lease + 2, queue_empty=True)
    [again] = ledger.next_batches(RULES.lease + 2, 1)
    assert not again.careful
    assert again.attempt == 2


def test_a_message_overtaken_by_a_later_one_is_known_to_have_left_the_queue():
    ledger = ledger_of(2, rules=LedgerRules(batch_size=1))
    lost, later = ledger.next_batches(0.0, 1)
    ledger.answer(later.id, [], 1.0)
    ledger.tick(RULES.lease + 2, queue_empty=False)
    assert lost not in ledger.in_flight()


def test_when_redis_forgot_everything_all_of_it_is_sent_again_without_blame():
    ledger = ledger_of(100, hosts=2)
    first = {item for batch in ledger.next_batches(0.0, 2) for item in batch.items}
    ledger.requeue_all()
    assert ledger.in_flight() == ()
    again = ledger.next_batches(0.0, 2)
    assert {item for batch in again for item in batch.items} == first
    assert not any(batch.careful for batch in again)


def test_an_outage_of_redis_is_not_held_against_the_workers():
    ledger = ledger_of(1)
    [batch] = ledger.next_batches(0.0, 1)
    ledger.answer(batch.id, [], 0.0)
    ledger.reset_leases(1000.0)
    ledger.tick(1001.0, queue_empty=True)
    assert ledger.in_flight() == (batch,)


def test_a_withdrawn_batch_was_never_sent():
    ledger = ledger_of(1)
    [batch] = ledger.next_batches(0.0, 1)
    ledger.withdraw(batch)
    [again] = ledger.next_batches(0.0, 1)
    assert (again.items, again.attempt) == (batch.items, 1)


def test_a_tenant_that_refuses_is_tried_again_at_the_end_and_keeps_its_failure_if_it_goes_on():
    ledger, now, tries = ledger_of(1, rules=LedgerRules(breaker=9)), 0.0, 0
    while not ledger.done and now < 100:
        for batch in ledger.next_batches(now, 1):
            tries += 1
            answer_all(ledger, batch, failed(FailureKind.REFUSED), now)
        now += 0.5
        ledger.tick(now, queue_empty=True)
    assert tries == 1 + RULES.retries
    assert ledger.outcomes() == {"t0": failed(FailureKind.REFUSED)}


def test_a_tenant_that_was_busy_for_a_moment_is_read():
    ledger = ledger_of(1)
    answer_all(ledger, ledger.next_batches(0.0, 1)[0], failed(FailureKind.BUSY), 0.0)
    assert ledger.next_batches(0.5, 1) == ()
    answer_all(ledger, ledger.next_batches(1.5, 1)[0], now=1.5)
    assert ledger.outcomes() == {"t0": SEEN}


def test_a_dead_host_is_left_alone_after_three_failures_and_all_its_tenants_are_told_the_same():
    ledger, now, tried = ledger_of(100, rules=LedgerRules(batch_size=1)), 0.0, 0
    while not ledger.done:
        for batch in ledger.next_batches(now, 1):
            tried += len(batch.items)
            answer_all(ledger, batch, failed(FailureKind.REFUSED), now)
        now += 1
        ledger.tick(now, queue_empty=True)
    assert tried < 8
    assert len(set(ledger.outcomes().values())) == 1


def test_tenants_that_time_out_leave_their_host_s_other_tenants_to_be_read():
    ledger, now = ledger_of(20, rules=LedgerRules(batch_size=1)), 0.0
    while not ledger.done:
        for batch in ledger.next_batches(now, 1):
            slow = int(batch.items[0][1:]) < 8
            answer_all(ledger, batch, failed(FailureKind.TIMEOUT) if slow else SEEN, now)
        now += 1
        ledger.tick(now, queue_empty=True)
    outcomes = ledger.outcomes()
    assert [outcomes[f"t{number}"] for number in range(20)] == [failed(FailureKind.TIMEOUT)] * 8 + [SEEN] * 12


def test_a_probe_that_times_out_ends_nobody_but_its_own_tenant():
    ledger, now, tried = ledger_of(10, rules=LedgerRules(batch_size=1, timeouts_retried=0)), 0.0, 0
    while not ledger.done:
        for batch in ledger.next_batches(now, 1):
            tried += 1
            kind = FailureKind.REFUSED if tried <= 3 else FailureKind.TIMEOUT
            answer_all(ledger, batch, failed(kind) if tried <= 4 else SEEN, now)
        now += 1
        ledger.tick(now, queue_empty=True)
    ended = list(ledger.outcomes().values())
    assert (ended.count(SEEN), ended.count(failed(FailureKind.TIMEOUT))) == (9, 1)


def test_a_dead_host_keeps_no_other_waiting():
    ledger, rounds = ledger_of(40, hosts=2, rules=LedgerRules(batch_size=1)), 0
    while any(ledger.outcomes().get(f"t{number}") is None for number in range(0, 40, 2)):
        rounds += 1
        for batch in ledger.next_batches(float(rounds), 1):
            if batch.lane == "h0":
                answer_all(ledger, batch, now=float(rounds))
            else:
                answer_all(ledger, batch, failed(FailureKind.CONNECT_TIMEOUT), float(rounds))
    assert rounds <= 20


def test_a_host_that_comes_back_is_read_after_all():
    ledger, now = ledger_of(20, rules=LedgerRules(batch_size=5)), 0.0
    while not ledger.done:
        outcome = failed(FailureKind.REFUSED) if now < 3 else SEEN
        for batch in ledger.next_batches(now, 1):
            if now < 1 or now >= 3:
                answer_all(ledger, batch, outcome, now)
            else:
                ledger.answer(batch.id, [Answer(item, Deferred(DeferReason.BREAKER)) for item in batch.items], now)
        now += 1
        ledger.tick(now, queue_empty=True)
    assert set(ledger.outcomes().values()) == {SEEN}


def test_the_deadline_ends_what_is_left_and_a_failure_that_was_seen_stays():
    ledger = ledger_of(2, rules=LedgerRules(batch_size=1))
    first, _ = ledger.next_batches(0.0, 1)
    answer_all(ledger, first, failed(FailureKind.BUSY))
    settled = dict(ledger.give_up(LATE))
    assert settled == {first.items[0]: failed(FailureKind.BUSY), "t1": Failed(LATE)}
    assert ledger.done


def test_a_coordinator_that_takes_over_sends_only_what_is_left_and_remembers_crashes():
    ledger = ledger_of(3, rules=LedgerRules(batch_size=3))
    ledger.restore("t0", Mark(item="t0", attempt=1, strikes=0, batch="0-1"), SEEN)
    ledger.restore("t1", Mark(item="t1", attempt=4, strikes=2, batch="0-9"), None)
    ledger.restore("t2", None, None)
    batches = ledger.next_batches(0.0, 3)
    assert sorted(item for batch in batches for item in batch.items) == ["t1", "t2"]
    assert {mark.item: (mark.attempt, mark.strikes) for batch in batches for mark in ledger.marks(batch)} == {
        "t1": (5, 2),
        "t2": (1, 0),
    }


@pytest.mark.parametrize("seed", range(30))
def test_whatever_goes_wrong_every_tenant_ends_with_exactly_one_outcome(seed):
    """A world in which messages vanish, workers die, answers come late or twice, and Redis forgets."""
    chance, now = random.Random(seed), 0.0
    ledger = ledger_of(200, hosts=5, capacity=4)
    settled: list[tuple[str, object]] = []
    delayed: list[tuple[str, list[Answer]]] = []
    while not ledger.done:
        assert now < 100_000, "it never ends"
        ledger.next_batches(now, slots=3)
        for batch in ledger.in_flight():
            refusals: list[Outcome] = [
                failed(FailureKind.BUSY),
                failed(FailureKind.REFUSED),
                Deferred(DeferReason.TIME),
            ]
            answers = [Answer(item, chance.choice([SEEN, SEEN, SEEN, *refusals])) for item in batch.items]
            match chance.randrange(6):
                case 0:
                    delayed.append((batch.id, answers))
                case 1:
                    settled += ledger.answer(batch.id, [], now)
                case 2:
                    settled += ledger.answer(batch.id, answers[: len(answers) // 2], now)
                case 3:
                    settled += ledger.answer(batch.id, answers, now)
                    settled += ledger.answer(batch.id, answers, now)
                case _:
                    pass
        if delayed and chance.random() < 0.3:
            settled += ledger.answer(*delayed.pop(chance.randrange(len(delayed))), now)
        if chance.random() < 0.02:
            ledger.requeue_all()
        now += chance.random() * 10
        settled += ledger.tick(now, queue_empty=chance.random() < 0.5)
        assert all(0 < peak <= 4 for peak in ledger.peaks(3).values())
    assert sorted(item for item, _ in settled) == sorted(f"t{number}" for number in range(200))
    assert ledger.in_flight() == ()
