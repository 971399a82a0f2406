"""What `fleetdrift serve` does: scans, schedule and notices of every fleet of a configuration, and one API for all."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any

from coordinator.daemon.alarms import CronSchedule
from coordinator.daemon.api.app import build_api
from coordinator.daemon.api.callers import Callers
from coordinator.daemon.api.fleets import ServedFleet
from coordinator.daemon.api.limits import HttpLimits
from coordinator.daemon.api.serve import serve
from coordinator.daemon.configuration import Configuration
from coordinator.daemon.metrics import FleetMetrics, MetricsPage
from coordinator.daemon.metrics.exposition import PageFormat
from coordinator.daemon.metrics.fleet_metrics import Configured
from coordinator.daemon.metrics.tenant_page import TenantPage
from coordinator.daemon.metrics.watch import MetricsWatch
from coordinator.daemon.scan_service import QueuedScans
from coordinator.daemon.service import Coordinator
from coordinator.notify.sender import Sender
from coordinator.records.documents import ConfigurationState
from coordinator.records.stored import StoredRecords
from coordinator.settings.load import required
from coordinator.settings.model import Settings
from workers.redis_pool import connect_redis


async def serve_fleets(
    coordinators: Sequence[Coordinator],
    on_listening: Callable[[int], None],
    configuration: Configuration | None = None,
) -> None:
    """Take scans, keep the schedules, and answer HTTP, until cancelled.

    Args:
        coordinators: One for each fleet, all of one configuration; at least one.
        on_listening: Told the port when requests are taken.
        configuration: Followed while we serve: fleets come, change and go with it.

    Raises:
        ListenError: When the address cannot be listened on.
    """
    settings = coordinators[0].settings
    table = settings.file.serve

    def state() -> ConfigurationState:
        return configuration.state if configuration is not None else ConfigurationState()

    async with asyncio.TaskGroup() as group:
        running = _RunningFleets(coordinators, group)
        tenants = TenantPage(
            lambda: {name: each.records for name, each in running.served.items()}, table.tenant_metrics
        )
        allowed = tenants if table.tenant_metrics else None
        callers = Callers(coordinators[0].store.credentials, table, settings.api_token)
        api = build_api(running.served, running.page, callers, state, allowed)
        limits = HttpLimits(
            max_connections=table.max_connections, request_timeout=table.request_timeout, rate=table.rate
        )
        listen = partial(serve, api, table.address, table.port, on_listening=on_listening)
        group.create_task(listen(names=table.names, limits=limits, proxies=callers.proxies))
        group.create_task(coordinators[0].check_own_store())
        if configuration is not None:
            group.create_task(configuration.follow(running.use, running.refuse))


class _RunningFleets:
    """The fleets that this process scans now.

    Attributes:
        served: The same for the API.
    """

    def __init__(self, coordinators: Sequence[Coordinator], group: asyncio.TaskGroup) -> None:
        self._first = coordinators[0]
        self._group = group
        self._running: dict[str, _RunningFleet] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self.served: dict[str, ServedFleet] = {}
        for coordinator in coordinators:
            self._start(coordinator)
        self._page = self._page_of_all()

    def page(self, form: PageFormat) -> bytes:
        """Give what Prometheus is told, in a format."""
        return self._page.write(form)

    def use(self, fleets: Sequence[Settings]) -> None:
        """Go on with another configuration: a fleet that is no longer in it is left, its scan is not finished here.

        Args:
            fleets: At least one.
        """
        wanted = {settings.file.fleet.name: settings for settings in fleets}
        for name in self._running.keys() - wanted.keys():
            self._tasks.pop(name).cancel()
            del self._running[name], self.served[name]
        for name, settings in wanted.items():
            if name in self._running:
                self._running[name].use(settings)
            else:
                self._start(self._first.beside(settings))
        for name in wanted:  # the order of the configuration
            self._running[name] = self._running.pop(name)
            self.served[name] = self.served.pop(name)
        self._page = self._page_of_all()

    def refuse(self) -> None:
        """Say that the configuration as it is now cannot be used."""
        for each in self._running.values():
            each.metrics.configuration_refused()

    def _start(self, coordinator: Coordinator) -> None:
        running = _RunningFleet(coordinator)
        self._running[coordinator.fleet] = running
        self.served[coordinator.fleet] = running.served
        self._tasks[coordinator.fleet] = self._group.create_task(running.run())

    def _page_of_all(self) -> MetricsPage:
        return MetricsPage(*[each.metrics for each in self._running.values()])


class _RunningFleet:
    """What this process does for one fleet."""

    def __init__(self, coordinator: Coordinator) -> None:
        self.coordinator = coordinator
        self.metrics = FleetMetrics(coordinator.fleet, configured_metrics(coordinator.settings))
        self._scans = QueuedScans(
            coordinator.fleet,
            coordinator.store,
            self.metrics,
            perform=coordinator.perform,
            publish=coordinator.publish,
            check=coordinator.problems,
            leases=coordinator.leases,
        )
        self._records = self._records_as_configured()
        self._changed = asyncio.Event()
        self.served = ServedFleet(
            coordinator.fleet,
            self._scans,
            self._records,
            workers=coordinator.workers,
            store=coordinator.store,
            rules=coordinator.settings.file.ignore,
            settings=coordinator.settings,
        )

    def use(self, settings: Settings) -> None:
        """Go on with another configuration of the fleet; a scan that runs ends with the one that it began with."""
        self.metrics.configure(configured_metrics(settings))
        if settings == self.coordinator.settings:
            return
        before = self.coordinator.settings.file
        self.coordinator.use(settings)
        self._records = self.served.records = self._records_as_configured()
        self.served.rules, self.served.settings = settings.file.ignore, settings
        if (settings.file.scan.interval, settings.file.schedule) != (before.scan.interval, before.schedule):
            self._scans.reschedule(*_times(settings))
        self._changed.set()
        self._changed = asyncio.Event()

    def _records_as_configured(self) -> StoredRecords:
        stale_after = dt.timedelta(seconds=self.coordinator.settings.file.memory.stale_after)
        return StoredRecords(self.coordinator.store, self.coordinator.fleet, stale_after)

    async def run(self) -> None:
        """Scan, tell people, and keep metrics current, until cancelled."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._scans.run(*_times(self.coordinator.settings)))
            group.create_task(self._as_configured(self._watch_metrics))
            group.create_task(self._as_configured(self._tell))

    async def _as_configured(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Do something, and begin anew whenever the configuration has changed."""
        while True:
            changed = asyncio.create_task(self._changed.wait())
            working = asyncio.create_task(work())
            try:
                await asyncio.wait({changed, working}, return_when=asyncio.FIRST_COMPLETED)
                if working.done():
                    working.result()
                    await changed
            finally:
                for task in (changed, working):
                    task.cancel()
                await asyncio.gather(changed, working, return_exceptions=True)

    async def _tell(self) -> None:
        coordinator = self.coordinator
        if coordinator.settings.sinks:
            await Sender(coordinator.store, coordinator.fleet, coordinator.settings.sinks).run(coordinator.leases)

    async def _watch_metrics(self) -> None:
        """Show what store and Redis say."""
        settings, keys = self.coordinator.settings, self.coordinator.keys
        redis = connect_redis(required(settings.redis_url, "redis.url"))
        try:
            await MetricsWatch(self.metrics, self._records, redis, keys, tuple(settings.hosts.values())).run()
        finally:
            await redis.aclose()


def _times(settings: Settings) -> tuple[float, CronSchedule | None]:
    """Say at which interval, or at which times, a fleet is scanned."""
    table = settings.file.schedule
    return settings.file.scan.interval, CronSchedule(table, settings.file.fleet.name) if table.cron else None


def configured_metrics(settings: Settings) -> Configured:
    """Say what metrics show of the configuration."""
    servers = {(host.address, host.port): host.max_connections for host in settings.hosts.values()}
    table = settings.file.schedule
    schedule = CronSchedule(table, settings.file.fleet.name) if table.cron else None
    return Configured(
        interval=schedule.longest_gap(dt.datetime.now(dt.UTC)) if schedule else settings.file.scan.interval,
        services=tuple(entry.service for entry in settings.file.contracts),
        ignore=settings.file.ignore,
        sinks=tuple(sink.table.name for sink in settings.sinks),
        permit_limit=sum(servers.values()),
        tier_label=settings.file.metrics.tier_label,
    )
