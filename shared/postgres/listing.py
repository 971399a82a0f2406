"""Run a query that returns one column of text: how inventories list the tenants of a fleet."""

from __future__ import annotations

from shared.hosts import Host
from shared.postgres.connection import close, connect_tenant, translated
from shared.postgres.session import read_transaction
from shared.targets import Limits


async def fetch_strings(host: Host, database: str, sql: str, limits: Limits) -> list[str]:
    """Run a SELECT that returns one text column, in a hardened read-only transaction.

    Args:
        host: The server.
        database: Where to run it.
        sql: The user's own query, or ours; never a tenant's.
        limits: Time bounds.

    Raises:
        TargetError: When the query cannot be run. Its names must be qualified: the search path is pinned.
    """
    connection = await connect_tenant(host, database, limits)
    try:
        with translated():
            async with read_transaction(connection, limits):
                return [str(row[0]) for row in await connection.fetch(sql)]
    finally:
        await close(connection)
