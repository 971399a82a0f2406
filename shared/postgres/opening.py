"""Open a connection: which of TLS and plain is tried in which order, and what each failure means."""

from __future__ import annotations

import asyncio
import os
import ssl
from typing import Any

import asyncpg

from shared.hosts import Secret
from shared.postgres.authentication import WatchingLoop
from shared.postgres.credential_files import CredentialFileError, read_password
from shared.postgres.failures import TargetError
from shared.postgres.place import Place
from shared.postgres.tls import explain_tls, tls_context
from shared.targets import FailureKind

_APPLICATION = {"application_name": "fleetdrift"}
_NO_TLS = "rejected SSL upgrade"  # asyncpg's words for a server that answers N to an SSLRequest
_TLS, _PLAIN = True, False
_ORDERS: dict[str, tuple[bool, ...]] = {"disable": (_PLAIN,), "allow": (_PLAIN, _TLS), "prefer": (_TLS, _PLAIN)}
"""Which connections a mode tries, in this order; the modes that are not here insist on TLS (libpq-ssl.html)."""


async def open_connection(
    place: Place, *, seconds: float, settings: dict[str, str] | None = None, **options: Any
) -> asyncpg.Connection:
    """Connect, giving no password in clear or as MD5 to a server without TLS.

    Args:
        place: The database.
        seconds: How long all attempts together may take.
        settings: Settings of the session that are sent with the first message; they win over the database's own.
        options: Further arguments of `asyncpg.connect`.

    Raises:
        TargetError: For a failure that has its own sentence: TLS, files of credentials, a weak authentication.
        asyncpg.PostgresError, OSError: For any other; `connection.translated` maps it.
    """
    password = find_password(place)
    options = {
        **options,
        "host": [name for name, _ in place.servers] if _is_named(place) else None,
        "port": [port for _, port in place.servers],
        "user": place.user or None,
        "password": password.reveal() if password else "",
        "database": place.database or None,
        "target_session_attrs": place.target_session_attrs or None,
        "server_settings": {**_APPLICATION, **dict(place.settings), **(settings or {})},
        "timeout": seconds,
    }
    *earlier, last = _attempts(place)
    async with asyncio.timeout(seconds):
        for context in earlier:
            try:
                return await _connect(place, context, options)
            except (TargetError, ConnectionError, asyncpg.InvalidAuthorizationSpecificationError) as error:
                final = ConnectionRefusedError | asyncpg.InvalidPasswordError
                if isinstance(error, final) or (context is None and isinstance(error, TargetError)):
                    raise
        return await _connect(place, last, options)


def find_password(place: Place) -> Secret | None:
    """Give the password of a place: its own, the environment's PGPASSWORD, or that of a password file.

    Raises:
        TargetError: When a password file was named and cannot be used.
    """
    if place.password is not None:
        return place.password
    if os.environ.get("PGPASSWORD"):
        return Secret(os.environ["PGPASSWORD"])
    try:
        return read_password(place.passfile, place.servers[0], place.database or place.user, place.user)
    except CredentialFileError as error:
        raise TargetError(FailureKind.AUTHENTICATION, str(error)) from None


def _is_named(place: Place) -> bool:
    return bool(place.servers[0][0])


def _attempts(place: Place) -> list[ssl.SSLContext | None]:
    """Give the TLS context of each attempt, None for a plain one."""
    if all(name.startswith("/") or not name for name, _ in place.servers):
        return [None]  # a socket's folder: no network lies between
    return [tls_context(place.tls) if tls else None for tls in _ORDERS.get(place.tls.sslmode, (_TLS,))]


async def _connect(place: Place, context: ssl.SSLContext | None, options: dict[str, Any]) -> asyncpg.Connection:
    watching = WatchingLoop() if context is None and not place.allow_weak_authentication else None
    try:
        return await asyncpg.connect(**options, ssl=context or False, loop=watching)
    except Exception as error:
        if watching is not None and watching.refused is not None:
            raise _weak(watching.refused) from None
        if isinstance(error, ssl.SSLError):
            raise TargetError(FailureKind.REFUSED, explain_tls(error)) from None
        if isinstance(error, asyncpg.PostgresError) and error.context:
            raise _turned_away(error) from None
        if isinstance(error, ConnectionError) and _NO_TLS in str(error):
            raise TargetError(
                FailureKind.REFUSED,
                f"the server offers no TLS, and sslmode is {place.tls.sslmode}: enable TLS on the server, or set "
                'sslmode = "disable" where nobody can listen',
            ) from None
        raise


def _turned_away(error: asyncpg.PostgresError) -> TargetError:
    """Say that a login trigger of the tenant's ended the session.

    Only code in the database has a context, and it may make up any SQLSTATE: 57P03 would speak for the whole host.
    """
    words = f"code of the database's own lets nobody in (a login trigger?): {error.args[0] if error.args else ''}"
    return TargetError(FailureKind.PERMISSION, words, error.sqlstate or "")


def _weak(how: str) -> TargetError:
    if not how:
        return TargetError(FailureKind.PROTOCOL, "the server's reply does not follow the PostgreSQL protocol")
    return TargetError(
        FailureKind.AUTHENTICATION,
        f"the server wants the password {how}, and the connection has no TLS: enable TLS or scram-sha-256 on the "
        "server, or set allow_weak_authentication = true for it",
    )
