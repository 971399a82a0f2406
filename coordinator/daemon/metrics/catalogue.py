"""Every metric, in the order of the pages."""

from __future__ import annotations

from coordinator.daemon.metrics import (
    changes,
    contracts,
    declaration,
    notices,
    plans,
    scans,
    service,
    tenants,
    tiers,
    workers,
)
from coordinator.daemon.metrics.table import Metric

FAMILIES: tuple[tuple[str, tuple[Metric, ...]], ...] = (
    ("Tenants", tenants.METRICS),
    ("Tiers", tiers.METRICS),
    ("Changes", changes.METRICS),
    ("Scans", scans.METRICS),
    ("Declaration", declaration.METRICS),
    ("Plans", plans.METRICS),
    ("Contracts and rollouts", contracts.METRICS),
    ("Workers", workers.METRICS),
    ("Notices", notices.METRICS),
    ("Coordinator", service.METRICS),
)
"""Title of each family in docs/metrics.md, and its metrics."""

METRICS = tuple(metric for _, family in FAMILIES for metric in family)
