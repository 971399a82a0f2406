"""A run begins no more tenants in a second than it may, over all hosts, by a clock that the test turns."""

from __future__ import annotations

from collections import Counter

import pytest

from coordinator.ledger.lane import LedgerRules
from coordinator.ledger.ledger import Ledger
from coordinator.ledger.rate import Rate
from shared.messages import Answer, Observed

TICK = 0.25


def ledger(rate: float) -> Ledger:
    items = [(f"t{number:03}", f"host-{number % 3}") for number in range(60)]
    capacities = {f"host-{number}": 8 for number in range(3)}
    return Ledger(items, capacities, LedgerRules(), open_pieces=1000, rate=rate)


def begun(ledger: Ledger, *, seconds: int) -> list[int]:
    """Count the tenants that are begun in each second, where each is answered at once."""
    found: Counter[int] = Counter()
    for step in range(int(seconds / TICK)):
        now = step * TICK
        for batch in ledger.next_batches(now, 4):
            assert not batch.open, "what lies open is begun by whoever claims it"
            found[int(now)] += len(batch.items)
            ledger.answer(batch.id, [Answer(item, Observed("f", 180000, 1)) for item in batch.items], now)
    return [found[second] for second in range(seconds)]


@pytest.mark.parametrize("rate", [1, 4, 10])
def test_after_a_first_second_the_bucket_gives_what_its_rate_says(rate):
    counts = begun(ledger(rate), seconds=6)
    assert counts[0] <= 2 * rate  # the bucket is full at first
    assert counts[1:5] == [rate] * 4


def test_a_rate_below_one_begins_a_tenant_now_and_then():
    assert begun(ledger(0.5), seconds=8) == [1, 0, 1, 0, 1, 0, 1, 0]


def test_every_tenant_is_read_in_the_end():
    slow = ledger(10)
    assert sum(begun(slow, seconds=8)) == 60
    assert slow.done


def test_without_a_rate_there_is_no_bound():
    batches = ledger(0).next_batches(0.0, 4)
    assert sum(len(batch.items) for batch in batches) > 10
    assert all(batch.open for batch in batches)


def test_what_is_read_together_may_be_more_than_is_left_and_what_follows_waits_longer():
    rate = Rate(5)
    assert rate.left(0.0) == 5
    rate.take(20)
    assert [rate.left(now) for now in (0.0, 3.0, 3.2, 4.0)] == [-15, 0, 1, 5]


def test_a_batch_that_could_not_be_sent_has_begun_nobody():
    slow = ledger(3)
    for batch in slow.next_batches(0.0, 4):
        slow.withdraw(batch)
    assert sum(len(batch.items) for batch in slow.next_batches(0.0, 4)) == 3


def test_a_bucket_that_was_not_asked_for_long_gives_one_second_at_most():
    rate = Rate(5)
    assert rate.left(0.0) == 5
    rate.take(5)
    assert [rate.left(0.0), rate.left(0.2), rate.left(0.4)] == [0, 1, 2]
    assert rate.left(1000.0) == 5
