"""Poolers in front of a server: a tiny one of our own for `make test`, and a real pgbouncer for `make test-extras`."""

from __future__ import annotations

import asyncio
import contextlib
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from shared.embedded.postgres import EmbeddedPostgres

SSL_REQUEST = 80877103  # protocol-message-formats.html, SSLRequest
CANCEL_REQUEST = 80877102


class Process:
    """A server process: its connection, and what it said when it was connected to."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, welcome: bytes) -> None:
        self.reader = reader
        self.writer = writer
        self.welcome = welcome


class TinyPooler:
    """Lends the processes of a server to its clients, for a session or for a transaction; one role, one database.

    Args:
        server: Whose processes.
        mode: `session`, `transaction`, or `eager session`, in which a client waits for its process when it connects.
        size: How many processes there are; a client that finds none idle waits.
    """

    def __init__(self, server: EmbeddedPostgres, mode: str, size: int) -> None:
        self._socket = f"{server.socket_dir}/.s.PGSQL.{server.port}"
        self._mode = mode
        self._idle: list[Process] = []
        self._slots = asyncio.Semaphore(size)
        self._clients = 0
        self._welcome = b""
        self._sessions: set[asyncio.Task[None]] = set()
        self.port = 0

    async def serve(self, ready: threading.Event, stop: asyncio.Event) -> None:
        """Take clients until told to stop."""
        server = await asyncio.start_server(self._client, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        async with server:
            await stop.wait()
            for session in self._sessions:
                session.cancel()
            await asyncio.gather(*self._sessions, return_exceptions=True)
        for process in self._idle:
            process.writer.close()
            await process.writer.wait_closed()

    async def _client(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._sessions.add(task)
        task.add_done_callback(self._sessions.discard)
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError, asyncio.CancelledError):
            startup = await _startup(reader, writer)
            if startup:
                await _Session(self, self._mode, reader, writer).run(startup)
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    async def welcome(self, startup: bytes) -> bytes:
        """Give what a server says to a new client; only the first client needs a process for that."""
        if not self._welcome:
            process = await self.borrow(startup)
            self._welcome = process.welcome
            self.give_back(process, clean=True)
        return self._welcome

    async def borrow(self, startup: bytes) -> Process:
        """Give the process that was returned last, or a new one; wait when all are lent."""
        await self._slots.acquire()
        if self._idle:
            return self._idle.pop()
        reader, writer = await asyncio.open_unix_connection(self._socket)
        writer.write(startup)
        welcome = b""
        while not welcome.endswith(b"Z\0\0\0\5I"):
            kind, body = await _message(reader)
            self._clients += 1
            # A process id that no server has, as pgbouncer makes one up.
            welcome += _packed(kind, struct.pack("!ii", 900_000_000 + self._clients, 1) if kind == b"K" else body)
        return Process(reader, writer, welcome)

    def give_back(self, process: Process, *, clean: bool) -> None:
        """Take a process back; one that is within a transaction is ended."""
        if clean:
            self._idle.append(process)
        else:
            process.writer.transport.abort()
        self._slots.release()


class _Session:
    def __init__(
        self, pooler: TinyPooler, mode: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._pooler = pooler
        self._mode = mode
        self._reader = reader
        self._writer = writer
        self._process: Process | None = None
        self._replies: asyncio.Task[None] | None = None
        self._awaited = 0  # ReadyForQuery messages that have not come yet
        self._clean = True  # outside of transactions

    async def run(self, startup: bytes) -> None:
        try:
            eager = await self._borrow(startup) if self._mode == "eager session" else None
            self._writer.write(eager.welcome if eager else await self._pooler.welcome(startup))
            while True:
                kind, body = await _message(self._reader)
                if kind == b"X":
                    return
                process = self._process or await self._borrow(startup)
                self._awaited += kind in (b"Q", b"S")
                self._clean = False
                process.writer.write(_packed(kind, body))
        finally:
            self._give_back()

    async def _borrow(self, startup: bytes) -> Process:
        self._process = await self._pooler.borrow(startup)
        self._clean, self._awaited = True, 0
        self._replies = asyncio.create_task(self._pass_replies(self._process))
        return self._process

    async def _pass_replies(self, process: Process) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                kind, body = await _message(process.reader)
                self._writer.write(_packed(kind, body))
                if kind == b"Z":
                    self._awaited -= 1
                    self._clean = body == b"I" and self._awaited == 0
                    if self._clean and self._mode == "transaction":
                        self._give_back()
                        return
        self._writer.close()

    def _give_back(self) -> None:
        if self._process is not None:
            if self._replies is not None and self._replies is not asyncio.current_task():
                self._replies.cancel()
            self._pooler.give_back(self._process, clean=self._clean)
            self._process = None


async def _startup(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
    """Read the startup packet; decline TLS, and give nothing for a cancel request."""
    while True:
        head = await reader.readexactly(8)
        length, code = struct.unpack("!ii", head)
        body = await reader.readexactly(length - 8)
        if code == CANCEL_REQUEST:
            return b""
        if code != SSL_REQUEST:
            return _without_settings(head[4:], body)
        writer.write(b"N")


def _without_settings(version: bytes, body: bytes) -> bytes:
    """Keep role and database: a pooler passes no settings of a client on, because the next client would have them."""
    words = body.rstrip(b"\0").split(b"\0")
    kept = [(key, value) for key, value in zip(words[::2], words[1::2], strict=False) if key in (b"user", b"database")]
    body = version + b"".join(key + b"\0" + value + b"\0" for key, value in kept) + b"\0"
    return struct.pack("!i", len(body) + 4) + body


async def _message(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    kind = await reader.readexactly(1)
    [length] = struct.unpack("!i", await reader.readexactly(4))
    return kind, await reader.readexactly(length - 4)


def _packed(kind: bytes, body: bytes) -> bytes:
    return kind + struct.pack("!i", len(body) + 4) + body


@contextmanager
def tiny_pooler(server: EmbeddedPostgres, mode: str, size: int) -> Iterator[int]:
    """Run a pooler in a thread, and give its port."""
    ready = threading.Event()
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()
    pooler = TinyPooler(server, mode, size)
    thread = threading.Thread(target=lambda: loop.run_until_complete(pooler.serve(ready, stop)), daemon=True)
    thread.start()
    assert ready.wait(10)
    try:
        yield pooler.port
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join(10)
        loop.close()


PGBOUNCER = """[databases]
* = host={socket_dir} port={server_port}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = trust
auth_file = {home}/users
pool_mode = {mode}
default_pool_size = {size}
server_reset_query =
"""
"""Nothing is reset when a client leaves: what one client leaves behind, the next one meets."""


def write_pgbouncer(home: Path, server: EmbeddedPostgres, port: int, mode: str, size: int) -> Path:
    """Write the configuration of a real pgbouncer."""
    (home / "users").write_text('"owner" ""\n')
    path = home / "pgbouncer.ini"
    path.write_text(
        PGBOUNCER.format(
            socket_dir=server.socket_dir, server_port=server.port, port=port, home=home, mode=mode, size=size
        )
    )
    return path
