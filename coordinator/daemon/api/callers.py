"""Who makes a request, and whether they may: by a bearer token, a session, or a proxy that has recognised them."""

from __future__ import annotations

import hmac
from typing import Any, cast

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.exceptions import NotAuthorizedException, PermissionDeniedException
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.types import HTTPScope

from coordinator.access.audit import Action, Deed
from coordinator.access.caller import Caller, Scope, Via
from coordinator.access.tokens import (
    Session,
    TokenRecord,
    csrf_token,
    digest_of,
    is_csrf_token,
    new_session,
)
from coordinator.daemon.api.forms import form_fields
from coordinator.daemon.api.proxies import Proxies
from coordinator.settings.serve import ServeTable
from coordinator.store.credentials import Credentials
from shared.hosts import Secret, is_loopback

Connection = ASGIConnection[Any, Any, Any, Any]

CSRF_HEADER = "X-CSRF-Token"
CSRF_FIELD = "csrf"
SESSION_COOKIE = "fleetdrift"
_SECURE_SESSION_COOKIE = f"__Host-{SESSION_COOKIE}"
"""A browser takes a cookie of this name only over TLS, for this host alone (RFC 6265bis, 4.1.3.2)."""

READING = frozenset({"GET", "HEAD"})
_BEARER = "bearer "
_NEEDED = "scope"  # key of a route's options


def needs(scope: Scope) -> dict[str, Scope]:
    """Say which scope a route needs, as its `opt`. Without it, a route that reads needs `read`, any other `admin`."""
    return {_NEEDED: scope}


def scope_of(handler: BaseRouteHandler) -> Scope:
    """Give the scope that a route needs."""
    assert isinstance(handler, HTTPRouteHandler)
    reads = handler.http_methods <= READING
    needed: Scope = handler.opt.get(_NEEDED, Scope.READ if reads else Scope.ADMIN)
    return needed


class Callers:
    """Recognises who makes a request.

    Args:
        credentials: Tokens and sessions.
        table: `[serve]`. Where other machines can ask, or a proxy names users, nobody asks without being recognised.
        configured: The token of the configuration; with one, nobody asks without being recognised either.

    Attributes:
        proxies: Those in front that are believed.
    """

    def __init__(
        self,
        credentials: Credentials,
        table: ServeTable = ServeTable(),  # noqa: B008  # frozen, so shared safely
        configured: Secret | None = None,
    ) -> None:
        self._credentials = credentials
        self._configured = configured
        self.proxies = Proxies(table.proxy)
        self._guarded = configured is not None or table.names_users or not is_loopback(table.address)
        self._session_life = table.session_life

    async def guard(self, connection: Connection, handler: BaseRouteHandler) -> None:
        """Let a request pass, or refuse it. A guard of Litestar.

        A route finds in `request.user` the caller, and in `request.auth` what forms of the session's pages must send.

        Raises:
            NotAuthorizedException: When nobody is recognised.
            PermissionDeniedException: When the caller may not do this, or a page did not prove that it is ours.
        """
        caller = await self.find(connection)
        if caller is None:
            raise NotAuthorizedException(
                "a bearer token is needed",
                headers={"WWW-Authenticate": "Bearer"},
            )
        needed = scope_of(handler)
        if not caller.scope.includes(needed):
            raise PermissionDeniedException(
                f"this needs the scope {needed.value}; {caller.name} has the scope {caller.scope.value}"
            )
        of_session = caller.via is Via.SESSION
        if of_session:
            self.check_page(connection, await _csrf_sent(connection))
        connection.scope["user"] = caller
        connection.scope["auth"] = self.csrf_of(connection) if of_session else ""

    async def find(self, connection: Connection) -> Caller | None:
        """Give who makes a request; nothing when that must be known and is not."""
        scope = _http(connection)
        address = self.proxies.client(scope)
        authorization = connection.headers.get("authorization", "")
        if authorization[: len(_BEARER)].lower() == _BEARER:
            return await self._of_token(authorization[len(_BEARER) :].strip(), address)
        session = await self.session(connection)
        if session is not None:
            return _caller(session.token, Via.SESSION, address)
        user = self.proxies.user(scope)
        if user is not None:
            return user
        if self._guarded or await self._credentials.has_tokens():
            return None
        return Caller(name="", via=Via.NOBODY, scope=Scope.ADMIN, address=address)

    async def _of_token(self, token: str, address: str) -> Caller | None:
        if self._is_configured(token):
            return _caller(None, Via.CONFIGURATION, address)
        record = await self._credentials.find_token(token)
        return _caller(record, Via.TOKEN, address) if record else None

    def _is_configured(self, token: str) -> bool:
        configured = self._configured
        return configured is not None and hmac.compare_digest(token.encode(), configured.reveal().encode())

    # -- sessions --------------------------------------------------------------------------------------------------

    async def log_in(self, connection: Connection, token: str) -> Cookie | None:
        """Turn a token into the cookie of a session; nothing for a token that is not known."""
        address = self.proxies.client(_http(connection))
        record = None if self._is_configured(token) else await self._credentials.find_token(token)
        if record is None and not self._is_configured(token):
            return None
        made = new_session()
        await self._credentials.begin_session(made, record, digest_of(token), self._session_life)
        caller = _caller(record, Via.SESSION, address)
        await self._credentials.write(Deed(caller=caller, action=Action.LOGGED_IN))
        return self._cookie(connection, made.secret.reveal(), int(self._session_life))

    async def log_out(self, connection: Connection) -> Cookie:
        """End the session of a request, if it has one, and give the cookie that takes the browser's away."""
        session = await self.session(connection)
        if session is not None:
            await self._credentials.end_session(digest_of(self.cookie_of(connection)))
            caller = _caller(session.token, Via.SESSION, self.proxies.client(_http(connection)))
            await self._credentials.write(Deed(caller=caller, action=Action.LOGGED_OUT))
        return self._cookie(connection, "", 0)

    async def session(self, connection: Connection) -> Session | None:
        """Give the session of a request; nothing for one that is over, or whose token is."""
        cookie = self.cookie_of(connection)
        session = await self._credentials.find_session(digest_of(cookie)) if cookie else None
        if session is not None and session.token is None:
            configured = digest_of(self._configured.reveal()) if self._configured else ""
            return session if hmac.compare_digest(session.credential, configured) else None
        return session

    def csrf_of(self, connection: Connection) -> str:
        """Give what the pages of a request's session must send with what they change; empty without a session."""
        cookie = self.cookie_of(connection)
        return csrf_token(cookie) if cookie else ""

    def check_page(self, connection: Connection, given: str) -> None:
        """Make sure that a request which changes something was made by a page of ours.

        Args:
            connection: The request. One that reads passes.
            given: The token against forged requests, from a header or a field.

        Raises:
            PermissionDeniedException: When it says nothing of the page that made it, or lacks the token. Pages of other
                origins do not come this far.
        """
        if _http(connection)["method"] in READING:
            return
        if not ("origin" in connection.headers or "sec-fetch-site" in connection.headers):
            raise PermissionDeniedException("a session changes something only with the header Origin or Sec-Fetch-Site")
        if not is_csrf_token(given, self.cookie_of(connection)):
            raise PermissionDeniedException(
                f"a session changes something only with the header {CSRF_HEADER}, as GET /api/v1/session gives it"
            )

    def cookie_of(self, connection: Connection) -> str:
        """Give the content of the session's cookie; empty when there is none."""
        return connection.cookies.get(self._cookie_name(connection), "")

    def _cookie_name(self, connection: Connection) -> str:
        return _SECURE_SESSION_COOKIE if self.proxies.is_secure(_http(connection)) else SESSION_COOKIE

    def _cookie(self, connection: Connection, value: str, life: int) -> Cookie:
        """Make the cookie. `lax`: a link in a message opens the page it leads to, and nothing is changed by GET."""
        secure = self.proxies.is_secure(_http(connection))
        name = self._cookie_name(connection)
        return Cookie(key=name, value=value, max_age=life, path="/", httponly=True, samesite="lax", secure=secure)


async def _csrf_sent(connection: Connection) -> str:
    """Give the token against forged requests: of the header, or of the field of a form."""
    sent = connection.headers.get(CSRF_HEADER, "")
    if (
        not sent
        and isinstance(connection, Request)
        and connection.content_type[0] == "application/x-www-form-urlencoded"
    ):
        return form_fields(await connection.body()).get(CSRF_FIELD, "")
    return sent


def _caller(token: TokenRecord | None, via: Via, address: str) -> Caller:
    """Give who uses a token; none is that of the configuration."""
    if token is None:
        return Caller(name="configuration", via=via, scope=Scope.ADMIN, address=address)
    return Caller(name=token.name, via=via, scope=token.scope, fleets=token.fleets, address=address)


def _http(connection: Connection) -> HTTPScope:
    return cast("HTTPScope", connection.scope)
