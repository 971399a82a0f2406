"""The coordinator at work: its store, its queue and its scratch server, open for as long as it runs."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from coordinator.engine import EngineSettings
from coordinator.fleet_reader import OnProgress
from coordinator.pipeline import run_scan
from coordinator.queued_fleet import QueuedFleet
from coordinator.report.model import ScanReport
from coordinator.scratch import scratch_server
from coordinator.settings.load import required
from coordinator.settings.model import Settings
from coordinator.store.store import Store
from shared.postgres.scratch import ScratchServer


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

    async def scan(self, on_progress: OnProgress, *, scan: str = "") -> ScanReport:
        """Scan the fleet once through the workers.

        Args:
            on_progress: Called as tenants are read.
            scan: Id of a scan to take up or to make; made up when empty.
        """
        async with QueuedFleet.open(engine_settings(self.settings), self.store, scan=scan) as fleet:
            return await run_scan(self.settings, self._scratch, fleet, on_progress)


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
        deadline=file.scan.deadline,
    )
