"""Pin the settings under which catalogs are read, and check that they hold, because poolers drop them.

Settings of a database or a role change what deparse functions print (`TimeZone`, `IntervalStyle`, …) and, through
`search_path`, whose operators run. They are pinned in each transaction and end with it: a server process that a pooler
lends to others afterwards is as it was.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import cache

import asyncpg
import msgspec

from shared.pinned import PINNED
from shared.postgres.failures import TargetError
from shared.sql import quote_literal
from shared.targets import FailureKind, Limits

OLDEST_SERVER = 140000
"""`server_version_num` of the oldest major version that is read."""

_MAX_ANSWER_BYTES = 16 * 1024 * 1024  # of a short question: some settings, or one hash per kind
_READING = (("cursor_tuple_fraction", "1"),)  # every row of a cursor is read
_TRANSACTION = (("transaction_read_only", "on"), ("transaction_isolation", "repeatable read"))
_UNITS = {"ms": 1, "s": 1000, "min": 60_000, "h": 3_600_000, "d": 86_400_000}
"""Milliseconds in the units in which PostgreSQL prints a timeout (config-setting.html)."""
_POWERS = ("superuser", "replication", "bypassrls")
# Qualified throughout, because nothing is pinned when it is asked.
_BACKEND = """
SELECT pg_catalog.pg_backend_pid(), pg_catalog.bool_or(r.rolsuper), pg_catalog.bool_or(r.rolreplication),
    pg_catalog.bool_or(r.rolbypassrls)
FROM pg_catalog.pg_roles r
WHERE r.rolname OPERATOR(pg_catalog.=) current_user OR r.rolname OPERATOR(pg_catalog.=) session_user
"""


class Server(msgspec.Struct, frozen=True):
    """The server behind a connection. `version` is its `server_version_num`: 160004 for 16.4."""

    version: int


class Backend(msgspec.Struct, frozen=True):
    """The server process that serves a connection.

    Args:
        process: Its id on the server.
        powers: Which of superuser, replication and bypassrls its role holds.
    """

    process: int
    powers: tuple[str, ...]


def _timeouts(limits: Limits) -> tuple[tuple[str, int], ...]:
    return (
        ("lock_timeout", round(limits.lock_timeout * 1000)),
        ("statement_timeout", round(limits.statement_timeout * 1000)),
        ("idle_in_transaction_session_timeout", round(limits.tenant_timeout * 1000)),
    )


async def ask(connection: asyncpg.Connection, query: str, *, columns: int) -> list[list[str]]:
    """Run a query without parameters whose values hold no tab, backslash or line break.

    COPY answers in one exchange where a prepared statement takes two, and a catalog is read in a few short questions.

    Args:
        connection: Any.
        query: One SELECT.
        columns: How many values a row has.

    Returns:
        The values of each row as text.

    Raises:
        TargetError: `protocol`, when a row of the answer has another number of values; `limit`, when it is too long.
        asyncpg.PostgresError: When the query fails.
    """
    answer = bytearray()

    async def receive(data: bytes) -> None:
        answer.extend(data)
        if len(answer) > _MAX_ANSWER_BYTES:
            raise TargetError(
                FailureKind.LIMIT, f"expected a short reply, at most {_MAX_ANSWER_BYTES} bytes, and more came"
            )

    await connection.copy_from_query(query, output=receive)
    # COPY ends rows with line feeds and escapes others; more that splitlines() ends lines at can be in a role's name.
    lines = answer.decode(errors="replace").split("\n")[:-1]
    rows = [line.split("\t") for line in lines]
    for row in rows:
        if len(row) != columns:
            raise TargetError(
                FailureKind.PROTOCOL, f"expected {columns} values in each row of the server's reply, got {len(row)}"
            )
    return rows


async def read_backend(connection: asyncpg.Connection) -> Backend:
    """Ask which server process serves a connection, and what its role may do; nothing is set.

    Raises:
        TargetError: `protocol`, when the reply is no such row.
        asyncpg.PostgresError: When the query fails.
    """
    rows = await ask(connection, _BACKEND, columns=1 + len(_POWERS))
    if len(rows) != 1 or not rows[0][0].isdecimal():
        raise TargetError(FailureKind.PROTOCOL, "expected the server process and its role in one row of the reply")
    [[process, *held]] = rows
    return Backend(int(process), tuple(name for name, flag in zip(_POWERS, held, strict=True) if flag != "f"))


def check_role(backend: Backend) -> None:
    """Refuse a role that could write or see rows it should not, should anything go wrong.

    Raises:
        TargetError: `unsafe_role`, for a superuser, a replication role or one that bypasses row security.
    """
    if backend.powers:
        raise TargetError(
            FailureKind.UNSAFE_ROLE,
            f"the scanner's role holds {', '.join(backend.powers)}; "
            "give it CONNECT and nothing else, or set allow_unsafe_role",
        )


@asynccontextmanager
async def read_transaction(connection: asyncpg.Connection, limits: Limits) -> AsyncIterator[Server]:
    """Hold a read-only repeatable-read transaction with every setting pinned and checked.

    Two exchanges with the server before the first question: one begins it, one pins and checks. All ends with it.

    Raises:
        TargetError: `unsupported`, when a pooler or the server ignored a setting or is older than version 14.
    """
    try:
        await connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield _checked(await _settings(connection, limits), limits)
    except BaseException:
        await _roll_back(connection)
        raise
    await connection.execute("COMMIT")


async def _roll_back(connection: asyncpg.Connection) -> None:
    try:
        await connection.execute("ROLLBACK", timeout=2)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
        connection.terminate()  # the first error says more


@cache
def _pin_and_check(limits: Limits) -> tuple[tuple[str, ...], str]:
    """Give the names of the settings, and the query that pins them for the transaction and gives their values back."""
    # Qualified and without an operator: nothing of a tenant's can run, whatever the search path still is.
    pinned = [(name, str(value)) for name, value in (*PINNED, *_READING, *_timeouts(limits))]
    given = [name for name, _ in _TRANSACTION] + ["server_version_num"]
    columns = [f"pg_catalog.set_config({quote_literal(name)}, {quote_literal(value)}, true)" for name, value in pinned]
    columns += [f"pg_catalog.current_setting({quote_literal(name)})" for name in given]
    return tuple([name for name, _ in pinned] + given), "SELECT " + ", ".join(columns)


async def _settings(connection: asyncpg.Connection, limits: Limits) -> dict[str, str]:
    names, query = _pin_and_check(limits)
    for row in await ask(connection, query, columns=len(names)):
        return dict(zip(names, row, strict=True))
    raise TargetError(FailureKind.PROTOCOL, "expected the server's settings in one row of its reply, got no row")


def _unmet(settings: dict[str, str], limits: Limits) -> str:
    """Name the first setting that is not as it must be; empty when all are."""
    for name, value in (*PINNED, *_READING, *_TRANSACTION):
        if settings[name] != value:
            return name
    return next((name for name, wanted in _timeouts(limits) if _milliseconds(settings[name]) != wanted), "")


def _milliseconds(text: str) -> int:
    digits = text.rstrip("abcdefghijklmnopqrstuvwxyz")
    unit = text[len(digits) :]
    return int(digits) * _UNITS.get(unit, 1) if digits.isdecimal() else -1


def _checked(settings: dict[str, str], limits: Limits) -> Server:
    unmet = _unmet(settings, limits)
    if unmet:
        raise TargetError(
            FailureKind.UNSUPPORTED,
            f"the setting {unmet} did not hold after it was set: connect without a pooler that drops settings",
        )
    version = int(settings["server_version_num"])
    if version < OLDEST_SERVER:
        raise TargetError(FailureKind.UNSUPPORTED, f"expected PostgreSQL 14 or newer, found version {version // 10000}")
    return Server(version=version)
