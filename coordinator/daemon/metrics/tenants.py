"""Metrics of tenants: where they stand, and how bad what they have is."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from coordinator.daemon.metrics.table import Metric, Sample
from coordinator.memory.figures import UNKNOWN_SEVERITY, Figures
from shared.findings.finding import Severity

_NO_SCAN = "no scan of the fleet was recorded, this coordinator does not lead, or the store does not answer"

TENANTS = Metric(
    name="tenants",
    help="Tenants by where they stand; sums to the fleet.",
    labels=("status",),
    unit="tenants",
    absent=_NO_SCAN,
)
DRIFTED_TENANTS = Metric(
    name="drifted_tenants",
    help="Tenants shown as drifted, by the worst severity of what they have; sums to all that are drifted.",
    labels=("severity",),
    unit="tenants",
    absent=_NO_SCAN,
)
TENANT_IMPACT = Metric(
    name="tenant_impact",
    help="Tenants known to have an open change of this severity, those that cannot be read now included.",
    labels=("severity",),
    unit="tenants",
    absent=_NO_SCAN,
)
OLDEST_GOOD_READ = Metric(
    name="oldest_good_read_timestamp_seconds",
    help="When the tenant that was not read for longest was last read.",
    unit="seconds",
    absent="no tenant was ever read, this coordinator does not lead, or the store does not answer",
)
METRICS = (TENANTS, DRIFTED_TENANTS, TENANT_IMPACT, OLDEST_GOOD_READ)


def tenant_samples(figures: Figures) -> Iterator[Sample]:
    """Give the metrics of tenants from what is remembered; nothing before a first scan."""
    if figures.status.scanned is None:
        return
    for status, count in figures.status.tenants:
        yield Sample(TENANTS, (status.value,), count)
    worst: Counter[str] = Counter()
    impact: Counter[str] = Counter()
    order = [severity.value for severity in Severity]
    for each in figures.alike:
        if each.is_drifted:
            worst[each.worst] += each.tenants
        impact.update(dict.fromkeys(each.severities, each.tenants))
    for severity in (*order, UNKNOWN_SEVERITY):
        yield Sample(DRIFTED_TENANTS, (severity,), worst[severity])
    for severity in order:
        yield Sample(TENANT_IMPACT, (severity,), impact[severity])
    if figures.status.oldest_good:
        yield Sample(OLDEST_GOOD_READ, (), figures.status.oldest_good.timestamp())
