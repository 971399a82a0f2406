"""The coordinator: holds the store and the scratch server open, and scans a fleet through its workers."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path

from redis.exceptions import RedisError

from coordinator.daemon.metrics import FleetMetrics
from coordinator.daemon.scan_service import QueuedScans
from coordinator.engine.engine import EngineSettings
from coordinator.fleet.queued import QueuedFleet
from coordinator.fleet.reader import OnProgress
from coordinator.ledger.lane import LedgerRules
from coordinator.report.files import write_files
from coordinator.report.model import ScanReport
from coordinator.scan.logged import logged_scan
from coordinator.scan.pipeline import run_scan
from coordinator.settings.load import required
from coordinator.settings.model import Settings
from coordinator.store.records import ScanState
from coordinator.store.store import Store
from shared.analysis.scratch_server import scratch_server
from shared.events.event import LogLevel
from shared.events.scan import Cause, ScanCreated
from shared.logs import log
from shared.postgres.scratch import ScratchServer
from workers.redis_pool import connect_redis


class Coordinator:
    """Scans a fleet through its workers. Open one with `Coordinator.open`."""

    def __init__(self, settings: Settings, store: Store, scratch: ScratchServer) -> None:
        self.settings = settings
        self.store = store
        self._scratch = scratch

    @classmethod
    @contextlib.asynccontextmanager
    async def open(cls, settings: Settings) -> AsyncIterator[Coordinator]:
        """Connect to everything the configuration names.

        Raises:
            SettingsError: When store or Redis are not configured.
            StoreError: When the store cannot be reached.
        """
        required(settings.redis_url, "redis.url")
        dsn = required(settings.store_dsn, "store.dsn")
        async with Store.open(dsn) as store, scratch_server(settings.scratch_dsn) as scratch:
            yield cls(settings, store, scratch)

    async def scan(self, on_progress: OnProgress) -> ScanReport:
        """Scan the fleet once through the workers, and keep the report in the store.

        Args:
            on_progress: Called as tenants are read.

        Raises:
            SourceError, SpecError, InventoryError: When the declaration cannot be used; the scan is then over too.
        """
        scan, fleet = str(uuid.uuid4()), self.settings.file.fleet.name
        await self.store.create_scan(scan, fleet)
        log(ScanCreated(scan=scan, fleet=fleet, cause=Cause.COMMAND))
        perform = partial(self._perform_and_store, scan, on_progress)
        return await logged_scan(scan, fleet, perform, failure_level=LogLevel.INFO)

    async def _perform_and_store(self, scan: str, on_progress: OnProgress) -> ScanReport:
        try:
            report = await self._perform(scan, on_progress)
        except Exception:
            await self.store.finish_scan(scan, ScanState.FAILED)
            raise
        await self.store.record_report(scan, report)
        return report

    async def _perform(self, scan: str, on_progress: OnProgress) -> ScanReport:
        """Run the scan of this id, or resume it where an earlier process left it."""
        async with QueuedFleet.open(engine_settings(self.settings), self.store, scan=scan) as fleet:
            return await run_scan(self.settings, self._scratch, fleet, on_progress)

    async def serve(self, on_listening: Callable[[int], None]) -> None:
        """Take scans, keep the schedule, and answer HTTP, until cancelled.

        Args:
            on_listening: Told the port when requests are taken.

        Raises:
            ListenError: When the address cannot be listened on.
        """
        from coordinator.daemon.api.app import build_api  # lazy: only this command needs the framework
        from coordinator.daemon.api.limits import HttpLimits
        from coordinator.daemon.api.serve import serve

        table = self.settings.file.serve
        fleet = self.settings.file.fleet.name
        metrics = FleetMetrics(fleet)
        scans = QueuedScans(fleet, self.store, metrics, perform=self._scheduled, check=self._problems)
        api = build_api(scans, metrics, self.settings.api_token)
        limits = HttpLimits(
            max_connections=table.max_connections, request_timeout=table.request_timeout, rate=table.rate
        )
        async with asyncio.TaskGroup() as group:
            serving = serve(api, table.address, table.port, names=table.names, limits=limits, on_listening=on_listening)
            group.create_task(serving)
            group.create_task(scans.run(self.settings.file.scan.interval))

    async def _scheduled(self, scan: str) -> ScanReport:
        report = await self._perform(scan, lambda _: None)
        if self.settings.file.report.directory:
            write_files(report, Path(self.settings.root, self.settings.file.report.directory))
        return report

    async def _problems(self) -> list[str]:
        redis = connect_redis(required(self.settings.redis_url, "redis.url"))
        try:
            await redis.ping()
        except RedisError as error:
            return [f"Redis does not answer ({type(error).__name__})"]
        finally:
            await redis.aclose()
        return []


def engine_settings(settings: Settings) -> EngineSettings:
    """Give the fleet engine its part of the configuration.

    Raises:
        SettingsError: When Redis is not configured.
    """
    file = settings.file
    return EngineSettings(
        fleet=file.fleet.name,
        redis_url=required(settings.redis_url, "redis.url"),
        hosts=settings.hosts,
        profile=file.compare,
        slots=file.scan.slots,
        rules=LedgerRules(lease=file.scan.lease),
        deadline=file.scan.deadline,
    )
