"""How much disk one scratch database may take, and a watch that ends its sessions when it takes more."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import asyncpg
import msgspec

from shared.postgres.connection import close
from shared.postgres.failures import TargetError
from shared.postgres.query_files import query_text

_MEGABYTE = 1024**2


class Budget(msgspec.Struct, frozen=True):
    """How much disk one scratch database may take.

    Args:
        disk_bytes: Size of the database, uncommitted rows counted. A rebuilt shape has no rows: 10 to 60 MB.
        look_every_seconds: How often that is measured.
    """

    disk_bytes: int = 512 * _MEGABYTE
    look_every_seconds: float = 0.25


class DiskWatch:
    """Measures one scratch database. `exceeded` says in words that it took too much; empty until then."""

    def __init__(self, connect: Callable[[], Awaitable[asyncpg.Connection]], database: str, budget: Budget) -> None:
        self._connect = connect
        self._database = database
        self._budget = budget
        self.exceeded = ""

    @contextlib.asynccontextmanager
    async def watching(self) -> AsyncIterator[None]:
        """Watch while the block runs. The first look comes after one interval: most databases are gone by then."""
        task = asyncio.create_task(self._watch())
        try:
            yield
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _watch(self) -> None:
        await asyncio.sleep(self._budget.look_every_seconds)
        # Without a connection nothing is measured: whoever uses the database finds out that the server is gone.
        with contextlib.suppress(TargetError, asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
            connection = await self._connect()
            try:
                while not self.exceeded:
                    await self._look(connection)
                    await asyncio.sleep(self._budget.look_every_seconds)
            finally:
                connection.terminate() if self.exceeded else await close(connection)

    async def _look(self, connection: asyncpg.Connection) -> None:
        size = await connection.fetchval("SELECT pg_catalog.pg_database_size($1::text::name)", self._database)
        if size > self._budget.disk_bytes:
            self.exceeded = f"it took more than {self._budget.disk_bytes // _MEGABYTE} MB of disk"
            await connection.execute(query_text("scratch_end_sessions.sql"), self._database)
