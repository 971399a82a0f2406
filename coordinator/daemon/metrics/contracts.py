"""Metrics of contracts and rollouts: what breaks for whom, and who is still at another version."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from coordinator.daemon.metrics.table import Metric, Sample
from coordinator.memory.figures import Figures
from coordinator.memory.model import ChangeSubject
from coordinator.report.model import ReportBody, ScanReport

_NOT_CHECKED = (
    "the fleet is not checked for this service, the last scan could not read it, or `fleetdrift_tenants` has no series "
    "either"
)

VIOLATIONS = Metric(
    name="contract_violations",
    help="Queries and mappings of a service that are known to break, counted over tenants, those that cannot be read "
    "now included.",
    labels=("service",),
    unit="violations",
    absent=_NOT_CHECKED,
)
TENANTS = Metric(
    name="contract_tenants",
    help="Tenants in which a service's contract is known to be violated, those that cannot be read now included.",
    labels=("service",),
    unit="tenants",
    absent=_NOT_CHECKED,
)
QUERIES = Metric(
    name="contract_queries",
    help="Queries of a service by driver and by the worst that any tenant makes of them; unread ones are seen places.",
    labels=("service", "driver", "result"),
    unit="queries",
    absent="there is no report, the fleet is not checked for this service, or an older release wrote the report",
)
ROLLOUT_TENANTS = Metric(
    name="rollout_tenants",
    help="Tenants that a rollout has not reached, or has reached first, by the declared version that they have; "
    "an empty version is a migration that is running.",
    labels=("version", "expected"),
    unit="tenants",
    absent="no tenant is pending at this version",
)
METRICS = (VIOLATIONS, TENANTS, QUERIES, ROLLOUT_TENANTS)


def contract_samples(figures: Figures, services: Sequence[str]) -> Iterator[Sample]:
    """Give what is remembered of contracts; nothing of a service that is not checked, and nothing before a first scan.

    Args:
        figures: What is remembered.
        services: Those that the fleet is checked for, and that could be read.
    """
    if figures.status.scanned is None:
        return
    violations: Counter[str] = Counter()
    tenants: Counter[str] = Counter()
    for change in figures.changes:
        if change.subject == ChangeSubject.CONTRACT:
            violations[change.service] += change.tenants
    for each in figures.alike:
        tenants.update(dict.fromkeys(each.services, each.tenants))
    for service in sorted({*services, *violations}):
        yield Sample(VIOLATIONS, (service,), violations[service])
        yield Sample(TENANTS, (service,), tenants[service])


def query_samples(report: ScanReport) -> Iterator[Sample]:
    """Give what the last report says of queries."""
    for step in report.steps:
        for each in step.queries:
            yield Sample(QUERIES, (each.service, each.driver, each.result), each.queries)


def rollout_samples(body: ReportBody) -> Iterator[Sample]:
    """Give the metrics of rollouts."""
    tenants: Counter[tuple[str, str]] = Counter()
    for rollout in body.rollouts:
        tenants[rollout.version, rollout.expected] += len(rollout.tenants)
    yield from (Sample(ROLLOUT_TENANTS, labels, count) for labels, count in tenants.items())
