"""A tenant behind poolers, whose server processes are looked at before and after."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import msgspec
import pytest

from shared.embedded.postgres import Cage, EmbeddedPostgres
from shared.embedded.process import start_server, stop_server, unprivileged_user
from shared.hosts import Host
from shared.targets import Target
from tests.acceptance.hostile.matrix import Matrix
from tests.extras.programs import LIBRARIES, free_port, program, wait_until
from tests.poolers import tiny_pooler, write_pgbouncer

TARGET = Target(tenant="t", host="pooled", database="pooled")
_STATE = """
SELECT pg_catalog.pg_backend_pid() AS process, pg_catalog.json_build_object(
    'settings', (SELECT pg_catalog.json_object_agg(s.name, s.setting ORDER BY s.name) FROM pg_catalog.pg_settings s
        WHERE s.name <> 'application_name' AND s.name NOT LIKE 'plpgsql.%'),  -- its library may be loaded
    'customs', pg_catalog.current_setting('fleetdrift.kept', true),
    'locks', (SELECT pg_catalog.count(*) FROM pg_catalog.pg_locks l WHERE l.pid = pg_catalog.pg_backend_pid()
        AND l.locktype = 'advisory'),
    'temporary', (SELECT pg_catalog.count(*) FROM pg_catalog.pg_class c WHERE c.relpersistence = 't'),
    'prepared', (SELECT pg_catalog.count(*) FROM pg_catalog.pg_prepared_statements p WHERE p.name <> ''),
    'cursors', (SELECT pg_catalog.count(*) FROM pg_catalog.pg_cursors c WHERE c.name <> ''),
    'channels', (SELECT pg_catalog.count(*) FROM pg_catalog.pg_listening_channels())
)::text AS state
"""


class Pool(msgspec.Struct, frozen=True):
    """A pooler in front of the tenant's server.

    Args:
        port: Where it listens.
        mode: `session` or `transaction`.
        size: How many server processes it lends.
    """

    port: int
    mode: str
    size: int

    @property
    def host(self) -> Host:
        """The pooler as a host of the configuration."""
        return Host(name="pooled", address="127.0.0.1", port=self.port, user="owner", sslmode="disable")

    @property
    def url(self) -> str:
        """Where psql connects."""
        return f"postgresql://owner@127.0.0.1:{self.port}/pooled?sslmode=disable"

    def states(self) -> dict[int, str]:
        """Give the settings, locks, temporary objects, … of each server process, as an application meets them."""
        return asyncio.run(self._states())

    async def _states(self) -> dict[int, str]:
        clients = [
            await asyncpg.connect(self.url, statement_cache_size=0, command_timeout=20) for _ in range(self.size)
        ]
        found = {}
        for client in clients:  # each holds its process until all have one
            await client.execute("BEGIN")
            row = await client.fetchrow(_STATE)
            found[row["process"]] = json.dumps(json.loads(row["state"]), indent=1)
        for client in clients:
            await client.execute("ROLLBACK")
            await client.close()
        return found


@pytest.fixture(scope="session")
def pooled_server(postgres: EmbeddedPostgres) -> EmbeddedPostgres:
    """A server with one tenant, owned by a role that may change it."""

    async def prepare() -> None:
        admin = await asyncpg.connect(postgres.dsn())
        await admin.execute("CREATE ROLE owner LOGIN")
        await admin.execute("CREATE DATABASE pooled OWNER owner")
        await admin.close()

    asyncio.run(prepare())
    return postgres


@pytest.fixture(params=["tiny", pytest.param("pgbouncer", marks=pytest.mark.extras)])
def pooler(request) -> str:
    """Whose pool it is: the tests' own tiny pooler's, or a real pgbouncer's."""
    return request.param


@pytest.fixture
def pool(request, pooler, pooled_server, tmp_path) -> Iterator[Pool]:
    """A pool of this test's own; its parameter is mode and size."""
    mode, size = request.param
    clear(pooled_server)
    if pooler == "tiny":
        with tiny_pooler(pooled_server, mode, size) as port:
            yield Pool(port, mode, size)
        return
    port, user, log = free_port(), unprivileged_user(), tmp_path / "log"
    path = write_pgbouncer(tmp_path, pooled_server, port, mode, size)
    _open_to_others(tmp_path)
    process = start_server(
        [program("pgbouncer"), path], log=log, stop_signal=signal.SIGINT, user=user, libraries=LIBRARIES
    )
    try:
        wait_until(lambda: "process up" in log.read_text(), process, log)
        yield Pool(port, mode, size)
    finally:
        stop_server(process, signal.SIGINT)


@pytest.fixture(scope="session")
def matrix(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Matrix]:
    """Honest tenants and a hostile one on one server, with a scratch server like that of `check`."""
    with EmbeddedPostgres(in_memory=True, cage=Cage()) as scratch:
        yield Matrix(postgres, scratch, tmp_path_factory.mktemp("matrix"))


def clear(server: EmbeddedPostgres) -> None:
    """Empty the tenant, and end the sessions that an earlier pool has left in it."""

    async def run() -> None:
        admin = await asyncpg.connect(server.dsn("pooled"))
        await admin.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = 'pooled' AND pid <> pg_backend_pid()"
        )
        await admin.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public AUTHORIZATION owner")
        await admin.execute("SET ROLE owner; CREATE TABLE public.customer (id int PRIMARY KEY, name text)")
        await admin.close()

    asyncio.run(run())


def _open_to_others(path: Path) -> None:
    """Let the user that a server runs as, when we are root, read a folder of pytest's."""
    if os.geteuid() == 0:
        for folder in (path, *path.parents):
            if folder.owner() == "root" and folder != Path("/"):
                folder.chmod(folder.stat().st_mode | 0o055)
