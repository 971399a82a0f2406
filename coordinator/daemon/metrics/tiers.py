"""Metrics of tenants by their tier: where they stand, what they have, and what breaks in them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from coordinator.daemon.metrics.table import Metric, Sample
from coordinator.memory.figures import Figures

OTHER = "other"
"""All tiers beyond those of most tenants."""

UNLABELLED = "unlabelled"
"""Tenants that do not have the label, in a fleet where others have it."""

_NO_TIERS = "there is no such tenant, no tenant has the tier's label, or `fleetdrift_tenants` has no series either"

TENANTS = Metric(
    name="tenants_by_tier",
    help="Tenants by tier and by where they stand; sums to the fleet.",
    labels=("tier", "status"),
    unit="tenants",
    absent=_NO_TIERS,
)
DRIFTED_TENANTS = Metric(
    name="drifted_tenants_by_tier",
    help="Tenants of a tier shown as drifted, by the worst severity of what they have.",
    labels=("tier", "severity"),
    unit="tenants",
    absent=_NO_TIERS,
)
TENANT_IMPACT = Metric(
    name="tenant_impact_by_tier",
    help="Tenants of a tier known to have an open change of this severity, those that cannot be read now included.",
    labels=("tier", "severity"),
    unit="tenants",
    absent=_NO_TIERS,
)
CONTRACT_TENANTS = Metric(
    name="contract_tenants_by_tier",
    help="Tenants of a tier in which a query or mapping of a service is known to break, those that cannot be read now "
    "included.",
    labels=("tier", "service"),
    unit="tenants",
    absent=_NO_TIERS,
)
METRICS = (TENANTS, DRIFTED_TENANTS, TENANT_IMPACT, CONTRACT_TENANTS)


def tier_samples(figures: Figures) -> Iterator[Sample]:
    """Give the metrics of tiers from what is remembered; none where no tenant has a tier.

    A pair that no tenant is in has no series: ten fleets of some tiers would have thousands of zeros.
    """
    if figures.status.scanned is None or all(each.tier is None for each in figures.alike):
        return
    counts: Counter[tuple[Metric, tuple[str, str]]] = Counter()
    for each in figures.alike:
        tier = UNLABELLED if each.tier is None else each.tier or OTHER
        counts[TENANTS, (tier, each.status.value)] += each.tenants
        if each.is_drifted:
            counts[DRIFTED_TENANTS, (tier, each.worst)] += each.tenants
        for severity in each.severities:
            counts[TENANT_IMPACT, (tier, severity)] += each.tenants
        for service in each.services:
            counts[CONTRACT_TENANTS, (tier, service)] += each.tenants
    yield from (Sample(metric, labels, count) for (metric, labels), count in counts.items())
