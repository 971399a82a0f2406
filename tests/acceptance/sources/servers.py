"""One PostgreSQL, one Redis and two workers for all fleets of these tests, and the databases that they are made of."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import asyncpg
import msgspec

from coordinator.daemon.service import Coordinator
from coordinator.report.model import ScanReport
from coordinator.settings.load import load_settings
from shared.embedded.postgres import EmbeddedPostgres
from shared.embedded.redis import EmbeddedRedis
from tests.configurations import one_server

ORDERS = "CREATE TABLE orders (id bigint PRIMARY KEY, email text NOT NULL)"
BY_EMAIL = "CREATE INDEX orders_by_email ON orders (email)"
NO_INDEX = "DROP INDEX orders_by_email"
STRAY = "ALTER TABLE orders ADD COLUMN stray int"
AT_ONCE = 6
"""Databases that are made at the same time."""


class Servers(msgspec.Struct, frozen=True):
    """Where tenants live, and the folder of the examples and their configurations."""

    folder: Path
    postgres: EmbeddedPostgres
    redis: EmbeddedRedis

    def create(self, databases: Mapping[str, str]) -> None:
        """Make databases, each from a script."""
        asyncio.run(self._create(databases))

    async def _create(self, databases: Mapping[str, str]) -> None:
        slots = asyncio.Semaphore(AT_ONCE)

        async def make(name: str, script: str) -> None:
            async with slots:
                admin = await asyncpg.connect(self.postgres.dsn())
                await admin.execute(f'CREATE DATABASE "{name}"')
                await admin.close()
                connection = await asyncpg.connect(self.postgres.dsn(name))
                await connection.execute(script)
                await connection.close()

        await asyncio.gather(*(make(name, script) for name, script in databases.items()))

    def configure(self, name: str, text: str) -> Path:
        """Write a configuration; servers are added."""
        path = self.folder / f"{name}.toml"
        path.write_text(
            f"""{text}
{one_server(self.postgres)}
[redis]
url = "{self.redis.url}"
key = {{ file = "redis.key" }}
[store]
dsn = "{self.postgres.dsn("store")}"
""",
            "utf-8",
        )
        return path


def scan(configuration: Path) -> ScanReport:
    """Scan a fleet, which has the name of all others here and may have fewer tenants; its workers are running."""
    settings = msgspec.structs.replace(load_settings(configuration, {}), shrink_confirmed=True)

    async def run() -> ScanReport:
        async with Coordinator.open(settings) as coordinator:
            return await coordinator.scan(lambda _: None)

    return asyncio.run(run())
