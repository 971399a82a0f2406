"""Which scratch server is used: the configured one, or an embedded PostgreSQL started for as long as it is needed."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

from shared.embedded.postgres import EmbeddedPostgres
from shared.hosts import Secret
from shared.postgres.scratch import ScratchServer


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
    with EmbeddedPostgres(in_memory=True) as server:
        yield ScratchServer(server.dsn())
