"""The process that reads: forked by a command, it does requests until its socket closes or it is killed.

It is forked and not started anew because a command of a second would wait a quarter of one for the imports. After the
fork it keeps nothing of the command's but its memory: no file but the socket and the three standard ones, no event
loop, no signal handler.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import resource
import signal
import socket
import sys
import warnings
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, NoReturn, assert_never

import msgspec

from shared.postgres.connection import TargetError, close, connect_directly, connect_source, translated
from shared.postgres.failures import OUT_OF_MEMORY, handle_unawaited
from shared.postgres.listing import fetch_strings
from shared.postgres.names.own_names import own_names
from shared.postgres.reading.counters import read_counters_alone
from shared.postgres.reading.introspect import read_snapshot
from shared.postgres.reading.observe_namespaces import observe_namespaces
from shared.postgres.reading.server_sign import read_server_sign
from shared.targets import Failure, FailureKind, Observation, ReadRequest
from workers.child import die_with_parent
from workers.isolated.messages import (
    HEARTBEAT,
    LENGTH_BYTES,
    ListStrings,
    NamespaceRead,
    ReadCounters,
    ReadNamespaces,
    ReadSign,
    ReadTenant,
    ReadToWrite,
    ReadUrl,
    Reply,
    Work,
    decode_request,
    encode_result,
    framed,
)
from workers.scan import Observe, internal_failure

HEARTBEAT_EVERY_SECONDS = 0.25
EXIT_OUT_OF_MEMORY = 70
"""Exit code of a process that needed more memory than it may have: which of its targets needed it, it does not know."""

_SOCKET = 3
_LINUX = sys.platform.startswith("linux")
_ADDRESS_SPACE, _RESIDENT = 0, 1  # fields of /proc/self/statm
_HARD = 2  # times `memory`: the address space
_SOURCE_TIMEOUTS = 4  # times `tenant_timeout`: one source that somebody waits for may take longer than one of a fleet


class Started(msgspec.Struct, frozen=True):
    """A process that reads.

    Args:
        pid: Its id.
        socket: The command's end; not blocking.
    """

    pid: int
    socket: socket.socket


def start(memory: int, observe: Observe) -> Started:
    """Fork a process that reads.

    Args:
        observe: Reads one target of a host.
        memory: Bytes that it may take beyond what this process has now. It looks at what it has taken with each
            heartbeat; what it takes at once, between two of them, is bounded to twice as much.
    """
    ours, theirs = socket.socketpair()
    parent = os.getpid()
    with warnings.catch_warnings():
        # Python warns of threads that hold locks: those of a command wait for work, and the child never calls them.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        _begin(theirs, parent, memory, observe)
    theirs.close()
    ours.setblocking(False)
    return Started(pid, ours)


def _begin(theirs: socket.socket, parent: int, memory: int, observe: Observe) -> NoReturn:
    code = 1
    try:
        die_with_parent(parent)
        _forget(theirs)
        _bound_address_space(_HARD * memory)
        asyncio.run(_serve(resident() + memory, observe))
        code = 0
    except MemoryError:
        code = EXIT_OUT_OF_MEMORY
    finally:
        os._exit(code)  # never back into the command's code, nor into what it registered for its own end


def _forget(theirs: socket.socket) -> None:
    """Leave the command's files, handlers and event loop behind."""
    gc.freeze()  # an object of the command's that was collected here would close a file by a number used again
    signal.set_wakeup_fd(-1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # of a terminal, meant for the command, which ends this process
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    os.dup2(theirs.fileno(), _SOCKET)
    os.closerange(_SOCKET + 1, os.sysconf("SC_OPEN_MAX"))
    asyncio._set_running_loop(None)  # noqa: SLF001  # as asyncio does itself in a forked child since Python 3.12


def _bound_address_space(memory: int) -> None:
    if _LINUX:
        limit = _statm(_ADDRESS_SPACE) + memory
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        if hard == resource.RLIM_INFINITY or limit < hard:
            resource.setrlimit(resource.RLIMIT_AS, (limit, hard))


def resident() -> int:
    """Give the memory that this process has now, in bytes; off Linux, the most that it ever had."""
    return _statm(_RESIDENT) if _LINUX else _most_resident()


def _statm(field: int) -> int:
    """Read one number of proc(5), in bytes."""
    return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[field]) * resource.getpagesize()


def _most_resident() -> int:
    """Give the most memory that this process ever had: asyncpg throws away what did not fit, and listens on."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most * 1024 if _LINUX else most  # getrusage(2): kilobytes; on macOS bytes


async def end_when_grown(memory: int) -> None:
    """End this process as soon as it has so many bytes more than now: a task of whoever reads without being watched."""
    allowed = resident() + memory
    while resident() <= allowed:  # noqa: ASYNC110  # the kernel has no event for it
        await asyncio.sleep(HEARTBEAT_EVERY_SECONDS)
    os._exit(EXIT_OUT_OF_MEMORY)


async def _serve(memory: int, observe: Observe) -> None:
    asyncio.get_running_loop().set_exception_handler(_end_when_out_of_memory)
    reader, writer = await asyncio.open_connection(sock=socket.socket(fileno=_SOCKET))
    desk = _Desk(writer, memory, observe)
    heart = asyncio.create_task(desk.beat())
    work: set[asyncio.Task[None]] = set()
    with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):  # the command is gone: so is our purpose
        while True:
            length = int.from_bytes(await reader.readexactly(LENGTH_BYTES), "big")
            request = decode_request(await reader.readexactly(length))
            task = asyncio.create_task(desk.do(request.number, request.work))
            work.add(task)
            task.add_done_callback(work.discard)
    heart.cancel()


def _end_when_out_of_memory(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    # asyncio hands what a protocol raised while it took data to this handler, and to nobody else.
    if isinstance(context.get("exception"), MemoryError):
        os._exit(EXIT_OUT_OF_MEMORY)
    handle_unawaited(loop, context)


class _Desk:
    """Does the requests and sends their replies, in the order in which they are done.

    Args:
        writer: To the command.
        memory: Bytes that this process may have.
        observe: Reads one target of a host.
    """

    def __init__(self, writer: asyncio.StreamWriter, memory: int, observe: Observe) -> None:
        self._writer = writer
        self._memory = memory
        self._read_target = observe
        self._sent: set[str] = set()  # fingerprints whose schema the command has from us
        self._names: dict[str, str] = {}  # see `ReadRequest`

    async def beat(self) -> None:
        """Say again and again that the event loop turns; end this process when it has taken too much memory."""
        while True:
            if _most_resident() > self._memory:
                os._exit(EXIT_OUT_OF_MEMORY)
            self._writer.write(framed(Reply(HEARTBEAT)))
            await asyncio.sleep(HEARTBEAT_EVERY_SECONDS)

    async def do(self, number: int, work: Work) -> None:
        """Do one request."""
        result = await self._outcome(work)
        if isinstance(result, Failure):
            if result.message == OUT_OF_MEMORY:
                os._exit(EXIT_OUT_OF_MEMORY)
            self._writer.write(framed(Reply(number, failure=result)))
        else:
            self._writer.write(framed(Reply(number, encode_result(result))))
        await self._writer.drain()

    async def _outcome(self, work: Work) -> object:
        return await _caught(lambda: self._done(work))

    def _done(self, work: Work) -> Awaitable[object]:
        match work:
            case ReadTenant():
                done: Awaitable[object] = self._observe(work)
            case ReadNamespaces():
                done = self._observe_namespaces(work)
            case ReadToWrite():
                done = _read_to_write(work)
            case ReadUrl():
                done = _read_url(work)
            case ListStrings():
                done = _list(work)
            case ReadSign():
                done = _read_sign(work)
            case ReadCounters():
                done = _read_counters(work)
            case _:
                assert_never(work)
        return done

    async def _observe(self, work: ReadTenant) -> Observation:
        wanted = ReadRequest(
            limits=work.limits, known=self._sent, names=self._names, profile=work.profile, earlier=work.earlier
        )
        return self._noted(await self._read_target(work.host, work.target, wanted))

    async def _observe_namespaces(self, work: ReadNamespaces) -> list[NamespaceRead]:
        wanted = ReadRequest(limits=work.limits, known=self._sent, names=self._names, profile=work.profile)
        results = await observe_namespaces(work.host, work.targets, wanted, work.earlier)
        return [
            NamespaceRead(tenant, failure=result)
            if isinstance(result, Failure)
            else NamespaceRead(tenant, observation=self._noted(result))
            for tenant, result in results.items()
        ]

    def _noted(self, seen: Observation) -> Observation:
        if seen.snapshot is not None:
            self._sent.add(seen.fingerprint)
        if seen.statement:
            self._names[seen.statement] = seen.fingerprint
        return seen


async def _caught(reading: Callable[[], Awaitable[object]]) -> object:
    try:
        return await reading()
    except TargetError as error:
        return error.failure
    except TimeoutError:
        return Failure(FailureKind.TIMEOUT, "no answer in time")
    except MemoryError:
        return Failure(FailureKind.LIMIT, OUT_OF_MEMORY)
    except Exception as error:  # noqa: BLE001  # a bug met in one target must not take the others with it
        return internal_failure(error)


async def _read_url(work: ReadUrl) -> object:
    async with asyncio.timeout(_SOURCE_TIMEOUTS * work.limits.tenant_timeout):
        connection = await connect_source(work.url, work.limits)
        try:
            with translated():
                return await read_snapshot(connection, profile=work.profile, limits=work.limits)
        except BaseException:
            connection.terminate()
            raise
        finally:
            if not connection.is_closed():
                await close(connection)


async def _read_to_write(work: ReadToWrite) -> object:
    async with asyncio.timeout(work.limits.tenant_timeout):
        connection = await connect_directly(work.host, work.target.database, work.limits)
        try:
            with translated():
                own = own_names(work.target, work.profile)
                return await read_snapshot(connection, own=own, profile=work.profile, limits=work.limits)
        except BaseException:
            connection.terminate()
            raise
        finally:
            if not connection.is_closed():
                await close(connection)


async def _list(work: ListStrings) -> object:
    async with asyncio.timeout(work.limits.tenant_timeout):
        return await fetch_strings(work.host, work.database, work.sql, work.limits)


async def _read_sign(work: ReadSign) -> object:
    async with asyncio.timeout(work.limits.tenant_timeout):
        return await read_server_sign(work.host, work.database, work.limits)


async def _read_counters(work: ReadCounters) -> object:
    async with asyncio.timeout(work.limits.tenant_timeout):
        return await read_counters_alone(work.host, work.database, work.limits)
