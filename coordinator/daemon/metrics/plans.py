"""Metrics of plans: how many were proven, and what they endanger."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from coordinator.daemon.metrics.table import Metric, Sample
from coordinator.report.model import ReportBody
from shared.kinds.step import HazardKind
from shared.remediation.plan import ProofStatus

PLANS = Metric(
    name="plans",
    help="Drift groups of the last report whose plan has statements, by whether it was proven.",
    labels=("proof",),
    unit="plans",
    absent="there is no report",
)
PLAN_TENANTS = Metric(
    name="plan_tenants",
    help="Tenants that those plans are for, by whether they were proven.",
    labels=("proof",),
    unit="tenants",
    absent="there is no report",
)
HAZARDS = Metric(
    name="plan_hazards",
    help="Plans of the last report with a statement that has this hazard.",
    labels=("hazard",),
    unit="plans",
    absent="there is no report",
)
METRICS = (PLANS, PLAN_TENANTS, HAZARDS)


def plan_samples(body: ReportBody) -> Iterator[Sample]:
    """Give the metrics of the plans of a report."""
    plans: Counter[ProofStatus] = Counter()
    tenants: Counter[ProofStatus] = Counter()
    hazards: Counter[HazardKind] = Counter()
    for group in body.groups:
        if group.plan and group.plan.statements:
            plans[group.plan.proof.status] += 1
            tenants[group.plan.proof.status] += len(group.tenants)
            hazards.update({each.kind for statement in group.plan.statements for each in statement.hazards})
    for status in ProofStatus:
        yield Sample(PLANS, (status.value,), plans[status])
        yield Sample(PLAN_TENANTS, (status.value,), tenants[status])
    yield from (Sample(HAZARDS, (kind.value,), hazards[kind]) for kind in HazardKind)
