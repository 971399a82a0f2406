"""Open and close connections: hardened ones to tenants, plain ones to databases that the caller trusts."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import asyncpg

from shared.hosts import Host
from shared.postgres.failures import TargetError, clean, target_error
from shared.postgres.pooler import Connect, refuse_any_pooler, refuse_transaction_pooler
from shared.postgres.session import check_role, read_backend
from shared.targets import FailureKind, Limits

__all__ = ["TargetError", "close", "connect_directly", "connect_tenant", "connect_url", "translated"]

_APPLICATION = {"application_name": "fleetdrift"}
_CLOSE_TIMEOUT_SECONDS = 2.0  # after them the socket is cut


@contextmanager
def translated(secret: str = "") -> Iterator[None]:
    """Turn errors of a server or the network into `TargetError`; a bug of ours passes unchanged.

    Args:
        secret: A credential that must not survive in the message, should a server echo it.
    """
    try:
        yield
    except Exception as error:
        mapped = target_error(error, secret)
        if mapped is None or mapped is error:
            raise
        raise mapped from None  # the original may carry what must not be shown


async def connect_tenant(host: Host, database: str, limits: Limits) -> asyncpg.Connection:
    """Connect to a tenant for reading; refuse a transaction pooler, and a role that could do harm. Nothing is set.

    Raises:
        TargetError: Unreachable, refused, wrong credential, unsafe role, a transaction pooler, or no PostgreSQL at all.
    """
    return await _connect(host, database, limits, refuse_transaction_pooler)


async def connect_directly(host: Host, database: str, limits: Limits) -> asyncpg.Connection:
    """Connect to a tenant for changing it: as `connect_tenant`, but no pooler of any kind may stand in between.

    Raises:
        TargetError: As `connect_tenant`, and `unsupported` for any pooler.
    """
    return await _connect(host, database, limits, refuse_any_pooler)


async def _connect(
    host: Host,
    database: str,
    limits: Limits,
    refuse_pooler: Callable[[asyncpg.Connection, int, Connect, Limits], Awaitable[None]],
) -> asyncpg.Connection:
    secret = host.password.reveal() if host.password else ""
    with translated(secret):
        connection = await _open(host, database, limits)
        try:
            backend = await read_backend(connection)
            if not limits.allow_unsafe_role:
                check_role(backend)
            await refuse_pooler(connection, backend.process, lambda: _open(host, database, limits), limits)
        except BaseException:
            connection.terminate()
            raise
    return connection


async def _open(host: Host, database: str, limits: Limits) -> asyncpg.Connection:
    return await asyncpg.connect(
        host=host.address,
        port=host.port,
        user=host.user,
        password=host.password.reveal() if host.password else None,
        database=database,
        ssl=host.sslmode,
        timeout=limits.connect_timeout,
        command_timeout=limits.statement_timeout + limits.lock_timeout,
        statement_cache_size=0,
        server_settings=_APPLICATION,
    )


async def connect_url(url: str) -> asyncpg.Connection:
    """Connect to a database that the caller trusts (a scratch server, `fleetdrift diff URL URL`).

    Raises:
        TargetError: When there is no connection; the message names host and database, never the credential.
    """
    place = _place(url)
    try:
        with translated(_password(url)):
            return await asyncpg.connect(
                url, statement_cache_size=0, timeout=Limits().connect_timeout, server_settings=_APPLICATION
            )
    except TargetError as error:
        raise TargetError(error.failure.kind, f"{place}: {error.failure.message}") from None
    except ValueError:  # asyncpg's own complaint quotes the URL
        raise TargetError(FailureKind.REFUSED, f"{place}: expected a URL that begins with postgresql://") from None


async def close(connection: asyncpg.Connection) -> None:
    """Close a connection; cut it when the server does not answer in time."""
    try:
        await connection.close(timeout=_CLOSE_TIMEOUT_SECONDS)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
        connection.terminate()


def _password(url: str) -> str:
    try:
        return urlsplit(url).password or ""
    except ValueError:
        return ""


def _place(url: str) -> str:
    try:
        parts = urlsplit(url)
        return clean(f"{parts.hostname or 'local socket'}{parts.path}")
    except ValueError:
        return "database"
