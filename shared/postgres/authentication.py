"""Watch what a server without TLS asks for before it is answered: a password in clear, or as MD5, is not given.

asyncpg answers whatever is asked. It has no option against it, but it takes the event loop that opens its connections;
the loop made here puts a watcher between the network and asyncpg until the server is ready for queries.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

_AUTHENTICATION = ord("R")
_READY = ord("Z")
_HEADER = 5  # bytes: the type of a message, and its length without the type (protocol-message-formats.html)
_LONGEST = 64 * 1024  # bytes of a message during authentication; a server's longest is an error of some hundred
_WEAK = {3: "in clear", 5: "as MD5"}
"""Codes of AuthenticationCleartextPassword and AuthenticationMD5Password."""


class _Watcher(asyncio.Protocol):
    """Hands what arrives on to a protocol, message by message, until one asks for a weak answer."""

    def __init__(self, inner: Any, refuse: Callable[[str], None]) -> None:
        self.inner = inner
        self._refuse = refuse
        self._held = bytearray()
        self._watching = True
        self._transport: asyncio.BaseTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Hand on."""
        self._transport = transport
        self.inner.connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """Hand on whole messages that may be answered."""
        if not self._watching:
            self.inner.data_received(data)
            return
        self._held += data
        while self._watching and len(self._held) >= _HEADER:
            length = 1 + int.from_bytes(self._held[1:_HEADER], "big")
            if not _HEADER <= length <= _LONGEST:
                self._stop("")
                return
            if len(self._held) < length:
                return
            message, self._held = bytes(self._held[:length]), self._held[length:]
            if message[0] == _AUTHENTICATION and int.from_bytes(message[_HEADER : _HEADER + 4], "big") in _WEAK:
                self._stop(_WEAK[int.from_bytes(message[_HEADER : _HEADER + 4], "big")])
                return
            self._watching = message[0] != _READY
            self.inner.data_received(message)
        if not self._watching and self._held:
            rest, self._held = bytes(self._held), bytearray()
            self.inner.data_received(rest)

    def _stop(self, how: str) -> None:
        self._held.clear()
        self._refuse(how)
        if isinstance(self._transport, asyncio.Transport):
            self._transport.abort()

    def eof_received(self) -> bool | None:
        """Hand on."""
        answer: bool | None = self.inner.eof_received()
        return answer

    def connection_lost(self, exc: Exception | None) -> None:
        """Hand on."""
        self.inner.connection_lost(exc)

    def pause_writing(self) -> None:
        """Hand on."""
        self.inner.pause_writing()

    def resume_writing(self) -> None:
        """Hand on."""
        self.inner.resume_writing()


class WatchingLoop:
    """The running event loop, but what it opens is watched. Give it to asyncpg for one connection.

    `refused` says how a server wanted the password; None as long as none did.
    """

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self.refused: str | None = None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loop, name)

    def _refuse(self, how: str) -> None:
        self.refused = how

    async def create_connection(self, factory: Callable[[], Any], *args: Any, **options: Any) -> tuple[Any, Any]:
        """Open a TCP connection that is watched."""
        transport, watcher = await self._loop.create_connection(
            lambda: _Watcher(factory(), self._refuse), *args, **options
        )
        return transport, watcher.inner
