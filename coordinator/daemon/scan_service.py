"""Run the scans of `serve`: those that are requested, those of the schedule, and those an earlier process left."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import uuid
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Protocol

from coordinator.daemon.alarms import Alarm, CronAlarm, CronSchedule, IntervalAlarm
from coordinator.daemon.cancelling import ScanCancelledError, unless_cancelled
from coordinator.daemon.metrics import FleetMetrics
from coordinator.report.model import ScanReport
from coordinator.scan.logged import DECLARATION_ERRORS, failure_reason, logged_scan
from coordinator.store.connection import StoreError
from coordinator.store.leases import DEFAULT_LEASE_RULES, LeaseRules, LeaseTakenError, holding
from coordinator.store.records import NOBODY_SAYS, ScanRecord, ScanRequest, ScanState
from coordinator.store.store import NotOwnerError, Store, coordinator_lease, scan_lease
from shared.events.scan import (
    Cause,
    CoordinatorLeads,
    CoordinatorWaits,
    ReportUnreadable,
    ScanCancelled,
    ScanCreated,
    ScanDue,
    StoreBack,
    StoreUnavailable,
)
from shared.formats import FormatError
from shared.logs import log

_RETRY_STORE_AFTER_SECONDS = 5.0
_SAY_EVERY_SECONDS = 60.0
_BY_SCHEDULE = ScanRequest(requested_by="schedule")

Perform = Callable[[str], Awaitable[ScanReport]]
"""Does the scan of this id from declaration to report; takes it up where it was left."""

Publish = Callable[[str, ScanReport], Awaitable[None]]
"""Told of the report of the scan of this id."""


async def _publish_nothing(_scan: str, _report: ScanReport) -> None:
    """Leave a report where the store has it."""


class ScanService(Protocol):
    """What the HTTP API needs."""

    @property
    def is_leading(self) -> bool:
        """Say whether this process is the one that performs the fleet's scans."""
        ...

    async def enqueue(self, request: ScanRequest = NOBODY_SAYS, idempotency_key: str | None = None) -> ScanRecord:
        """Ask for a scan of the fleet, or of some of its tenants.

        Args:
            request: Who asks, and why, and for which tenants.
            idempotency_key: Names the request, so that it may be sent twice.
        """
        ...

    async def problems(self) -> list[str]:
        """Say, in sentences, what keeps scans from being done; nothing when all is well."""
        ...


class QueuedScans:
    """A ScanService whose queue is in the store: a request that was accepted is not forgotten.

    Args:
        fleet: Name.
        store: Where scans are kept.
        metrics: Told of every scan.
        perform: Does one scan.
        publish: Told of every report when the store has it.
        check: Says what keeps scans from being done, beside the store.
        resumable: An unfinished scan requested so many seconds ago is cancelled, not resumed: it is outdated.
        leases: How long this process owns what it does.
        retry_store_after: Seconds before a store that is away is asked again.
    """

    def __init__(
        self,
        fleet: str,
        store: Store,
        metrics: FleetMetrics,
        *,
        perform: Perform,
        publish: Publish = _publish_nothing,
        check: Callable[[], Awaitable[list[str]]],
        resumable: float = 3600.0,
        leases: LeaseRules = DEFAULT_LEASE_RULES,
        retry_store_after: float = _RETRY_STORE_AFTER_SECONDS,
    ) -> None:
        self._fleet = fleet
        self._store = store
        self._metrics = metrics
        self._perform = perform
        self._publish = publish
        self._check = check
        self._resumable = dt.timedelta(seconds=resumable)
        self._requested = asyncio.Event()
        self._leases = leases
        self._retry_store_after = retry_store_after
        self._times: tuple[float, CronSchedule | None] = (0.0, None)
        self._leads = False
        self._store_away_said: float | None = None  # when the log last said so; None while the store answers

    @property
    def is_leading(self) -> bool:
        """Say whether this process has the fleet's lease."""
        return self._leads

    async def enqueue(self, request: ScanRequest = NOBODY_SAYS, idempotency_key: str | None = None) -> ScanRecord:
        """Request a scan; a request that waits already, or has the same key, is given instead of a second."""
        if idempotency_key is not None:
            earlier = await self._store.scan_of_request(self._fleet, idempotency_key)
            if earlier is not None:
                return earlier
        return (await self._enqueue(Cause.REQUEST, request, idempotency_key))[0]

    async def _enqueue(
        self, cause: Cause, request: ScanRequest, idempotency_key: str | None = None
    ) -> tuple[ScanRecord, bool]:
        """Request a scan; say whether one is given that waited already, and is for these tenants too."""
        for waiting in await self._store.unfinished_scans(self._fleet):
            serves = waiting.selection is None or waiting.selection == request.chosen
            if waiting.state is ScanState.QUEUED and serves:
                return waiting, True
        scan = str(uuid.uuid4())
        await self._store.create_scan(scan, self._fleet, request, idempotency_key=idempotency_key)
        record = await self._store.get_scan(scan)
        if record is None:  # another request of the same key came first
            assert idempotency_key is not None
            record = await self._store.scan_of_request(self._fleet, idempotency_key)
            assert record is not None
            return record, True
        log(ScanCreated(scan=scan, fleet=self._fleet, cause=cause))
        self._requested.set()
        return record, False

    async def problems(self) -> list[str]:
        """Ask the store, and whatever else is needed."""
        try:
            await self._store.ping()
        except StoreError as error:
            return [str(error)]
        return await self._check()

    async def run(self, interval: float, schedule: CronSchedule | None = None) -> None:
        """Run the requested and scheduled scans, one after the other, until cancelled.

        Of several coordinators of a fleet one does it; the others wait until its lease ends.

        Args:
            interval: Seconds between the beginnings of scheduled scans; 0 scans on request only.
            schedule: Scans at these times, instead of by the interval.
        """
        self._times = (interval, schedule)
        waits = False
        while True:
            try:
                await holding(self._store, coordinator_lease(self._fleet), self._leases, self._lead)
            except LeaseTakenError:
                if not waits:
                    log(CoordinatorWaits(fleet=self._fleet))
                waits = True
            except StoreError:
                self._say_store_away()
            self._leads = False
            self._metrics.leads(False)
            await asyncio.sleep(self._leases.look_every)

    def reschedule(self, interval: float, schedule: CronSchedule | None) -> None:
        """Scan at other times from now on; see `run`."""
        self._times = (interval, schedule)
        self._requested.set()

    async def _lead(self) -> None:
        """Run scans for as long as this process is the one that does."""
        log(CoordinatorLeads(fleet=self._fleet))
        self._leads = True
        self._metrics.leads(True)
        self._metrics.restore(await self._last_report(), await self._store.last_success(self._fleet))
        times = self._times
        alarm = await self._alarm(*times)
        while True:
            if times is not self._times:
                times = self._times
                alarm = await self._alarm(*times)
            if alarm.seconds_left() <= 0:
                alarm.was_answered()
                with contextlib.suppress(StoreError):
                    record, joined = await self._enqueue(Cause.SCHEDULE, _BY_SCHEDULE)
                    log(ScanDue(fleet=self._fleet, scan=record.scan, joined=joined))
            self._requested.clear()  # first: what is asked for while the last look at the store runs must wake us again
            await self._run_unfinished_scans()
            look = self._leases.look_every  # other processes ask for scans, and leave theirs unfinished
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(min(look, max(0.0, alarm.seconds_left()))):
                    await self._requested.wait()

    async def _alarm(self, interval: float, schedule: CronSchedule | None) -> Alarm:
        if schedule is None:
            return IntervalAlarm(interval, asyncio.get_running_loop().time)
        last = await self._store.last_asked_for(self._fleet, _BY_SCHEDULE.requested_by)
        return CronAlarm(schedule, last, partial(dt.datetime.now, dt.UTC))

    async def _last_report(self) -> ScanReport | None:
        """Give the newest report; one that this release cannot read counts as none: the next scan makes a new one."""
        try:
            return await self._store.latest_report(self._fleet)
        except FormatError:
            log(ReportUnreadable(fleet=self._fleet))
            return None

    async def _run_unfinished_scans(self) -> None:
        """Run every scan that nobody else performs."""
        try:
            while any([await self._take(each) for each in await self._store.unfinished_scans(self._fleet)]):
                pass
        except StoreError:
            self._say_store_away()
            await asyncio.sleep(self._retry_store_after)
            self._requested.set()
        else:
            if self._store_away_said is not None:
                self._store_away_said = None
                log(StoreBack(fleet=self._fleet))

    async def _take(self, record: ScanRecord) -> bool:
        """Run one scan unless another process owns it; say whether it was run."""
        try:
            return await holding(self._store, scan_lease(record.scan), self._leases, lambda: self._end(record.scan))
        except (LeaseTakenError, NotOwnerError):
            return False

    async def _end(self, scan: str) -> bool:
        """Run a scan that we own to its end, or cancel it when it is too old; say whether it had not ended yet."""
        record = await self._store.get_scan(scan)
        if record is None or record.finished is not None:
            return False
        if record.state is not ScanState.QUEUED and dt.datetime.now(dt.UTC) - record.requested > self._resumable:
            reason = f"it was left unfinished, and was asked for longer than {self._resumable} ago"
            await self._store.finish_scan(scan, ScanState.CANCELLED, reason)
            log(ScanCancelled(scan=scan, fleet=self._fleet))
        else:
            await self._run_scan(record)
        return True

    def _say_store_away(self) -> None:
        """Log that the store is away: at once, and then every minute."""
        now = asyncio.get_running_loop().time()
        if self._store_away_said is None or now - self._store_away_said >= _SAY_EVERY_SECONDS:
            self._store_away_said = now
            log(StoreUnavailable(fleet=self._fleet))

    async def _run_scan(self, record: ScanRecord) -> None:
        """Run one scan. An error in the declaration or in the program ends this scan, not the service."""
        self._metrics.scan_started()
        resumed = record.state is not ScanState.QUEUED
        try:
            report = await logged_scan(
                record.scan,
                self._fleet,
                lambda: unless_cancelled(self._store, record.scan, lambda: self._perform_and_store(record.scan)),
                resumed=resumed,
                unfinished_by=(StoreError, ScanCancelledError),
            )
        except (StoreError, asyncio.CancelledError):
            self._metrics.scan_left()
            raise
        except ScanCancelledError as error:
            await self._store.finish_scan(record.scan, ScanState.CANCELLED, str(error))
            log(ScanCancelled(scan=record.scan, fleet=self._fleet))
            self._metrics.scan_cancelled()
        except Exception as error:  # noqa: BLE001  # it was logged; whatever it was, the next scan may do better
            await self._store.finish_scan(record.scan, ScanState.FAILED, failure_reason(error))
            self._metrics.scan_failed(by_declaration=isinstance(error, DECLARATION_ERRORS))
        else:
            self._metrics.scan_reported(report)

    async def _perform_and_store(self, scan: str) -> ScanReport:
        report = await self._perform(scan)
        await self._store.record_report(scan, report)
        await self._publish(scan, report)
        return report
