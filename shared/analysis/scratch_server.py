"""Which scratch server is used: the configured one, or an embedded PostgreSQL started for as long as it is needed."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable
from types import TracebackType
from typing import Self

from shared.embedded.postgres import Cage, EmbeddedPostgres
from shared.hosts import Secret
from shared.postgres.scratch import ScratchDatabase, ScratchServer
from shared.postgres.scratch.known_stable import KnownStable


@contextlib.asynccontextmanager
async def scratch_server(dsn: Secret | None) -> AsyncIterator[ScratchServer]:
    """Give a scratch server.

    Args:
        dsn: Of a server where throw-away databases may be made; None starts the embedded one and stops it at the end.

    Raises:
        EmbeddedPostgresError: When the embedded server does not start.
    """
    if dsn is not None:
        yield ScratchServer(dsn.reveal())
        return
    with EmbeddedPostgres(in_memory=True, cage=Cage()) as server:
        yield ScratchServer(server.dsn())


class LazyScratchServer(ScratchServer):
    """A scratch server that is opened with the first database that is asked for, and closed at the end of the block.

    For one task at a time.

    Args:
        opened: Opens the real one.
    """

    def __init__(self, opened: Callable[[], contextlib.AbstractAsyncContextManager[ScratchServer]]) -> None:
        self.known_stable = KnownStable()
        self._opened = opened
        self._stack = contextlib.AsyncExitStack()
        self._server: ScratchServer | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.__aexit__(kind, error, trace)

    def alone(self) -> ScratchServer:
        """Give this server: only one task uses it."""
        return self

    @contextlib.asynccontextmanager
    async def database(self) -> AsyncIterator[ScratchDatabase]:
        """Give an empty database that vanishes afterwards; see `ScratchServer.database`."""
        if self._server is None:
            self._server = await self._stack.enter_async_context(self._opened())
        async with self._server.database() as database:
            yield database
