"""A report that was taken apart is the same report again."""

from __future__ import annotations

from coordinator.memory.remember import remember
from coordinator.memory.skeleton import Envelope, put_together, take_apart
from tests.rollout_report import in_a_rollout


def test_a_report_of_a_rollout_is_put_together_as_it_was() -> None:
    report = in_a_rollout()
    remembered = remember(report.body)
    skeleton, groups = take_apart(report, remembered)
    assert [rollout.tenants for rollout in skeleton.report.body.rollouts] == [()] * 4
    digests = [standing.digest for standing in remembered.standings]
    rows = [(row, digests[place]) for row, (_, place) in zip(report.body.tenants, remembered.tenants, strict=True)]
    assert put_together(skeleton, Envelope.of(report), groups, rows) == report
