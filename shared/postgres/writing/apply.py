"""The only code that changes a tenant: one connection with a credential of its own, one stage of a plan at a time."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from types import MappingProxyType

import asyncpg
import msgspec

from shared.hosts import Host
from shared.kinds.step import Role
from shared.pinned import WRITING, setting
from shared.postgres.connection import close, connect_directly, translated
from shared.postgres.failures import TargetError, clean
from shared.postgres.names.own_names import PLACEHOLDER, own_names
from shared.postgres.names.tenant_sql import for_tenant
from shared.postgres.query_files import query_text
from shared.postgres.reading.fingerprint import read_change_token, token_in_transaction
from shared.postgres.reading.introspect import read_snapshot
from shared.postgres.session import read_backend
from shared.remediation.detaching import detaches_alone, finishing_sql
from shared.remediation.kept_facts import SETTING, Facts, FactsError, KeptFacts, read_facts, write_facts
from shared.remediation.plan import Statement
from shared.remediation.stages import Stage
from shared.schema.identity import QualifiedName
from shared.schema.profile import Profile
from shared.schema.schema import Snapshot
from shared.sql import quote_qualified
from shared.targets import FailureKind, Limits, Target

_LONGEST_SECONDS = 24 * 3600.0  # of a statement that the server gives as much time as it takes
_SERVER_CANCELS_WITHIN_SECONDS = 30.0  # for a server to say itself that a statement took too long
_TRANSIENT = frozenset({"55P03", "40P01", "40001"})  # no lock in time, deadlock, serialization failure
_RESETS = ";\n".join(f"RESET {name}" for name in dict((*WRITING, ("lock_timeout", ""), ("statement_timeout", ""))))
_HAND_OVER = "SELECT pg_catalog.set_config($1::text, $2::text, true)"
_CHECK_CLIENT = "SET client_connection_check_interval = '2s'"
_LEAVE = "SELECT pg_catalog.pg_advisory_unlock_all(); RESET ALL"
_LEAVE_TIMEOUT_SECONDS = 5.0  # after them the socket is cut, and the server process ends with all that it held


class StatementError(Exception):
    """A statement failed; its stage, when it was a transaction, has left nothing behind.

    Args:
        sql: The statement.
        message: The server's own words, safe to show.
        sqlstate: PostgreSQL's code.
    """

    def __init__(self, sql: str, message: str, sqlstate: str) -> None:
        super().__init__(message)
        self.sql = sql
        self.message = message
        self.sqlstate = sqlstate

    @property
    def transient(self) -> bool:
        """Whether another try may succeed: a lock that was not to be had, a deadlock."""
        return self.sqlstate in _TRANSIENT


class SchemaMovedError(Exception):
    """The schema is not the one that was checked any more; nothing was done."""


Note = Callable[[KeptFacts], None]
_NO_FACTS: Mapping[str, Facts] = MappingProxyType({})


def _no_note(facts: KeptFacts) -> None:
    del facts


class Writer:
    """A tenant that a plan is applied to. Made by `open_writer`."""

    def __init__(self, connection: asyncpg.Connection, target: Target, profile: Profile, limits: Limits) -> None:
        self._connection = connection
        self._target = target
        self._profile = profile
        self._limits = limits
        self._own_names = own_names(target, profile)

    async def claim(self, patience: float = 0.0) -> bool:
        """Take this tenant's advisory lock; `open_writer` releases it.

        Args:
            patience: Seconds to wait for it: the server needs some to notice that a run which held it was killed.

        Returns:
            False when another apply holds it.
        """
        name = f"fleetdrift/apply/{self._target.database}/{self._target.namespace}".encode()
        key = int.from_bytes(hashlib.sha256(name).digest()[:8], "big", signed=True)
        milliseconds = max(round(patience * 1000), 1)  # 0 would wait for ever
        with translated():
            try:
                async with self._connection.transaction():
                    await self._connection.execute(f"SET LOCAL lock_timeout = {milliseconds}")
                    await self._connection.execute(f"SELECT pg_catalog.pg_advisory_lock({key})")
            except asyncpg.LockNotAvailableError:
                return False
        return True

    async def reach_beyond_tenant(self) -> str:
        """Say what the role that changes this tenant may do beyond it, for whatever it calls may do that too.

        Returns:
            The end of a sentence about the role; empty when everything it may act for here has one owner.
        """
        with translated():
            if "superuser" in (await read_backend(self._connection)).powers:
                return "is a superuser"
            owners = [row[0] for row in await self._connection.fetch(query_text("owners_acted_for.sql"))]
        return f"may act for {' and '.join(owners)}" if len(owners) > 1 else ""

    async def snapshot(self) -> tuple[Snapshot, str]:
        """Read the schema, and a change token under which it was read.

        Raises:
            TargetError: As `read_snapshot`; `busy` when it keeps changing.
        """
        with translated():
            token = await read_change_token(self._connection, limits=self._limits)
            snapshot = await read_snapshot(
                self._connection, own=self._own_names, profile=self._profile, limits=self._limits
            )
            return snapshot, token

    async def run(
        self, stage: Stage, token: str = "", *, facts: Mapping[str, Facts] = _NO_FACTS, note: Note = _no_note
    ) -> KeptFacts:
        """Run one stage.

        Args:
            stage: What to do.
            token: The change token the schema must still have; empty asks for none.
            facts: What earlier stages have noted of objects that they dropped.
            note: Called with the facts at the end of the stage, before it is committed, when it has noted any.

        Returns:
            The facts, with those that this stage has noted.

        Raises:
            SchemaMovedError: When it has another one. Nothing was done.
            StatementError: When a statement fails.
            TargetError: When the connection does.
        """
        if stage.transactional:
            held = dict(facts)
            async with self._transaction():
                await self._check(token)
                for statement in stage.statements:
                    await self._run_one(statement, held, scope="LOCAL")
                if held != facts:
                    note(held)
            return held
        [statement] = stage.statements
        if token and token != await self._token():
            raise SchemaMovedError
        async with self._pinned_session():
            if detaches_alone(statement) and await self._is_half_detached(statement):
                statement = msgspec.structs.replace(statement, sql=finishing_sql(statement))
            await self._run_one(statement, {}, scope="SESSION")
        return dict(facts)

    async def _is_half_detached(self, statement: Statement) -> bool:
        """Say whether an earlier try to detach the partition was broken off."""
        name = self._own(QualifiedName(statement.object.namespace, statement.object.name))
        return bool(await self._connection.fetchval(query_text("detach_pending.sql"), quote_qualified(name)))

    async def drop_invalid_index(self, name: QualifiedName) -> None:
        """Remove what a failed CREATE INDEX CONCURRENTLY left behind.

        Raises:
            StatementError, TargetError: As `run`.
        """
        sql = f"DROP INDEX CONCURRENTLY IF EXISTS {quote_qualified(self._own(name))}"
        async with self._pinned_session():
            await self._execute("SET SESSION lock_timeout = '5s'; SET SESSION statement_timeout = 0")
            await self._execute(sql)

    def _own(self, name: QualifiedName) -> QualifiedName:
        if self._target.namespace and name.namespace == PLACEHOLDER:
            return QualifiedName(self._target.namespace, name.name)
        return name

    @asynccontextmanager
    async def _transaction(self) -> AsyncIterator[None]:
        with translated():
            try:
                begin = ("BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE", *setting(WRITING))
                await self._connection.execute(";\n".join(begin))
                yield
                await self._execute("COMMIT")  # deferred constraints speak here
            except BaseException:
                await self._roll_back()
                raise

    @asynccontextmanager
    async def _pinned_session(self) -> AsyncIterator[None]:
        """Pin the settings for a statement that PostgreSQL refuses in a transaction, and take them back on every path.

        Only here is anything set for a session: no pooler lends its server process to others (`connect_directly`).
        """
        with translated():
            try:
                await self._connection.execute(";\n".join(setting(WRITING, scope="SESSION")))
                yield
            finally:
                await _run_or_cut(self._connection, _RESETS)

    async def _roll_back(self) -> None:
        await _run_or_cut(self._connection, "ROLLBACK")  # when it is cut, the server rolls back

    async def _token(self) -> str:
        with translated():
            return await read_change_token(self._connection, limits=self._limits)

    async def _check(self, token: str) -> None:
        if token and token != await token_in_transaction(self._connection):
            raise SchemaMovedError

    async def _run_one(self, statement: Statement, facts: KeptFacts, *, scope: str) -> None:
        sql = for_tenant(statement.sql, self._own_names)
        with translated():
            await self._execute(
                f"SET {scope} lock_timeout = {int(statement.lock_timeout_ms)}; "
                f"SET {scope} statement_timeout = {int(statement.statement_timeout_ms)}"
            )
            match statement.role:
                case Role.KEEP:
                    facts.update(await self._asked(sql))
                    return
                case Role.CHECK | Role.RESTORE:
                    await self._connection.execute(_HAND_OVER, SETTING, write_facts(facts))
            await self._execute(sql, seconds=_bound(statement))

    async def _asked(self, sql: str) -> KeptFacts:
        try:
            return read_facts(await self._connection.fetchval(sql, timeout=_LONGEST_SECONDS))
        except asyncpg.PostgresError as error:
            raise _statement_error(sql, error) from None
        except FactsError as error:
            raise TargetError(FailureKind.PROTOCOL, str(error)) from None

    async def _execute(self, sql: str, *, seconds: float = _LONGEST_SECONDS) -> None:
        try:
            await self._connection.execute(sql, timeout=seconds)
        except asyncpg.PostgresError as error:
            raise _statement_error(sql, error) from None


def _bound(statement: Statement) -> float:
    """Give the seconds after which a server that does not end a statement itself is not waited for any more."""
    if not statement.statement_timeout_ms:
        return _LONGEST_SECONDS
    return statement.statement_timeout_ms / 1000 + _SERVER_CANCELS_WITHIN_SECONDS


def _statement_error(sql: str, error: asyncpg.PostgresError) -> StatementError | TargetError:
    words = clean(str(error.args[0]) if error.args else "no message")
    if error.sqlstate in ("57P01", "57P02", "57P03"):  # the server is going down, not the statement
        return TargetError(FailureKind.REFUSED, f"the server said: {words}")
    return StatementError(sql, words, error.sqlstate or "")


@asynccontextmanager
async def open_writer(host: Host, target: Target, profile: Profile, limits: Limits) -> AsyncIterator[Writer]:
    """Connect to a tenant with the credential that may change it; afterwards the session is as it was found.

    Args:
        host: With that credential (`[apply.hosts.NAME]`).
        target: Which tenant.
        profile: Which facets are compared.
        limits: Bounds on reading; each statement brings its own timeouts.

    Raises:
        TargetError: When there is no connection, a pooler stands in between, or no plan may run as the role.
    """
    connection = await connect_directly(host, target.database, limits)
    try:
        # Not every platform can; where it can, a backend whose client was killed gives up what it waits for.
        with translated(), contextlib.suppress(asyncpg.InvalidParameterValueError):
            await connection.execute(_CHECK_CLIENT)
        yield Writer(connection, target, profile, limits)
    finally:
        await _run_or_cut(connection, _LEAVE)
        await close(connection)


async def _run_or_cut(connection: asyncpg.Connection, sql: str) -> None:
    """Run what leaves a connection in order; cut the connection when that fails. The first error says more."""
    if connection.is_closed():
        return
    try:
        await connection.execute(sql, timeout=_LEAVE_TIMEOUT_SECONDS)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
        connection.terminate()


def invalid_indexes(snapshot: Snapshot, names: frozenset[QualifiedName]) -> tuple[QualifiedName, ...]:
    """Give which of these indexes exist and are invalid, sorted."""
    found = (
        QualifiedName(item.namespace, item.name)
        for item in snapshot.schema
        if item.kind == "index" and not getattr(item, "valid", True)
    )
    return tuple(sorted(name for name in found if name in names))


def built_alone(stages: tuple[Stage, ...]) -> frozenset[QualifiedName]:
    """Name the indexes that a failed stage can leave behind invalid."""
    return frozenset(
        QualifiedName(statement.object.namespace, statement.object.name)
        for stage in stages
        if not stage.transactional
        for statement in stage.statements
        if statement.object.kind in ("index", "constraint") and statement.role in (Role.CREATE, Role.PREPARE)
    )


def without_indexes(snapshot: Snapshot, names: tuple[QualifiedName, ...]) -> Snapshot:
    """Give the snapshot as it would be without these indexes."""
    gone = frozenset(names)
    schema = type(snapshot.schema)(
        tuple(
            item
            for item in snapshot.schema
            if item.kind != "index" or QualifiedName(item.namespace, item.name) not in gone
        )
    )
    return msgspec.structs.replace(snapshot, schema=schema)
