"""Looks at the store without changing it: what `fleetdrift doctor` asks before anything is migrated."""

from __future__ import annotations

import asyncpg
import msgspec

from coordinator.store.connection import migrations, query, translated
from shared.hosts import Secret
from shared.postgres.connection import close, connect_url


class StoreFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What a store says of itself.

    Args:
        server: Version of its PostgreSQL.
        now: Its clock, as seconds since 1970.
        version: Of its tables; 0 where there are none yet.
        known: The version that this release makes of them.
        may_create: The role may make them.
    """

    server: str
    now: float
    version: int
    known: int
    may_create: bool


async def examine_store(dsn: Secret) -> StoreFacts:
    """Ask a store; nothing is migrated.

    Raises:
        StoreError: When it cannot be asked.
        TargetError: When it cannot be reached.
    """
    connection = await connect_url(dsn.reveal())
    try:
        with translated():
            row = await connection.fetchrow(query("store_facts"))
            version = await _version(connection) if row["has_tables"] else 0
    finally:
        await close(connection)
    return StoreFacts(
        server=row["server"],
        now=row["now"],
        version=version,
        known=migrations()[-1][0],
        may_create=row["may_create"],
    )


async def _version(connection: asyncpg.Connection) -> int:
    return int(await connection.fetchval(query("store_version")))
