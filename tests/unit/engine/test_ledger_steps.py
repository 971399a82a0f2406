"""The ledger's bounds at the exact step: the last moment at which nothing happens, and the first at which it does."""

from __future__ import annotations

import itertools

import pytest

from coordinator.ledger.batch import Batch
from coordinator.ledger.lane import LedgerRules
from coordinator.ledger.ledger import Ledger
from shared.messages import Answer, DeferReason, Deferred, Failed, Observed
from shared.targets import Failure, FailureKind

RULES = LedgerRules()
SEEN = Observed("f" * 64, 180000, 7)
BUSY = Failed(Failure(FailureKind.BUSY, "busy"))
REFUSED = Failed(Failure(FailureKind.REFUSED, "refused"))


def ledger_of(*items: str, rules: LedgerRules = RULES) -> Ledger:
    return Ledger([(item, "host") for item in items], {"host": 8}, rules)


def only(ledger: Ledger, now: float = 0.0) -> Batch:
    [batch] = ledger.next_batches(now, slots=1)
    return batch


def crash(ledger: Ledger, batch: Batch, now: float) -> float:
    """A worker starts the batch at `now` and is never heard of again; the moment after its lease is returned."""
    ledger.answer(batch.id, [], now)
    later = now + RULES.lease + 0.1
    ledger.tick(later, queue_empty=True)
    return later


def test_a_started_batch_is_expired_only_after_the_whole_lease():
    ledger = ledger_of("a")
    batch = only(ledger)
    ledger.answer(batch.id, [], 5.0)
    ledger.tick(5.0 + RULES.lease, queue_empty=True)
    assert ledger.in_flight() == (batch,)
    ledger.tick(5.0 + RULES.lease + 0.1, queue_empty=True)
    assert ledger.in_flight() == ()


def test_a_message_that_left_the_queue_is_requeued_only_after_the_whole_lease():
    ledger = ledger_of("a")
    batch = only(ledger)
    ledger.tick(7.0, queue_empty=True)
    ledger.tick(7.0 + RULES.lease, queue_empty=True)
    assert ledger.in_flight() == (batch,)
    ledger.tick(7.0 + RULES.lease + 0.1, queue_empty=True)
    assert ledger.in_flight() == ()


def test_after_an_outage_of_redis_it_is_not_known_any_more_that_a_message_left_the_queue():
    ledger = ledger_of("a")
    batch = only(ledger)
    ledger.tick(1.0, queue_empty=True)
    ledger.reset_leases(15.0)
    ledger.tick(1.0 + RULES.lease + 1, queue_empty=False)
    assert ledger.in_flight() == (batch,)
    ledger.tick(30.0, queue_empty=True)  # seen to have left only now
    ledger.tick(30.0 + RULES.lease, queue_empty=True)
    assert ledger.in_flight() == (batch,)
    ledger.tick(30.0 + RULES.lease + 0.1, queue_empty=True)
    assert ledger.in_flight() == ()


def test_after_an_outage_of_redis_a_started_batch_has_its_whole_lease_again():
    ledger = ledger_of("a")
    batch = only(ledger)
    ledger.answer(batch.id, [], 0.0)
    ledger.reset_leases(100.0)
    ledger.tick(100.0 + RULES.lease, queue_empty=True)
    assert ledger.in_flight() == (batch,)
    ledger.tick(100.0 + RULES.lease + 0.1, queue_empty=True)
    assert ledger.in_flight() == ()


@pytest.mark.parametrize("max_strikes", [1, 2, 3])
def test_a_tenant_ends_as_crashed_at_its_last_allowed_strike_and_not_before(max_strikes):
    ledger, now = ledger_of("deadly", rules=LedgerRules(max_strikes=max_strikes)), 0.0
    now = crash(ledger, only(ledger, now), now)  # a normal batch: nobody is blamed
    for strike in range(1, max_strikes + 1):
        assert not ledger.done
        batch = only(ledger, now)
        assert batch.careful
        assert [mark.strikes for mark in ledger.marks(batch)] == [strike - 1]
        now = crash(ledger, batch, now)
    assert ledger.done
    assert ledger.outcomes()["deadly"].failure.kind is FailureKind.CRASHED


def two_in_a_careful_batch(rules: LedgerRules) -> tuple[Ledger, Batch, float]:
    """A ledger of eight whose first two were with a worker that died: the batch they are sent in next."""
    ledger = Ledger([(item, "host") for item in "abcdefgh"], {"host": 1}, rules)
    first, second = ledger.next_batches(0.0, slots=1)
    assert (first.items, second.items) == (("a", "b"), ("c", "d"))
    now = crash(ledger, first, 0.0)
    ledger.answer(second.id, [Answer(item, SEEN) for item in second.items], now)
    careful, *_ = ledger.next_batches(now, slots=1)
    assert (careful.items, careful.careful) == (("a", "b"), True)
    return ledger, careful, now


def test_a_tenant_that_was_not_alone_in_its_batch_is_sent_alone_before_it_is_called_crashed():
    ledger, careful, now = two_in_a_careful_batch(LedgerRules(max_strikes=1))
    now = crash(ledger, careful, now)
    assert "a" not in ledger.outcomes()
    alone = next(batch for batch in ledger.next_batches(now, slots=1) if "a" in batch.items)
    assert alone.items == ("a",)
    crash(ledger, alone, now)
    assert ledger.outcomes()["a"].failure.kind is FailureKind.CRASHED


def test_only_the_first_unanswered_tenant_of_a_careful_batch_gets_the_strike():
    ledger, careful, now = two_in_a_careful_batch(RULES)
    ledger.answer(careful.id, [Answer("a", SEEN)], now)
    now = crash(ledger, careful, now)
    sent = {mark.item: mark.strikes for batch in ledger.next_batches(now, slots=1) for mark in ledger.marks(batch)}
    assert sent["b"] == 1
    assert sum(sent.values()) == 1


@pytest.mark.parametrize("retries", [0, 1, 2])
def test_a_tenant_that_refuses_is_tried_again_exactly_as_often_as_the_rules_say(retries):
    ledger, now, sent = ledger_of("a", rules=LedgerRules(retries=retries, breaker=9)), 0.0, 0
    while not ledger.done:
        for batch in ledger.next_batches(now, slots=1):
            sent += 1
            ledger.answer(batch.id, [Answer("a", REFUSED)], now)
        now += RULES.retry_after
        ledger.tick(now, queue_empty=True)
    assert sent == 1 + retries


@pytest.mark.parametrize("kind", [FailureKind.TIMEOUT, FailureKind.CONNECT_TIMEOUT])
def test_a_tenant_that_timed_out_is_read_when_it_answers_at_the_end(kind):
    ledger = ledger_of("a")
    [first] = ledger.next_batches(0.0, slots=1)
    assert ledger.answer(first.id, [Answer("a", Failed(Failure(kind, "no answer in time")))], 0.0) == []
    assert ledger.tick(0.5, queue_empty=True) == []
    [second] = ledger.next_batches(RULES.retry_after, slots=1)
    assert ledger.answer(second.id, [Answer("a", SEEN)], RULES.retry_after) == [("a", SEEN)]


def test_a_tenant_that_times_out_twice_has_timed_out():
    ledger, now, sent = ledger_of("a"), 0.0, 0
    late = Failed(Failure(FailureKind.TIMEOUT, "no answer in time"))
    while not ledger.done:
        for batch in ledger.next_batches(now, slots=1):
            sent += 1
            ledger.answer(batch.id, [Answer("a", late)], now)
        now += RULES.retry_after
        ledger.tick(now, queue_empty=True)
    assert (sent, ledger.outcomes()) == (2, {"a": late})


def test_a_host_that_is_too_slow_for_many_is_not_asked_for_all_of_them_again():
    names = tuple(f"t{number}" for number in range(10))
    ledger, now, sent = ledger_of(*names, rules=LedgerRules(timeouts_retried=3)), 0.0, 0
    while not ledger.done:
        for batch in ledger.next_batches(now, slots=1):
            sent += len(batch.items)
            late = Failed(Failure(FailureKind.TIMEOUT, "no answer in time"))
            ledger.answer(batch.id, [Answer(item, late) for item in batch.items], now)
        now += RULES.retry_after
        ledger.tick(now, queue_empty=True)
    assert sent == len(names) + 3


def times_of_tries(item: str, rules: LedgerRules) -> list[float]:
    """Let a tenant be busy for ever, and give the moments, in steps of 0.1 seconds, in which it is tried."""
    ledger, step, tried = ledger_of(item, rules=rules), 0, []
    while not ledger.done:
        now = step / 10
        for batch in ledger.next_batches(now, slots=1):
            tried.append(now)
            ledger.answer(batch.id, [Answer(item, BUSY)], now)
        ledger.tick(now, queue_empty=True)
        step += 1
    assert ledger.outcomes() == {item: BUSY}
    return tried


def test_a_busy_tenant_is_tried_again_for_as_long_as_the_rules_say_with_growing_pauses():
    tried = times_of_tries("a", LedgerRules(busy_for=360.0))
    pauses = [later - earlier for earlier, later in itertools.pairwise(tried)]
    assert tried[0] == 0.0
    assert 360.0 - 45.0 < tried[-1] <= 360.0  # the longest pause is 30 seconds times 1.5
    for number, pause in enumerate(pauses):
        usual = min(30.0, 2.0**number)
        assert 0.5 * usual <= pause + 0.05
        assert pause - 0.15 <= 1.5 * usual
    assert times_of_tries("a", LedgerRules(busy_for=0.4)) == [0.0]


def test_busy_tenants_of_a_full_server_do_not_come_back_in_the_same_moment():
    seconds = {times_of_tries(f"t{number}", LedgerRules(busy_for=10.0))[1] for number in range(20)}
    assert len(seconds) > 5


def test_a_host_fails_when_its_probe_fails_and_its_held_tenants_say_the_same_as_those_never_tried():
    ledger = ledger_of(*"abcdefgh", rules=LedgerRules(batch_size=1))
    for _ in range(2):
        for batch in ledger.next_batches(0.0, slots=1):
            assert ledger.answer(batch.id, [Answer(batch.items[0], REFUSED)], 0.0) == []
    probe = only(ledger)
    ended = ledger.answer(probe.id, [Answer(probe.items[0], REFUSED)], 0.0)
    assert sorted(item for item, _ in ended) == list("abcdefgh")
    assert len({outcome.failure.message for _, outcome in ended}) == 1


def test_an_item_that_a_worker_deferred_waits_again_and_its_breaker_opens_only_for_that_reason():
    for reason, probed in ((DeferReason.TIME, False), (DeferReason.BREAKER, True)):
        ledger = ledger_of("a", "b")
        for batch in ledger.next_batches(0.0, slots=1):
            ledger.answer(batch.id, [Answer(item, Deferred(reason)) for item in batch.items], 0.0)
        sent = ledger.next_batches(0.0, slots=1)
        assert (len(sent) == 1 and len(sent[0].items) == 1) is probed


def test_at_the_deadline_everything_that_is_unfinished_ends_and_nothing_changes_any_more():
    ledger = ledger_of("a", "b")
    sent = ledger.next_batches(0.0, slots=1)
    late = Failure(FailureKind.DEADLINE, "late")
    assert dict(ledger.give_up(late)) == {"a": Failed(late), "b": Failed(late)}
    assert ledger.in_flight() == ()
    assert ledger.answer(sent[0].id, [Answer("a", SEEN)], 1.0) == []


def test_two_tenants_that_end_at_the_same_moment_are_both_told():
    """Whoever records outcomes records what `tick` returns: one that is left out would be read again for ever."""
    rules = LedgerRules(max_strikes=1)
    ledger = Ledger([("a", "first"), ("b", "second")], {"first": 8, "second": 8}, rules)
    now = 0.0
    for _ in range(2):  # the first crash blames nobody, the second one points at a tenant
        for batch in ledger.next_batches(now, slots=2):
            ledger.answer(batch.id, [], now)
        now += RULES.lease + 0.1
        ended = ledger.tick(now, queue_empty=True)
    assert sorted(item for item, _ in ended) == ["a", "b"]
    assert ledger.done
