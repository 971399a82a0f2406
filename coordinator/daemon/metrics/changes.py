"""Metrics of changes: how many there are, since when, and how long it took until they were gone."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Iterator

from coordinator.daemon.metrics.histogram import Histogram
from coordinator.daemon.metrics.table import Metric, MetricKind, Sample
from coordinator.memory.figures import Figures
from coordinator.memory.model import ChangeSubject
from coordinator.memory.views import ChangeView
from coordinator.report.model import ReportBody
from coordinator.report.renderers.visible import visible

_RESOLUTION_BUCKETS_SECONDS = (3600.0, 6 * 3600.0, 86400.0, 3 * 86400.0, 7 * 86400.0, 30 * 86400.0)
_MAX_CHANGES_SHOWN = 20
_MAX_OBJECT_CHARACTERS = 120

CHANGES = Metric(
    name="changes",
    help="Open changes, each counted once: new ones (found by the newest scan), open ones, and suspicious ones "
    "(new in a scan that nobody has confirmed).",
    labels=("kind", "change", "severity", "state"),
    unit="changes",
    absent="there is no open change of these labels",
)
DRIFT_CHANGES = Metric(
    name="drift_changes",
    help="Open differences of the schema, counted over tenants.",
    labels=("kind", "change", "severity"),
    unit="changes",
    absent="no tenant has such a difference",
)
IGNORED_CHANGES = Metric(
    name="ignored_changes",
    help="Objects whose drift ignore rules have left out of the last report.",
    labels=("kind",),
    unit="objects",
    absent="nothing of this kind was left out",
)
CHANGE_TENANTS = Metric(
    name="change_tenants",
    help="Tenants that have one of the worst open changes; a change that is shown stays until it is resolved.",
    labels=("change_id", "object", "severity"),
    unit="tenants",
    absent=f"the change is not among the {_MAX_CHANGES_SHOWN} that are shown",
)
OLDEST_CHANGE = Metric(
    name="oldest_change_timestamp_seconds",
    help="When the open change that is open for longest was first seen.",
    unit="seconds",
    absent="no change is open",
)
RESOLVED = Metric(
    name="changes_resolved",
    help="How often a change was resolved: no tenant had it any more.",
    kind=MetricKind.COUNTER,
    unit="changes",
)
RESOLUTION = Metric(
    name="change_resolution_seconds",
    help="Seconds from a change's first sight until it was gone, of those that went while this process ran.",
    kind=MetricKind.HISTOGRAM,
    unit="seconds",
)
GROUPS = Metric(
    name="drift_groups",
    help="Distinct differences in the last report: tenants with the same one are a group.",
    unit="groups",
    absent="there is no report",
)
SHAPES = Metric(name="shapes", help="Distinct schemas in the last report.", unit="schemas", absent="there is no report")
VERSION_MISMATCHES = Metric(
    name="schema_version_mismatches",
    help="Tenants at another schema version than the declared one.",
    unit="tenants",
    absent="there is no report",
)
UNMODELLED = Metric(
    name="unmodelled_objects",
    help="Objects that PostgreSQL has and fleetdrift does not read.",
    unit="objects",
    absent="there is no report",
)
METRICS = (
    CHANGES,
    DRIFT_CHANGES,
    IGNORED_CHANGES,
    CHANGE_TENANTS,
    OLDEST_CHANGE,
    RESOLVED,
    RESOLUTION,
    GROUPS,
    SHAPES,
    VERSION_MISMATCHES,
    UNMODELLED,
)


class ChangeWatch:
    """Remembers which changes are shown, and how long those took that were resolved while it looked.

    Attributes:
        resolved_after: Changes that were resolved later have not been counted.
    """

    def __init__(self) -> None:
        self.resolved_after = dt.datetime.now(dt.UTC)
        self._resolutions = Histogram(_RESOLUTION_BUCKETS_SECONDS)
        self._shown: tuple[str, ...] = ()

    def note(self, figures: Figures) -> None:
        """Take in what is remembered now: count what was resolved, and choose the changes that are shown."""
        for each in figures.resolved:
            if each.resolved > self.resolved_after:
                self._resolutions.observe(each.seconds)
        self.resolved_after = max((self.resolved_after, *(each.resolved for each in figures.resolved)))
        still_open = {view.change.id for view in figures.worst}
        stay = [change for change in self._shown if change in still_open]
        come = [view.change.id for view in figures.worst if view.change.id not in stay]
        self._shown = tuple([*stay, *come][:_MAX_CHANGES_SHOWN])

    def samples(self, figures: Figures) -> Iterator[Sample]:
        """Give the metrics of changes from what is remembered."""
        suspicious = figures.status.suspicious is not None
        states: Counter[tuple[str, str, str, str]] = Counter()
        drift: Counter[tuple[str, str, str]] = Counter()
        for each in figures.changes:
            state = ("suspicious" if suspicious else "new") if each.is_new else "open"
            states[each.object_kind, each.kind, each.severity, state] += each.changes
            if each.subject == ChangeSubject.SCHEMA:
                drift[each.object_kind, each.kind, each.severity] += each.tenants
        yield from (Sample(CHANGES, labels, count) for labels, count in states.items())
        yield from (Sample(DRIFT_CHANGES, labels, count) for labels, count in drift.items() if count)
        for view in figures.worst:
            if view.change.id in self._shown:
                yield Sample(CHANGE_TENANTS, _named(view), view.tenants)
        if figures.oldest_open:
            yield Sample(OLDEST_CHANGE, (), figures.oldest_open.timestamp())
        yield Sample(RESOLVED, (), figures.resolutions)
        yield Sample(RESOLUTION, (), self._resolutions)


def _named(view: ChangeView) -> tuple[str, str, str]:
    return view.change.id, visible(view.change.object)[:_MAX_OBJECT_CHARACTERS], view.change.severity.value


def report_samples(body: ReportBody) -> Iterator[Sample]:
    """Give what only the last report says of changes."""
    yield Sample(GROUPS, (), len(body.groups))
    yield Sample(SHAPES, (), body.shapes)
    yield Sample(VERSION_MISMATCHES, (), body.drift_summary.schema_version_mismatches)
    yield Sample(UNMODELLED, (), sum(entry.count for entry in body.unmodelled))
    ignored = Counter(str(each.kind) for entry in body.ignored for each in entry.objects)
    yield from (Sample(IGNORED_CHANGES, (kind,), count) for kind, count in ignored.items())
