"""The engine's fleet, a Redis that may be broken, and a store that may go away."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from coordinator.store.store import Store
from shared.embedded.postgres import EmbeddedPostgres
from shared.embedded.redis import EmbeddedRedis
from shared.hosts import Secret
from tests.acceptance.engine.conftest import Engine, Fleet, make_fleet, open_engine


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def fleet(postgres: EmbeddedPostgres) -> Fleet:
    return asyncio.run(make_fleet(postgres))


@pytest.fixture
def own_redis() -> Iterator[EmbeddedRedis]:
    """A Redis of the test's own: what is done to it hurts no other test."""
    with EmbeddedRedis() as server:
        yield server


@pytest.fixture
def engine(fleet: Fleet, own_redis: EmbeddedRedis, postgres: EmbeddedPostgres, tmp_path: Path) -> Iterator[Engine]:
    with open_engine(fleet, own_redis, postgres, tmp_path) as engine:
        yield engine


_PARTS_OF_AN_OPENING = 4
"""Pieces in one direction with which a connection is opened and checked, at most."""


class Wire:
    """Leads to a server's unix socket, and can be cut: connections break, and new ones are refused."""

    def __init__(self, target: Path, here: Path) -> None:
        self.here = here
        self._target = target
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._flows = asyncio.Event()
        self._flows.set()

    async def join(self) -> None:
        """Let connections through."""
        self._server = await asyncio.start_unix_server(self._lead, self.here)
        self.here.chmod(0o777)

    async def cut(self) -> None:
        """Break every connection, and refuse new ones."""
        assert self._server is not None
        self._server.close()
        self.here.unlink(missing_ok=True)
        for writer in tuple(self._open):
            writer.transport.abort()

    @contextlib.asynccontextmanager
    async def held(self) -> AsyncIterator[None]:
        """Let nothing through that belongs to a connection beyond its opening."""
        self._flows.clear()
        try:
            yield
        finally:
            self._flows.set()

    async def _lead(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_unix_connection(self._target)
        self._open |= {writer, far_writer}
        with contextlib.suppress(OSError):
            await asyncio.gather(self._copy(reader, far_writer), self._copy(far_reader, writer))
        for end in (writer, far_writer):
            self._open.discard(end)
            end.close()

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        passed = 0
        while data := await reader.read(65536):
            passed += 1
            if passed > _PARTS_OF_AN_OPENING:
                await self._flows.wait()
            writer.write(data)
            await writer.drain()
        writer.close()


@pytest.fixture
async def store_name(postgres: EmbeddedPostgres) -> AsyncIterator[str]:
    name = f"store_{secrets.token_hex(4)}"
    admin = await asyncpg.connect(postgres.dsn())
    await admin.execute(f"CREATE DATABASE {name}")
    yield name
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


@pytest.fixture
async def wire(postgres: EmbeddedPostgres, tmp_path: Path) -> AsyncIterator[Wire]:
    wire = Wire(postgres.socket_dir / f".s.PGSQL.{postgres.port}", tmp_path / f".s.PGSQL.{postgres.port}")
    await wire.join()
    yield wire
    await wire.cut()


@pytest.fixture
def far_dsn(wire: Wire, store_name: str, postgres: EmbeddedPostgres) -> str:
    """The store's DSN over the wire."""
    return f"postgresql://postgres@/{store_name}?host={wire.here.parent}&port={postgres.port}"


@pytest.fixture
async def store(store_name: str, postgres: EmbeddedPostgres) -> AsyncIterator[Store]:
    async with Store.open(Secret(postgres.dsn(store_name))) as store:
        yield store
