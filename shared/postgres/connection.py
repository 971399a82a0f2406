"""Open and close connections: hardened ones to tenants, plain ones to databases that the caller trusts."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager

import asyncpg

from shared.hosts import Host
from shared.postgres.failures import TargetError, target_error
from shared.postgres.host_answers import blaming_host_or_tenant
from shared.postgres.opening import find_password, open_connection
from shared.postgres.owners import ENDS_CONNECTING, Overrides, get_past
from shared.postgres.place import place_of
from shared.postgres.pooler import Connect, refuse_any_pooler, refuse_transaction_pooler
from shared.postgres.session import check_role, read_backend
from shared.postgres.url import UrlError, parse_url
from shared.targets import FailureKind, Limits

__all__ = [
    "TargetError",
    "close",
    "connect_again",
    "connect_directly",
    "connect_source",
    "connect_tenant",
    "connect_url",
    "server_version",
    "translated",
]

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


RefusePooler = Callable[[asyncpg.Connection, int, Connect, Limits], Awaitable[None]]


async def connect_tenant(
    host: Host, database: str, limits: Limits, overrides: Overrides | None = None
) -> asyncpg.Connection:
    """Connect to a tenant for reading; refuse a transaction pooler, and a role that could do harm. Nothing is set.

    Args:
        host: The server, with the credential.
        database: Name of the database.
        limits: Bounds on time.
        overrides: Settings of an owner's that are overridden, because they ended an earlier connection.

    Raises:
        TargetError: Unreachable, refused, wrong credential, unsafe role, a transaction pooler, or no PostgreSQL at all.
    """
    return await _connect(host, database, limits, refuse_transaction_pooler, overrides)


async def connect_directly(host: Host, database: str, limits: Limits) -> asyncpg.Connection:
    """Connect to a tenant for changing it: as `connect_tenant`, but no pooler of any kind may stand in between.

    Raises:
        TargetError: As `connect_tenant`, and `unsupported` for any pooler.
    """
    return await _connect(host, database, limits, refuse_any_pooler, None)


async def connect_again(host: Host, database: str, limits: Limits) -> asyncpg.Connection:
    """Connect for a question to a server on which role and pooler were checked a moment ago: it is not asked for them.

    Raises:
        TargetError: Unreachable, refused, wrong credential, or no PostgreSQL at all.
    """
    with translated(host.password.reveal() if host.password else ""):
        return await _open(host, database, limits, {})


async def _connect(
    host: Host, database: str, limits: Limits, refuse_pooler: RefusePooler, overrides: Overrides | None
) -> asyncpg.Connection:
    async def connect(sent: Overrides) -> asyncpg.Connection:
        with translated(host.password.reveal() if host.password else ""):
            connection = await _open(host, database, limits, sent)
            try:
                backend = await read_backend(connection)
                if not limits.allow_unsafe_role:
                    check_role(backend)
                await refuse_pooler(connection, backend.process, lambda: _open(host, database, limits, sent), limits)
            except BaseException:
                connection.terminate()
                raise
        return connection

    return await get_past(connect, ENDS_CONNECTING, overrides)


async def _open(host: Host, database: str, limits: Limits, overrides: Overrides) -> asyncpg.Connection:
    patience = min(limits.connect_timeout, limits.tenant_timeout / 3)  # leaves time to ask the host itself
    async with blaming_host_or_tenant(host, patience):
        return await open_connection(
            place_of(host, database),
            seconds=patience,
            settings=overrides,
            command_timeout=limits.statement_timeout + limits.lock_timeout,
            statement_cache_size=0,
        )


async def connect_url(url: str) -> asyncpg.Connection:
    """Connect to a database that the caller trusts (a scratch server, `fleetdrift diff URL URL`).

    Raises:
        TargetError: When there is no connection; the message names host and database, never the credential.
    """
    try:
        place = parse_url(url, os.environ)
    except UrlError as error:
        raise TargetError(FailureKind.REFUSED, f"the URL {error}") from None
    try:
        password = find_password(place)
        with translated(password.reveal() if password else ""):
            return await open_connection(place, seconds=Limits().connect_timeout, statement_cache_size=0)
    except TargetError as error:
        raise TargetError(error.failure.kind, f"{place.shown}: {error.failure.message}", error.code) from None


async def connect_source(url: str, limits: Limits) -> asyncpg.Connection:
    """Connect to a database that a user names, for reading: as `connect_url`, but no transaction pooler in between.

    Raises:
        TargetError: As `connect_url`, and `unsupported` for a transaction pooler.
    """
    connection = await connect_url(url)
    try:
        with translated():
            backend = await read_backend(connection)
            await refuse_transaction_pooler(connection, backend.process, lambda: connect_url(url), limits)
    except BaseException:
        connection.terminate()
        raise
    return connection


def server_version(connection: asyncpg.Connection) -> int:
    """Give the `server_version_num` of a connection's server."""
    version = connection.get_server_version()
    return int(version.major) * 10000 + int(version.minor)


async def close(connection: asyncpg.Connection) -> None:
    """Close a connection; cut it when the server does not answer in time."""
    try:
        await connection.close(timeout=_CLOSE_TIMEOUT_SECONDS)
    except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError):
        connection.terminate()
