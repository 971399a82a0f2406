"""What `fleetdrift serve` does: scans, schedule and notices of every fleet of a configuration, and one API for all."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
from collections.abc import Callable, Sequence

from redis.exceptions import RedisError

from coordinator.daemon.api.app import build_api
from coordinator.daemon.api.fleets import ServedFleet
from coordinator.daemon.api.limits import HttpLimits
from coordinator.daemon.api.serve import serve
from coordinator.daemon.metrics import FleetMetrics, page_of
from coordinator.daemon.scan_service import QueuedScans
from coordinator.daemon.service import Coordinator
from coordinator.notify.sender import Sender
from coordinator.records.stored import StoredRecords
from coordinator.settings.load import required
from workers.junk import read_junk
from workers.redis_pool import connect_redis

_COUNT_JUNK_EVERY_SECONDS = 5.0


async def serve_fleets(coordinators: Sequence[Coordinator], on_listening: Callable[[int], None]) -> None:
    """Take scans, keep the schedules, and answer HTTP, until cancelled.

    Args:
        coordinators: One for each fleet, all of one configuration; at least one.
        on_listening: Told the port when requests are taken.

    Raises:
        ListenError: When the address cannot be listened on.
    """
    running = [_RunningFleet(each) for each in coordinators]
    settings = coordinators[0].settings
    table = settings.file.serve
    fleets = {each.coordinator.fleet: each.served for each in running}
    api = build_api(fleets, lambda: page_of([each.metrics for each in running]), settings.api_token)
    limits = HttpLimits(max_connections=table.max_connections, request_timeout=table.request_timeout, rate=table.rate)
    async with asyncio.TaskGroup() as group:
        serving = serve(api, table.address, table.port, names=table.names, limits=limits, on_listening=on_listening)
        group.create_task(serving)
        for each in running:
            group.create_task(each.run())


class _RunningFleet:
    """What this process does for one fleet."""

    def __init__(self, coordinator: Coordinator) -> None:
        self.coordinator = coordinator
        self.metrics = FleetMetrics(coordinator.fleet)
        settings, store, leases = coordinator.settings, coordinator.store, coordinator.leases
        self._scans = QueuedScans(
            coordinator.fleet,
            store,
            self.metrics,
            perform=coordinator.perform,
            check=coordinator.problems,
            leases=leases,
        )
        records = StoredRecords(store, coordinator.fleet, dt.timedelta(seconds=settings.file.memory.stale_after))
        self.served = ServedFleet(self._scans, records, coordinator.workers)

    async def run(self) -> None:
        """Scan, tell people, and count junk, until cancelled."""
        coordinator = self.coordinator
        settings = coordinator.settings
        async with asyncio.TaskGroup() as group:
            group.create_task(self._scans.run(settings.file.scan.interval))
            group.create_task(self._count_junk())
            if settings.sinks:
                sender = Sender(coordinator.store, coordinator.fleet, settings.sinks)
                group.create_task(sender.run(coordinator.leases))

    async def _count_junk(self) -> None:
        """Show what coordinator and workers drop; while Redis is away the last counts stay."""
        redis = connect_redis(required(self.coordinator.settings.redis_url, "redis.url"))
        try:
            while True:
                with contextlib.suppress(RedisError):
                    self.metrics.junk_dropped(await read_junk(redis, self.coordinator.keys))
                await asyncio.sleep(_COUNT_JUNK_EVERY_SECONDS)
        finally:
            await redis.aclose()
