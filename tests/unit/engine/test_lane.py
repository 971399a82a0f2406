"""The lane of one host: its connections, its breaker and its retries, at the exact step."""

from __future__ import annotations

import math

import pytest

from coordinator.ledger.lane import BatchDraft, Held, Lane, LedgerRules, Window
from shared.messages import FAILURES_TO_OPEN_BREAKER, Failed
from shared.targets import Failure, FailureKind
from workers.scan import HostBreaker

RULES = LedgerRules()
NOTHING: frozenset[str] = frozenset()
BUSY = Failed(Failure(FailureKind.BUSY, "busy"))


def lane_of(*items: str, capacity: int = 8, rules: LedgerRules = RULES) -> Lane:
    lane = Lane("host", capacity, rules)
    lane.push(items)
    return lane


def window(*, runners: int = 1, share: int = 1, size: int = 50, may_probe: bool = True) -> Window:
    return Window(runners=runners, share=share, size=size, may_probe=may_probe)


@pytest.mark.parametrize(("runners", "peak"), [(1, 4), (2, 6), (3, 7), (10, 7)])
def test_the_peak_is_what_the_largest_batches_that_can_run_at_once_hold(runners, peak):
    lane = lane_of()
    lane.in_flight = [1, 4, 2]
    assert lane.peak(runners) == peak


def test_another_batch_may_have_the_free_connections_and_those_of_the_smallest_that_it_replaces():
    lane = lane_of(*(f"t{number}" for number in range(20)), capacity=8)
    lane.in_flight = [4, 2]
    draft = lane.draft_batch(0.0, window(runners=2), NOTHING)
    assert draft is not None
    assert draft.connections == 4  # 8 - (4 + 2) are free, and the batch of 2 has ended before this one begins


def test_a_host_whose_connections_are_all_taken_by_running_batches_gets_no_further_batch():
    lane = lane_of("t", capacity=4)
    lane.in_flight = [4]
    assert lane.draft_batch(0.0, window(runners=2), NOTHING) is None


@pytest.mark.parametrize("kind", [FailureKind.REFUSED, FailureKind.CONNECT_TIMEOUT])
def test_the_breaker_opens_at_the_third_failed_connection_and_not_before(kind):
    lane = lane_of()
    for _ in range(FAILURES_TO_OPEN_BREAKER - 1):
        lane.count_answer(kind)
    assert lane.opened_by is None
    lane.count_answer(kind)
    assert lane.opened_by is kind


def test_a_worker_s_own_breaker_opens_at_the_same_failure_as_the_coordinator_s():
    breaker, refused = HostBreaker(), Failure(FailureKind.REFUSED, "no")
    for _ in range(FAILURES_TO_OPEN_BREAKER - 1):
        breaker.count(refused)
    assert not breaker.open
    breaker.count(refused)
    assert breaker.open
    assert RULES.breaker == FAILURES_TO_OPEN_BREAKER == 3


@pytest.mark.parametrize(
    "kind", [None, FailureKind.BUSY, FailureKind.PERMISSION, FailureKind.TIMEOUT, FailureKind.LOST]
)
def test_any_answer_of_the_host_closes_its_breaker_and_the_count_starts_again(kind):
    lane = lane_of()
    for _ in range(FAILURES_TO_OPEN_BREAKER):
        lane.count_answer(FailureKind.REFUSED)
    lane.count_answer(kind)
    assert lane.opened_by is None
    for _ in range(FAILURES_TO_OPEN_BREAKER - 1):
        lane.count_answer(FailureKind.REFUSED)
    assert lane.opened_by is None


def test_an_open_breaker_lets_one_item_through_as_a_probe_and_only_when_nothing_is_in_flight():
    lane = lane_of("a", "b")
    lane.open_breaker()
    lane.in_flight = [1]
    assert lane.draft_batch(0.0, window(runners=4), NOTHING) is None
    lane.in_flight = []
    assert lane.draft_batch(0.0, window(may_probe=False), NOTHING) is None
    assert lane.draft_batch(0.0, window(), NOTHING) == BatchDraft(("a",), 1, probe=True)


def test_a_probe_takes_a_single_item_out_of_a_careful_group():
    lane = lane_of()
    lane.push_careful(("a", "b", "c"))
    lane.open_breaker()
    assert lane.draft_batch(0.0, window(), frozenset({"a"})) == BatchDraft(("b",), 1, probe=True)
    lane.count_answer(None)
    assert lane.draft_batch(0.0, window(), NOTHING) == BatchDraft(("c",), 1, careful=True)


def test_the_breaker_keeps_the_failure_that_opened_it_when_a_worker_reports_an_open_one():
    lane = lane_of()
    for _ in range(FAILURES_TO_OPEN_BREAKER):
        lane.count_answer(FailureKind.CONNECT_TIMEOUT)
    lane.open_breaker()
    assert lane.opened_by is FailureKind.CONNECT_TIMEOUT


def test_a_held_item_is_tried_again_at_the_moment_it_is_due_and_never_when_its_retries_are_used_up():
    lane = lane_of()
    lane.held = {"soon": Held(BUSY, 10.0), "never": Held(BUSY, math.inf)}
    assert lane.draft_batch(9.9, window(), NOTHING) is None
    draft = lane.draft_batch(10.0, window(), NOTHING)
    assert draft is not None
    assert draft.items == ("soon",)


def test_a_held_item_waits_until_the_host_s_other_work_has_ended():
    lane = lane_of()
    lane.held = {"soon": Held(BUSY, 0.0)}
    lane.in_flight = [1]
    assert lane.draft_batch(1.0, window(runners=2), NOTHING) is None


def test_a_batch_is_never_larger_than_the_rules_allow():
    items = tuple(f"t{number}" for number in range(200))
    for size in (1, 49, 50, 51, 200):
        draft = lane_of(*items).draft_batch(0.0, window(size=size), NOTHING)
        assert draft is not None
        assert len(draft.items) <= RULES.batch_size
