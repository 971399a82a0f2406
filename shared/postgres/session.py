"""The settings under which catalogs are read: set, read back, and checked, because poolers drop them.

Settings of a database or a role change what deparse functions print (`TimeZone`, `IntervalStyle`, …) and, through
`search_path`, whose operators run. Both are pinned in the session and again in each transaction.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import msgspec

from shared.postgres.catalog import OLDEST_SERVER
from shared.postgres.failures import TargetError
from shared.sql import quote_literal
from shared.targets import FailureKind, Limits

PINNED = (
    ("quote_all_identifiers", "off"),  # first: it changes how a search path is stored
    ("search_path", "pg_catalog, pg_temp"),
    ("TimeZone", "UTC"),
    ("DateStyle", "ISO, MDY"),
    ("IntervalStyle", "postgres"),
    ("bytea_output", "hex"),
    ("extra_float_digits", "1"),
    ("lc_monetary", "C"),
    ("xmlbinary", "base64"),
    ("xmloption", "content"),
    ("standard_conforming_strings", "on"),
    ("row_security", "off"),
    ("jit", "off"),
    ("max_parallel_workers_per_gather", "0"),
    ("plan_cache_mode", "auto"),
    # Every query reads whole catalogs. Without statistics the planner believes in one row and loops over catalogs in
    # catalogs: hash joins keep the time linear in the number of objects.
    ("enable_nestloop", "off"),
    ("enable_hashjoin", "on"),
)
"""Name and value as `current_setting` gives it back."""

_CHECK = """
SELECT current_setting('server_version_num')::int4 AS server_version,
    current_setting('transaction_read_only') AS read_only,
"""
_ROLE = """
SELECT pg_catalog.bool_or(r.rolsuper) AS superuser, pg_catalog.bool_or(r.rolreplication) AS replication,
    pg_catalog.bool_or(r.rolbypassrls) AS bypassrls
FROM pg_catalog.pg_roles r
WHERE r.rolname OPERATOR(pg_catalog.=) current_user OR r.rolname OPERATOR(pg_catalog.=) session_user
"""


class Server(msgspec.Struct, frozen=True):
    """What the session check learned. `version` is `server_version_num`."""

    version: int


def _timeouts(limits: Limits) -> tuple[tuple[str, int], ...]:
    return (
        ("lock_timeout", round(limits.lock_timeout * 1000)),
        ("statement_timeout", round(limits.statement_timeout * 1000)),
        ("idle_in_transaction_session_timeout", round(limits.tenant_timeout * 1000)),
    )


def _settings_script(limits: Limits, *, scope: str) -> str:
    lines = [f"SET {scope} {name} = {_value(name, value)}" for name, value in PINNED]
    lines += [f"SET {scope} {name} = {value}" for name, value in _timeouts(limits)]
    return ";\n".join(lines)


def _value(name: str, value: str) -> str:
    return value if name == "search_path" else quote_literal(value)  # a list of names, not one text


async def pin_session(connection: asyncpg.Connection, limits: Limits) -> None:
    """Pin the settings for the whole session, so that nothing ever runs under the tenant's own.

    Raises:
        asyncpg.PostgresError: When the server refuses one of them.
    """
    await connection.execute(_settings_script(limits, scope="SESSION"))


async def check_role(connection: asyncpg.Connection) -> None:
    """Refuse a role that could write or see rows it should not, should anything go wrong.

    Raises:
        TargetError: `unsafe_role`, for a superuser, a replication role or one that bypasses row security.
    """
    row = await connection.fetchrow(_ROLE)
    held = [name for name in ("superuser", "replication", "bypassrls") if row is None or row[name]]
    if held:
        raise TargetError(
            FailureKind.UNSAFE_ROLE,
            f"the scanner's role holds {', '.join(held)}; give it CONNECT and nothing else, or set allow_unsafe_role",
        )


@asynccontextmanager
async def reading(connection: asyncpg.Connection, limits: Limits) -> AsyncIterator[Server]:
    """Hold a read-only repeatable-read transaction with every setting pinned and checked.

    Raises:
        TargetError: `unsupported`, when a pooler or the server ignored a setting or is older than version 14.
    """
    script = _settings_script(limits, scope="LOCAL")
    await connection.execute(f"BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;\n{script}")
    try:
        yield await _checked(connection, limits)
    except BaseException:
        await _roll_back(connection)
        raise
    await connection.execute("COMMIT")


async def _roll_back(connection: asyncpg.Connection) -> None:
    try:
        await connection.execute("ROLLBACK", timeout=2)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
        connection.terminate()  # the first error is the one that tells


async def _checked(connection: asyncpg.Connection, limits: Limits) -> Server:
    names = [name for name, _ in PINNED]
    texts = [f"current_setting('{name}') AS \"{name}\"" for name in names]
    times = [
        f"(1000 * extract(epoch FROM current_setting('{name}')::interval))::int8 AS \"{name}\""
        for name, _ in _timeouts(limits)
    ]
    row = await connection.fetchrow(_CHECK + ", ".join(texts + times))
    if row is None:
        raise TargetError(FailureKind.PROTOCOL, "the server did not tell its settings")
    expected: list[tuple[str, object]] = [*PINNED, *_timeouts(limits), ("read_only", "on")]
    for name, value in expected:
        if row[name] != value:
            raise TargetError(
                FailureKind.UNSUPPORTED, f"the setting {name} did not hold: is there a pooler that drops settings?"
            )
    if row["server_version"] < OLDEST_SERVER:
        raise TargetError(FailureKind.UNSUPPORTED, "the server is older than PostgreSQL 14")
    return Server(version=row["server_version"])
