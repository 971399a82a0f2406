"""Prepare and plan one service's queries in one session; the statements themselves never run."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from contextlib import suppress

import asyncpg
import msgspec

from shared.contracts.contract import Query
from shared.contracts.facts import CheckProbe, QueryFacts, ResultColumn, ServerError, SqlType
from shared.contracts.statement import read_statements
from shared.contracts.trials import PLANNED, Trial, TrialKind, trials_of
from shared.postgres.query_files import query_text
from shared.sql import quote_identifier, quote_literal, quote_qualified

REFUSED = (asyncpg.PostgresError, asyncpg.InternalClientError, asyncpg.UnsupportedClientFeatureError)
_TYPE_ERRORS = frozenset({"42P18", "42P08", "42725", "42883", "42804", "42846", "42704"})
_SETTING_MISSING = "unrecognized configuration parameter"
_NO_HANDLER = "has no handler"
# `current_setting('app.tenant')::uuid`, in a policy say: the planner evaluates it to estimate how many rows match, and
# only the service's sessions have the setting. Which type it is cast to is found by trying.
_STAND_IN_VALUES = ("00000000-0000-0000-0000-000000000000", "0", "")
_DATA_EXCEPTION = "22"
_IN_A_TRANSACTION = "25001"
"""What some statements refuse to run in: then they could not be tried."""


class QueryChecker:
    """Prepares and plans queries in one session, each under a statement name of its own."""

    def __init__(self, connection: asyncpg.Connection, database: str, settings: Sequence[str]) -> None:
        self._connection = connection
        self._database = database
        self._settings = settings
        self._numbers = itertools.count(1)

    async def ask(self, query: Query, declared: QueryFacts | None) -> QueryFacts:
        """Describe one query; for a macro, with the argument types the declared schema gave it."""
        statements = read_statements(query.sql)
        single = len(statements) == 1 and statements[0].kind in PLANNED
        if not single and (query.is_script or len(statements) == 1):
            return await self._ask_script(query, declared)
        facts = await self._prepare(query)
        if facts.error is not None and facts.error.sqlstate not in _TYPE_ERRORS:
            return facts
        if query.compiled:
            compiled_for = declared.parameters if declared and not declared.error else ()
            differs = bool(compiled_for) and facts.parameters != compiled_for
            return await self._prepare_typed(query, [_type_sql(kind) for kind in compiled_for]) if differs else facts
        return await self._sent(query, facts, declared)

    async def _sent(self, query: Query, inferred: QueryFacts, declared: QueryFacts | None) -> QueryFacts:
        """Describe a function's query with the types that its driver sends, as far as the source shows them.

        What the declared schema refuses with them and takes without them shows that they were misread: then the server
        infers them, in every shape.
        """
        if not query.sent_types or (declared is not None and not declared.typed):
            return inferred
        typed = await self._prepare_typed(query, query.sent_types)
        misread = declared is None and typed.error is not None and typed.error.sqlstate in _TYPE_ERRORS
        if misread and inferred.error is None:
            return inferred
        return msgspec.structs.replace(typed, typed=True)

    async def _ask_script(self, query: Query, declared: QueryFacts | None) -> QueryFacts:
        """Try the statements of a script one after the other, in a transaction that is rolled back.

        What the declared schema refuses is passed over: it has been run already, or is meant for another database.
        """
        known = declared.failed if declared else ()
        failed: list[int] = []
        error: ServerError | None = None
        await self._connection.execute("BEGIN READ WRITE")
        try:
            for number, statement in enumerate(read_statements(query.sql)):
                refusal = await self._try(statement.text)
                if refusal is not None:
                    failed.append(number)
                    if error is None or (error.statement in known and number not in known):
                        error = msgspec.structs.replace(refusal, statement=number)
        finally:
            if not self._connection.is_closed():
                await self._connection.execute("ROLLBACK")
        return QueryFacts(key=query.key, error=error, failed=tuple(failed))

    async def _try(self, text: str) -> ServerError | None:
        for trial in trials_of(text):
            await self._connection.execute("SAVEPOINT fleetdrift_trial")
            refusal = await self._make(trial)
            if refusal is not None:
                await self._connection.execute("ROLLBACK TO fleetdrift_trial")
                if refusal.sqlstate != _IN_A_TRANSACTION:
                    return msgspec.structs.replace(refusal, conditional=trial.conditional)
        return None

    async def _make(self, trial: Trial) -> ServerError | None:
        if trial.kind is TrialKind.PREPARE:
            return (await self._prepare(Query(file="", line=0, macro="", sql=trial.sql))).error
        if trial.kind is TrialKind.EXECUTE:
            return await self._execute(trial.sql)
        assert trial.table is not None
        name = trial.table
        written = quote_qualified(name) if name.namespace else quote_identifier(name.name)
        if await self._connection.fetchval(query_text("copy_refused.sql"), written, trial.kind == TrialKind.COPY_FROM):
            way = "to" if trial.kind is TrialKind.COPY_FROM else "from"
            return ServerError("42809", f'cannot copy {way} "{name.name}": it is no table')
        return await self._execute(f"EXPLAIN {trial.sql}")

    async def _execute(self, sql: str) -> ServerError | None:
        try:
            await self._connection.execute(_text(sql))
        except REFUSED as error:
            return self._error(error)
        return None

    async def _prepare(self, query: Query) -> QueryFacts:
        name = f"fleetdrift_{next(self._numbers)}"
        facts = QueryFacts(key=query.key)
        try:
            statement = await self._connection.prepare(_text(query.sql), name=name)
            parameters = tuple(_type(kind) for kind in statement.get_parameters())
            columns = _columns(statement)
            facts = msgspec.structs.replace(facts, parameters=parameters, columns=columns)
        except REFUSED as error:
            return msgspec.structs.replace(facts, error=self._error(error))
        if not all(statement.kind in PLANNED for statement in read_statements(query.sql)):
            return facts
        return msgspec.structs.replace(facts, error=await self._plan(_execute(name, len(parameters))))

    async def _prepare_typed(self, query: Query, kinds: Sequence[str]) -> QueryFacts:
        name = f"fleetdrift_{next(self._numbers)}"
        facts = QueryFacts(key=query.key)
        prepared = False
        try:
            # `fetch` speaks the extended protocol, which takes one statement and no second one behind a semicolon.
            await self._connection.fetch(f"PREPARE {name} ({', '.join(kinds)}) AS {_text(query.sql)}")
            prepared = True
            parameters = tuple(map(_type_named, await self._connection.fetch(query_text("prepared_types.sql"), name)))
            execute = _execute(name, len(parameters))
            statement = await self._connection.prepare(execute, name=f"{name}_columns")
            facts = msgspec.structs.replace(facts, parameters=parameters, columns=_columns(statement))
            return msgspec.structs.replace(facts, error=await self._plan(execute))
        except REFUSED as error:
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
        except asyncpg.ObjectNotInPrerequisiteStateError as error:
            # Foreign tables of a copy reach nothing. The statement was prepared: all that it names is there.
            if _NO_HANDLER in str(error):
                return None
            return msgspec.structs.replace(self._error(error), planning=True)
        except REFUSED as error:
            return msgspec.structs.replace(self._error(error), planning=True)
        return None

    async def holds(self, probe: CheckProbe) -> bool:
        """Say whether a CHECK constraint would let these values in; an error is no violation."""
        values = ", ".join(_value_sql(probe))
        table = quote_identifier(probe.table)
        try:
            result = await self._connection.fetchval(f"SELECT {probe.expression} FROM (SELECT {values}) AS {table}")
        except REFUSED:
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


def _type_named(row: asyncpg.Record) -> SqlType:
    return SqlType(row["namespace"], row["name"], row["is_array"])


def _type_sql(kind: SqlType) -> str:
    name = f"{quote_identifier(kind.namespace)}.{quote_identifier(kind.name)}"
    return f"{name}[]" if kind.array else name


def _value_sql(probe: CheckProbe) -> Iterator[str]:
    for value in probe.values:
        constant = "NULL" if value.value is None else quote_literal(value.value)
        # `type` is PostgreSQL's own spelling (format_type), qualified and quoted where it must be.
        yield f"CAST({constant} AS {value.type}) AS {quote_identifier(value.column)}"
