"""Connect to the store's database, migrate it, find its queries by name, and translate its errors."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Iterator
from functools import cache
from importlib.resources import files
from typing import Any

import asyncpg

from shared.hosts import Secret
from shared.postgres.failures import TargetError, was_ended_by_server
from shared.postgres.opening import open_connection
from shared.postgres.url import parse_url
from shared.targets import FailureKind

_MIGRATION_LOCK = 0x666C65657464  # advisory lock that lets one process migrate at a time: "fleetd"
_MAX_CONNECTIONS = 4
_CLOSE_TIMEOUT_SECONDS = 3.0
_MIGRATION_TIMEOUT_SECONDS = 3600.0  # it may rewrite every report that is kept


class StoreError(Exception):
    """The store cannot be used. The message names what went wrong, never the DSN."""


class StoreAwayError(StoreError):
    """The store cannot be used now; the same operation may succeed later."""


class StoreValueError(StoreError):
    """The store is there, and cannot look up or keep a value that it was given; the message is a sentence."""


_FAILURES_WHILE_AWAY = frozenset({FailureKind.REFUSED, FailureKind.TIMEOUT, FailureKind.BUSY, FailureKind.PROTOCOL})
"""Why a connection cannot be opened that may be opened later; `protocol` is one that was cut while it was opened."""

_DATA_EXCEPTIONS = "22"
"""Class of the SQLSTATEs that are about a value, whoever gave it (PostgreSQL's appendix A)."""

_MAY_BE_OVER_LATER = ("08", "25006", "40", "53", "57P")
"""SQLSTATEs of a store that stops, starts, is full, is a standby, or broke a transaction off."""


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Turn what asyncpg and the network raise into StoreError."""
    try:
        yield
    except asyncpg.PostgresError as error:
        if (error.sqlstate or "").startswith(_DATA_EXCEPTIONS):
            raise StoreValueError(
                "a moment or a number is beyond what can be looked up, or a text has NUL or what is no Unicode "
                f"({type(error).__name__})"
            ) from None
        away = (error.sqlstate or "").startswith(_MAY_BE_OVER_LATER)
        kind = StoreAwayError if away else StoreError
        raise kind(f"the store: {type(error).__name__} ({error.sqlstate})") from None
    except TargetError as error:
        kind = StoreAwayError if error.failure.kind in _FAILURES_WHILE_AWAY else StoreError
        raise kind(f"the store cannot be reached: {error}") from None
    except (asyncpg.InternalClientError, ValueError) as error:
        kind = StoreAwayError if was_ended_by_server(error) else StoreError
        raise kind(f"the store cannot be reached ({type(error).__name__})") from None
    except (asyncpg.InterfaceError, OSError) as error:
        raise StoreAwayError(f"the store cannot be reached ({type(error).__name__})") from None


@cache
def query(name: str) -> str:
    """Give the SQL of `queries/NAME.sql`."""
    return files("coordinator.store").joinpath("queries", f"{name}.sql").read_text()


def migrations() -> list[tuple[int, str]]:
    """Give (version, SQL) of every migration, in order."""
    folder = files("coordinator.store").joinpath("migrations")
    named = sorted((entry.name, entry.read_text()) for entry in folder.iterdir() if entry.name.endswith(".sql"))
    return [(int(name.split("_")[0]), sql) for name, sql in named]


@contextlib.asynccontextmanager
async def open_pool(dsn: Secret) -> AsyncIterator[Any]:
    """Open a pool on a store that is up to date.

    Raises:
        StoreError: When it cannot be reached, migrated, or was made by a newer version.
    """

    async def connect(_: None, *, loop: object, **classes: Any) -> asyncpg.Connection:  # noqa: ARG001  # as the pool calls it
        return await open_connection(place, seconds=10, command_timeout=120, **classes)

    with translated():
        place = parse_url(dsn.reveal(), os.environ)
        # No connection is kept for its own sake: while the store is away, asyncpg would log each try with a traceback.
        pool = await asyncpg.create_pool(min_size=0, max_size=_MAX_CONNECTIONS, connect=connect, reset=_leave_as_it_is)
    try:
        with translated():
            await _migrate(pool)
        yield pool
    finally:
        try:
            async with asyncio.timeout(_CLOSE_TIMEOUT_SECONDS):
                await pool.close()
        except (TimeoutError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
            pool.terminate()


async def _leave_as_it_is(_: Any) -> None:
    """Reset nothing: what the store sets ends with its transaction. By default each use would cost a statement more."""


async def _migrate(pool: Any) -> None:
    async with pool.acquire() as connection, connection.transaction():
        await connection.execute("SELECT pg_advisory_xact_lock($1)", _MIGRATION_LOCK)
        await connection.execute("CREATE SCHEMA IF NOT EXISTS fleetdrift")
        await connection.execute("CREATE TABLE IF NOT EXISTS fleetdrift.migrations (version integer PRIMARY KEY)")
        done = await connection.fetchval("SELECT coalesce(max(version), 0) FROM fleetdrift.migrations")
        known = migrations()
        if done > known[-1][0]:
            raise StoreError(
                f"the store was made by a newer fleetdrift: its tables are of version {done}, "
                f"this release reads up to version {known[-1][0]}: upgrade fleetdrift"
            )
        for version, sql in known:
            if version > done:
                await connection.execute(sql, timeout=_MIGRATION_TIMEOUT_SECONDS)
                await connection.execute("INSERT INTO fleetdrift.migrations VALUES ($1)", version)
