"""A server that speaks just enough PostgreSQL, and as it likes, to attack whoever connects to it."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import struct
from collections.abc import AsyncIterator

SSL_REQUEST = struct.pack("!ii", 8, 80877103)
AUTHENTICATION_OK = b"R" + struct.pack("!ii", 8, 0)
CLEARTEXT = b"R" + struct.pack("!ii", 8, 3)
MD5 = b"R" + struct.pack("!ii", 12, 5) + b"salt"


def parameter(name: str, value: str) -> bytes:
    body = f"{name}\0{value}\0".encode()
    return b"S" + struct.pack("!i", 4 + len(body)) + body


READY = (
    AUTHENTICATION_OK
    + parameter("server_version", "15.0")
    + parameter("client_encoding", "UTF8")
    + b"K" + struct.pack("!iii", 12, 1, 1)
    + b"Z" + struct.pack("!i", 5) + b"I"
)  # fmt: skip


class FakeServer:
    """Answers each connection with `words`, after a TLS handshake when it has a context for one.

    `heard` holds what clients sent after their first message: a password, if they gave one.
    """

    def __init__(self, *words: bytes, tls: ssl.SSLContext | None = None) -> None:
        self.words = words
        self.tls = tls
        self.heard = b""
        self.startups: list[bytes] = []
        self.port = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError, EOFError, TimeoutError):
            startup = await self._startup(reader)
            if startup == SSL_REQUEST:
                writer.write(b"S" if self.tls else b"N")
                if self.tls:
                    await writer.start_tls(self.tls)
                startup = await self._startup(reader)
            self.startups.append(startup)
            for word in self.words:
                writer.write(word)
                await writer.drain()
                await asyncio.sleep(0.01)
            async with asyncio.timeout(2):
                while data := await reader.read(1000):
                    self.heard += data
        writer.close()

    async def _startup(self, reader: asyncio.StreamReader) -> bytes:
        length = await reader.readexactly(4)
        return length + await reader.readexactly(struct.unpack("!i", length)[0] - 4)


@contextlib.asynccontextmanager
async def fake_server(*words: bytes, tls: ssl.SSLContext | None = None) -> AsyncIterator[FakeServer]:
    """Run one on loopback."""
    fake = FakeServer(*words, tls=tls)

    serving: set[asyncio.Task[None]] = set()

    def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        serving.add(asyncio.create_task(fake.serve(reader, writer)))

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    fake.port = server.sockets[0].getsockname()[1]
    try:
        yield fake
    finally:
        server.close()
        await asyncio.gather(*serving, return_exceptions=True)
