"""What `fleetdrift serve` does: scans, schedule and notices of every fleet of a configuration, and one API for all."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Sequence

from coordinator.daemon.alarms import CronSchedule
from coordinator.daemon.api.app import build_api
from coordinator.daemon.api.fleets import ServedFleet
from coordinator.daemon.api.limits import HttpLimits
from coordinator.daemon.api.serve import serve
from coordinator.daemon.metrics import FleetMetrics, MetricsPage
from coordinator.daemon.metrics.fleet_metrics import Configured
from coordinator.daemon.metrics.watch import MetricsWatch
from coordinator.daemon.scan_service import QueuedScans
from coordinator.daemon.service import Coordinator
from coordinator.notify.sender import Sender
from coordinator.records.stored import StoredRecords
from coordinator.settings.load import required
from coordinator.settings.model import Settings
from workers.redis_pool import connect_redis


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
    api = build_api(fleets, MetricsPage(*[each.metrics for each in running]).write, settings.api_token)
    limits = HttpLimits(max_connections=table.max_connections, request_timeout=table.request_timeout, rate=table.rate)
    async with asyncio.TaskGroup() as group:
        serving = serve(api, table.address, table.port, names=table.names, limits=limits, on_listening=on_listening)
        group.create_task(serving)
        group.create_task(coordinators[0].check_own_store())
        for each in running:
            group.create_task(each.run())


class _RunningFleet:
    """What this process does for one fleet."""

    def __init__(self, coordinator: Coordinator) -> None:
        self.coordinator = coordinator
        self.metrics = FleetMetrics(coordinator.fleet, configured_metrics(coordinator.settings))
        settings, store, leases = coordinator.settings, coordinator.store, coordinator.leases
        self._scans = QueuedScans(
            coordinator.fleet,
            store,
            self.metrics,
            perform=coordinator.perform,
            check=coordinator.problems,
            leases=leases,
        )
        self._records = StoredRecords(store, coordinator.fleet, dt.timedelta(seconds=settings.file.memory.stale_after))
        self.served = ServedFleet(self._scans, self._records, coordinator.workers)

    async def run(self) -> None:
        """Scan, tell people, and keep metrics current, until cancelled."""
        coordinator = self.coordinator
        settings = coordinator.settings
        async with asyncio.TaskGroup() as group:
            table = settings.file.schedule
            schedule = CronSchedule(table, coordinator.fleet) if table.cron else None
            group.create_task(self._scans.run(settings.file.scan.interval, schedule))
            group.create_task(self._watch_metrics())
            if settings.sinks:
                sender = Sender(coordinator.store, coordinator.fleet, settings.sinks)
                group.create_task(sender.run(coordinator.leases))

    async def _watch_metrics(self) -> None:
        """Show what store and Redis say."""
        settings, keys = self.coordinator.settings, self.coordinator.keys
        redis = connect_redis(required(settings.redis_url, "redis.url"))
        try:
            await MetricsWatch(self.metrics, self._records, redis, keys, tuple(settings.hosts.values())).run()
        finally:
            await redis.aclose()


def configured_metrics(settings: Settings) -> Configured:
    """Say what metrics show of the configuration."""
    servers = {(host.address, host.port): host.max_connections for host in settings.hosts.values()}
    return Configured(
        interval=0.0 if settings.file.schedule.cron else settings.file.scan.interval,
        services=tuple(entry.service for entry in settings.file.contracts),
        ignore=settings.file.ignore,
        sinks=tuple(sink.table.name for sink in settings.sinks),
        permit_limit=sum(servers.values()),
    )
