"""Prepare and plan one service's queries in one session; the statements themselves never run."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress

import asyncpg
import msgspec

from shared.contracts.contract import Query, QueryKey
from shared.contracts.facts import CheckProbe, QueryFacts, ResultColumn, ServerError
from shared.contracts.sent_types import BOUND_BY_SQLX, INFERRED
from shared.contracts.statement import read_statements
from shared.contracts.trials import PLANNED, Trial, TrialKind, trials_of
from shared.postgres.query_files import query_text
from shared.postgres.scratch.pipeline import Reply, ask_all, prepare_step, simple_step
from shared.postgres.scratch.type_catalog import TypeCatalog, type_sql
from shared.sql import quote_identifier, quote_literal, quote_qualified

REFUSED = (asyncpg.PostgresError, asyncpg.InternalClientError, asyncpg.UnsupportedClientFeatureError)
TYPE_ERRORS = frozenset({"42P18", "42P08", "42725", "42883", "42804", "42846", "42704"})
_SETTING_MISSING = "unrecognized configuration parameter"
_NO_HANDLER = "has no handler"
# `current_setting('app.tenant')::uuid`, in a policy say: the planner evaluates it to estimate how many rows match, and
# only the service's sessions have the setting. Which type it is cast to is found by trying.
_STAND_IN_VALUES = ("00000000-0000-0000-0000-000000000000", "0", "")
_DATA_EXCEPTION = "22"
_IN_A_TRANSACTION = "25001"
"""What some statements refuse to run in: then they could not be tried."""


class _Asked:
    """One query, and the types of arguments it is prepared with: those the driver sends, or a macro was compiled for.

    Where the declared schema refuses a function's query with its types, and takes it without, the types were misread:
    then the server infers them, in every shape.
    """

    def __init__(self, query: Query, declared: QueryFacts | None) -> None:
        self.query = query
        self.kinds: tuple[str, ...] = ()
        self._is_first = declared is None
        self._declared = declared
        if query.compiled:
            self.kinds = tuple(map(type_sql, declared.parameters)) if declared and not declared.error else ()
        elif query.sent_types and (declared is None or declared.typed):
            self.kinds = query.sent_types

    def judged(self, facts: QueryFacts, numbers: Mapping[str, int] | None) -> QueryFacts:
        """Say of facts whether they speak of these types.

        Args:
            facts: As the server gave them.
            numbers: The types that exist here, where not all do and so none were sent; else None.
        """
        refused_types = facts.error is None or facts.error.sqlstate in TYPE_ERRORS
        if numbers is not None and refused_types:
            missing = next(kind for kind in self.kinds if kind not in numbers)
            facts = QueryFacts(key=facts.key, error=ServerError("42704", f"type {missing} does not exist"))
        typed = bool(self.kinds) and not self.query.compiled and refused_types
        return msgspec.structs.replace(facts, typed=typed)

    def presumed(self, facts: QueryFacts) -> tuple[str, ...]:
        """Give the types to ask with once more: the declared ones, where the source does not show what is sent.

        Args:
            facts: What the server says here with the types that are known.
        """
        declared = self._declared
        if self.query.driver not in BOUND_BY_SQLX or self.query.compiled or declared is None or declared.error:
            return ()
        if facts.error or facts.parameters == declared.parameters:
            return ()
        known = self.kinds or (INFERRED,) * len(declared.parameters)
        pairs = zip(known, map(type_sql, declared.parameters), strict=False)
        return tuple(there if sent == INFERRED else sent for sent, there in pairs)

    def may_be_misread(self, facts: QueryFacts) -> bool:
        """Whether the query has still to be asked without these types."""
        return self._is_first and facts.typed and facts.error is not None


class _Prepared(msgspec.Struct, frozen=True):
    """A query under the name of a prepared statement, with the numbers of the types that are sent; 0 is inferred."""

    name: str
    asked: _Asked
    kinds: list[int]


class QueryChecker:
    """Prepares and plans queries in one session, each under a statement name of its own.

    Args:
        connection: The session.
        database: Its database, whose random name is taken out of messages.
        settings: Settings of the service's own that the planner may read.
        types: What the numbers of types mean in this database.
    """

    def __init__(
        self, connection: asyncpg.Connection, database: str, settings: Sequence[str], types: TypeCatalog
    ) -> None:
        self._connection = connection
        self._database = database
        self._settings = settings
        self._types = types
        self._numbers = itertools.count(1)

    async def ask(self, queries: Sequence[Query], declared: Mapping[QueryKey, QueryFacts]) -> list[QueryFacts]:
        """Describe queries; macros with the argument types that the declared schema gave them.

        Args:
            queries: Each with another key.
            declared: What the declared schema said of them, as far as it was asked.

        Returns:
            The facts, in the order of the queries.
        """
        plain = [_Asked(query, declared.get(query.key)) for query in queries if not _is_tried(query)]
        found = {
            query.key: await self._ask_script(query, declared.get(query.key)) for query in queries if _is_tried(query)
        }
        found |= {facts.key: facts for facts in await self._describe(plain)}
        return [found[query.key] for query in queries]

    async def _describe(self, asked: Sequence[_Asked]) -> list[QueryFacts]:
        numbers = await self._types.numbers({kind for each in asked for kind in each.kinds})
        known = [all(kind in numbers for kind in each.kinds) for each in asked]
        statements = [
            _Prepared(
                f"fleetdrift_{next(self._numbers)}", each, [numbers[kind] for kind in each.kinds] if all_known else []
            )
            for each, all_known in zip(asked, known, strict=True)
        ]
        described = await self._prepare_all(statements)
        for number, (each, all_known) in enumerate(zip(asked, known, strict=True)):
            described[number] = each.judged(described[number], numbers if not all_known else None)
        misread = [
            n for n, (each, facts) in enumerate(zip(asked, described, strict=True)) if each.may_be_misread(facts)
        ]
        inferred = [_Prepared(f"fleetdrift_{next(self._numbers)}", asked[number], []) for number in misread]
        for number, statement, facts in zip(misread, inferred, await self._prepare_all(inferred), strict=True):
            if facts.error is None:
                statements[number], described[number] = statement, facts
        return await self._plan_all(statements, await self._presume(asked, described))

    async def _presume(self, asked: Sequence[_Asked], described: Sequence[QueryFacts]) -> list[QueryFacts]:
        """Say what is refused when arguments of types that the source does not show are sent as declared."""
        kinds = {n: each.presumed(facts) for n, (each, facts) in enumerate(zip(asked, described, strict=True))}
        wanted = {number: presumed for number, presumed in kinds.items() if presumed}
        numbers = await self._types.numbers({kind for presumed in wanted.values() for kind in presumed})
        statements = {
            number: _Prepared(f"fleetdrift_{next(self._numbers)}", asked[number], [numbers[kind] for kind in presumed])
            for number, presumed in wanted.items()
            if all(kind in numbers for kind in presumed)
        }
        judged = list(described)
        for number, facts in zip(statements, await self._prepare_all([*statements.values()]), strict=True):
            judged[number] = msgspec.structs.replace(judged[number], presumed=facts.error)
        return judged

    async def _prepare_all(self, statements: Sequence[_Prepared]) -> list[QueryFacts]:
        steps = [prepare_step(each.name, _text(each.asked.query.sql), each.kinds) for each in statements]
        replies = await ask_all(self._connection, steps)
        await self._types.learn(
            {number for reply in replies for number in (*reply.parameters, *(column.type for column in reply.columns))}
        )
        return [
            self._described(statement.asked.query, reply) for statement, reply in zip(statements, replies, strict=True)
        ]

    def _described(self, query: Query, reply: Reply) -> QueryFacts:
        if reply.error is not None:
            return QueryFacts(key=query.key, error=self._refusal(reply.error))
        return QueryFacts(
            key=query.key,
            parameters=tuple(self._types.name(number) for number in reply.parameters),
            columns=tuple(ResultColumn(column.name, self._types.name(column.type)) for column in reply.columns),
        )

    async def _plan_all(self, statements: Sequence[_Prepared], described: Sequence[QueryFacts]) -> list[QueryFacts]:
        """Plan what was prepared; settings that the planner lacks get stand-in values, one query after the other."""
        wanted = [number for number, facts in enumerate(described) if facts.error is None]
        executes = [_execute(statements[number].name, len(described[number].parameters)) for number in wanted]
        replies = await ask_all(self._connection, [simple_step(f"EXPLAIN {execute}") for execute in executes])
        planned = list(described)
        for number, execute, reply in zip(wanted, executes, replies, strict=True):
            if reply.error is not None:
                refusal = self._refusal(reply.error)
                error = await self._plan(execute) if _may_lack_a_setting(refusal) else _of_planning(refusal)
                planned[number] = msgspec.structs.replace(described[number], error=error)
        return planned

    def _refusal(self, fields: Mapping[str, str]) -> ServerError:
        return self._server_error(fields.get("C", "XX000"), fields.get("M", ""), fields.get("H", ""))

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
            return await self._prepare(trial.sql)
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

    async def _prepare(self, sql: str) -> ServerError | None:
        """Prepare and plan one statement of a script; give why it is refused."""
        name = f"fleetdrift_{next(self._numbers)}"
        try:
            statement = await self._connection.prepare(_text(sql), name=name)
        except REFUSED as error:
            return self._error(error)
        if not all(each.kind in PLANNED for each in read_statements(sql)):
            return None
        return await self._plan(_execute(name, len(statement.get_parameters())))

    async def _plan(self, execute: str) -> ServerError | None:
        """Plan a prepared statement; settings of the service's own that the planner reads get stand-in values."""
        refusal = await self._explain(execute)
        if refusal is None or not _may_lack_a_setting(refusal):
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
        except REFUSED as error:
            return _of_planning(self._error(error))
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
        sqlstate = getattr(error, "sqlstate", None) or "XX000"
        return self._server_error(sqlstate, message, str(getattr(error, "hint", None) or ""))

    def _server_error(self, sqlstate: str, message: str, hint: str) -> ServerError:
        # The database's name is random: the same shape, the same words.
        return ServerError(sqlstate=sqlstate, message=message.replace(self._database, "scratch"), hint=hint)


def _is_tried(query: Query) -> bool:
    """Whether a text is no single statement that PostgreSQL plans, so that its statements are tried one by one."""
    statements = read_statements(query.sql)
    single = len(statements) == 1 and statements[0].kind in PLANNED
    return not single and (query.is_script or len(statements) == 1)


def _text(sql: str) -> str:
    """Make a text safe for the protocol, where NUL ends a string."""
    return sql.replace("\0", "\N{REPLACEMENT CHARACTER}")


def _execute(name: str, count: int) -> str:
    arguments = ", ".join(["NULL"] * count)
    return f"EXECUTE {name} ({arguments})" if count else f"EXECUTE {name}"


def _of_planning(refusal: ServerError) -> ServerError | None:
    """Give a refusal as one of planning; none where the query reads foreign tables, which on a copy reach nothing.

    It was prepared: all that it names is there.
    """
    return None if _NO_HANDLER in refusal.message else msgspec.structs.replace(refusal, planning=True)


def _may_lack_a_setting(refusal: ServerError) -> bool:
    return _SETTING_MISSING in refusal.message or refusal.sqlstate.startswith(_DATA_EXCEPTION)


def _value_sql(probe: CheckProbe) -> Iterator[str]:
    for value in probe.values:
        constant = "NULL" if value.value is None else quote_literal(value.value)
        # `type` is PostgreSQL's own spelling (format_type), qualified and quoted where it must be.
        yield f"CAST({constant} AS {value.type}) AS {quote_identifier(value.column)}"
