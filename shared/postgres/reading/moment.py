"""Read in one transaction what belongs together, and again when the catalogs may have changed in the middle of it.

Deparse functions see newer state than the transaction's snapshot, so what was read is one state of the database only
if nothing in it changed meanwhile. That is certain when the whole server was quiet, or when nobody else was connected
to the database; else the change token says it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from enum import Enum
from typing import NamedTuple, TypeVar

import asyncpg

from shared.postgres.failures import TargetError
from shared.postgres.query_files import query_text
from shared.postgres.reading.fingerprint import read_change_token, token_in_transaction
from shared.postgres.session import Server, ask, read_transaction
from shared.targets import FailureKind, Limits

READ_ATTEMPTS = 3
"""Reads of a catalog that keeps changing, before the tenant is reported as busy."""

DROPPED_MEANWHILE = ("cache lookup failed", "could not find", "could not open relation")
"""How the errors of deparse functions begin for an object dropped since the transaction's snapshot (elog, XX000)."""

Answer = TypeVar("Answer")


class Moment:
    """A transaction in which a database is read: every plain question in it sees the same rows of the catalogs.

    Args:
        connection: Inside a `read_transaction`.
        server: What `read_transaction` gave.
    """

    def __init__(self, connection: asyncpg.Connection, server: Server) -> None:
        self.connection = connection
        self.server = server
        self._token = ""

    @property
    def known_token(self) -> str:
        """The change token of the transaction's snapshot where it was asked for; else empty."""
        return self._token

    async def token(self) -> str:
        """Give the change token of the transaction's snapshot, which is asked for once."""
        self._token = self._token or await token_in_transaction(self.connection)
        return self._token


async def read_until_unchanged(
    connection: asyncpg.Connection, limits: Limits, read: Callable[[Moment], Awaitable[Answer]]
) -> Answer:
    """Read in one transaction, and again when the catalogs may have changed under the deparse functions meanwhile.

    Args:
        connection: Not inside a transaction.
        limits: Bounds on time.
        read: Reads what is wanted, inside the transaction.

    Raises:
        TargetError: `busy` when the catalogs keep changing; what `read_transaction` and `read` raise.
    """
    for _ in range(READ_ATTEMPTS):
        company = await read_company(connection)
        try:
            async with read_transaction(connection, limits) as server:
                moment = Moment(connection, server)
                answer = await read(moment)
                since = await what_came(connection, company)
                if since is Since.NOTHING:
                    return answer
                before = await moment.token() if since is Since.PERHAPS else ""
        except asyncpg.InternalServerError as error:
            if not str(error).startswith(DROPPED_MEANWHILE):
                raise  # a deparse that fails however often it is tried: saying "busy" would hide why
            continue
        if before and before == await read_change_token(connection, limits=limits):
            return answer
    raise TargetError(FailureKind.BUSY, "the schema kept changing while it was read")


class Company(NamedTuple):
    """What tells whether somebody changed a database while it was read.

    Args:
        alone: Nobody else is connected to it: "t" or "f".
        counts: How many sessions it had, and rows that were changed.
        roles: A hash of the names of roles that own something in it.
    """

    alone: str = "f"
    counts: str = ""
    roles: str = ""


class Since(Enum):
    """What happened to a database since an earlier moment."""

    NOTHING = "nothing"
    PERHAPS = "perhaps"
    SOMETHING = "something"


async def read_company(connection: asyncpg.Connection) -> Company:
    """Ask who else is connected to the database, before the transaction that reads it.

    Raises:
        TargetError, asyncpg.PostgresError: As `ask`.
    """
    try:
        [row] = await ask(connection, query_text("company.sql"), columns=3)
    except asyncpg.QueryCanceledError:  # a time-out of the tenant's owner, which is not overridden yet
        return Company()
    return Company(*row)


async def what_came(connection: asyncpg.Connection, company: Company) -> Since:
    """Say whether anything that deparse functions see can have changed since `company` was asked for.

    Args:
        connection: Inside the transaction that read.
        company: What `read_company` gave before it.

    Raises:
        TargetError, asyncpg.PostgresError: As `ask`.
    """
    if await ask(connection, query_text("quiet.sql"), columns=1) == [["t"]]:
        return Since.NOTHING
    now = await read_company(connection)
    if company.roles and now.roles != company.roles:
        return Since.SOMETHING
    return Since.NOTHING if company.alone == "t" and now == company else Since.PERHAPS
