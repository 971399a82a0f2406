"""Writes docs/metrics.md from the table of metrics."""

from __future__ import annotations

from collections.abc import Iterator

from coordinator.daemon.metrics.catalogue import FAMILIES
from coordinator.daemon.metrics.fleet_metrics import MAX_SERIES_OF_A_METRIC
from coordinator.daemon.metrics.table import Metric
from coordinator.daemon.metrics.tenant_page import METRICS as TENANT_METRICS
from coordinator.daemon.metrics.tiers import OTHER, UNLABELLED
from coordinator.memory.figures import NAMED_TIERS

HEAD = f"""# Metrics

This page is made from the table of metrics in the code. `GET /metrics` of the coordinator answers in Prometheus' text format, and
in OpenMetrics with the id of a scan as the exemplar of each duration where a scraper asks for it.

- Each metric has the label `fleet` beside those of the table. No label grows with the tenants, and no metric of a fleet has more
  than {MAX_SERIES_OF_A_METRIC} sets of labels: those with the smallest values are left out, which `fleetdrift_dropped_series` counts.
- A page is rendered when something happens, not when it is asked for; `fleetdrift_snapshot_timestamp_seconds` says how old it is.
- What is not known has no series: the last column says when. A fleet whose contracts are not checked has no contract series, and a
  coordinator that does not lead (`fleetdrift_leader` is 0) says nothing of the fleet. What a store said that no longer answers is
  withdrawn after two minutes.
- Of several coordinators ask for `max by (fleet, …)`: only one leads.
- `GET /metrics/tenants` is there where `[serve] tenant_metrics` says of how many tenants of a fleet at most. It asks for the token, and
  several scrapers share it: `?shard=0&shards=4` has a quarter of the tenants. 100,000 tenants are for commands and pages, not for this.
- The tier of a tenant is the value of its label `tier`, or of the one that `[metrics] tier_label` names. The {NAMED_TIERS} tiers of most tenants
  have their names, the others are `{OTHER}`, tenants without the label `{UNLABELLED}`.
- Beside these there are Prometheus' usual `process_…` metrics of the coordinator.
"""


def page() -> str:
    """Give the whole page."""
    families = (*FAMILIES, ("Single tenants, at `/metrics/tenants`", TENANT_METRICS))
    return "\n".join([HEAD, *(line for title, metrics in families for line in _family(title, metrics))])


def _family(title: str, metrics: tuple[Metric, ...]) -> Iterator[str]:
    yield f"## {title}\n"
    yield "| metric | type | labels | unit | what it says | there is no series when |"
    yield "|---|---|---|---|---|---|"
    for metric in metrics:
        labels = ", ".join(f"`{label}`" for label in metric.labels)
        cells = (f"`{metric.series}`", metric.kind.value, labels, metric.unit, metric.help, metric.absent)
        yield f"| {' | '.join(cells)} |"
    yield ""
