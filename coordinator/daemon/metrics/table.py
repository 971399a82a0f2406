"""What a metric is: its entry in the table from which the pages and docs/metrics.md are made."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from coordinator.daemon.metrics.histogram import Histogram

PREFIX = "fleetdrift_"


class MetricKind(StrEnum):
    """How Prometheus reads a metric (https://prometheus.io/docs/concepts/metric_types/)."""

    COUNTER = "counter"
    GAUGE = "gauge"
    HISTOGRAM = "histogram"


class Metric(msgspec.Struct, frozen=True, kw_only=True):
    """The definition of a metric: its name, type, labels and help, and when it has no series.

    Args:
        name: Without the prefix; of a counter without `_total`.
        help: One sentence.
        kind: How Prometheus reads it.
        labels: Names of its labels, beside `fleet`, which each has.
        unit: Of its value: `seconds`, or what is counted.
        absent: When there is no series, in the words of a clause; empty where there always is one.
    """

    name: str
    help: str
    kind: MetricKind = MetricKind.GAUGE
    labels: tuple[str, ...] = ()
    unit: str
    absent: str = ""

    @property
    def series(self) -> str:
        """The name as queries have it; of a histogram the name that its parts begin with."""
        return f"{PREFIX}{self.name}{'_total' if self.kind is MetricKind.COUNTER else ''}"


class Sample(msgspec.Struct, frozen=True):
    """One value of a metric.

    Args:
        metric: Whose.
        labels: Values of its labels, in their order.
        value: A number, or all that was observed.
    """

    metric: Metric
    labels: tuple[str, ...]
    value: float | Histogram
