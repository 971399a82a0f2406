"""A PostgreSQL of ours in which hostile SQL may run: databases are thrown away, their roles own nothing else."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import os
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import asynccontextmanager

import asyncpg
import msgspec

from shared.hosts import Secret
from shared.postgres.connection import close, translated
from shared.postgres.failures import TargetError, target_error
from shared.postgres.names.own_names import OwnNames
from shared.postgres.opening import open_connection
from shared.postgres.query_files import query_text
from shared.postgres.reading.introspect import read_snapshot
from shared.postgres.scratch.budget import Budget, DiskWatch
from shared.postgres.scratch.lent_names import LentNames
from shared.postgres.scratch.rights import EXTENSIONS, SKIPPED, Administrator, is_skipped
from shared.postgres.scratch.statements import ParsedStatement, SqlError, new_owner, parse_statements
from shared.postgres.url import parse_url
from shared.schema.profile import Profile
from shared.schema.schema import Snapshot
from shared.schema.spelling import in_one_spelling
from shared.sql import quote_identifier, quote_literal
from shared.targets import FailureKind

_WHOLE = OwnNames()
_STATEMENT_TIMEOUT = 30.0  # seconds for one statement
_OVERALL_TIMEOUT = 120.0  # seconds for all statements of one `run`
_CONNECT_TIMEOUT = 10.0  # seconds
_RECOVERY_SECONDS = 30.0  # a server without rows recovers in one
_RECOVERY_POLL_SECONDS = 0.1
_RECOVERING = (asyncpg.CannotConnectNowError, asyncpg.ConnectionDoesNotExistError, ConnectionResetError)
_MAX_TURNS = 20
"""So many crashes by the fault of others are waited out: each shape that crashes the server does so twice."""
_BUDGET = Budget()
_ROLE_SETUP = (
    "CREATE ROLE {role} LOGIN PASSWORD {password} CONNECTION LIMIT 4",
    "ALTER ROLE {role} SET statement_timeout = '30s'",
    "ALTER ROLE {role} SET lock_timeout = '5s'",
    "ALTER ROLE {role} SET temp_file_limit = '256MB'",
    "ALTER ROLE {role} SET client_min_messages = error",
)
_CREATE_DATABASE = ((150000, " STRATEGY FILE_COPY"), (0, ""))
"""First server version and what is added to CREATE DATABASE: copying files of an idle template is the faster way."""


class ScratchError(Exception):
    """A statement failed in a scratch database.

    Args:
        message: PostgreSQL's own words.
        number: Which of the statements given to `run`, from 0.
        sql: The statement.
        sqlstate: PostgreSQL's code.
        position: Character of `sql` the message is about, from 0.
    """

    def __init__(self, message: str, *, number: int, sql: str, sqlstate: str, position: int = 0) -> None:
        super().__init__(message)
        self.number = number
        self.sql = sql
        self.sqlstate = sqlstate
        self.position = position


class ScratchLostError(TargetError):
    """The scratch server ended a session that it was not asked to end: it crashed, or was stopped."""

    def __init__(self) -> None:
        super().__init__(FailureKind.REFUSED, "the scratch server went away")


class ScratchLimitError(TargetError):
    """A scratch database took more than its budget; says of what."""

    def __init__(self, message: str) -> None:
        super().__init__(FailureKind.LIMIT, message)


class ScratchServer:
    """Makes throw-away databases on one server.

    Args:
        dsn: Of a role that may create databases and roles; a superuser where untrusted extensions are wanted.
        extensions: Names of extensions that may be created although they are not trusted.
        budget: What each database may take.
    """

    def __init__(self, dsn: str, *, extensions: frozenset[str] = EXTENSIONS, budget: Budget = _BUDGET) -> None:
        self._place = parse_url(dsn, os.environ)
        self._extensions = extensions
        self._budget = budget
        self._turn = query_text("scratch_beside.sql")

    def alone(self) -> ScratchServer:
        """Give the same server, whose databases wait until no other one is in use, and keep others waiting."""
        other = copy.copy(self)
        other._turn = query_text("scratch_alone.sql")  # noqa: SLF001  # of the same class
        return other

    @asynccontextmanager
    async def database(self) -> AsyncIterator[ScratchDatabase]:
        """Give an empty database that vanishes afterwards.

        Raises:
            TargetError: When the server cannot be reached or refuses to make one.
            ScratchLostError: When it went away meanwhile.
            ScratchLimitError: When the database took more than its budget.
        """
        admin = await self._take_turn()
        name = f"fleetdrift_scratch_{secrets.token_hex(8)}"
        watch = DiskWatch(lambda: self._administrator(None), name, self._budget)
        lent = LentNames(admin, name)
        try:
            async with self._made(admin, lent, name) as database, watch.watching():
                with _judged(database, watch):
                    yield database
        except (ScratchLostError, ScratchLimitError):
            raise
        except TargetError:
            if await _is_gone(admin):
                raise ScratchLostError from None
            raise
        finally:
            await self._clean_up(admin, lent, name)

    async def _take_turn(self) -> asyncpg.Connection:
        """Connect and wait for the turn. A server that crashes meanwhile does so by the fault of somebody else."""
        for _ in range(_MAX_TURNS):
            admin = await self._administrator(None)
            try:
                await admin.execute(self._turn)
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
                admin.terminate()
            else:
                return admin
        raise ScratchLostError

    @asynccontextmanager
    async def _made(self, admin: asyncpg.Connection, lent: LentNames, name: str) -> AsyncIterator[ScratchDatabase]:
        password = secrets.token_urlsafe(24)
        with translated():
            await self._create(admin, name, password)
            connection = await self._connect(name, password)
        helper = Administrator(lent, lambda: self._administrator(name), name, self._extensions)
        database = ScratchDatabase(connection, helper, name, lambda: self._connect(name, password))
        try:
            yield database
        finally:
            await helper.close()
            database.terminate()

    async def _clean_up(self, admin: asyncpg.Connection, lent: LentNames, name: str) -> None:
        """Remove what the database has left. Where the server has crashed, that takes another connection."""
        try:
            await self._drop(admin, name)
            with translated():
                await lent.give_back()
        except TargetError:
            if not admin.is_closed():
                raise
            await self._clean_up_after_crash(name)
        finally:
            await close(admin)

    async def _clean_up_after_crash(self, name: str) -> None:
        for _ in range(_MAX_TURNS):  # a session that was opened too soon ends with the others
            with contextlib.suppress(TargetError):
                admin = await self._administrator(None)
                try:
                    await self._drop(admin, name)
                finally:
                    await close(admin)
                return
            await asyncio.sleep(_RECOVERY_POLL_SECONDS)

    async def _administrator(self, database: str | None) -> asyncpg.Connection:
        """Connect; a server that recovers from a crash is waited for."""
        clock = asyncio.get_running_loop().time
        deadline = clock() + _RECOVERY_SECONDS
        while True:
            try:
                return await self._open(database=database or self._place.database)
            except _RECOVERING as error:
                if clock() > deadline:
                    raise ScratchLostError from error
            except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as error:
                raise target_error(error) or error from None
            await asyncio.sleep(_RECOVERY_POLL_SECONDS)

    async def _create(self, admin: asyncpg.Connection, name: str, password: str) -> None:
        role = quote_identifier(name)
        setup = ";\n".join(_ROLE_SETUP).format(role=role, password=quote_literal(password))
        await admin.execute(setup)
        version = int(admin.get_server_version().major) * 10000
        strategy = next(text for first, text in _CREATE_DATABASE if version >= first)
        await admin.execute(f"CREATE DATABASE {role} OWNER {role} TEMPLATE template0{strategy}")

    async def _connect(self, name: str, password: str) -> asyncpg.Connection:
        return await self._open(user=name, password=Secret(password), database=name)

    async def _open(self, **changes: object) -> asyncpg.Connection:
        place = msgspec.structs.replace(self._place, **changes)
        return await open_connection(place, seconds=_CONNECT_TIMEOUT, statement_cache_size=0)

    async def _drop(self, admin: asyncpg.Connection, name: str) -> None:
        quoted = quote_identifier(name)
        with translated():
            await admin.execute(f"DROP DATABASE IF EXISTS {quoted} WITH (FORCE)")
            if await admin.fetchval("SELECT true FROM pg_catalog.pg_roles WHERE rolname = $1::text", name):
                await admin.execute(f"DROP OWNED BY {quoted}")  # what it was granted on tablespaces
                await admin.execute(f"DROP ROLE {quoted}")


class ScratchDatabase:
    """One throw-away database. `connection` is the unprivileged role's; `name` names the database and the role."""

    def __init__(
        self,
        connection: asyncpg.Connection,
        administrator: Administrator,
        name: str,
        connect: Callable[[], Awaitable[asyncpg.Connection]],
    ) -> None:
        self.connection = connection
        self.name = name
        self._administrator = administrator
        self._connect = connect
        self._second: asyncpg.Connection | None = None

    def terminate(self) -> None:
        """Cut the connections."""
        self.connection.terminate()
        if self._second is not None:
            self._second.terminate()

    async def open_second_session(self, setting: str) -> None:
        """Open another session of the role: it has seen nothing of what the first one makes, nor its settings.

        Args:
            setting: A statement to begin it with.
        """
        with translated():
            self._second = await self._connect()
            await self._second.execute(setting)

    def use_second_session(self) -> None:
        """End the first session and go on in the second one."""
        assert self._second is not None
        self.connection.terminate()
        self.connection, self._second = self._second, None

    async def run(self, statements: Iterable[str]) -> None:
        """Run statements one by one, each outside a transaction unless they open one themselves.

        Raises:
            ScratchError: At the first one that fails; those before it stay done.
        """
        clock = asyncio.get_running_loop().time
        deadline = clock() + _OVERALL_TIMEOUT
        for number, sql in enumerate(statements):
            for statement in _parsed(sql):
                try:
                    async with asyncio.timeout(max(0.1, min(deadline - clock(), _STATEMENT_TIMEOUT))):
                        await self._run_one(statement)
                except (asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError, OSError) as error:
                    raise _scratch_error(error, number, statement.sql) from None

    async def run_each(self, statements: Iterable[str]) -> None:
        """Run statements as `run` does, but refuse what `run` would skip: a proof speaks only of what was tried.

        Raises:
            ScratchError: As `run`; before anything runs when a statement would be skipped.
        """
        listed = list(statements)
        for number, sql in enumerate(listed):
            if is_skipped(sql):
                message = "it is about roles, databases or tablespaces, which cannot be tried on a copy of one schema"
                raise ScratchError(message, number=number, sql=sql, sqlstate="0A000")
        await self.run(listed)

    async def read(self, profile: Profile, own: OwnNames = _WHOLE) -> Snapshot:
        """Read what is there now, in one spelling unless the profile asks for each.

        Ends an open transaction (commits it) and forgets the session's settings.

        Raises:
            TargetError: As `read_snapshot`.
        """
        with translated():
            if self.connection.is_in_transaction():
                await self.connection.execute("COMMIT")
            await self.connection.execute("DISCARD ALL")
            snapshot = await read_snapshot(self.connection, own=own, profile=profile)
            return snapshot if profile.spelling else in_one_spelling(snapshot)

    async def _run_one(self, statement: ParsedStatement) -> None:
        await self._administrator.prepare(statement)
        if statement.node in SKIPPED:
            return
        if owner := new_owner(statement):
            await self._give_away(statement, owner)
        elif self._administrator.may_run(statement):
            await self._try_or_elevate(statement)
        else:
            await self.connection.execute(statement.sql)

    async def _try_or_elevate(self, statement: ParsedStatement) -> None:
        path = await self.connection.fetchval("SELECT pg_catalog.current_setting('search_path')")
        try:
            async with _atomic(self.connection):
                await self.connection.execute(statement.sql)
        except asyncpg.InsufficientPrivilegeError:
            await self._administrator.run(statement, path)

    async def _give_away(self, statement: ParsedStatement, owner: str) -> None:
        """Change an owner. The new one must have CREATE on the namespace, so it is lent where it is missing.

        An owner that may do harm on this server (its superuser, say) is not made owner of hostile objects.
        """
        if owner != self.name and not self._administrator.is_harmless(owner):
            return
        to = quote_identifier(owner)
        lacking = await self.connection.fetch(query_text("scratch_lend_create.sql"), owner)
        namespaces = ", ".join(quote_identifier(row["name"]) for row in lacking)
        async with _atomic(self.connection):
            if namespaces:
                await self.connection.execute(f"GRANT CREATE ON SCHEMA {namespaces} TO {to}")
            await self.connection.execute(statement.sql)
            if namespaces:
                await self.connection.execute(f"REVOKE CREATE ON SCHEMA {namespaces} FROM {to}")


async def _is_gone(connection: asyncpg.Connection) -> bool:
    """Ask whether a server has ended a session; one that crashes ends them one after the other."""
    await asyncio.sleep(_RECOVERY_POLL_SECONDS)
    try:
        await connection.fetchval("SELECT 1")
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        return True
    return False


@contextlib.contextmanager
def _judged(database: ScratchDatabase, watch: DiskWatch) -> Iterator[None]:
    """Say at the end whether the database took too much, or its server went away; else errors pass as they are."""
    try:
        yield
    except Exception:
        _raise_what_ended(database, watch)
        raise
    _raise_what_ended(database, watch)


def _raise_what_ended(database: ScratchDatabase, watch: DiskWatch) -> None:
    if watch.exceeded:
        raise ScratchLimitError(watch.exceeded) from None
    if database.connection.is_closed():
        raise ScratchLostError from None


@asynccontextmanager
async def _atomic(connection: asyncpg.Connection) -> AsyncIterator[None]:
    """All or nothing, also within a transaction that a statement opened (asyncpg's own refuses those)."""
    inner = connection.is_in_transaction()
    await connection.execute("SAVEPOINT fleetdrift" if inner else "BEGIN")
    try:
        yield
    except asyncpg.PostgresError:
        await connection.execute("ROLLBACK TO SAVEPOINT fleetdrift" if inner else "ROLLBACK")
        raise
    await connection.execute("RELEASE SAVEPOINT fleetdrift" if inner else "COMMIT")


def _parsed(sql: str) -> tuple[ParsedStatement, ...]:
    try:
        return parse_statements(sql)
    except SqlError:  # a grammar newer than the parser's: the server decides
        return (ParsedStatement(sql, "", {}),)


def _scratch_error(error: Exception, number: int, sql: str) -> ScratchError:
    if isinstance(error, asyncpg.PostgresError):
        position = int(getattr(error, "position", None) or 1) - 1
        message = str(error.args[0]) if error.args else "no message"
        return ScratchError(message, number=number, sql=sql, sqlstate=error.sqlstate or "", position=position)
    message = "it did not end in time" if isinstance(error, TimeoutError) else "the connection was lost"
    return ScratchError(message, number=number, sql=sql, sqlstate="57014")
