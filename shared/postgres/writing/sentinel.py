"""Makes and removes the sentinel on a server: the only database or namespace that fleetdrift makes beside tenants."""

from __future__ import annotations

import asyncpg

from shared.hosts import Host
from shared.postgres.connection import close, connect_directly, translated
from shared.postgres.failures import TargetError
from shared.sentinel import MARK, PLANTED
from shared.sql import quote_identifier
from shared.targets import Limits, Target


class SentinelError(Exception):
    """The sentinel cannot be made or removed; the message is a sentence."""


async def create_sentinel(host: Host, target: Target, limits: Limits) -> None:
    """Make the sentinel's database, or its namespace in a database that is there, with its planted drift.

    Args:
        host: The server, with a credential that may make it.
        target: Where.
        limits: Bounds on time.

    Raises:
        SentinelError: When there is something of that name.
        TargetError: When the server cannot be reached or refuses.
    """
    if not target.namespace:
        await _run_on(host, host.maintenance_database, limits, f"CREATE DATABASE {quote_identifier(target.database)}")
    namespace = quote_identifier(target.namespace or "public")
    made = [f"CREATE SCHEMA {namespace}"] if target.namespace else []
    planted = [*made, f"SET LOCAL search_path = {namespace}", *PLANTED]
    await _run_on(host, target.database, limits, ";\n".join(planted))


async def remove_sentinel(host: Host, target: Target, limits: Limits) -> None:
    """Remove what `create_sentinel` made, and nothing else.

    Raises:
        SentinelError: When what is there is no sentinel.
        TargetError: When the server cannot be reached or refuses.
    """
    namespace = target.namespace or "public"
    connection = await connect_directly(host, target.database, limits)
    try:
        with translated():
            mark = await connection.fetchval(_MARK_OF, f"{quote_identifier(namespace)}.sentinel")
            others = await connection.fetchval(_OTHERS, namespace)
            if mark != MARK or others:
                raise SentinelError(
                    f"{target.database}.{namespace} on host {host.name} is no sentinel that fleetdrift made: left alone"
                )
            if target.namespace:
                await connection.execute(f"DROP SCHEMA {quote_identifier(namespace)} CASCADE")
    finally:
        await close(connection)
    if not target.namespace:
        await _run_on(host, host.maintenance_database, limits, f"DROP DATABASE {quote_identifier(target.database)}")


_MARK_OF = "SELECT pg_catalog.obj_description(pg_catalog.to_regclass($1), 'pg_class')"
_OTHERS = """
SELECT pg_catalog.count(*) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S') AND c.relname <> 'sentinel'
"""


async def _run_on(host: Host, database: str, limits: Limits, sql: str) -> None:
    connection = await connect_directly(host, database, limits)
    try:
        with translated():
            await connection.execute(sql)
    except TargetError as error:
        if isinstance(error.__context__, _EXISTS):
            raise SentinelError(f"host {host.name} has something of this name: remove it, or name another") from None
        raise
    finally:
        await close(connection)


_EXISTS = (asyncpg.DuplicateDatabaseError, asyncpg.DuplicateSchemaError, asyncpg.DuplicateTableError)
