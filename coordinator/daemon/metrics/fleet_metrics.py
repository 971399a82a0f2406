"""The metrics of one fleet: told what happens, and rendered then, not when somebody asks."""

from __future__ import annotations

import datetime as dt
import importlib.metadata
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

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
from coordinator.daemon.metrics.exposition import PageFormat, render
from coordinator.daemon.metrics.histogram import Histogram
from coordinator.daemon.metrics.table import Metric, Sample
from coordinator.memory.figures import Figures, RunningScan
from coordinator.report.model import ScanReport
from coordinator.store.ignores import KeptIgnore
from coordinator.store.records import ScanState
from shared.findings.ignore import IgnoreRule
from shared.messages import JunkReason

MAX_SERIES_OF_A_METRIC = 100
"""Sets of labels that one metric of one fleet may have; those with the smallest values are left out."""

_WITHDRAW_AFTER_SECONDS = 120.0
"""Age at which what was read from a store that is away is no longer shown."""


class Configured(msgspec.Struct, frozen=True, kw_only=True):
    """What the configuration says that metrics show.

    Args:
        interval: Seconds between scheduled scans.
        services: Whose contracts are checked.
        ignore: The ignore rules.
        sinks: Names of those who are told.
        permit_limit: Connections that scans may hold, over all servers.
        tier_label: Name of the label that says a tenant's tier; empty where none does.
    """

    interval: float = 0.0
    services: tuple[str, ...] = ()
    ignore: tuple[IgnoreRule, ...] = ()
    sinks: tuple[str, ...] = ()
    permit_limit: int = 0
    tier_label: str = ""


class FleetMetrics:
    """The metrics of one fleet's coordinator.

    Args:
        fleet: The label on everything.
        configured: What the configuration says.
        on_scan_over: Called when a scan is over, so that what is remembered is read again.
    """

    def __init__(
        self, fleet: str, configured: Configured | None = None, on_scan_over: Callable[[], None] = lambda: None
    ) -> None:
        self.fleet = fleet
        self.on_scan_over = on_scan_over
        self._configured = configured or Configured()
        self._is_configured = True
        self._leads = False
        self._store_up: bool | None = None
        self._redis_up: bool | None = None
        self._snapshot = 0.0
        self._serving_since = time.time()
        self._loaded: bool | None = None
        self._junk: Mapping[JunkReason, int] = {}
        self._report: ScanReport | None = None
        self._figures: Figures | None = None
        self._kept: tuple[KeptIgnore, ...] = ()
        self._queue: workers.QueueSight | None = None
        self._scans = scans.ScanCounts()
        self._changes = changes.ChangeWatch()
        self._lines: dict[PageFormat, dict[str, bytes]] = {}
        self.render()

    def lines(self, form: PageFormat) -> Mapping[str, bytes]:
        """Give the lines of each metric by its name, as they were rendered last."""
        return self._lines[form]

    @property
    def is_leading(self) -> bool:
        """Say whether this coordinator performs the scans; only then the fleet's figures are shown."""
        return self._leads

    @property
    def has_no_figures(self) -> bool:
        """Say whether nothing that is remembered is shown."""
        return self._figures is None

    @property
    def tier_label(self) -> str:
        """Name of the label that says a tenant's tier; empty where none does."""
        return self._configured.tier_label

    @property
    def resolved_after(self) -> dt.datetime:
        """Changes that were resolved later have not been counted."""
        return self._changes.resolved_after

    def configure(self, configured: Configured) -> None:
        """Show what the configuration says now."""
        self._configured, self._is_configured = configured, True
        self.render()

    def configuration_refused(self) -> None:
        """The configuration has changed and cannot be used."""
        self._is_configured = False
        self.render()

    def leads(self, leads: bool) -> None:  # a state, not a choice of behaviour
        """Note whether this coordinator performs the scans; one that does not says nothing of the fleet."""
        self._leads = leads
        if not leads:
            self._report, self._figures, self._loaded, self._snapshot = None, None, None, 0.0
            self._scans.progress(None, 0.0)
        self.render()

    def restore(self, report: ScanReport | None, last_success: dt.datetime | None) -> None:
        """Show what an earlier process found; nothing is counted twice."""
        self._report = report
        self._loaded = True if report is not None else self._loaded
        self._scans.restore(report, last_success)
        self.render()

    def scan_started(self) -> None:
        """A scan begins."""
        self._scans.begun()
        self.render()

    def scan_reported(self, report: ScanReport) -> None:
        """A scan that was started has given a report; that of some tenants is not shown as the fleet's."""
        self._scans.reported(report)
        self._loaded = True
        if report.selection is None:
            self._report = report
        self._over()

    def scan_failed(self, *, by_declaration: bool) -> None:
        """A scan that was started has failed.

        Args:
            by_declaration: Because the declaration, the inventory or a service cannot be used.
        """
        self._scans.ended(ScanState.FAILED)
        self._loaded = False if by_declaration else self._loaded
        self._over()

    def scan_cancelled(self) -> None:
        """A scan that was started was cancelled."""
        self._scans.ended(ScanState.CANCELLED)
        self._over()

    def scan_left(self) -> None:
        """A scan that was started is not over, and is no longer performed here."""
        self._scans.left()
        self.render()

    def _over(self) -> None:
        self._scans.progress(None, 0.0)
        self.render()
        self.on_scan_over()

    def remembered(self, figures: Figures, at: float, kept: Sequence[KeptIgnore] = ()) -> None:
        """Show what is remembered of the fleet.

        Args:
            figures: What the store has answered.
            at: When, in seconds since the epoch.
            kept: The ignore rules of the store.
        """
        self._changes.note(figures)
        self._figures, self._snapshot, self._store_up = figures, at, True
        self._kept = tuple(kept)

    def store_away(self, now: float) -> None:
        """The store does not answer: what it last said is shown for a while."""
        self._store_up = False
        self._scans.progress(None, now)
        if now - self._snapshot > _WITHDRAW_AFTER_SECONDS:
            self._figures = None

    def progress(self, scan: RunningScan | None, now: float) -> None:
        """Show how far the running scan has come; None when none is running."""
        self._scans.progress(scan, now)
        self._store_up = True

    def queue_seen(self, sight: workers.QueueSight | None, junk: Mapping[JunkReason, int] | None = None) -> None:
        """Show what Redis says; None when it does not answer."""
        self._redis_up = sight is not None
        self._queue = sight
        self._junk = junk if junk is not None else self._junk

    def render(self) -> None:
        """Render what was told since it was last rendered."""
        shown, dropped = _bounded(self._samples())
        exposed = sum(map(len, shown.values()))
        samples = [sample for found in shown.values() for sample in found]
        samples += [Sample(service.EXPOSED, (), exposed), Sample(service.DROPPED, (), dropped)]
        self._lines = render(self.fleet, samples)

    def _samples(self) -> Iterator[Sample]:
        yield Sample(service.LEADER, (), int(self._leads))
        yield Sample(service.SERVING_SINCE, (), self._serving_since)
        yield Sample(service.CONFIGURATION, (), int(self._is_configured))
        yield Sample(service.BUILD, (importlib.metadata.version("fleetdrift"),), 1)
        for metric, is_up in ((service.STORE_UP, self._store_up), (service.REDIS_UP, self._redis_up)):
            if is_up is not None:
                yield Sample(metric, (), int(is_up))
        yield from self._scans.samples(self._configured.interval)
        yield from workers.junk_samples(self._junk)
        yield Sample(workers.PERMIT_LIMIT, (), self._configured.permit_limit)
        if self._queue is not None:
            yield from workers.queue_samples(self._queue)
        yield from declaration.declaration_samples(self._loaded, self._report)
        yield from self._of_the_memory()
        if self._report is not None:
            yield from self._of_the_report(self._report)

    def _of_the_memory(self) -> Iterator[Sample]:
        if self._snapshot:
            yield Sample(service.SNAPSHOT, (), self._snapshot)
        if self._figures is not None:
            yield from tenants.tenant_samples(self._figures)
            yield from tiers.tier_samples(self._figures)
            yield from self._changes.samples(self._figures)
            yield from contracts.contract_samples(self._figures, self._services_read())
            yield from scans.memory_samples(self._figures)
            yield from notices.notice_samples(self._figures.told, self._configured.sinks)
            yield from declaration.ignore_samples(
                self._configured.ignore, self._kept, self._report, dt.datetime.now(dt.UTC).date()
            )

    def _services_read(self) -> list[str]:
        """Name the services that are checked, but for those that the last scan could not read: theirs is not zero."""
        unread = self._report.body.unread_services if self._report is not None else ()
        return [service for service in self._configured.services if service not in unread]

    def _of_the_report(self, report: ScanReport) -> Iterator[Sample]:
        yield from scans.report_samples(report)
        yield from changes.report_samples(report.body)
        yield from plans.plan_samples(report.body)
        yield from contracts.query_samples(report)
        yield from contracts.rollout_samples(report.body)


def _bounded(samples: Iterator[Sample]) -> tuple[dict[str, list[Sample]], int]:
    """Give the samples by metric, at most so many of each, and how many that leaves out."""
    found: defaultdict[Metric, list[Sample]] = defaultdict(list)
    for sample in samples:
        found[sample.metric].append(sample)
    dropped = 0
    for each in found.values():
        if len(each) > MAX_SERIES_OF_A_METRIC:
            each.sort(key=_largest_first)
            dropped += len(each) - MAX_SERIES_OF_A_METRIC
            del each[MAX_SERIES_OF_A_METRIC:]
    return {metric.name: each for metric, each in found.items()}, dropped


def _largest_first(sample: Sample) -> tuple[float, tuple[str, ...]]:
    value = sample.value.seconds if isinstance(sample.value, Histogram) else sample.value
    return -value, sample.labels
