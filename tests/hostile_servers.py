"""A server that answers as a real one until a question comes at which it turns hostile."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress

from shared.embedded.postgres import EmbeddedPostgres
from shared.hosts import Host

FIRST_QUESTION = b"pg_backend_pid"
ROWS = b"FETCH "


class Turning:
    """Passes on what client and server say, until a client asks `at`; what it says then is `answer`.

    Args:
        server: Whose answers are passed on.
        at: Bytes of the question; of a prepared statement, its execution is answered so, not its preparation.
        answer: Gives the bytes, piece by piece; for ever, if it likes.
        prepared: Whether the question is a prepared statement.
        after: Bytes that some client must have said before; empty asks for none.
    """

    def __init__(
        self,
        server: EmbeddedPostgres,
        at: bytes,
        answer: Callable[[], Iterable[bytes]],
        *,
        prepared: bool,
        after: bytes = b"",
    ) -> None:
        self._path = f"{server.socket_dir}/.s.PGSQL.{server.port}"
        self._at, self._answer, self._prepared = at, answer, prepared
        self._before = after
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.turned = 0

    @property
    def port(self) -> int:
        """Where it listens."""
        return self.listener.getsockname()[1]

    def serve(self) -> None:
        """Take clients until the listener is closed."""
        with suppress(OSError):
            while True:
                client, _ = self.listener.accept()
                threading.Thread(target=self._client, args=(client,), daemon=True).start()

    def _client(self, client: socket.socket) -> None:
        real = socket.socket(socket.AF_UNIX)
        real.connect(self._path)
        back = threading.Thread(target=_pass_on, args=(real, client), daemon=True)
        back.start()
        armed = False
        with suppress(OSError), client, real:
            while data := client.recv(1 << 16):
                asked = not self._before and self._at in data
                if self._before in data:
                    self._before = b""
                if armed or (asked and not self._prepared):
                    self.turned += 1
                    for piece in self._answer():
                        client.sendall(piece)
                    threading.Event().wait(60)  # keeps the connection open, and says nothing more
                armed = asked
                real.sendall(data)


def _pass_on(source: socket.socket, to: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(1 << 16):
            to.sendall(data)


def zeros() -> Iterable[bytes]:
    """Say 64 zero bytes: a message of no type and of no length, for ever."""
    return (bytes(64),)


def row(*values: bytes) -> bytes:
    """Write a DataRow (protocol-message-formats.html)."""
    body = struct.pack("!H", len(values)) + b"".join(struct.pack("!i", len(value)) + value for value in values)
    return b"D" + struct.pack("!I", len(body) + 4) + body


BIND_COMPLETE = b"2" + struct.pack("!I", 4)
ENDED = b"C" + struct.pack("!I", 12) + b"FETCH 1\0" + b"Z" + struct.pack("!I", 5) + b"T"


def endless_rows() -> Iterator[bytes]:
    """Say rows without an end."""
    yield BIND_COMPLETE
    piece = row(b"table", b"1:2:0", b"x" * 100) * 500
    while True:
        yield piece


def one_large_row() -> Iterator[bytes]:
    """Say one row of 200 MB."""
    yield BIND_COMPLETE + row(b"table", b"1:2:0", b"x" * 200_000_000) + ENDED


def endless_copy() -> Iterator[bytes]:
    """Say the lines of a COPY without an end."""
    yield b"H" + struct.pack("!IbHh", 9, 0, 1, 0)
    piece = (b"d" + struct.pack("!I", 4 + 1000) + b"x" * 1000) * 100
    while True:
        yield piece


@contextmanager
def turning(
    server: EmbeddedPostgres,
    at: bytes,
    answer: Callable[[], Iterable[bytes]],
    *,
    prepared: bool = False,
    after: bytes = b"",
) -> Iterator[Turning]:
    """Start a server that turns hostile."""
    hostile = Turning(server, at, answer, prepared=prepared, after=after)
    threading.Thread(target=hostile.serve, daemon=True).start()
    try:
        yield hostile
    finally:
        hostile.listener.close()


def host_of(hostile: Turning, user: str, name: str = "hostile") -> Host:
    """Give it as a host of the configuration."""
    return Host(name=name, address="127.0.0.1", port=hostile.port, user=user, sslmode="disable")
