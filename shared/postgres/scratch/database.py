"""One throw-away database of a scratch server, and the session of the unprivileged role in it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager

import asyncpg
import msgspec

from shared.kinds.database_roles import gives_to_database_owner
from shared.postgres.connection import close, translated
from shared.postgres.names.own_names import PLACEHOLDER, OwnNames
from shared.postgres.query_files import query_text
from shared.postgres.reading.introspect import read_snapshot
from shared.postgres.scratch.current_user import with_current_user, with_one_owner
from shared.postgres.scratch.errors import ScratchError, words_of
from shared.postgres.scratch.icu import IcuCollation, icu_collation, missing_collation, with_icu
from shared.postgres.scratch.lz4 import REFUSAL, lz4_columns
from shared.postgres.scratch.rights import SKIPPED, Administrator, is_skipped
from shared.postgres.scratch.statements import ParsedStatement, SqlError, new_owner, parse_statements
from shared.schema.identity import QualifiedName
from shared.schema.profile import Profile
from shared.schema.schema import Snapshot
from shared.schema.spelling import in_one_spelling
from shared.sql import quote_identifier

_WHOLE = OwnNames()
_STATEMENT_TIMEOUT = 30.0  # seconds for one statement
_OTHER_SERVER = (
    "; a scratch server that has the extension is named by --scratch, FLEETDRIFT_SCRATCH or [scratch] dsn, and "
    "`fleetdrift doctor` says which extensions the one in use has"
)
_OID_OF_RELATION = "SELECT pg_catalog.to_regclass($1::text)::pg_catalog.oid::text"
_OID_OF_COLLATION = "SELECT pg_catalog.to_regcollation($1::text)::pg_catalog.oid::text"
_MAX_COLLATIONS = 30  # of ICU's own that one statement names
_OVERALL_TIMEOUT = 120.0  # seconds for all statements of one `run`


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
        self._collations: dict[str, tuple[str, ...]] = {}

    async def close(self) -> None:
        """End the sessions and wait until they are gone: DROP DATABASE looks for them ten times a second."""
        await close(self.connection)
        if self._second is not None:
            await close(self._second)

    async def open_second_session(self, setting: str) -> None:
        """Open another session of the role: it has seen nothing of what the first one makes, nor its settings.

        Args:
            setting: A statement to begin it with.
        """
        with translated():
            self._second = await self._connect()
            await self._second.execute(setting)

    async def use_second_session(self) -> None:
        """End the first session and go on in the second one."""
        assert self._second is not None
        await close(self.connection)
        self.connection, self._second = self._second, None

    async def stop_firing(self, setting: str) -> bool:
        """Go on in a session in which no trigger fires, those of foreign keys neither.

        Args:
            setting: A statement to begin it with.

        Returns:
            Whether that is so: it takes an administrator who is a superuser. The session is a new one anyway.
        """
        silent = await self._administrator.silence_triggers()
        await self.open_second_session(setting)
        await self.use_second_session()
        return silent

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
                    raise _scratch_error(error, number, statement) from None

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
            made = await self._made_collations(own)
            snapshot = with_icu(await read_snapshot(self.connection, own=own, profile=profile), made)
            snapshot = with_current_user(snapshot, self.name)
            snapshot = with_one_owner(snapshot, await self._administrator.acted_as())
            return snapshot if profile.spelling else in_one_spelling(snapshot)

    async def _run_one(self, statement: ParsedStatement) -> None:
        await self._administrator.prepare(statement)
        if statement.node in SKIPPED:
            return
        if owner := new_owner(statement):
            await self._give_away(statement, owner)
        elif gives_to_database_owner(statement.sql):
            await self._leave_to_owner(statement)
        elif self._administrator.may_run(statement):
            await self._try_or_elevate(statement)
        else:
            await self._with_stand_ins(statement)

    async def _with_stand_ins(self, statement: ParsedStatement) -> None:
        """Run a statement; what the server was built without (ICU, lz4) is made in another way."""
        try:
            await self._with_collations(statement)
        except asyncpg.FeatureNotSupportedError as error:
            compressed = lz4_columns(statement) if REFUSAL in str(error) else None
            if compressed is None or self.connection.is_in_transaction():
                raise
            await self._with_collations(msgspec.structs.replace(statement, sql=compressed.sql))
            relation = await self.connection.fetchval(_OID_OF_RELATION, compressed.relation)
            if not await self._administrator.compress(relation, compressed.columns):
                raise

    async def _with_collations(self, statement: ParsedStatement) -> None:
        collation = icu_collation(statement)
        if collation is not None:
            await self._make_collation(statement, collation)
            return
        for _ in range(_MAX_COLLATIONS):
            try:
                await self.connection.execute(statement.sql)
            except asyncpg.UndefinedObjectError as error:
                name = missing_collation(str(error.args[0]) if error.args else "")
                if not name or self.connection.is_in_transaction() or not await self._administrator.stand_in(name):
                    raise
            else:
                return

    async def _make_collation(self, statement: ParsedStatement, collation: IcuCollation) -> None:
        try:
            async with _atomic(self.connection):
                await self.connection.execute(statement.sql)
        except asyncpg.FeatureNotSupportedError:
            await self.connection.execute(collation.sql)
            oid = await self.connection.fetchval(_OID_OF_COLLATION, collation.name)
            self._collations[oid] = collation.attributes

    async def _made_collations(self, own: OwnNames) -> dict[QualifiedName, tuple[str, ...]]:
        if not self._collations:
            return {}
        rows = await self.connection.fetch(query_text("scratch_collations.sql"), list(self._collations))
        return {
            QualifiedName(PLACEHOLDER if row["namespace"] == own.namespace else row["namespace"], row["name"]): (
                self._collations[row["oid"]]
            )
            for row in rows
        }

    async def _try_or_elevate(self, statement: ParsedStatement) -> None:
        path = await self.connection.fetchval("SELECT pg_catalog.current_setting('search_path')")
        try:
            async with _atomic(self.connection):
                await self.connection.execute(statement.sql)
        except asyncpg.InsufficientPrivilegeError:
            await self._administrator.run(statement, path)

    async def _give_away(self, statement: ParsedStatement, owner: str) -> None:
        """Change an owner. What the new one must be allowed to for that is lent where it is missing.

        An owner that may do harm on this server (its superuser, say) is not made owner of hostile objects.
        """
        if owner != self.name and not self._administrator.is_harmless(owner):
            return
        to = quote_identifier(owner)
        loans = await self._loans(statement, owner)
        async with _atomic(self.connection):
            for loan in loans:
                await self.connection.execute(f"GRANT {loan} TO {to}")
            await self.connection.execute(statement.sql)
            for loan in loans:
                await self.connection.execute(f"REVOKE {loan} FROM {to}")

    async def _leave_to_owner(self, statement: ParsedStatement) -> None:
        """Give something to the database's owner; what the administrator had to make is as good as that."""
        with contextlib.suppress(asyncpg.InsufficientPrivilegeError):
            async with _atomic(self.connection):
                await self.connection.execute(statement.sql)

    async def _loans(self, statement: ParsedStatement, owner: str) -> tuple[str, ...]:
        """Return what a new owner needs and lacks: the privileges that PostgreSQL asks of it (ALTER …, Notes)."""
        match statement.tree.get("objectType"):
            case "OBJECT_SCHEMA":  # CREATE on it would be taken from its owner again
                return ()
            case "OBJECT_PUBLICATION":
                return (f"CREATE ON DATABASE {quote_identifier(self.name)}",)
            case "OBJECT_FOREIGN_SERVER":
                server = statement.tree.get("object", {}).get("String", {}).get("sval", "")
                wrappers = await self.connection.fetch(query_text("scratch_lend_usage.sql"), owner, server)
                return tuple(f"USAGE ON FOREIGN DATA WRAPPER {quote_identifier(row['name'])}" for row in wrappers)
            case _:
                lacking = await self.connection.fetch(query_text("scratch_lend_create.sql"), owner)
                return tuple(f"CREATE ON SCHEMA {quote_identifier(row['name'])}" for row in lacking)


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


def _scratch_error(error: Exception, number: int, statement: ParsedStatement) -> ScratchError:
    sql = statement.sql
    if isinstance(error, asyncpg.PostgresError):
        position = int(getattr(error, "position", None) or 1) - 1
        message = words_of(error)
        if statement.node == "CreateExtensionStmt":
            message += _OTHER_SERVER
        return ScratchError(message, number=number, sql=sql, sqlstate=error.sqlstate or "", position=position)
    message = "it did not end in time" if isinstance(error, TimeoutError) else "the connection was lost"
    return ScratchError(message, number=number, sql=sql, sqlstate="57014")
