"""Run the scans of `serve`: those that are requested, those of the schedule, and those an earlier process left."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import uuid
from collections.abc import Awaitable, Callable
from typing import Protocol

from coordinator.daemon.metrics import FleetMetrics
from coordinator.report.model import ScanReport
from coordinator.scan.logged import logged_scan
from coordinator.store.connection import StoreError
from coordinator.store.records import ScanRecord, ScanState
from coordinator.store.store import Store
from shared.events.scan import Cause, ReportUnreadable, ScanCancelled, ScanCreated, ScanDue, StoreBack, StoreUnavailable
from shared.formats import FormatError
from shared.logs import log

_RETRY_STORE_AFTER_SECONDS = 5.0

Perform = Callable[[str], Awaitable[ScanReport]]
"""Does the scan of this id from declaration to report; takes it up where it was left."""


class ScanService(Protocol):
    """What the HTTP API needs."""

    async def enqueue(self) -> ScanRecord:
        """Ask for a scan of the whole fleet."""
        ...

    async def list_scans(self, limit: int) -> list[ScanRecord]:
        """Give the newest scans, newest first."""
        ...

    async def get_scan(self, scan: str) -> ScanRecord | None:
        """Give one scan."""
        ...

    async def latest_report(self) -> ScanReport | None:
        """Give the newest report."""
        ...

    async def get_report(self, scan: str) -> ScanReport | None:
        """Give the report of one scan."""
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
        check: Says what keeps scans from being done, beside the store.
        resumable: An unfinished scan requested so many seconds ago is cancelled, not resumed: it is outdated.
    """

    def __init__(
        self,
        fleet: str,
        store: Store,
        metrics: FleetMetrics,
        *,
        perform: Perform,
        check: Callable[[], Awaitable[list[str]]],
        resumable: float = 3600.0,
    ) -> None:
        self._fleet = fleet
        self._store = store
        self._metrics = metrics
        self._perform = perform
        self._check = check
        self._resumable = dt.timedelta(seconds=resumable)
        self._requested = asyncio.Event()
        self._store_away = False

    async def enqueue(self) -> ScanRecord:
        """Request a scan; a request that waits already is given instead of a second."""
        return (await self._enqueue(Cause.REQUEST))[0]

    async def _enqueue(self, cause: Cause) -> tuple[ScanRecord, bool]:
        """Request a scan; say whether one that waited already is given."""
        waiting = [each for each in await self._store.unfinished_scans(self._fleet) if each.state is ScanState.QUEUED]
        if waiting:
            return waiting[0], True
        scan = str(uuid.uuid4())
        await self._store.create_scan(scan, self._fleet)
        log(ScanCreated(scan=scan, fleet=self._fleet, cause=cause))
        self._requested.set()
        record = await self._store.get_scan(scan)
        assert record is not None
        return record, False

    async def list_scans(self, limit: int) -> list[ScanRecord]:
        """Give the newest scans, newest first."""
        return await self._store.list_scans(self._fleet, limit)

    async def get_scan(self, scan: str) -> ScanRecord | None:
        """Give one scan of this fleet."""
        record = await self._store.get_scan(scan)
        return record if record and record.fleet == self._fleet else None

    async def latest_report(self) -> ScanReport | None:
        """Give the newest report."""
        return await self._store.latest_report(self._fleet)

    async def get_report(self, scan: str) -> ScanReport | None:
        """Give the report of one scan."""
        return await self._store.get_report(scan) if await self.get_scan(scan) else None

    async def problems(self) -> list[str]:
        """Ask the store, and whatever else is needed."""
        try:
            await self._store.ping()
        except StoreError as error:
            return [str(error)]
        return await self._check()

    async def run(self, interval: float) -> None:
        """Run the requested and scheduled scans, one after the other, until cancelled.

        Args:
            interval: Seconds between the beginnings of scheduled scans; 0 scans on request only.
        """
        clock = asyncio.get_running_loop().time
        self._metrics.restore(await self._last_report(), await self._store.last_success(self._fleet))
        due = clock()
        while True:
            if interval and clock() >= due:
                due = clock() + interval
                with contextlib.suppress(StoreError):
                    record, joined = await self._enqueue(Cause.SCHEDULE)
                    log(ScanDue(fleet=self._fleet, scan=record.scan, joined=joined))
            self._requested.clear()  # first: what is asked for while the last look at the store runs must wake us again
            await self._run_unfinished_scans()
            timeout = max(0.0, due - clock()) if interval else None
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(timeout):
                    await self._requested.wait()

    async def _last_report(self) -> ScanReport | None:
        """Give the newest report; one that this release cannot read counts as none: the next scan makes a new one."""
        try:
            return await self.latest_report()
        except FormatError:
            log(ReportUnreadable(fleet=self._fleet))
            return None

    async def _run_unfinished_scans(self) -> None:
        try:
            while unfinished := await self._store.unfinished_scans(self._fleet):
                first = unfinished[0]
                if first.state is not ScanState.QUEUED and dt.datetime.now(dt.UTC) - first.requested > self._resumable:
                    await self._store.finish_scan(first.scan, ScanState.CANCELLED)
                    log(ScanCancelled(scan=first.scan, fleet=self._fleet))
                else:
                    await self._run_scan(first)
        except StoreError:
            if not self._store_away:
                self._store_away = True
                log(StoreUnavailable(fleet=self._fleet))
            await asyncio.sleep(_RETRY_STORE_AFTER_SECONDS)
            self._requested.set()
        else:
            if self._store_away:
                self._store_away = False
                log(StoreBack(fleet=self._fleet))

    async def _run_scan(self, record: ScanRecord) -> None:
        """Run one scan. An error in the declaration or in the program ends this scan, not the service."""
        self._metrics.scan_started()
        report: ScanReport | None = None
        resumed = record.state is not ScanState.QUEUED
        try:
            report = await logged_scan(
                record.scan,
                self._fleet,
                lambda: self._perform_and_store(record.scan),
                resumed=resumed,
                unfinished_by=(StoreError,),
            )
        except StoreError:
            raise
        except Exception:  # noqa: BLE001  # it was logged; whatever it was, the next scan may do better
            await self._store.finish_scan(record.scan, ScanState.FAILED)
        finally:
            self._metrics.scan_ended(report)

    async def _perform_and_store(self, scan: str) -> ScanReport:
        report = await self._perform(scan)
        await self._store.record_report(scan, report)
        return report
