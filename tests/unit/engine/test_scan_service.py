"""The service's loop, step by step, over a store that does something in the middle of a question."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest

from coordinator.daemon.metrics import FleetMetrics
from coordinator.daemon.scan_service import QueuedScans
from coordinator.store.records import ScanRecord, ScanState
from coordinator.store.store import Store
from shared.formats import FormatError
from tests.reports import demo


class StoreInBetween(Store):
    """Holds scans; the first look for unfinished ones answers with what was there before somebody asked for one."""

    def __init__(self) -> None:
        super().__init__(pool=None)
        self.scans: list[str] = []
        self.service: QueuedScans | None = None
        self.looks = 0

    async def take_lease(self, _name, _seconds):
        return True

    async def release_lease(self, _name):
        pass

    async def latest_report(self, _fleet):
        raise FormatError("this report was written in format 9")

    async def last_success(self, _fleet):
        return None

    async def unfinished_scans(self, fleet):
        self.looks += 1
        found = [record(scan, fleet) for scan in self.scans]
        if self.looks == 1:
            await self.service.enqueue()
        return found

    async def create_scan(self, scan, _fleet, _request=None, *, idempotency_key=None):
        self.scans.append(scan)

    async def get_scan(self, scan):
        return record(scan, "f")

    async def record_report(self, scan, _report):
        self.scans.remove(scan)


def record(scan: str, fleet: str) -> ScanRecord:
    now = dt.datetime.now(dt.UTC)
    return ScanRecord(scan=scan, fleet=fleet, state=ScanState.QUEUED, requested=now, finished=None, epoch=0, tenants=0)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.mark.anyio
async def test_a_scan_asked_for_during_the_last_look_is_done_and_an_unreadable_report_ends_nothing():
    store = StoreInBetween()
    performed = asyncio.Event()

    async def perform(_scan):
        performed.set()
        return demo()

    async def check():
        return []

    store.service = QueuedScans("f", store, FleetMetrics("f"), perform=perform, check=check)
    running = asyncio.create_task(store.service.run(interval=0))
    try:
        async with asyncio.timeout(10):
            await performed.wait()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
