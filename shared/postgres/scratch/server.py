"""A PostgreSQL of ours in which hostile SQL may run: databases are thrown away, their roles own nothing else."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import os
import secrets
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import asyncpg
import msgspec

from shared.hosts import Secret
from shared.postgres.connection import close, translated
from shared.postgres.failures import TargetError, target_error
from shared.postgres.opening import open_connection
from shared.postgres.query_files import query_text
from shared.postgres.scratch.budget import Budget, DiskWatch
from shared.postgres.scratch.database import ScratchDatabase
from shared.postgres.scratch.errors import ScratchEndedError, ScratchLimitError, ScratchLostError
from shared.postgres.scratch.known_stable import KnownStable
from shared.postgres.scratch.lent_names import LentNames
from shared.postgres.scratch.rights import EXTENSIONS, Administrator
from shared.postgres.url import parse_url
from shared.sql import quote_identifier, quote_literal

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
_HASH_PASSWORD_ONCE = ((160000, "SET scram_iterations = 1;\n"), (0, ""))
"""First server version and what precedes CREATE ROLE: thousands of rounds of hashing slow down who guesses a password
that people chose, and a third of the making of a database goes into them; ours is 24 random bytes."""
_CREATE_DATABASE = ((150000, " STRATEGY FILE_COPY"), (0, ""))
"""First server version and what is added to CREATE DATABASE: copying files of an idle template is the faster way."""


class ScratchServer:
    """Makes throw-away databases on one server.

    Args:
        dsn: Of a role that may create databases and roles; a superuser where untrusted extensions are wanted.
        extensions: Names of extensions that may be created although they are not trusted.
        budget: What each database may take.
        comes_back_within: Seconds for which a server that takes no connections is waited for: one that is started again
            when it ends. 0 for a server that somebody else runs.

    `known_stable` holds the shapes that this server need not spell again.
    """

    def __init__(
        self,
        dsn: str,
        *,
        extensions: frozenset[str] = EXTENSIONS,
        budget: Budget = _BUDGET,
        comes_back_within: float = 0.0,
    ) -> None:
        self._place = parse_url(dsn, os.environ)
        self._extensions = extensions
        self._budget = budget
        self._comes_back_within = comes_back_within
        self._major = 0
        self.known_stable = KnownStable()
        self._turn = query_text("scratch_beside.sql")

    async def major(self) -> int:
        """Ask for the server's major version, once.

        Raises:
            TargetError: When the server cannot be reached.
        """
        if not self._major:
            admin = await self._administrator(None)
            self._major = int(admin.get_server_version().major)
            await close(admin)
        return self._major

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
            await database.close()

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
        deadline = asyncio.get_running_loop().time() + _RECOVERY_SECONDS
        for _ in range(_MAX_TURNS):  # a session that was opened too soon ends with the others
            if asyncio.get_running_loop().time() > deadline:
                return
            try:
                admin = await self._administrator(None)
                try:
                    await self._drop(admin, name)
                finally:
                    await close(admin)
            except ScratchEndedError:  # its databases have ended with it
                return
            except TargetError:
                pass
            else:
                return
            await asyncio.sleep(_RECOVERY_POLL_SECONDS)

    async def _administrator(self, database: str | None) -> asyncpg.Connection:
        """Connect; a server that recovers from a crash is waited for."""
        clock = asyncio.get_running_loop().time
        began = clock()
        while True:
            try:
                return await self._open(database=database or self._place.database)
            except _RECOVERING as error:
                if clock() > began + _RECOVERY_SECONDS:
                    raise ScratchLostError from error
            except OSError as error:  # nobody listens
                if not self._comes_back_within:
                    raise target_error(error) or error from None
                if clock() > began + self._comes_back_within:
                    raise ScratchEndedError from error
            except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
                raise target_error(error) or error from None
            await asyncio.sleep(_RECOVERY_POLL_SECONDS)

    async def _create(self, admin: asyncpg.Connection, name: str, password: str) -> None:
        role = quote_identifier(name)
        setup = ";\n".join(_ROLE_SETUP).format(role=role, password=quote_literal(password))
        version = int(admin.get_server_version().major) * 10000
        hashed = next(text for first, text in _HASH_PASSWORD_ONCE if version >= first)
        strategy = next(text for first, text in _CREATE_DATABASE if version >= first)
        await admin.execute(hashed + setup)
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
