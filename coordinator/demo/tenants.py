"""Create the demo's tenants: each at the declared schema, some of them then changed by hand.

Every tenth tenant is like tenant-001 (two indexes dropped), every tenth like tenant-002 (a constraint added by hand,
and the last migration never recorded). The rest is in sync.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence

from shared.embedded.postgres import EmbeddedPostgres
from shared.postgres.connection import connect_url
from shared.schema.schema import SpecSource
from shared.sql import quote_identifier, quote_literal

SCANNER = "fleetdrift_scanner"
"""The role tenants are read as: CONNECT, and SELECT on the version table."""

OWNER = "fleetdrift_owner"
"""The role that owns all that tenants have; plans are applied as it."""

STORE = "fleetdrift_store"
"""Database of the coordinator's store."""

_TEMPLATE = "fleetdrift_demo_template"
_CONNECTIONS_AT_ONCE = 4
_MIGRATIONS = ("20250901090000", "20250915090000", "20251103090000", "20260105090000")

# sqlx's own table (sqlx-postgres, src/migrate.rs).
_VERSION_TABLE = (
    "CREATE TABLE _sqlx_migrations (version bigint PRIMARY KEY, description text NOT NULL,"
    " installed_on timestamptz NOT NULL DEFAULT now(), success boolean NOT NULL,"
    " checksum bytea NOT NULL, execution_time bigint NOT NULL)"
)

_DROPPED_INDEXES = ("DROP INDEX customers_email_lower_idx", "DROP INDEX orders_customer_created_idx")
_ADDED_BY_HAND = (
    "ALTER TABLE orders ADD CONSTRAINT orders_status_legacy_check CHECK (status IN ('new', 'paid'))",
    f"DELETE FROM _sqlx_migrations WHERE version = {_MIGRATIONS[-1]}",
)


def tenant_names(count: int) -> tuple[str, ...]:
    """Name the tenants: tenant-001, tenant-002 and so on."""
    return tuple(f"tenant-{number:03}" for number in range(1, count + 1))


def no_changes(_: int) -> tuple[str, ...]:
    """Give the statements that were run by hand on the n-th tenant: none."""
    return ()


def hand_made_changes(number: int) -> tuple[str, ...]:
    """Give the statements that were run by hand on the n-th tenant (1-based)."""
    return {1: _DROPPED_INDEXES, 2: _ADDED_BY_HAND}.get(number % 10, ())


async def create_fleet(
    server: EmbeddedPostgres,
    source: SpecSource,
    names: tuple[str, ...],
    on_progress: Callable[[int], None],
    changes_of: Callable[[int], tuple[str, ...]] = hand_made_changes,
) -> None:
    """Create the store's database, the roles that read and own tenants, and one database per tenant.

    Args:
        server: The embedded server.
        source: The declaration; its SQL makes the template of every tenant.
        names: Tenants, in order.
        on_progress: Called with the number of tenants that are there.
        changes_of: Gives the statements that were run by hand on the n-th tenant (1-based).
    """
    admin = await connect_url(server.dsn())
    try:
        owned = f"OWNER {quote_identifier(OWNER)}"
        for role in (SCANNER, OWNER):
            await admin.execute(f"CREATE ROLE {quote_identifier(role)} LOGIN")
        await admin.execute(f"CREATE DATABASE {quote_identifier(STORE)}")
        await admin.execute(f"CREATE DATABASE {quote_identifier(_TEMPLATE)} {owned}")
        await _run(server, _TEMPLATE, _template_statements(source))
        for number, name in enumerate(names, start=1):
            copied = f"TEMPLATE {quote_identifier(_TEMPLATE)} STRATEGY file_copy"
            await admin.execute(f"CREATE DATABASE {quote_identifier(name)} {owned} {copied}")
            changes = changes_of(number)
            if changes:
                await _run(server, name, changes)
            on_progress(number)
    finally:
        await admin.close()


def _template_statements(source: SpecSource) -> tuple[str, ...]:
    rows = ", ".join(f"({version}, {quote_literal('demo')}, true, '\\x00'::bytea, 1)" for version in _MIGRATIONS)
    return (
        *(declaration.sql for declaration in source.declarations),
        _VERSION_TABLE,
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time) VALUES " + rows,
        f"GRANT SELECT ON _sqlx_migrations TO {quote_identifier(SCANNER)}",
    )


def note_migration(version: str) -> str:
    """Give the statement by which sqlx notes that a tenant has a migration."""
    return f"INSERT INTO _sqlx_migrations VALUES ({version}, {quote_literal('demo')}, now(), true, '\\x00'::bytea, 1)"


async def run_in_tenants(tenants: Iterable[tuple[EmbeddedPostgres, str]], statements: Sequence[str]) -> None:
    """Run statements in tenants, some at a time.

    Args:
        tenants: The server and the database of each.
        statements: In their order; one may be a script.
    """
    free = asyncio.Semaphore(_CONNECTIONS_AT_ONCE)

    async def run(server: EmbeddedPostgres, database: str) -> None:
        async with free:
            await _run(server, database, statements)

    await asyncio.gather(*(run(server, database) for server, database in tenants))


async def _run(server: EmbeddedPostgres, database: str, statements: Sequence[str]) -> None:
    connection = await connect_url(server.dsn(database, OWNER))
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()
