"""Ask PostgreSQL to prepare many statements without waiting for each answer, over a connection that asyncpg opened.

asyncpg sends one statement and waits; for hundreds of queries most of the time goes into waiting and waking up. Here
the messages of all are written at once, each with a Sync of its own, so that one that is refused does not end the
others (PostgreSQL: "Frontend/Backend Protocol", Pipelining). asyncpg opens and authenticates the connection, and has it
back afterwards.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

import asyncpg
import msgspec

_HEADER_BYTES = 5  # a letter, and the length of what follows with itself
_COLUMN = struct.Struct("!IhIhih")  # table, attribute, type, its length, its modifier, format
_SYNC = b"S\0\0\0\4"


class Column(msgspec.Struct, frozen=True):
    """One column of a result, as RowDescription has it; `table` and `attribute` are 0 for a computed one."""

    name: str
    type: int
    table: int
    attribute: int


class Reply(msgspec.Struct, frozen=True):
    """PostgreSQL's answer to one step.

    Args:
        parameters: Numbers of the types of `$1`, `$2`, …
        columns: Of the result.
        error: The fields of ErrorResponse by their letter ("Error and Notice Message Fields"); None when it worked.
    """

    parameters: tuple[int, ...] = ()
    columns: tuple[Column, ...] = ()
    error: dict[str, str] | None = None


def prepare_step(name: str, sql: str, kinds: Sequence[int] = ()) -> bytes:
    """Give the messages that prepare a statement under a name and describe it.

    Args:
        name: Of the statement.
        sql: Without NUL.
        kinds: Numbers of the parameters' types; 0 where the server infers it.
    """
    types = struct.pack(f"!h{len(kinds)}I", len(kinds), *kinds)
    text = sql.encode("utf-8", "replace")
    return _message(b"P", name.encode() + b"\0" + text + b"\0" + types) + _message(b"D", b"S" + name.encode() + b"\0")


def simple_step(sql: str) -> bytes:
    """Give the message of one statement by the simple protocol. Its rows are not kept."""
    return _message(b"Q", sql.encode("utf-8", "replace") + b"\0")


async def ask_all(connection: asyncpg.Connection, steps: Sequence[bytes]) -> list[Reply]:
    """Send all steps at once, and give the reply to each.

    Args:
        connection: Which does nothing else meanwhile. It is closed when this ends before all replies are there.
        steps: Of `prepare_step` or `simple_step`.

    Raises:
        asyncpg.InterfaceError: When the connection is lost.
    """
    if not steps:
        return []
    async with _borrowed(connection, len(steps)) as answers:
        answers.write(b"".join(step if step[:1] == b"Q" else step + _SYNC for step in steps))
        return await answers.done


def _message(letter: bytes, body: bytes) -> bytes:
    return letter + struct.pack("!I", len(body) + 4) + body


@asynccontextmanager
async def _borrowed(connection: asyncpg.Connection, count: int) -> AsyncIterator[_Answers]:
    """Take the connection's transport for a while. What interrupts this leaves answers in it, so it is closed then."""
    if connection.is_closed():
        raise asyncpg.InterfaceError("the connection is closed")
    transport = connection._transport  # noqa: SLF001  # asyncpg has no pipeline and no other way to its transport
    own = transport.get_protocol()
    answers = _Answers(transport, own, count)
    transport.set_protocol(answers)
    try:
        yield answers
    except BaseException:
        transport.set_protocol(own)
        connection.terminate()
        raise
    transport.set_protocol(own)


class _Answers(asyncio.Protocol):
    """Collects the replies to a number of steps."""

    def __init__(self, transport: asyncio.Transport, own: asyncio.BaseProtocol, count: int) -> None:
        self.done: asyncio.Future[list[Reply]] = asyncio.get_running_loop().create_future()
        self.write = transport.write
        self._own = own
        self._count = count
        self._buffer = bytearray()
        self._replies: list[Reply] = []
        self._reply = Reply()

    def data_received(self, data: bytes) -> None:
        """Read the messages that are there as a whole."""
        self._buffer += data
        begin, size = 0, len(self._buffer)
        with memoryview(self._buffer) as view:
            while size - begin >= _HEADER_BYTES:
                end = begin + 1 + int.from_bytes(view[begin + 1 : begin + _HEADER_BYTES])
                if end > size:
                    break
                self._read(view[begin], view[begin + _HEADER_BYTES : end])
                begin = end
        del self._buffer[:begin]

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell asyncpg, which answers `is_closed`, and whoever waits."""
        self._own.connection_lost(exc)
        if not self.done.done():
            self.done.set_exception(asyncpg.InterfaceError("the connection was closed while queries were described"))

    def _read(self, letter: int, body: memoryview) -> None:
        match chr(letter):
            case "t":
                self._reply = msgspec.structs.replace(self._reply, parameters=_numbers(body))
            case "T" if not self._reply.error:
                self._reply = msgspec.structs.replace(self._reply, columns=_columns(bytes(body)))
            case "E":
                self._reply = msgspec.structs.replace(self._reply, error=_fields(bytes(body)))
            case "Z":
                self._replies.append(self._reply)
                self._reply = Reply()
                if len(self._replies) == self._count and not self.done.done():
                    self.done.set_result(self._replies)
            case _:
                pass  # that a step was done, rows, notices


def _numbers(body: memoryview) -> tuple[int, ...]:
    (count,) = struct.unpack_from("!H", body)
    return struct.unpack_from(f"!{count}I", body, 2)


def _columns(body: bytes) -> tuple[Column, ...]:
    (count,) = struct.unpack_from("!H", body)
    found, position = [], 2
    for _ in range(count):
        end = body.index(0, position)
        table, attribute, kind, *_ = _COLUMN.unpack_from(body, end + 1)
        found.append(Column(body[position:end].decode(), kind, table, attribute))
        position = end + 1 + _COLUMN.size
    return tuple(found)


def _fields(body: bytes) -> dict[str, str]:
    return {chr(part[0]): part[1:].decode("utf-8", "replace") for part in body.split(b"\0") if part}
