"""A demo fleet on embedded servers, and the two ways to scan it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import pytest

from coordinator.daemon.service import Coordinator
from coordinator.demo.folder import prepare_folder, write_configuration
from coordinator.demo.tenants import OWNER, SCANNER, STORE, create_fleet, tenant_names
from coordinator.demo.workers import worker_processes
from coordinator.fleet.local import LocalFleet
from coordinator.iac.load import load_source
from coordinator.report.model import ScanReport
from coordinator.scan.pipeline import run_scan
from coordinator.settings.load import load_settings
from shared.analysis.scratch_server import scratch_server
from shared.embedded.postgres import EmbeddedPostgres
from shared.embedded.redis import EmbeddedRedis
from shared.postgres.connection import connect_url

TENANTS = 24


class Fleet(msgspec.Struct, frozen=True):
    """A fleet that stands, and how to scan it."""

    folder: Path
    configuration: Path
    server: EmbeddedPostgres
    redis: EmbeddedRedis

    def alter(self, tenant: str, sql: str) -> None:
        """Change one tenant by hand."""

        async def run() -> None:
            connection = await connect_url(self.server.dsn(tenant))
            await connection.execute(sql)
            await connection.close()

        asyncio.run(run())

    def forget(self) -> None:
        """Have the next scan read every tenant, whatever the sign of their server says."""

        async def run() -> None:
            connection = await connect_url(self.server.dsn(STORE))
            if await connection.fetchval("SELECT to_regclass('fleetdrift.signs')"):
                await connection.execute("DELETE FROM fleetdrift.signs")
            await connection.close()

        asyncio.run(run())

    def check(self) -> ScanReport:
        """Scan in this process."""

        async def scan() -> ScanReport:
            settings = load_settings(self.configuration)
            async with scratch_server(settings.scratch_dsn) as scratch:
                return await run_scan(settings, scratch, LocalFleet(settings, scratch), lambda _: None)

        return asyncio.run(scan())

    def scan(
        self, workers: int, on_progress: Callable[[int, list], None] = lambda _done, _processes: None
    ) -> ScanReport:
        """Scan through worker processes; `on_progress` is told how many tenants are read, and the processes."""
        with worker_processes(self.configuration, self.folder, workers) as processes:

            async def scan() -> ScanReport:
                async with Coordinator.open(load_settings(self.configuration)) as coordinator:
                    return await coordinator.scan(lambda done: on_progress(done, processes))

            return asyncio.run(scan())


@pytest.fixture(scope="session")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Fleet]:
    folder = tmp_path_factory.mktemp("fleet") / "demo"
    names = tenant_names(TENANTS)
    prepare_folder(folder, names)
    with EmbeddedPostgres(in_memory=True) as server, EmbeddedRedis() as redis:
        asyncio.run(create_fleet(server, load_source(folder / "infra"), names, lambda _: None))
        configuration = write_configuration(
            folder, server, redis, scanner=SCANNER, owner=OWNER, store=STORE, interval=0, port=0
        )
        yield Fleet(folder, configuration, server, redis)
