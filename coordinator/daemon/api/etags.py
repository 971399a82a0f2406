"""Spare a client what it has already: an ETag for each answer, and 304 for a client that names it (RFC 9110, 8.8.3)."""

from __future__ import annotations

import hashlib
from http import HTTPStatus
from typing import Any

from litestar import MediaType, Response
from litestar.response import Stream
from litestar.serialization import default_serializer
from litestar.types import ASGIApp, Message, Receive, Scope, Send

_DIGEST_BYTES = 16


def tag(response: Response[Any]) -> Response[Any]:
    """Give an answer the hash of its content as an ETag. It is weak: the same content may be sent compressed."""
    if response.status_code not in {None, HTTPStatus.OK} or isinstance(response, Stream):  # none: the route's own
        return response
    content = response.render(response.content, response.media_type or MediaType.JSON, default_serializer)
    response.content = content
    response.set_header("ETag", f'W/"{hashlib.blake2b(content, digest_size=_DIGEST_BYTES).hexdigest()}"')
    response.set_header("Cache-Control", "private, no-cache")
    return response


class NotModified:
    """An ASGI application that sends 304 without a body where the client has what another application would send.

    Args:
        app: Is asked.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if str(scope["type"]) != "http":
            await self._app(scope, receive, send)
            return
        known = _known(scope)
        spared = False

        async def send_what_is_new(message: Message) -> None:
            nonlocal spared
            if message["type"] == "http.response.start" and known and known & _tags_of(message):
                spared = True
                kept = [(name, value) for name, value in message["headers"] if name.lower() not in _OF_A_BODY]
                await send({**message, "status": HTTPStatus.NOT_MODIFIED, "headers": kept})
            elif spared and message["type"] == "http.response.body":
                if not message.get("more_body"):
                    await send({"type": "http.response.body", "body": b"", "more_body": False})
            else:
                await send(message)

        await self._app(scope, receive, send_what_is_new)


_OF_A_BODY = frozenset({b"content-length", b"content-type", b"content-encoding"})


def _known(scope: Scope) -> frozenset[str]:
    given = [value.decode("latin-1") for name, value in scope["headers"] if name.lower() == b"if-none-match"]
    return frozenset(each.strip() for line in given for each in line.split(","))


def _tags_of(message: Any) -> frozenset[str]:
    return frozenset(value.decode("latin-1") for name, value in message["headers"] if name.lower() == b"etag")
