"""Throw-away tenants on the embedded server, owned by the role that may change them; no superuser applies a plan."""

from __future__ import annotations

import secrets
import subprocess
from collections.abc import AsyncIterator, Awaitable, Callable

import asyncpg
import pytest

from shared.embedded.postgres import EmbeddedPostgres
from shared.hosts import Host, Secret
from shared.targets import Limits, Target

Open = Callable[[str], Awaitable[asyncpg.Connection]]
"""Makes a database with this SQL, run by `changer` who owns it, and gives a superuser's connection to it."""

PASSWORD = "canary-apply-4711"  # the embedded server trusts everybody; no output may hold it
LIMITS = Limits()


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def host(postgres: EmbeddedPostgres) -> Host:
    return Host(
        name="main", address=str(postgres.socket_dir), port=postgres.port, user="changer", password=Secret(PASSWORD)
    )


@pytest.fixture
async def database(postgres: EmbeddedPostgres) -> AsyncIterator[Open]:
    admin = await asyncpg.connect(postgres.dsn())
    for role in ("changer", "reader"):
        if not await admin.fetchval("SELECT count(*) FROM pg_roles WHERE rolname = $1", role):
            await admin.execute(f"CREATE ROLE {role} LOGIN")
    opened: dict[str, asyncpg.Connection] = {}

    async def make(sql: str) -> asyncpg.Connection:
        name = f"apply_{secrets.token_hex(4)}"
        await admin.execute(f"CREATE DATABASE {name} TEMPLATE template0 OWNER changer")
        opened[name] = await asyncpg.connect(postgres.dsn(name), statement_cache_size=0)
        await opened[name].execute(f"SET SESSION AUTHORIZATION changer; {sql}; RESET SESSION AUTHORIZATION")
        return opened[name]

    yield make
    for name, connection in opened.items():
        connection.terminate()
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


async def target_of(connection: asyncpg.Connection, namespace: str = "") -> Target:
    name = await connection.fetchval("SELECT current_database()")
    return Target(tenant=name, host="main", database=name, namespace=namespace)


def psql(server: EmbeddedPostgres, dsn: str, script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [server.binaries / "psql", "-X", "-q", "-d", dsn], input=script, capture_output=True, text=True, check=False
    )
