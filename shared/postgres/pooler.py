"""Recognise a connection pooler in front of a server, before anything is set on a server process that others use.

A pooler answers the handshake itself and makes up the process id in it (`BackendKeyData` of the protocol), so one that
differs from `pg_backend_pid()` betrays it. Whether the pooler lends its server processes for a session or only for a
transaction shows when two clients meet: what one client sees says nothing while the pool is quiet.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

import asyncpg

from shared.postgres.failures import TargetError
from shared.postgres.session import ask
from shared.targets import FailureKind, Limits

Connect = Callable[[], Awaitable[asyncpg.Connection]]
"""Opens another connection to the same place."""

_MEETINGS = 3  # a busy pool may hand a client the process it had before, once by chance
_HEAD_START_SECONDS = 0.5  # for the second client, so that it stands in the pooler's queue before the first one asks

TRANSACTION_POOLER = (
    "transaction pooler: between transactions it lends this connection's server process to others; "
    "connect past it, or to a pool in session mode"
)
ANY_POOLER = (
    "a pooler stands in front of the server, and a change needs a server process of its own; "
    "give [apply.hosts.NAME] the server's own address and port"
)


async def refuse_transaction_pooler(
    connection: asyncpg.Connection, process: int, connect: Connect, limits: Limits
) -> None:
    """Refuse a connection whose server process changes between transactions; a pool in session mode is good.

    Args:
        connection: Not inside a transaction; nothing was set on it.
        process: The id of its server process.
        connect: Opens a second connection, which is only done where a pooler was seen.
        limits: Bounds on the time that two clients need to meet.

    Raises:
        TargetError: `unsupported`.
        TimeoutError, asyncpg.PostgresError: When the pooler serves no second client, and not the first one either.
    """
    if connection.get_server_pid() == process:
        return
    if await _lends_between_transactions(connection, process, connect, limits):
        raise TargetError(FailureKind.UNSUPPORTED, TRANSACTION_POOLER)


async def refuse_any_pooler(connection: asyncpg.Connection, process: int, _connect: Connect, _limits: Limits) -> None:
    """Refuse a connection whose server process is not its own for good; arguments as `refuse_transaction_pooler`.

    Raises:
        TargetError: `unsupported`.
    """
    if connection.get_server_pid() != process:
        raise TargetError(FailureKind.UNSUPPORTED, ANY_POOLER)


async def _lends_between_transactions(
    first: asyncpg.Connection, process: int, connect: Connect, limits: Limits
) -> bool:
    try:
        second = await connect()
    except TargetError as error:
        if error.failure.kind is not FailureKind.TIMEOUT:
            raise
        # The second client has to wait for a process; does the first one still have its own?
        return await asyncio.wait_for(_process_of(first), limits.connect_timeout) != process
    try:
        async with asyncio.timeout(limits.connect_timeout):
            for _ in range(_MEETINGS):
                met = await _meet(first, process, second)
                if met is not None:
                    return met
            return False
    finally:
        second.terminate()


async def _meet(first: asyncpg.Connection, process: int, second: asyncpg.Connection) -> bool | None:
    """Let both clients want a process at once; None when each had its own, which can be chance."""
    beginning = asyncio.create_task(_begin(second))
    asking: asyncio.Task[int] | None = None
    try:
        await asyncio.wait({beginning}, timeout=_HEAD_START_SECONDS)
        asking = asyncio.create_task(_process_of(first))
        await asyncio.wait({beginning, asking}, return_when=asyncio.FIRST_COMPLETED)
        if not beginning.done():
            # The second client has waited longer and was not served: the process that answered is the first one's.
            return await asking != process
        await beginning
        if await _process_of(second) == process or await asking != process:
            return True
    finally:
        await _end(beginning, asking)
    await second.execute("ROLLBACK")
    return None


async def _begin(connection: asyncpg.Connection) -> None:
    """Begin a transaction, which holds a server process."""
    try:
        await connection.execute("BEGIN READ ONLY")
    except asyncpg.ProtocolViolationError:  # "transaction blocks not allowed in statement pooling mode"
        raise TargetError(FailureKind.UNSUPPORTED, TRANSACTION_POOLER) from None


async def _process_of(connection: asyncpg.Connection) -> int:
    [[process]] = await ask(connection, "SELECT pg_catalog.pg_backend_pid()", columns=1)
    return int(process)


async def _end(*tasks: asyncio.Task[None] | asyncio.Task[int] | None) -> None:
    for task in tasks:
        if task is not None and not task.done():
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                await task
