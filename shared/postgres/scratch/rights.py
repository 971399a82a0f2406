"""What a scratch server's administrator does for the unprivileged role whose statements are hostile.

Three things: it makes the roles and tablespaces that a statement names (`lent_names`), creates extensions of an allow
list, and runs the few statements that want a superuser and run nothing of their author's. Everything else stays
refused: an operator class, a C function or an event trigger of a tenant's must not act with a superuser's rights, so a
shape that has one is compared as read.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import asyncpg

from shared.postgres.connection import close
from shared.postgres.query_files import query_text
from shared.postgres.scratch.icu import STANDS_IN
from shared.postgres.scratch.lent_names import LentNames
from shared.postgres.scratch.statements import ParsedStatement, SqlError, parse_statements, roles_named
from shared.sql import quote_identifier, quote_literal

EXTENSIONS = frozenset({
    "address_standardizer", "amcheck", "autoinc", "bloom", "btree_gin", "btree_gist", "citext", "cube", "dict_int",
    "dict_xsyn", "earthdistance", "first_last_agg", "fuzzystrmatch", "hll", "hstore", "hypopg", "insert_username",
    "intagg", "intarray", "ip4r", "isn", "lo", "ltree", "moddatetime", "pageinspect", "pg_buffercache", "pg_cron",
    "pg_freespacemap", "pg_partman", "pg_prewarm", "pg_repack", "pg_stat_statements", "pg_trgm", "pg_visibility",
    "pg_walinspect", "pgaudit", "pgcrypto", "pgrouting", "pgrowlocks", "pgstattuple", "postgis", "postgis_raster",
    "postgis_tiger_geocoder", "postgis_topology", "prefix", "refint", "seg", "sslinfo", "tablefunc", "tcn", "tdigest",
    "timescaledb", "tsm_system_rows", "tsm_system_time", "unaccent", "uuid-ossp", "vector", "xml2",
})  # fmt: skip
"""What is created on request. Not here: what reads files or opens connections."""

_WRAPPERS = {"dblink": "dblink_fdw", "file_fdw": "file_fdw", "postgres_fdw": "postgres_fdw"}
"""Extensions with foreign data wrappers, which no role but their owner may use at first."""
REACH_OUT = frozenset(_WRAPPERS)
"""What reads files or opens connections: created where a stand-in is known to be in its place, and only there."""

SKIPPED = frozenset({
    "CreateRoleStmt", "AlterRoleStmt", "DropRoleStmt", "GrantRoleStmt", "CreatedbStmt", "DropdbStmt", "AlterSystemStmt",
    "CreateTableSpaceStmt", "DropTableSpaceStmt",
})  # fmt: skip
"""Statements about the cluster, not about the schema. Roles and tablespaces are made when they are named."""


def is_skipped(sql: str) -> bool:
    """Say whether a scratch database leaves SQL out, or a part of it, because it is about the whole cluster."""
    try:
        return any(statement.node in SKIPPED for statement in parse_statements(sql))
    except SqlError:  # a grammar newer than the parser's: it is run as it is
        return False


_CATALOGS_TOO = "SET LOCAL allow_system_table_mods = on"
_TIMEOUT = 30.0  # seconds for one statement
_VALIDATORS = frozenset({"", "postgresql_fdw_validator"})
_ALL_TRIGGERS = frozenset({"AT_EnableTrigAll", "AT_DisableTrigAll"})
"""What turns off or on the triggers of foreign keys too, for which PostgreSQL asks a superuser."""

_OWNED_BY_ADMIN = frozenset({
    "OBJECT_EXTENSION", "OBJECT_FDW", "OBJECT_PUBLICATION", "OBJECT_PUBLICATION_REL", "OBJECT_PUBLICATION_NAMESPACE",
})  # fmt: skip


class Administrator:
    """The administrator at work for one scratch database.

    Args:
        lent: Roles and tablespaces that the scratch database uses.
        connect_inside: Opens another one to the scratch database, when first needed.
        role: The scratch role (and database).
        extensions: Names of extensions that may be created.
    """

    def __init__(
        self,
        lent: LentNames,
        connect_inside: Callable[[], Awaitable[asyncpg.Connection]],
        role: str,
        extensions: frozenset[str],
    ) -> None:
        self._lent = lent
        self._connect_inside = connect_inside
        self._inside: asyncpg.Connection | None = None
        self._lacks_icu: bool | None = None
        self._role = role
        self._extensions = extensions

    async def acted_as(self) -> str:
        """Name the role that has run statements in the scratch database for the unprivileged one; empty: none has."""
        return str(await self._inside.fetchval("SELECT current_user")) if self._inside is not None else ""

    async def close(self) -> None:
        """Leave the scratch database."""
        if self._inside is not None:
            await close(self._inside)

    async def prepare(self, statement: ParsedStatement) -> None:
        """Make the roles and tablespaces that a statement names; find out whether its extension is a stand-in."""
        wanted_extension = statement.tree.get("extname") if statement.node == "CreateExtensionStmt" else None
        if wanted_extension in REACH_OUT - self._extensions:
            inside = await self._session()
            if await inside.fetchval(query_text("scratch_stands_in.sql"), wanted_extension):
                self._extensions |= {wanted_extension}
        roles = {*roles_named(statement.tree)}
        if statement.node == "CreateRoleStmt":
            roles.add(str(statement.tree.get("role", "")))
        wanted = {("role", role) for role in roles} | {("tablespace", name) for name in _tablespaces(statement.tree)}
        for kind, name in sorted(wanted):
            if name and name != self._role and not name.startswith("pg_"):
                await (self._lent.lend_role(name) if kind == "role" else self._lent.lend_tablespace(name))

    def is_harmless(self, role: str) -> bool:
        """Say whether a role that `prepare` has seen can be trusted with hostile objects: it can do nothing."""
        return self._lent.is_harmless(role)

    def may_run(self, statement: ParsedStatement) -> bool:
        """Say whether a refused statement is one that the administrator runs."""
        tree = statement.tree
        match statement.node:
            case "CreateExtensionStmt" | "AlterExtensionStmt" | "AlterExtensionContentsStmt":
                return tree.get("extname") in self._extensions
            case "CreateFdwStmt" | "AlterFdwStmt":
                return all(_fdw_function(option) in _VALIDATORS for option in tree.get("func_options", ()))
            case "CreatePublicationStmt" | "AlterPublicationStmt" | "AlterTableStmt":
                return statement.node != "AlterTableStmt" or _is_about_all_triggers(statement)
            case "DropStmt":
                return tree.get("removeType") in _OWNED_BY_ADMIN
            case "CommentStmt" | "GrantStmt":
                # Before v15 `public` is the administrator's.
                return tree.get("objtype") in _OWNED_BY_ADMIN or tree.get("objtype") == "OBJECT_SCHEMA"
        return False

    async def stand_in(self, collation: str) -> bool:
        """Make a collation that ICU brings, in the scratch database of a server that has no ICU.

        Returns:
            Whether it was made. A server that has ICU knows what it has.
        """
        inside = await self._session()
        if self._lacks_icu is None:
            self._lacks_icu = not (await inside.fetchrow(query_text("scratch_abilities.sql")))["icu"]
        if not self._lacks_icu:
            return False
        try:
            async with inside.transaction():
                await inside.execute(_CATALOGS_TOO)
                await inside.execute(f"CREATE COLLATION pg_catalog.{quote_identifier(collation)} {STANDS_IN}")
        except asyncpg.PostgresError:  # no superuser, or a version without the builtin provider
            return False
        return True

    async def compress(self, relation: str, columns: tuple[str, ...]) -> bool:
        """Say of columns in the scratch database that lz4 compresses them, on a server that has no lz4.

        Args:
            relation: The oid of the table.
            columns: Their names.

        Returns:
            Whether that was done.
        """
        inside = await self._session()
        try:
            async with inside.transaction():
                await inside.execute(_CATALOGS_TOO)
                await inside.execute(query_text("scratch_compression.sql"), relation, list(columns))
        except asyncpg.PostgresError:  # no superuser
            return False
        return True

    async def silence_triggers(self) -> bool:
        """Let the role's next session in the scratch database be one in which no trigger fires.

        Returns:
            Whether that was done: only a superuser can.
        """
        role = quote_identifier(self._role)
        try:
            await (await self._session()).execute(
                f"ALTER ROLE {role} IN DATABASE {role} SET session_replication_role = 'replica'"
            )
        except asyncpg.PostgresError:  # no superuser
            return False
        return True

    async def _session(self) -> asyncpg.Connection:
        if self._inside is None:
            self._inside = await self._connect_inside()
        return self._inside

    async def run(self, statement: ParsedStatement, search_path: str) -> None:
        """Run a statement with the administrator's rights and the scratch session's search path.

        Raises:
            asyncpg.PostgresError: When it fails.
        """
        inside = await self._session()
        path = f"SELECT pg_catalog.set_config('search_path', {quote_literal(search_path)}, false)"
        await inside.execute(path)
        await inside.execute(statement.sql, timeout=_TIMEOUT)
        for wrapper in _wrappers(statement):
            named, grantee = quote_identifier(wrapper), quote_identifier(self._role)
            await inside.execute(f"GRANT USAGE ON FOREIGN DATA WRAPPER {named} TO {grantee} WITH GRANT OPTION")


def _is_about_all_triggers(statement: ParsedStatement) -> bool:
    """Say whether a statement only turns triggers off and on: that runs nothing, for event triggers are never there."""
    commands = {command.get("AlterTableCmd", {}).get("subtype") for command in statement.tree.get("cmds", ())}
    return bool(commands) and commands <= _ALL_TRIGGERS


def _wrappers(statement: ParsedStatement) -> Iterator[str]:
    """Name the foreign data wrappers that a statement has made: a stand-in's is called like its extension."""
    if statement.node == "CreateFdwStmt":
        yield str(statement.tree.get("fdwname"))
    elif statement.node == "CreateExtensionStmt" and statement.tree.get("extname") in _WRAPPERS:
        yield _WRAPPERS[statement.tree["extname"]]


def _fdw_function(option: dict[str, Any]) -> str:
    names = option.get("DefElem", {}).get("arg", {}).get("List", {}).get("items", ())
    return ".".join(part.get("String", {}).get("sval", "") for part in names)


_TABLESPACE_KEYS = ("tablespacename", "tableSpace", "tableSpaceName")


def _tablespaces(tree: Any) -> Iterator[str]:
    match tree:
        case {"subtype": "AT_SetTableSpace", "name": str(name)}:
            yield name
        case dict():
            for key, value in tree.items():
                if key in _TABLESPACE_KEYS and isinstance(value, str):
                    yield value
                yield from _tablespaces(value)
        case list():
            for value in tree:
                yield from _tablespaces(value)
