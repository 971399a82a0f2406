"""Roles and tablespaces that a statement names: made on the scratch server while a database needs them, then dropped.

Both belong to the whole server, so two databases may name the same one at the same time. Whoever uses a name holds a
shared advisory lock on it, and it is dropped by whoever can lock it alone. A process that is killed leaves its names
behind; the next database that vanishes takes them along.
"""

from __future__ import annotations

import contextlib

import asyncpg

from shared.postgres.query_files import query_text
from shared.sql import quote_identifier, quote_literal

_MARK = "made by fleetdrift for scratch databases"
"""Comment on every role and tablespace made here: others are never dropped."""


class LentNames:
    """What one scratch database has been lent.

    Args:
        connection: The administrator's, to the maintenance database. The locks are held by it.
        role: The scratch role.
    """

    def __init__(self, connection: asyncpg.Connection, role: str) -> None:
        self._connection = connection
        self._role = role
        self._lent: set[tuple[str, str]] = set()
        self._harmless: set[str] = set()

    def is_harmless(self, role: str) -> bool:
        """Say whether a role that was lent can be trusted with hostile objects: it can do nothing."""
        return role in self._harmless

    async def lend_role(self, role: str) -> None:
        """Make a role that nobody can log in as, and let ours act for it: ownership can then be given away.

        A role that is there already is lent only if it can do nothing, by itself or by what it is a member of:
        membership would hand its rights to whoever wrote the SQL.
        """
        if ("role", role) in self._lent:
            return
        await self._lock("role", role)
        quoted = quote_identifier(role)
        with contextlib.suppress(asyncpg.DuplicateObjectError, asyncpg.UniqueViolationError):
            await self._connection.execute(
                f"CREATE ROLE {quoted} NOLOGIN; COMMENT ON ROLE {quoted} IS {quote_literal(_MARK)}"
            )
        if await self._connection.fetchval(query_text("scratch_harmless.sql"), role):
            self._harmless.add(role)
            await self._connection.execute(f"GRANT {quoted} TO {quote_identifier(self._role)}")

    async def lend_tablespace(self, name: str) -> None:
        """Make an in-place tablespace (a folder of the cluster's own, v15); on v14 the statement itself will fail."""
        if ("tablespace", name) in self._lent:
            return
        await self._lock("tablespace", name)
        quoted = quote_identifier(name)
        with contextlib.suppress(asyncpg.PostgresError):
            await self._connection.execute("SET allow_in_place_tablespaces = on")
            await self._connection.execute(f"CREATE TABLESPACE {quoted} LOCATION ''")
            await self._connection.execute(f"COMMENT ON TABLESPACE {quoted} IS {quote_literal(_MARK)}")
        with contextlib.suppress(asyncpg.PostgresError):
            await self._connection.execute(f"GRANT CREATE ON TABLESPACE {quoted} TO {quote_identifier(self._role)}")

    async def _lock(self, kind: str, name: str) -> None:
        self._lent.add((kind, name))
        await self._connection.execute(query_text("scratch_lock.sql"), kind, name)

    async def give_back(self) -> None:
        """Drop every role and tablespace made here that no database uses; the scratch database is gone by now."""
        if not self._lent:
            return
        for kind, name in sorted(self._lent):
            await self._connection.execute(query_text("scratch_unlock.sql"), kind, name)
        for row in await self._connection.fetch(query_text("scratch_unused.sql"), _MARK):
            with contextlib.suppress(asyncpg.PostgresError):  # in use after all, by a database of an older release
                await self._connection.execute(f"DROP {row['kind']} {quote_identifier(row['name'])}")
        await self._connection.execute("SELECT pg_catalog.pg_advisory_unlock_all()")
