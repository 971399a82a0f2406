"""Read how far migration tools say that a tenant has come: their tables, and the locks that they hold at work."""

from __future__ import annotations

import asyncpg
import msgspec

from shared.postgres.query_files import query_text
from shared.postgres.reading.migration_locks import holder
from shared.postgres.session import read_transaction
from shared.schema.identity import QualifiedName
from shared.schema.schema import SchemaVersion
from shared.sql import quote_qualified
from shared.targets import Limits

_DEFAULT_NAMESPACE = "public"  # where a tool keeps its table in a database of a tenant's own
_UNNAMED = "none"  # the version of a tenant whose failed migration has no name
_MAX_VERSION_CHARACTERS = 200  # more of it is cut off


class MigrationTool(msgspec.Struct, frozen=True):
    """A migration tool: its table, and the columns it has and lacks, which tell it from another tool's of that name."""

    name: str
    table: str
    columns: frozenset[str]
    lacks: frozenset[str] = frozenset()

    @property
    def file(self) -> str:
        """The query that gives `version` and `dirty`."""
        return f"versions/{self.name}.sql"


MIGRATION_TOOLS = (
    MigrationTool("sqlx", "_sqlx_migrations", frozenset({"version", "success"})),
    MigrationTool("diesel", "__diesel_schema_migrations", frozenset({"version", "run_on"})),
    MigrationTool("refinery", "refinery_schema_history", frozenset({"version", "applied_on"})),
    MigrationTool("flyway", "flyway_schema_history", frozenset({"installed_rank", "version", "script", "success"})),
    MigrationTool("atlas", "atlas_schema_revisions", frozenset({"version", "applied", "total", "error"})),
    MigrationTool("alembic", "alembic_version", frozenset({"version_num"})),
    MigrationTool("golang-migrate", "schema_migrations", frozenset({"version", "dirty"})),
    MigrationTool("dbmate", "schema_migrations", frozenset({"version"}), frozenset({"dirty", "inserted_at"})),
    MigrationTool("goose", "goose_db_version", frozenset({"id", "version_id", "is_applied"})),
    MigrationTool("liquibase", "databasechangelog", frozenset({"id", "author", "orderexecuted"})),
)
"""Table layouts as each tool's documentation or its own migration creates them."""


class Progress(msgspec.Struct, frozen=True):
    """How far migration tools have come with a tenant.

    Args:
        versions: What their tables say, sorted; more than one when several tools or namespaces keep a version.
        running: The tool that is at work now, by the lock that it holds; empty when none is.
    """

    versions: tuple[SchemaVersion, ...] = ()
    running: str = ""


async def read_progress(
    connection: asyncpg.Connection,
    *,
    namespace: str = "",
    limits: Limits = Limits(),  # noqa: B008  # frozen, so shared safely
) -> Progress:
    """Read what migration tools say of a tenant; a table that cannot be read, or is another tool's, is passed over.

    Args:
        connection: Not inside a transaction.
        namespace: Only tables of this namespace; empty means any.
        limits: Bounds on time.

    Raises:
        TargetError, asyncpg.PostgresError: As `read_transaction`.
    """
    async with read_transaction(connection, limits):
        tables = await connection.fetch(
            query_text("version_tables.sql"), namespace, ",".join({tool.table: "" for tool in MIGRATION_TOOLS})
        )
        locks = await connection.fetch(query_text("migration_locks.sql"))
    running = (holder(lock["number"], lock["database"], namespace or _DEFAULT_NAMESPACE) for lock in locks)
    found: set[SchemaVersion] = set()
    for table in tables:
        name = QualifiedName(table["namespace"], table["name"])
        columns = set(table["columns"].split(","))
        for tool in MIGRATION_TOOLS:
            if tool.table == name.name and tool.columns <= columns and not tool.lacks & columns:
                version = await _read_version(connection, tool, name, limits)
                found.update(version)
    return Progress(tuple(sorted(found)), min(filter(None, running), default=""))


async def _read_version(
    connection: asyncpg.Connection, tool: MigrationTool, table: QualifiedName, limits: Limits
) -> tuple[SchemaVersion, ...]:
    statement = query_text(tool.file).replace("{table}", quote_qualified(table))
    try:
        async with read_transaction(connection, limits):
            row = await connection.fetchrow(statement)
    except (asyncpg.UndefinedFunctionError, asyncpg.DatatypeMismatchError, asyncpg.InsufficientPrivilegeError):
        return ()  # a table of that name with other types, or hidden by row security: not this tool's
    if row is None or (row["version"] is None and not row["dirty"]):
        return ()
    version = _UNNAMED if row["version"] is None else str(row["version"])[:_MAX_VERSION_CHARACTERS]
    return (SchemaVersion(tool.name, version, bool(row["dirty"])),)
