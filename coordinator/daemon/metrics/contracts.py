"""Metrics of contracts and rollouts: what breaks for whom, and who is still at another version."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from coordinator.daemon.metrics.table import Metric, Sample
from coordinator.report.model import ReportBody, ScanReport

_NOT_CHECKED = "there is no report, or the fleet is not checked for this service"

VIOLATIONS = Metric(
    name="contract_violations",
    help="Queries and mappings of a service that break, counted over tenants.",
    labels=("service",),
    unit="violations",
    absent=_NOT_CHECKED,
)
TENANTS = Metric(
    name="contract_tenants",
    help="Tenants in which a service's contract is violated.",
    labels=("service",),
    unit="tenants",
    absent=_NOT_CHECKED,
)
QUERIES = Metric(
    name="contract_queries",
    help="Queries of a service by driver and by the worst that any tenant makes of them; unread ones are seen places.",
    labels=("service", "driver", "result"),
    unit="queries",
    absent=f"{_NOT_CHECKED}, or an older release wrote the report",
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


def contract_samples(report: ScanReport, services: Sequence[str]) -> Iterator[Sample]:
    """Give the metrics of contracts; none of a service that is not checked.

    Args:
        report: The last one.
        services: Those that the fleet is checked for.
    """
    violations: Counter[str] = Counter()
    tenants: Counter[str] = Counter()
    for group in report.body.groups:
        broken = Counter(verdict.service for verdict in group.verdicts if verdict.status.counts)
        for service, count in broken.items():
            violations[service] += count * len(group.tenants)
            tenants[service] += len(group.tenants)
    for service in sorted({*services, *violations}):
        yield Sample(VIOLATIONS, (service,), violations[service])
        yield Sample(TENANTS, (service,), tenants[service])
    for step in report.steps:
        for each in step.queries:
            yield Sample(QUERIES, (each.service, each.driver, each.result), each.queries)


def rollout_samples(body: ReportBody) -> Iterator[Sample]:
    """Give the metrics of rollouts."""
    tenants: Counter[tuple[str, str]] = Counter()
    for rollout in body.rollouts:
        tenants[rollout.version, rollout.expected] += len(rollout.tenants)
    yield from (Sample(ROLLOUT_TENANTS, labels, count) for labels, count in tenants.items())
