"""What the ledger says for the log: each transition once, with its ids."""

from __future__ import annotations

from coordinator.ledger.batch import Batch
from coordinator.ledger.lane import LedgerRules
from coordinator.ledger.ledger import Ledger
from shared.events.run import (
    BatchAnswered,
    BatchExpired,
    BatchRequeued,
    BatchStarted,
    BreakerClosed,
    BreakerOpened,
    HostFailed,
    RequeueReason,
    TenantHeld,
    TenantStruck,
)
from shared.messages import Answer, Failed, Observed
from shared.targets import Failure, FailureKind

SEEN = Observed("f" * 64, 180000, 7)
BUSY, REFUSED = (Failed(Failure(kind, kind.value)) for kind in (FailureKind.BUSY, FailureKind.REFUSED))
AFTER_LEASE = LedgerRules().lease + 1


def ledger_of(*items: str, rules: LedgerRules | None = None) -> Ledger:
    return Ledger([(item, "host") for item in items], {"host": 8}, rules or LedgerRules(batch_size=1))


def first(ledger: Ledger, now: float = 0.0) -> Batch:
    return ledger.next_batches(now, slots=1)[0]


def test_a_batch_that_is_read_starts_and_is_answered():
    ledger = ledger_of("a")
    batch = first(ledger)
    ledger.answer(batch.id, [], 0.0)
    ledger.answer(batch.id, [], 1.0)
    ledger.answer(batch.id, [Answer("a", SEEN)], 1.0)
    assert ledger.drain_events() == [
        BatchStarted(batch=batch.id, host="host"),
        BatchAnswered(batch=batch.id, host="host", items=1),
    ]
    assert ledger.drain_events() == []


def test_a_batch_whose_worker_dies_expires_and_waits_again_and_the_second_crash_is_a_strike():
    ledger = ledger_of("a")
    batch = first(ledger)
    ledger.answer(batch.id, [], 0.0)
    ledger.tick(AFTER_LEASE, queue_empty=True)
    assert ledger.drain_events()[1:] == [
        BatchExpired(batch=batch.id, host="host", missing=1, started=True),
        BatchRequeued(batch=batch.id, host="host", items=1, reason=RequeueReason.WORKER_LOST, careful=True),
    ]
    again = first(ledger, AFTER_LEASE)
    ledger.answer(again.id, [], AFTER_LEASE)
    ledger.tick(2 * AFTER_LEASE, queue_empty=True)
    assert TenantStruck(tenant="a", host="host", strikes=1) in ledger.drain_events()


def test_a_message_that_never_started_expires_without_blame():
    ledger = ledger_of("a")
    batch = first(ledger)
    ledger.tick(0.0, queue_empty=True)
    ledger.tick(AFTER_LEASE, queue_empty=True)
    assert ledger.drain_events() == [
        BatchExpired(batch=batch.id, host="host", missing=1, started=False),
        BatchRequeued(batch=batch.id, host="host", items=1, reason=RequeueReason.MESSAGE_LOST, careful=False),
    ]


def test_what_redis_lost_is_requeued_and_a_batch_that_was_never_sent_is_no_event():
    ledger = ledger_of("a")
    ledger.withdraw(first(ledger))
    assert ledger.drain_events() == []
    batch = first(ledger)
    ledger.requeue_all()
    assert ledger.drain_events() == [
        BatchRequeued(batch=batch.id, host="host", items=1, reason=RequeueReason.REDIS_LOST, careful=False)
    ]


def test_a_host_whose_probe_fails_is_one_event_and_so_is_each_failure_that_is_held():
    ledger = ledger_of(*"abc", rules=LedgerRules(batch_size=1, breaker=1))
    ledger.answer(first(ledger).id, [Answer("a", REFUSED)], 0.0)
    for batch in ledger.in_flight():
        ledger.answer(batch.id, [Answer(batch.items[0], REFUSED)], 0.0)
    probe = first(ledger)
    ledger.answer(probe.id, [Answer(probe.items[0], REFUSED)], 0.0)
    events = ledger.drain_events()
    assert events.count(BreakerOpened(host="host", kind=FailureKind.REFUSED)) == 1
    assert events[-1] == HostFailed(host="host", kind=FailureKind.REFUSED, tenants=3)
    assert [event.tenant for event in events if isinstance(event, TenantHeld)] == ["a", "b", "c"]


def test_a_host_that_answers_a_probe_closes_its_breaker():
    ledger = ledger_of("a", "b", "c", rules=LedgerRules(batch_size=1, breaker=1))
    for batch in ledger.next_batches(0.0, slots=1):
        ledger.answer(batch.id, [Answer(batch.items[0], REFUSED)], 0.0)
    probe = first(ledger)
    assert ledger.is_probe(probe)
    ledger.answer(probe.id, [Answer(probe.items[0], SEEN)], 0.0)
    assert BreakerClosed(host="host") in ledger.drain_events()


def test_a_busy_tenant_is_held_and_it_is_said_whether_it_is_retried():
    ledger = ledger_of("a", rules=LedgerRules(busy_for=2.0))
    for now, retried in ((0.0, True), (2.0, False)):
        [batch] = ledger.next_batches(now, 1)
        ledger.answer(batch.id, [Answer("a", BUSY)], now)
        assert TenantHeld(tenant="a", host="host", kind=FailureKind.BUSY, retried=retried) in ledger.drain_events()


def test_the_deadline_answers_no_batch():
    ledger = ledger_of("a")
    first(ledger)
    ledger.give_up(Failure(FailureKind.DEADLINE, "late"))
    assert ledger.drain_events() == []
