"""Metrics of scans: how they ended, how long they took, when the next one is due, and how far the running one is."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterator

import msgspec

from coordinator.daemon.metrics.histogram import Histogram
from coordinator.daemon.metrics.table import Metric, MetricKind, Sample
from coordinator.memory.figures import Figures, RunningScan
from coordinator.report.model import ScanReport, ScanStatus
from coordinator.store.records import ScanState
from shared.targets import Depth, FailureKind

_BUCKETS_SECONDS = (1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0)
_STAGE_BUCKETS_SECONDS = (1.0, 10.0, 60.0, 300.0, 1800.0)
_SUCCESS = frozenset({ScanStatus.IN_SYNC, ScanStatus.DRIFT})  # every tenant was read, whatever was found
_OUTCOMES = (*(ScanState(status.value) for status in ScanStatus), ScanState.CANCELLED)
_STAGES = {"Parse IaC Definition": "declaration", "Introspect Live Schema": "reading"}
_LAST_STAGE = "analysis"

RUNNING = Metric(name="scan_running", help="Scans that this process performs now.", unit="scans")
SCANS = Metric(
    name="scans",
    help="Scans that ended while this process ran, by how.",
    kind=MetricKind.COUNTER,
    labels=("outcome",),
    unit="scans",
)
READS = Metric(
    name="tenant_reads",
    help="Tenants of the reports that were made while this process ran, by whether they were read, and if not by why.",
    kind=MetricKind.COUNTER,
    labels=("outcome", "reason"),
    unit="tenants",
)
FAILURES = Metric(
    name="target_failures",
    help="Tenants that the last scan could not read, by kind of failure.",
    labels=("kind",),
    unit="tenants",
    absent="there is no report",
)
DURATION = Metric(
    name="scan_duration_seconds",
    help="Seconds a scan takes that gives a report.",
    kind=MetricKind.HISTOGRAM,
    unit="seconds",
)
STAGE_DURATION = Metric(
    name="scan_stage_duration_seconds",
    help="Seconds of a scan's stages: reading the declaration, reading the tenants, comparing.",
    kind=MetricKind.HISTOGRAM,
    labels=("stage",),
    unit="seconds",
)
LAST_DURATION = Metric(
    name="last_scan_duration_seconds",
    help="Seconds the last scan took that gave a report.",
    unit="seconds",
    absent="there is no report",
)
LAST_START = Metric(
    name="last_scan_start_timestamp_seconds",
    help="When the last scan began.",
    unit="seconds",
    absent="none ever did",
)
LAST_SCAN = Metric(
    name="last_scan_timestamp_seconds",
    help="When the last scan ended that gave a report.",
    unit="seconds",
    absent="none ever did",
)
LAST_SUCCESS = Metric(
    name="last_success_timestamp_seconds",
    help="When the last scan ended that read every tenant.",
    unit="seconds",
    absent="none ever did",
)
INTERVAL = Metric(
    name="scan_interval_seconds",
    help="Seconds between scheduled scans, the longest of a cron schedule; 0 where scans are only done on request.",
    unit="seconds",
)
PROGRESS = Metric(
    name="scan_tenants",
    help="Tenants of the running scan, by whether they have answered.",
    labels=("state",),
    unit="tenants",
    absent="no scan is running",
)
PROGRESSED = Metric(
    name="scan_progress_timestamp_seconds",
    help="When the running scan last came further.",
    unit="seconds",
    absent="no scan is running",
)
FAILED_IN_A_ROW = Metric(
    name="scan_failures_in_a_row",
    help="Scans that failed since one last gave a report.",
    unit="scans",
    absent="this coordinator does not lead, or the store does not answer",
)
SUSPICIOUS = Metric(
    name="scan_suspicious",
    help="1 while a scan waits to be confirmed that found more drift than is likely.",
    unit="scans",
    absent="this coordinator does not lead, or the store does not answer",
)
SENTINEL = Metric(
    name="sentinel_detected",
    help="1 when the last scan found the drift that is planted in the sentinel, 0 when it did not.",
    unit="sentinels",
    absent="there is no sentinel, or no report",
)
DEPTHS = Metric(
    name="tenants_by_depth",
    help="Tenants, and the sentinel, that the last scan has read, by how deep it had to look: sign of the server, "
    "counters of the database, change token, fingerprint, rows.",
    labels=("depth",),
    unit="tenants",
    absent="this coordinator does not lead, the store does not answer, or no scan was done",
)
SIGN_MISMATCHES = Metric(
    name="sign_mismatches",
    help="Tenants that were read although their server's sign said that nothing had changed, and that had changed.",
    kind=MetricKind.COUNTER,
    unit="tenants",
    absent="this coordinator does not lead, or the store does not answer",
)
METRICS = (
    RUNNING,
    SCANS,
    READS,
    FAILURES,
    DURATION,
    STAGE_DURATION,
    LAST_DURATION,
    LAST_START,
    LAST_SCAN,
    LAST_SUCCESS,
    INTERVAL,
    PROGRESS,
    PROGRESSED,
    FAILED_IN_A_ROW,
    SUSPICIOUS,
    SENTINEL,
    DEPTHS,
    SIGN_MISMATCHES,
)


class ScanCounts:
    """What this process has seen of scans."""

    def __init__(self) -> None:
        self._running = 0
        self._started = 0.0
        self._success = 0.0
        self._outcomes: Counter[ScanState] = Counter()
        self._reads: Counter[str] = Counter()
        self._durations = Histogram(_BUCKETS_SECONDS)
        self._stages = {stage: Histogram(_STAGE_BUCKETS_SECONDS) for stage in (*_STAGES.values(), _LAST_STAGE)}
        self._progress: RunningScan | None = None
        self._progressed = 0.0

    def restore(self, report: ScanReport | None, last_success: dt.datetime | None) -> None:
        """Take in when an earlier process began and ended scans; nothing is counted twice."""
        if report is not None:
            self._started = dt.datetime.fromisoformat(report.started).timestamp()
        self._success = last_success.timestamp() if last_success else 0.0

    def begun(self) -> None:
        """A scan begins."""
        self._running += 1
        self._started = dt.datetime.now(dt.UTC).timestamp()

    def left(self) -> None:
        """A scan is no longer performed here, and is not over."""
        self._running -= 1

    def ended(self, state: ScanState) -> None:
        """A scan is over that gave no report."""
        self._running -= 1
        self._outcomes[state] += 1

    def reported(self, report: ScanReport) -> None:
        """A scan has given a report."""
        self.ended(ScanState(report.status.value))
        self._durations.observe(report.duration, report.execution_id)
        for stage, seconds in _stages(report):
            self._stages[stage].observe(seconds, report.execution_id)
        self._reads.update(each.failure.kind.value if each.failure else "" for each in report.body.tenants)
        if report.status in _SUCCESS and report.selection is None:
            self._success = _end(report)

    def progress(self, scan: RunningScan | None, now: float) -> None:
        """Take in how far the running scan is.

        Args:
            scan: None when none is running.
            now: Seconds since the epoch.
        """
        if scan is not None and scan != self._progress:
            self._progressed = now
        self._progress = scan

    def samples(self, interval: float) -> Iterator[Sample]:
        """Give the metrics of scans.

        Args:
            interval: Seconds between scheduled scans.
        """
        yield Sample(RUNNING, (), self._running)
        yield Sample(INTERVAL, (), interval)
        yield from (Sample(SCANS, (state.value,), self._outcomes[state]) for state in _OUTCOMES)
        yield Sample(READS, ("read", ""), self._reads[""])
        yield from (Sample(READS, ("failed", kind.value), self._reads[kind.value]) for kind in FailureKind)
        yield Sample(DURATION, (), self._durations)
        yield from (Sample(STAGE_DURATION, (stage,), found) for stage, found in self._stages.items())
        if self._started:
            yield Sample(LAST_START, (), self._started)
        if self._success:
            yield Sample(LAST_SUCCESS, (), self._success)
        if self._progress is not None:
            yield Sample(PROGRESS, ("answered",), self._progress.answered)
            yield Sample(PROGRESS, ("waiting",), self._progress.tenants - self._progress.answered)
            yield Sample(PROGRESSED, (), self._progressed)


def _end(report: ScanReport) -> float:
    return dt.datetime.fromisoformat(report.started).timestamp() + report.duration


def _stages(report: ScanReport) -> Iterator[tuple[str, float]]:
    """Give (stage, seconds), from when each step of the execution log ended."""
    seconds: defaultdict[str, float] = defaultdict(float)
    before = dt.datetime.fromisoformat(report.started)
    for step in report.steps:
        ended = dt.datetime.fromisoformat(step.timestamp)
        seconds[_STAGES.get(step.action, _LAST_STAGE)] += max(0.0, (ended - before).total_seconds())
        before = ended
    yield from seconds.items()


def report_samples(report: ScanReport) -> Iterator[Sample]:
    """Give what the last report says of its scan."""
    yield Sample(LAST_DURATION, (), report.duration)
    yield Sample(LAST_SCAN, (), _end(report))
    if report.sentinel is not msgspec.UNSET:
        yield Sample(SENTINEL, (), int(report.sentinel.detected))
    failures = Counter(result.failure.kind for result in report.body.tenants if result.failure)
    yield from (Sample(FAILURES, (kind.value,), failures[kind]) for kind in FailureKind)


def memory_samples(figures: Figures) -> Iterator[Sample]:
    """Give the metrics of scans that the store remembers: failures in a row, suspicion, depths."""
    yield Sample(FAILED_IN_A_ROW, (), figures.failed_in_a_row)
    yield Sample(SUSPICIOUS, (), int(figures.status.suspicious is not None))
    yield Sample(SIGN_MISMATCHES, (), figures.sign_mismatches)
    if figures.depths is not None:
        yield from (Sample(DEPTHS, (depth.value,), figures.depths.get(depth, 0)) for depth in Depth)
