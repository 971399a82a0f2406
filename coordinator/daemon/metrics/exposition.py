"""Writes the pages that Prometheus reads: its text format 0.0.4, and OpenMetrics 1.0, which has exemplars."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from typing import Protocol

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.openmetrics.exposition import generate_latest as generate_openmetrics

from coordinator.daemon.metrics.catalogue import METRICS
from coordinator.daemon.metrics.histogram import Histogram
from coordinator.daemon.metrics.table import PREFIX, Metric, Sample

_ESCAPES = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n"})


class PageFormat(StrEnum):
    """A format, by the media type that a client names; the API's framework adds the charset."""

    TEXT = "text/plain; version=0.0.4"
    OPENMETRICS = "application/openmetrics-text; version=1.0.0"

    @classmethod
    def wanted_by(cls, accept: str) -> PageFormat:
        """Give the format that an Accept header asks for: OpenMetrics where it is named at all."""
        return cls.OPENMETRICS if "application/openmetrics-text" in accept else cls.TEXT


class Lines(Protocol):
    """Who has lines of one fleet ready."""

    def lines(self, form: PageFormat) -> Mapping[str, bytes]:
        """Give the lines of each metric by its name, as they were rendered last."""
        ...


class MetricsPage:
    """The pages of a process: the metrics of its fleets, each metric once, and what the process takes.

    Args:
        fleets: In the order of their lines.
    """

    def __init__(self, *fleets: Lines) -> None:
        self._fleets = fleets
        self._process = CollectorRegistry()
        ProcessCollector(registry=self._process)

    def write(self, form: PageFormat = PageFormat.TEXT) -> bytes:
        """Put the lines of all fleets together, which were rendered when something happened."""
        page = put_together(METRICS, [fleet.lines(form) for fleet in self._fleets], form)
        if form is PageFormat.TEXT:
            return page + generate_latest(self._process)
        process: bytes = generate_openmetrics(self._process)  # type: ignore[no-untyped-call]  # the library leaves it out
        return page + process


def put_together(metrics: Iterable[Metric], fleets: Sequence[Mapping[str, bytes]], form: PageFormat) -> bytes:
    """Put the lines of some fleets together, each metric named once.

    Args:
        metrics: In the order of the page.
        fleets: The lines of each, by the metric's name.
        form: In which they are written.
    """
    parts: list[bytes] = []
    for metric in metrics:
        lines = [each[metric.name] for each in fleets if metric.name in each]
        if lines:
            parts += [_heading(metric, form), *lines]
    return b"".join(parts)


def render(fleet: str, samples: Iterable[Sample]) -> dict[PageFormat, dict[str, bytes]]:
    """Write the lines of a fleet.

    Args:
        fleet: Name, the first label of each line.
        samples: In any order.

    Returns:
        By format and by the metric's name, sorted by labels.
    """
    by_metric: defaultdict[str, list[Sample]] = defaultdict(list)
    for sample in samples:
        by_metric[sample.metric.name].append(sample)
    return {
        form: {
            name: "".join(
                line
                for each in sorted(found, key=lambda sample: sample.labels)
                for line in _lines(fleet, each, exemplars=form is PageFormat.OPENMETRICS)
            ).encode()
            for name, found in by_metric.items()
        }
        for form in PageFormat
    }


def _heading(metric: Metric, form: PageFormat) -> bytes:
    name = metric.series if form is PageFormat.TEXT else f"{PREFIX}{metric.name}"
    unit = f"# UNIT {name} seconds\n" if form is PageFormat.OPENMETRICS and name.endswith("_seconds") else ""
    return f"# HELP {name} {metric.help}\n# TYPE {name} {metric.kind.value}\n{unit}".encode()


def _lines(fleet: str, sample: Sample, *, exemplars: bool) -> Iterator[str]:
    metric, value = sample.metric, sample.value
    pairs = [("fleet", fleet), *zip(metric.labels, sample.labels, strict=True)]
    if isinstance(value, Histogram):
        total = 0
        for bound, total, exemplar in value.buckets():
            place = _labels([*pairs, ("le", bound)])
            told = f' # {{scan="{exemplar[0]}"}} {exemplar[1]}' if exemplars and exemplar else ""
            yield f"{metric.series}_bucket{place} {total}.0{told}\n"
        yield f"{metric.series}_count{_labels(pairs)} {total}.0\n"
        yield f"{metric.series}_sum{_labels(pairs)} {value.seconds}\n"
    else:
        yield f"{metric.series}{_labels(pairs)} {float(value)}\n"


def _labels(pairs: Iterable[tuple[str, str]]) -> str:
    return "{" + ",".join(f'{name}="{value.translate(_ESCAPES)}"' for name, value in pairs) + "}"
