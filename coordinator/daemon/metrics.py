"""What Prometheus is told: rendered when something happens, not when it asks; no label grows with the tenants."""

from __future__ import annotations

import datetime as dt
import importlib.metadata
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.registry import Collector

from coordinator.report.model import DriftGroup, ReportBody, ScanReport, ScanStatus, TenantStatus
from shared.diff.changes import Change
from shared.diff.compare import headline
from shared.findings.finding import Severity
from shared.messages import JunkReason
from shared.targets import FailureKind

CONTENT_TYPE = "text/plain; version=0.0.4"
"""The API's framework adds the charset."""

_BUCKETS = (1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0)  # seconds
_SUCCESS = frozenset({ScanStatus.IN_SYNC, ScanStatus.DRIFT})  # every tenant was read, whatever was found
_WORST_FIRST = (Severity.ERROR, Severity.WARNING, Severity.INFO)

_GAUGES: Mapping[str, str] = {
    "tenants": "Tenants by where they stand; sums to the fleet.",
    "drifted_tenants": "Tenants that differ from what is declared.",
    "tenant_impact": "Tenants with drift, a contract violation or a schema version mismatch.",
    "drift_changes": "Differences, counted over tenants.",
    "drift_groups": "Distinct differences: tenants with the same one are a group.",
    "shapes": "Distinct schemas in the fleet.",
    "contract_violations": "Queries and mappings of services that break, counted over tenants.",
    "contract_tenants": "Tenants in which a service's contract is violated.",
    "schema_version_mismatches": "Tenants at another schema version than the declared one.",
    "target_failures": "Tenants that could not be read, by kind of failure.",
    "unmodelled_objects": "Objects that PostgreSQL has and fleetdrift does not read.",
    "unread_places": "Places of the declaration and the services that could not be read or decided.",
    "last_scan_duration_seconds": "Seconds the last scan took.",
    "last_scan_timestamp_seconds": "When the last scan ended.",
    "last_success_timestamp_seconds": "When the last scan that read every tenant ended.",
    "leader": "1 for the coordinator that performs the scans, 0 for one that waits for its place.",
    "scan_running": "Scans going on now.",
    "build_info": "The version of fleetdrift, as a label.",
}

Sample = tuple[str, tuple[tuple[str, str], ...], float]
"""Name without prefix, labels without fleet, value."""


class FleetMetrics:
    """The metrics of one fleet's coordinator.

    Args:
        fleet: The label on everything.
    """

    def __init__(self, fleet: str) -> None:
        self._fleet = fleet
        self._leads = False
        self._junk: Mapping[JunkReason, int] = {}
        self._running = 0
        self._outcomes = dict.fromkeys(ScanStatus, 0)
        self._durations = [0] * (len(_BUCKETS) + 1)
        self._seconds = 0.0
        self._success = 0.0
        self._last: tuple[Sample, ...] = ()
        self._registry = CollectorRegistry()
        self._registry.register(_Page([self]))
        self._page = b""
        self._render()

    @property
    def page(self) -> bytes:
        """The exposition, ready to be sent, with what the process takes now."""
        return self._page + generate_latest(_process)

    def leads(self, leads: bool) -> None:  # a state, not a choice of behaviour
        """Note whether this coordinator performs the scans."""
        self._leads = leads
        self._render()

    def junk_dropped(self, counts: Mapping[JunkReason, int]) -> None:
        """Show how much of what was found in Redis was dropped, by reason, since Redis began."""
        if counts != self._junk:
            self._junk = counts
            self._render()

    def restore(self, report: ScanReport | None, last_success: dt.datetime | None) -> None:
        """Show what an earlier process found; nothing is counted twice."""
        if report is not None:
            self._last = tuple(_samples(report))
        self._success = last_success.timestamp() if last_success else 0.0
        self._render()

    def scan_started(self) -> None:
        """A scan begins."""
        self._running += 1
        self._render()

    def scan_ended(self, report: ScanReport | None) -> None:
        """A scan that was started has ended; without a report it failed."""
        self._running -= 1
        self._outcomes[report.status if report else ScanStatus.FAILED] += 1
        if report is not None:
            self._durations[bisect_left(_BUCKETS, report.duration)] += 1
            self._seconds += report.duration
            self._last = tuple(_samples(report))
            if report.status in _SUCCESS:
                self._success = _ended(report)
        self._render()

    def _render(self) -> None:
        self._page = generate_latest(self._registry)

    def families(self) -> Iterator[Metric]:
        """Give every family, in a fixed order."""
        own: list[Sample] = [
            ("leader", (), int(self._leads)),
            ("scan_running", (), self._running),
            ("build_info", (("version", importlib.metadata.version("fleetdrift")),), 1),
        ]
        if self._success:
            own.append(("last_success_timestamp_seconds", (), self._success))
        yield from _gauges(self._fleet, (*self._last, *own))
        scans = CounterMetricFamily("fleetdrift_scans", "Scans that ended, by how.", labels=["fleet", "outcome"])
        for outcome, count in self._outcomes.items():
            scans.add_metric([self._fleet, outcome.value], count)
        yield scans
        junk = CounterMetricFamily(
            "fleetdrift_junk_dropped", "What was found in Redis and dropped, by why.", labels=["fleet", "reason"]
        )
        for reason in JunkReason:
            junk.add_metric([self._fleet, reason.value], self._junk.get(reason, 0))
        yield junk
        yield self._histogram()

    def _histogram(self) -> HistogramMetricFamily:
        family = HistogramMetricFamily("fleetdrift_scan_duration_seconds", "Seconds a scan takes.", labels=["fleet"])
        total = 0
        buckets: list[tuple[str, float]] = []
        for bound, count in zip((*map(str, _BUCKETS), "+Inf"), self._durations, strict=True):
            total += count
            buckets.append((bound, total))
        family.add_metric([self._fleet], buckets, self._seconds)
        return family


_process = CollectorRegistry()
ProcessCollector(registry=_process)


def page_of(fleets: Sequence[FleetMetrics]) -> bytes:
    """Give the exposition of some fleets, with what the process takes now.

    Args:
        fleets: Those of this process, at least one.
    """
    if len(fleets) == 1:
        return fleets[0].page
    registry = CollectorRegistry()
    registry.register(_Page(fleets))
    return generate_latest(registry) + generate_latest(_process)


class _Page(Collector):
    """What the registry asks: each family once, with the samples of all fleets."""

    def __init__(self, fleets: Sequence[FleetMetrics]) -> None:
        self._fleets = fleets

    def collect(self) -> Iterator[Metric]:
        merged: dict[str, Metric] = {}
        for family in (family for fleet in self._fleets for family in fleet.families()):
            if family.name in merged:
                merged[family.name].samples += family.samples
            else:
                merged[family.name] = family
        return iter(merged.values())

    def describe(self) -> Iterable[Metric]:
        return ()  # names are this collector's own; asking would need a rendered fleet


def _gauges(fleet: str, samples: Iterable[Sample]) -> Iterator[GaugeMetricFamily]:
    by_name: dict[str, list[Sample]] = {}
    for sample in samples:
        by_name.setdefault(sample[0], []).append(sample)
    for name, text in _GAUGES.items():
        found = by_name.get(name)
        if found:
            family = GaugeMetricFamily(f"fleetdrift_{name}", text, labels=["fleet", *(key for key, _ in found[0][1])])
            for _, labels, value in sorted(found):
                family.add_metric([fleet, *(value for _, value in labels)], value)
            yield family


def _ended(report: ScanReport) -> float:
    return dt.datetime.fromisoformat(report.started).timestamp() + report.duration


def _samples(report: ScanReport) -> Iterator[Sample]:
    """Say everything that one report says."""
    body = report.body
    counts = dict(body.counts)
    for status in TenantStatus:
        yield "tenants", (("status", status.value),), counts.get(status, 0)
    yield "drifted_tenants", (), counts.get(TenantStatus.DRIFTED, 0)
    yield "tenant_impact", (), len(body.drift_summary.tenant_impact)
    yield "drift_groups", (), len(body.groups)
    yield "shapes", (), body.shapes
    yield "schema_version_mismatches", (), body.drift_summary.schema_version_mismatches
    yield "unread_places", (), len(body.unchecked)
    yield "unmodelled_objects", (), sum(entry.count for entry in body.unmodelled)
    yield "last_scan_duration_seconds", (), report.duration
    yield "last_scan_timestamp_seconds", (), _ended(report)
    failures = Counter(result.failure.kind for result in body.tenants if result.failure)
    for kind in FailureKind:
        yield "target_failures", (("kind", kind.value),), failures[kind]
    yield from _drift(body)
    yield from _contracts(body)


def _drift(body: ReportBody) -> Iterator[Sample]:
    counted: Counter[tuple[str, str, str]] = Counter()
    for group in body.groups:
        for change in headline(group.diff).changes:
            counted[change.identity.kind, _tag(change), _severity(group, change)] += len(group.tenants)
    for (kind, change_tag, severity), count in counted.items():
        yield "drift_changes", (("kind", kind), ("change", change_tag), ("severity", severity)), count


def _tag(change: Change) -> str:
    return str(change.__struct_config__.tag)


def _severity(group: DriftGroup, change: Change) -> str:
    """Give the worst severity that a rule gave this change."""
    given = {finding.severity for finding in group.findings if finding.object == change.identity}
    return next((severity.value for severity in _WORST_FIRST if severity in given), Severity.INFO.value)


def _contracts(body: ReportBody) -> Iterator[Sample]:
    violations: Counter[str] = Counter()
    tenants: Counter[str] = Counter()
    for group in body.groups:
        broken = Counter(verdict.service for verdict in group.verdicts if verdict.status.counts)
        for service, count in broken.items():
            violations[service] += count * len(group.tenants)
            tenants[service] += len(group.tenants)
    for service, count in violations.items():
        yield "contract_violations", (("service", service),), count
        yield "contract_tenants", (("service", service),), tenants[service]
