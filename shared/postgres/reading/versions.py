"""Read the schema version that a migration tool keeps in a table of the tenant."""

from __future__ import annotations

import asyncpg
import msgspec

from shared.postgres.query_files import query_text
from shared.postgres.session import read_transaction
from shared.schema.identity import QualifiedName
from shared.schema.schema import SchemaVersion
from shared.sql import quote_qualified
from shared.targets import Limits

_MAX_VERSION_CHARACTERS = 200  # more of it is cut off


class MigrationTool(msgspec.Struct, frozen=True):
    """A migration tool: its table, and the columns that tell it from another tool's of that name."""

    name: str
    table: str
    columns: frozenset[str]

    @property
    def file(self) -> str:
        """The query that gives `version` and `dirty`."""
        return f"versions/{self.name}.sql"


MIGRATION_TOOLS = (
    MigrationTool("sqlx", "_sqlx_migrations", frozenset({"version", "success"})),
    MigrationTool("diesel", "__diesel_schema_migrations", frozenset({"version", "run_on"})),
    MigrationTool("refinery", "refinery_schema_history", frozenset({"version", "applied_on"})),
    MigrationTool("flyway", "flyway_schema_history", frozenset({"installed_rank", "version", "success"})),
    MigrationTool("atlas", "atlas_schema_revisions", frozenset({"version", "applied", "total", "error"})),
    MigrationTool("alembic", "alembic_version", frozenset({"version_num"})),
    MigrationTool("golang-migrate", "schema_migrations", frozenset({"version", "dirty"})),
    MigrationTool("goose", "goose_db_version", frozenset({"id", "version_id", "is_applied"})),
    MigrationTool("liquibase", "databasechangelog", frozenset({"id", "orderexecuted"})),
)
"""Table layouts as each tool's documentation or its own migration creates them."""


async def read_versions(
    connection: asyncpg.Connection,
    *,
    namespace: str = "",
    limits: Limits = Limits(),  # noqa: B008  # frozen, so shared safely
) -> tuple[SchemaVersion, ...]:
    """Read the schema versions of a tenant; a table that cannot be read, or is another tool's, is passed over.

    Args:
        connection: Not inside a transaction.
        namespace: Only tables of this namespace; empty means any.
        limits: Bounds on time.

    Returns:
        Sorted; more than one when several tools or namespaces keep a version.

    Raises:
        TargetError, asyncpg.PostgresError: As `read_transaction`.
    """
    async with read_transaction(connection, limits):
        tables = await connection.fetch(
            query_text("version_tables.sql"), namespace, ",".join(tool.table for tool in MIGRATION_TOOLS)
        )
    found: set[SchemaVersion] = set()
    for table in tables:
        name = QualifiedName(table["namespace"], table["name"])
        columns = set(table["columns"].split(","))
        for tool in MIGRATION_TOOLS:
            if tool.table == name.name and tool.columns <= columns:
                version = await _read_version(connection, tool, name, limits)
                found.update(version)
    return tuple(sorted(found))


async def _read_version(
    connection: asyncpg.Connection, tool: MigrationTool, table: QualifiedName, limits: Limits
) -> tuple[SchemaVersion, ...]:
    statement = query_text(tool.file).replace("{table}", quote_qualified(table))
    try:
        async with read_transaction(connection, limits):
            row = await connection.fetchrow(statement)
    except (asyncpg.UndefinedFunctionError, asyncpg.DatatypeMismatchError, asyncpg.InsufficientPrivilegeError):
        return ()  # a table of that name with other types, or hidden by row security: not this tool's
    if row is None or row["version"] is None:
        return ()
    return (SchemaVersion(tool.name, str(row["version"])[:_MAX_VERSION_CHARACTERS], bool(row["dirty"])),)
