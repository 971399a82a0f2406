"""Which HTTP requests reach the API: those to its own names, not made by a web page of another origin, and of bounds.

A browser on the operator's machine can reach a server on loopback that nobody else can. A page of any web site makes it
send requests there ("cross-origin"), and after a change of its own DNS record even reads the answers ("rebinding").
Both betray themselves in the headers `Host`, `Origin` and `Sec-Fetch-Site`, which a page cannot forge
(https://fetch.spec.whatwg.org/#forbidden-request-header).
"""

from __future__ import annotations

import contextlib
import ipaddress
import time
from collections.abc import Iterable
from typing import cast
from urllib.parse import unquote_to_bytes, urlsplit

import msgspec
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from coordinator.daemon.api.limits import HttpLimits, RequestRate
from coordinator.daemon.api.problems import PROBLEM_JSON, problem
from coordinator.daemon.api.proxies import Proxies

_READING = frozenset({"GET", "HEAD", "OPTIONS"})
_UNREAD_BYTES_TAKEN = 32 * 1024 * 1024
"""Of the body of a request that is refused."""


class Refusal(msgspec.Struct, frozen=True):
    """Why a request is not answered: an HTTP status and a sentence."""

    status: int
    message: str


class Gate:
    """An ASGI application that refuses what must not reach another one.

    Args:
        app: Is given what passes.
        names: Host names under which the API is asked for, beside `localhost` and any IP address.
        limits: Bounds on the body and the rate.
        proxies: Those in front that are believed: each of their clients has a rate of its own.
    """

    def __init__(
        self,
        app: ASGIApp,
        names: Iterable[str] = (),
        limits: HttpLimits | None = None,
        proxies: Proxies | None = None,
    ) -> None:
        self._app = app
        self._proxies = proxies or Proxies()
        self._names = frozenset({"localhost", *(name.lower().rstrip(".") for name in names)})
        self._limits = limits or HttpLimits()
        self._rate = RequestRate(self._limits.rate, time.monotonic)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or hand it on."""
        if str(scope["type"]) == "http":  # beside it there is "lifespan", which Litestar's types do not know
            request = cast("HTTPScope", scope)
            refusal = self._refusal(request)
            if refusal is not None:
                await _refuse(refusal, receive, send)
                return
            if request["method"] == "HEAD":  # answered as GET is; the HTTP server leaves the body out
                scope = cast("Scope", {**request, "method": "GET"})
        await self._app(scope, receive, send)

    def _refusal(self, scope: HTTPScope) -> Refusal | None:
        headers = _Headers(scope["headers"])
        limits = self._limits
        longest_body = limits.max_body_bytes if scope["path"].startswith("/api/") else limits.max_form_bytes
        return (
            _refuse_host(headers, self._names)
            or _refuse_origin(headers, scope["method"])
            or _refuse_size(scope["headers"], limits)
            or _refuse_body(headers, longest_body)
            or _refuse_path(scope["path"])
            or _refuse_query(scope["query_string"])
            or self._refuse_rate(scope)
        )

    def _refuse_rate(self, scope: HTTPScope) -> Refusal | None:
        if self._rate.allows(self._proxies.client(scope)):
            return None
        return Refusal(429, f"more than {self._limits.rate:g} requests per second; see [serve] rate")


class _Headers:
    """The headers of a request by name; a name may come more than once."""

    def __init__(self, raw: Iterable[tuple[bytes, bytes]]) -> None:
        self._all: dict[bytes, list[str]] = {}
        for name, value in raw:
            self._all.setdefault(name.lower(), []).append(value.decode("latin-1").strip())

    def all(self, name: bytes) -> list[str]:
        """Give each value of a header."""
        return self._all.get(name, [])


def _refuse_host(headers: _Headers, names: frozenset[str]) -> Refusal | None:
    """Refuse a request whose `Host` is a DNS name that is not ours.

    An IP address is always taken: a page comes under one only from the server with that address.
    """
    given = headers.all(b"host")
    if len(given) != 1:
        return Refusal(400, f"expected one Host header, found {len(given)}")
    name = _host_name(given[0])
    if name is None or not (name in names or _is_address(name)):
        return Refusal(421, "this host name is not one of the API's; add it to [serve] names if it is meant to be")
    return None


def _refuse_origin(headers: _Headers, method: str) -> Refusal | None:
    """Refuse a request that a browser makes for a page of another origin."""
    for origin in headers.all(b"origin"):
        if _netloc(origin) != headers.all(b"host")[0].lower():
            return Refusal(403, "pages of other origins may not ask")
    sites = headers.all(b"sec-fetch-site")
    if method not in _READING and any(site not in {"same-origin", "none"} for site in sites):
        return Refusal(403, "pages of other origins may not ask")
    return None


def _netloc(origin: str) -> str | None:
    """Give the host and port of an origin; None for `null` and what is no URL."""
    with contextlib.suppress(ValueError):
        parts = urlsplit(origin)
        if parts.scheme in {"http", "https"}:
            return parts.netloc.lower()
    return None


def _host_name(host: str) -> str | None:
    """Take the port away from a Host header; None when it is no host at all."""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port  # raises for a port that is no number
    except ValueError:
        return None
    if parts.netloc != host or "@" in host or not parts.hostname:
        return None
    return parts.hostname.rstrip(".")


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _refuse_size(raw: Iterable[tuple[bytes, bytes]], limits: HttpLimits) -> Refusal | None:
    """Refuse too many bytes of headers. The HTTP server bounds only those that have not come to their end."""
    if sum(len(name) + len(value) for name, value in raw) > limits.max_header_bytes:
        return Refusal(431, f"headers may have {limits.max_header_bytes} bytes together")
    return None


def _refuse_body(headers: _Headers, most: int) -> Refusal | None:
    if headers.all(b"transfer-encoding"):
        return Refusal(411, "a body must come with its Content-Length")
    for length in headers.all(b"content-length"):
        if not length.isascii() or not length.isdigit() or int(length[:20]) > most:
            return Refusal(413, f"a body may have {most} bytes")
    return None


def _refuse_path(path: str) -> Refusal | None:
    """Refuse a path with the character NUL, which PostgreSQL keeps in no text; a tenant's name may hold any other."""
    return Refusal(404, "Not Found") if "\0" in path else None


def _refuse_query(query: bytes) -> Refusal | None:
    """Refuse a parameter with the character NUL, which PostgreSQL keeps in no text."""
    return Refusal(400, "a parameter may not have the character NUL") if b"\0" in unquote_to_bytes(query) else None


async def _refuse(refusal: Refusal, receive: Receive, send: Send) -> None:
    """Answer, and read on to the end of the request before the connection closes.

    A client that still sends when it closes may never see the answer. One that sends more than is worth reading is cut
    off; the HTTP server's deadline ends one that is slow.
    """
    body = msgspec.json.encode(problem(refusal.status, refusal.message))
    headers = [
        (b"content-type", PROBLEM_JSON.encode()),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": refusal.status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": True})
    unread = _UNREAD_BYTES_TAKEN
    while unread > 0:
        message = await receive()
        if message["type"] != "http.request" or not message["more_body"]:
            break
        unread -= len(message["body"])
    await send({"type": "http.response.body", "body": b"", "more_body": False})
