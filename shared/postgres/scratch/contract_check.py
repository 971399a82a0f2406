"""Prepare and plan a service's queries on a scratch copy of a shape; the statements themselves never run.

The copy is thrown away afterwards and its role owns nothing else; the session is read-only while this runs, so that
what the planner evaluates (immutable functions of the tenant's) leaves no trace either.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, suppress

import asyncpg
import msgspec

from shared.contracts.contract import Contract, Query, Verdict
from shared.contracts.facts import (
    CheckFact,
    CheckProbe,
    QueryFacts,
    ResultColumn,
    ServerError,
    ShapeFacts,
    SqlType,
)
from shared.contracts.judge import judge_contract
from shared.contracts.relations import Relations
from shared.contracts.statement import read_statements
from shared.contracts.writes import check_probes
from shared.postgres.names.placeholders import PLACEHOLDER
from shared.postgres.scratch.contract_origins import attach_origins
from shared.postgres.scratch.database import ScratchDatabase
from shared.schema.canonical import canonical_json
from shared.schema.identity import QualifiedName
from shared.schema.relations import Index
from shared.schema.schema import Snapshot
from shared.sql import quote_identifier, quote_literal, quote_qualified

_SESSION_SETTINGS = {
    "default_transaction_read_only": "on",
    "plan_cache_mode": "force_generic_plan",  # EXPLAIN EXECUTE then plans for any arguments, on every version
    "statement_timeout": "5s",
    "lock_timeout": "2s",
    "jit": "off",
    "row_security": "on",
    "standard_conforming_strings": "on",
}
_PLANNED = frozenset({"SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"})
_TYPE_ERRORS = frozenset({"42P18", "42P08", "42725", "42883", "42804", "42846"})
_REFUSED = (asyncpg.PostgresError, asyncpg.InternalClientError, asyncpg.UnsupportedClientFeatureError)
# `current_setting('app.tenant')::uuid`, in a policy say: the planner evaluates it to estimate how many rows match, and
# only the service's sessions have the setting. Which type it is cast to is found by trying.
_SETTING = re.compile(r"current_setting\('([\w.]+)'")
_SETTING_MISSING = "unrecognized configuration parameter"
_MAX_SETTINGS = 3
_STAND_IN_VALUES = ("00000000-0000-0000-0000-000000000000", "0", "")
_DATA_EXCEPTION = "22"
_SCRIPT_CALLS = ("raw_sql", "executor.", "client.batch_execute", "client.simple_query")


async def check_contract(
    db: ScratchDatabase, contract: Contract, snapshot: Snapshot, *, baseline: ShapeFacts | Snapshot | None = None
) -> tuple[Verdict, ...]:
    """Judge which queries of a service break in one shape.

    Args:
        db: A scratch database that holds the shape. It keeps its objects but for invalid unique indexes.
        contract: What the service expects.
        snapshot: The shape.
        baseline: The declared shape: best as `describe_contract` measured it on a copy of the spec, once for all
            shapes; of a bare snapshot only what it says by itself is compared (keys, nullability, row security).

    Returns:
        The verdicts that are violated or unverified, sorted.

    Raises:
        OSError, asyncpg.InterfaceError: When the scratch server goes away.
    """
    if isinstance(baseline, Snapshot):
        baseline = ShapeFacts(snapshot=baseline, search_path=service_search_path(baseline))
    observed = await describe_contract(db, contract, snapshot, baseline=baseline)
    return judge_contract(contract, observed, baseline)


async def describe_contract(
    db: ScratchDatabase, contract: Contract, snapshot: Snapshot, *, baseline: ShapeFacts | None = None
) -> ShapeFacts:
    """Ask PostgreSQL everything that the rules need to know of a contract in one shape.

    Args:
        db: A scratch database that holds the shape. It keeps its objects but for invalid unique indexes.
        contract: What the service expects.
        snapshot: The shape.
        baseline: The declared shape, measured: macros are then prepared with the argument types they were compiled
            for, and the origins of columns are read where they matter.

    Raises:
        OSError, asyncpg.InterfaceError: When the scratch server goes away.
    """
    path = service_search_path(snapshot)
    declared = {(f.sql, f.compiled): f for f in baseline.queries} if baseline else {}
    await _drop_invalid_indexes(db.connection, snapshot)
    wanted = sorted({(query.sql, query.compiled): query for query in contract.queries}.items())
    async with _service_session(db.connection, path) as connection:
        checker = _QueryChecker(connection, db.name, _settings_read(contract, snapshot))
        queries = [await checker.ask(query, declared.get(key)) for key, query in wanted]
        probes = check_probes(contract, Relations(snapshot, path))
        checks = [CheckFact(probe, await checker.holds(probe)) for probe in probes]
        if baseline:
            queries = await attach_origins(connection, queries, snapshot, baseline.snapshot)
    return ShapeFacts(snapshot=snapshot, search_path=path, queries=tuple(queries), checks=tuple(checks))


def service_search_path(snapshot: Snapshot) -> tuple[str, ...]:
    """Give the search path a service would have: the tenant's own namespace where there is one, then public."""
    namespaces = {item.namespace for item in snapshot.schema}
    return (PLACEHOLDER, "public") if PLACEHOLDER in namespaces else ("public",)


def _settings_read(contract: Contract, snapshot: Snapshot) -> tuple[str, ...]:
    """Give the names of settings that queries, policies, views or defaults read, as far as they are literals."""
    texts = [canonical_json(snapshot.schema).decode(), *(query.sql for query in contract.queries)]
    return tuple(sorted({name for text in texts for name in _SETTING.findall(text)})[:_MAX_SETTINGS])


async def _drop_invalid_indexes(connection: asyncpg.Connection, snapshot: Snapshot) -> None:
    """Drop from the copy the indexes that are invalid in the tenant: in an empty copy every index is valid."""
    for item in snapshot.schema:
        if isinstance(item, Index) and item.unique and not item.valid:
            name = quote_qualified(QualifiedName(item.namespace, item.name))
            with suppress(asyncpg.PostgresError):  # a partition's index that another requires stays
                await connection.execute(f"DROP INDEX IF EXISTS {name}")


@asynccontextmanager
async def _service_session(connection: asyncpg.Connection, path: tuple[str, ...]) -> AsyncIterator[asyncpg.Connection]:
    """Hold a read-only session with the service's search path, and put every setting back."""
    settings = {**_SESSION_SETTINGS, "search_path": ", ".join(quote_identifier(name) for name in path)}
    before = {name: await connection.fetchval("SELECT pg_catalog.current_setting($1)", name) for name in settings}
    try:
        await _set(connection, settings)
        yield connection
    finally:
        if not connection.is_closed():
            await _set(connection, before)


async def _set(connection: asyncpg.Connection, settings: dict[str, str]) -> None:
    calls = (f"pg_catalog.set_config({quote_literal(name)}, {quote_literal(v)}, false)" for name, v in settings.items())
    await connection.execute("SELECT " + ", ".join(calls))


class _QueryChecker:
    """Prepares and plans queries in one session, each under a statement name of its own."""

    def __init__(self, connection: asyncpg.Connection, database: str, settings: Sequence[str]) -> None:
        self._connection = connection
        self._database = database
        self._settings = settings
        self._numbers = itertools.count(1)

    async def ask(self, query: Query, declared: QueryFacts | None) -> QueryFacts:
        """Describe one query; for a macro, with the argument types the declared schema gave it."""
        if query.macro.startswith(_SCRIPT_CALLS):
            return await self._ask_script(query)
        facts = await self._prepare(query)
        compiled_for = declared.parameters if query.compiled and declared and not declared.error else ()
        types_decide = facts.error is None or facts.error.sqlstate in _TYPE_ERRORS
        if compiled_for and types_decide and facts.parameters != compiled_for:
            return await self._prepare_typed(query, compiled_for)
        return facts

    async def _ask_script(self, query: Query) -> QueryFacts:
        """Describe the statements of a script up to the first one that changes the schema for the next."""
        statements = read_statements(query.sql)
        if len(statements) == 1:
            return await self._prepare(query)
        for statement in itertools.takewhile(lambda s: s.kind in _PLANNED, statements):
            facts = await self._prepare(msgspec.structs.replace(query, sql=statement.text))
            if facts.error:
                return msgspec.structs.replace(facts, sql=query.sql)
        return QueryFacts(sql=query.sql, compiled=query.compiled)

    async def _prepare(self, query: Query) -> QueryFacts:
        name = f"fleetdrift_{next(self._numbers)}"
        facts = QueryFacts(sql=query.sql, compiled=query.compiled)
        try:
            statement = await self._connection.prepare(_text(query.sql), name=name)
            parameters = tuple(_type(kind) for kind in statement.get_parameters())
            columns = _columns(statement)
            facts = msgspec.structs.replace(facts, parameters=parameters, columns=columns)
        except _REFUSED as error:
            return msgspec.structs.replace(facts, error=self._error(error))
        if not all(s.kind in _PLANNED for s in read_statements(query.sql)):
            return facts
        return msgspec.structs.replace(facts, error=await self._plan(_execute(name, len(parameters))))

    async def _prepare_typed(self, query: Query, parameters: tuple[SqlType, ...]) -> QueryFacts:
        name = f"fleetdrift_{next(self._numbers)}"
        kinds = ", ".join(_type_sql(kind) for kind in parameters)
        facts = QueryFacts(sql=query.sql, compiled=query.compiled, parameters=parameters)
        prepared = False
        try:
            # `fetch` speaks the extended protocol, which takes one statement and no second one behind a semicolon.
            await self._connection.fetch(f"PREPARE {name} ({kinds}) AS {_text(query.sql)}")
            prepared = True
            execute = _execute(name, len(parameters))
            statement = await self._connection.prepare(execute, name=f"{name}_columns")
            return msgspec.structs.replace(facts, columns=_columns(statement), error=await self._plan(execute))
        except _REFUSED as error:
            return msgspec.structs.replace(facts, error=self._error(error))
        finally:
            if prepared and not self._connection.is_closed():
                await self._connection.execute(f"DEALLOCATE {name}")

    async def _plan(self, execute: str) -> ServerError | None:
        """Plan a prepared statement; settings of the service's own that the planner reads get stand-in values."""
        refusal = await self._explain(execute)
        if refusal is None or not (_SETTING_MISSING in refusal.message or refusal.sqlstate.startswith(_DATA_EXCEPTION)):
            return refusal
        for values in itertools.product(_STAND_IN_VALUES, repeat=len(self._settings)):
            for name, value in zip(self._settings, values, strict=True):
                with suppress(asyncpg.PostgresError):
                    await self._connection.fetchval("SELECT pg_catalog.set_config($1, $2, false)", name, value)
            if self._settings and await self._explain(execute) is None:
                return None
        return refusal

    async def _explain(self, execute: str) -> ServerError | None:
        try:
            await self._connection.execute(f"EXPLAIN {execute}")
        except _REFUSED as error:
            return msgspec.structs.replace(self._error(error), planning=True)
        return None

    async def holds(self, probe: CheckProbe) -> bool:
        """Say whether a CHECK constraint would let these values in; an error is no violation."""
        values = ", ".join(_value_sql(probe))
        table = quote_identifier(probe.table)
        try:
            result = await self._connection.fetchval(f"SELECT {probe.expression} FROM (SELECT {values}) AS {table}")
        except _REFUSED:
            if self._connection.is_closed():
                raise
            return True
        return result is not False  # NULL lets a row in

    def _error(self, error: Exception) -> ServerError:
        if self._connection.is_closed():
            raise error
        message = str(error.args[0]) if error.args else type(error).__name__
        return ServerError(
            sqlstate=getattr(error, "sqlstate", None) or "XX000",
            message=message.replace(self._database, "scratch"),  # its name is random: the same shape, the same words
            hint=str(getattr(error, "hint", None) or ""),
        )


def _text(sql: str) -> str:
    """Make a text safe for the protocol, where NUL ends a string."""
    return sql.replace("\0", "\N{REPLACEMENT CHARACTER}")


def _execute(name: str, count: int) -> str:
    arguments = ", ".join(["NULL"] * count)
    return f"EXECUTE {name} ({arguments})" if count else f"EXECUTE {name}"


def _columns(statement: asyncpg.prepared_stmt.PreparedStatement) -> tuple[ResultColumn, ...]:
    return tuple(ResultColumn(attribute.name, _type(attribute.type)) for attribute in statement.get_attributes())


def _type(kind: asyncpg.Type) -> SqlType:
    array = kind.kind == "array"
    return SqlType(kind.schema, kind.name.removesuffix("[]") if array else kind.name, array)


def _type_sql(kind: SqlType) -> str:
    name = f"{quote_identifier(kind.namespace)}.{quote_identifier(kind.name)}"
    return f"{name}[]" if kind.array else name


def _value_sql(probe: CheckProbe) -> Iterator[str]:
    for value in probe.values:
        constant = "NULL" if value.value is None else quote_literal(value.value)
        # `type` is PostgreSQL's own spelling (format_type), qualified and quoted where it must be.
        yield f"CAST({constant} AS {value.type}) AS {quote_identifier(value.column)}"
