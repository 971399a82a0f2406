"""Read how far migration tools say that a tenant has come: their tables, and the locks that they hold at work."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet

import asyncpg
import msgspec

from shared.postgres.query_files import query_text
from shared.postgres.reading.migration_locks import holder
from shared.postgres.session import read_transaction
from shared.schema.identity import QualifiedName
from shared.schema.schema import SchemaVersion
from shared.sql import quote_literal, quote_qualified
from shared.targets import Limits

_DEFAULT_NAMESPACE = "public"  # where a tool keeps its table in a database of a tenant's own
_UNNAMED = "none"  # the version of a tenant whose failed migration has no name
_MAX_VERSION_CHARACTERS = 200  # more of it is cut off
_TABLES_PER_NAMESPACE = 20  # version tables that are looked at, in a namespace or in a database of a tenant's own
_TABLES_PER_STATEMENT = 100  # version tables of namespaces that are read together


class MigrationTool(msgspec.Struct, frozen=True):
    """A migration tool: its table, and the columns it has and lacks, which tell it from another tool's of that name."""

    name: str
    table: str
    columns: frozenset[str]
    lacks: frozenset[str] = frozenset()

    def is_kept_in(self, columns: AbstractSet[str]) -> bool:
        """Say whether a table with these columns is this tool's."""
        return self.columns <= columns and not self.lacks & columns

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
    limits: Limits = Limits(),  # noqa: B008  # frozen, so shared safely
) -> Progress:
    """Read what migration tools say of a database; a table that cannot be read, or is another tool's, is passed over.

    Args:
        connection: Not inside a transaction.
        limits: Bounds on time.

    Raises:
        TargetError, asyncpg.PostgresError: As `read_transaction`.
    """
    found = await _find_tables(connection, (), limits)
    versions: set[SchemaVersion] = set()
    for table in found.tables:
        versions.update(await _read_version(connection, table, limits))
    return Progress(tuple(sorted(versions)), found.running(_DEFAULT_NAMESPACE))


async def read_progress_of_many(
    connection: asyncpg.Connection, namespaces: Sequence[str], limits: Limits
) -> dict[str, Progress | asyncpg.PostgresError]:
    """Read what migration tools say of namespaces: as `read_progress`, by one statement for all.

    Args:
        connection: Not inside a transaction.
        namespaces: By name.
        limits: Bounds on time.

    Returns:
        By namespace; an error where the table of that one could not be read.

    Raises:
        TargetError, asyncpg.PostgresError: As `read_transaction`.
    """
    found = await _find_tables(connection, namespaces, limits)
    versions: dict[str, set[SchemaVersion]] = {namespace: set() for namespace in namespaces}
    failed: dict[str, asyncpg.PostgresError] = {}
    for start in range(0, len(found.tables), _TABLES_PER_STATEMENT):
        some = found.tables[start : start + _TABLES_PER_STATEMENT]
        try:
            for table, version in zip(some, await _read_versions(connection, some, limits), strict=True):
                versions[table.name.namespace].update(version)
        except asyncpg.PostgresError:  # one of them: which one?
            for table in some:
                try:
                    versions[table.name.namespace].update(await _read_version(connection, table, limits))
                except asyncpg.PostgresError as error:
                    failed[table.name.namespace] = error
    progress = {name: Progress(tuple(sorted(versions[name])), found.running(name)) for name in namespaces}
    return {**progress, **failed}


class _VersionTable(msgspec.Struct, frozen=True):
    tool: MigrationTool
    name: QualifiedName

    @property
    def statement(self) -> str:
        return query_text(self.tool.file).replace("{table}", quote_qualified(self.name))


class _Found(msgspec.Struct, frozen=True):
    """The tables of migration tools, and the locks that are held: (number, database)."""

    tables: tuple[_VersionTable, ...]
    locks: tuple[tuple[int, str], ...]

    def running(self, namespace: str) -> str:
        tools = (holder(number, database, namespace) for number, database in self.locks)
        return min(filter(None, tools), default="")


def _search(namespaces: Sequence[str]) -> str:
    """Write the statement that finds version tables, in these namespaces, or in any where none is named."""
    where = r"n.nspname NOT LIKE 'pg\_%'"
    if namespaces:
        where = f"n.nspname::text IN ({', '.join(map(quote_literal, namespaces))})"
    tables = ", ".join(sorted({quote_literal(tool.table) for tool in MIGRATION_TOOLS}))
    limit = str(_TABLES_PER_NAMESPACE * max(len(namespaces), 1))
    statement = query_text("version_tables.sql").replace("{tables}", tables).replace("{limit}", limit)
    return statement.replace("{where}", where)  # last: a name may hold anything


async def _find_tables(connection: asyncpg.Connection, namespaces: Sequence[str], limits: Limits) -> _Found:
    async with read_transaction(connection, limits):
        rows = await connection.fetch(_search(namespaces))
        locks = await connection.fetch(query_text("migration_locks.sql"))
    tables: list[_VersionTable] = []
    for row in rows:
        columns = set(row["columns"].split(","))
        tools = (tool for tool in MIGRATION_TOOLS if tool.table == row["name"] and tool.is_kept_in(columns))
        tables += [_VersionTable(tool, QualifiedName(row["namespace"], row["name"])) for tool in tools]
    return _Found(tuple(tables), tuple((lock["number"], lock["database"]) for lock in locks))


async def _read_versions(
    connection: asyncpg.Connection, tables: Sequence[_VersionTable], limits: Limits
) -> list[tuple[SchemaVersion, ...]]:
    parts = (
        f"(SELECT {number} AS number, v.version::text, v.dirty FROM (\n{table.statement}\n) AS v)"
        for number, table in enumerate(tables)
    )
    async with read_transaction(connection, limits):
        rows = await connection.fetch("\nUNION ALL\n".join(parts))
    by_number = {row["number"]: row for row in rows}
    return [_version_of(table, by_number.get(number)) for number, table in enumerate(tables)]


async def _read_version(
    connection: asyncpg.Connection, table: _VersionTable, limits: Limits
) -> tuple[SchemaVersion, ...]:
    try:
        async with read_transaction(connection, limits):
            row = await connection.fetchrow(table.statement)
    except (asyncpg.UndefinedFunctionError, asyncpg.DatatypeMismatchError, asyncpg.InsufficientPrivilegeError):
        return ()  # a table of that name with other types, or hidden by row security: not this tool's
    return _version_of(table, row)


def _version_of(table: _VersionTable, row: asyncpg.Record | None) -> tuple[SchemaVersion, ...]:
    if row is None or (row["version"] is None and not row["dirty"]):
        return ()
    version = _UNNAMED if row["version"] is None else str(row["version"])[:_MAX_VERSION_CHARACTERS]
    return (SchemaVersion(table.tool.name, version, bool(row["dirty"])),)
