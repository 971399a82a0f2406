"""Databases on a server in memory, made of a script, read, and dropped."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Iterator
from typing import TypeVar

import asyncpg
import pytest

from shared.embedded.postgres import EmbeddedPostgres
from shared.postgres.connection import connect_url
from shared.postgres.reading.fingerprint import Fingerprint
from shared.postgres.reading.introspect import read_snapshot
from shared.postgres.scratch import ScratchServer
from shared.schema.profile import Profile
from shared.schema.schema import Snapshot
from tests.fingerprints import read_fingerprint
from tests.servers import server_binaries

Answer = TypeVar("Answer")
PLAINLY = Profile()
_numbers = itertools.count()


class Databases:
    """Makes databases on one server. Scripts run as the superuser."""

    def __init__(self, server: EmbeddedPostgres) -> None:
        self.server = server

    def use(self, script: str, act: Callable[[asyncpg.Connection], Awaitable[Answer]], *, settings: str = "") -> Answer:
        """Run a script in a fresh database, then `act` on a new connection to it.

        Args:
            script: SQL.
            act: Gets a trusted connection.
            settings: SQL run before, with %I for the database's name.
        """
        return asyncio.run(self._use(script, act, settings))

    async def _use(self, script, act, settings):
        name = f"reading_{next(_numbers)}"
        admin = await connect_url(self.server.dsn())
        try:
            await admin.execute(f"CREATE DATABASE {name} TEMPLATE template0")
            if settings:
                await admin.execute(settings.replace("%I", name))
            maker = await connect_url(self.server.dsn(name))
            await maker.execute(script or "SELECT 1")  # asyncpg trips over an empty script
            await maker.close()
            connection = await connect_url(self.server.dsn(name))
            try:
                return await act(connection)
            finally:
                await connection.close()
        finally:
            await admin.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            await admin.close()

    def snapshot(self, script: str, *, profile: Profile = PLAINLY, namespace: str = "", settings: str = "") -> Snapshot:
        """Read what a script makes."""
        return self.use(
            script,
            lambda connection: read_snapshot(connection, profile=profile, namespace=namespace),
            settings=settings,
        )

    def fingerprint(self, script: str, *, profile: Profile = PLAINLY, settings: str = "") -> Fingerprint:
        """Name what a script makes."""
        return self.use(script, lambda connection: read_fingerprint(connection, profile=profile), settings=settings)


@pytest.fixture(scope="session")
def memory_server(pytestconfig: pytest.Config) -> Iterator[EmbeddedPostgres]:
    binaries = server_binaries(pytestconfig.getoption("server_major"))
    with EmbeddedPostgres(binaries, in_memory=True, settings=("wal_level=logical",)) as server:
        yield server


@pytest.fixture(scope="session")
def databases(memory_server) -> Databases:
    return Databases(memory_server)


@pytest.fixture(scope="session")
def scratch(memory_server) -> ScratchServer:
    return ScratchServer(memory_server.dsn())
