"""Keeps tokens, the sessions of browsers, and the audit log. What a secret was is never kept."""

from __future__ import annotations

import datetime as dt
from typing import Any

from coordinator.access.audit import Action, AuditEntry, AuditFilter, Deed
from coordinator.access.caller import Scope, Via
from coordinator.access.tokens import NewSecret, Session, TokenRecord, id_of, is_same
from coordinator.store.access import StoreAccess
from coordinator.store.connection import query

_KEEP_AUDIT_FOR = dt.timedelta(days=400)


class NameTakenError(Exception):
    """A token of this name is in use; the message is a sentence."""


class Credentials(StoreAccess):
    """Answers who may ask. Every method raises StoreError when the store fails."""

    async def create_token(
        self, token: NewSecret, name: str, scope: Scope, *, fleets: tuple[str, ...], days: int | None, deed: Deed
    ) -> None:
        """Keep a new token.

        Args:
            token: What was made.
            name: By which people know it.
            scope: What it allows.
            fleets: In which fleets; empty for all.
            days: After how many it ends; none for never.
            deed: What is logged.

        Raises:
            NameTakenError: When a token of this name is in use.
        """
        expires = None if days is None else dt.datetime.now(dt.UTC) + dt.timedelta(days=days)

        async def create(connection: Any) -> bool:
            async with connection.transaction():
                row = (token.id, name, token.digest, scope.value, list(fleets), deed.caller.name, expires)
                created = await connection.fetch(query("create_token"), *row)
                if created:
                    await write_audit(connection, deed)
                return bool(created)

        if not await self._do(create):
            raise NameTakenError(f"there is a token {name!r} already; revoke it first, or choose another name")

    async def tokens(self) -> list[TokenRecord]:
        """List tokens: those in use by name, then those that were revoked."""
        return [_token(row) for row in await self._rows("list_tokens")]

    async def revoke_token(self, name: str, deed: Deed) -> bool:
        """Refuse a token from now on, and end the sessions that were made from it. Says whether there was one."""

        async def revoke(connection: Any) -> bool:
            async with connection.transaction():
                revoked = await connection.fetch(query("revoke_token"), name)
                if revoked:
                    await write_audit(connection, deed)
                return bool(revoked)

        return await self._do(revoke)

    async def has_tokens(self) -> bool:
        """Say whether there ever was a token."""
        return bool((await self._rows("has_tokens"))[0]["found"])

    async def find_token(self, token: str) -> TokenRecord | None:
        """Recognise a token; nothing for one that is unknown, over, or revoked."""
        key = id_of(token)
        rows = await self._rows("find_token", key) if key else []
        if not rows or not is_same(rows[0]["digest"], token):
            return None
        await self._run("use_token", key)
        return _token(rows[0])

    async def begin_session(self, session: NewSecret, token: TokenRecord | None, credential: str, life: float) -> None:
        """Keep a session.

        Args:
            session: What was made.
            token: The token of the store that logs in; none for the configuration's.
            credential: Digest of that token.
            life: Seconds after which it ends.
        """
        ends_after = dt.timedelta(seconds=life)
        await self._run("begin_session", session.digest, token.id if token else None, credential, ends_after)

    async def find_session(self, digest: str) -> Session | None:
        """Recognise a session by the digest of its cookie; nothing for one that is over."""
        for row in await self._rows("find_session", digest):
            token = None if row["of_configuration"] else _token(row)
            return Session(token=token, credential=row["credential"], expires=row["session_expires"])
        return None

    async def end_session(self, digest: str) -> None:
        """Forget a session."""
        await self._run("end_session", digest)

    async def write(self, deed: Deed) -> None:
        """Write a line of the audit log."""
        await self._do(lambda connection: write_audit(connection, deed))

    async def audit(self, fleet: str, chosen: AuditFilter, *, after: int = 0, limit: int = 100) -> list[AuditEntry]:
        """Give lines of the audit log, newest first.

        Args:
            fleet: Name; what concerns all fleets is given too.
            chosen: Which.
            after: The entry after which to go on; 0 begins with the newest.
            limit: How many at most.
        """
        action = chosen.action.value if chosen.action else ""
        rows = await self._rows("list_audit", fleet, after, limit, chosen.who, action, chosen.since)
        return [AuditEntry(**{**dict(row), "via": Via(row["via"]), "action": Action(row["action"])}) for row in rows]


async def write_audit(connection: Any, deed: Deed) -> None:
    """Write a line of the audit log, in the transaction of what it tells of.

    Args:
        connection: To the store.
        deed: What is done.
    """
    who = deed.caller
    place = (deed.fleet, who.name, who.via.value, who.address)
    await connection.execute(
        query("write_audit"), *place, deed.action.value, deed.subject, deed.detail, _KEEP_AUDIT_FOR
    )


_TOKEN_COLUMNS = ("id", "name", "created", "created_by", "expires", "revoked", "last_used")


def _token(row: Any) -> TokenRecord:
    plain = {column: row[column] for column in _TOKEN_COLUMNS}
    return TokenRecord(scope=Scope(row["scope"]), fleets=tuple(row["fleets"]), **plain)
