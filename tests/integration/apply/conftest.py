"""Throw-away databases on the embedded server, each with the schema a test asks for."""

from __future__ import annotations

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable

import asyncpg
import pytest

from shared.embedded.postgres import EmbeddedPostgres

Open = Callable[[str], Awaitable[asyncpg.Connection]]
"""Makes a database with this SQL and gives a superuser's connection to it."""


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def database(postgres: EmbeddedPostgres) -> AsyncIterator[Open]:
    admin = await asyncpg.connect(postgres.dsn())
    opened: dict[str, asyncpg.Connection] = {}

    async def make(sql: str) -> asyncpg.Connection:
        name = f"apply_{secrets.token_hex(4)}"
        await admin.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        opened[name] = await asyncpg.connect(postgres.dsn(name), statement_cache_size=0)
        await opened[name].execute(sql)
        return opened[name]

    yield make
    for name, connection in opened.items():
        connection.terminate()
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()
