"""The command's side: has targets read in another process, and kills it when it hangs.

A hung process takes the requests with it that it was doing. They are done again one by one, each in a process of its
own: the one that hangs again is to blame, and the others answer as if nothing had happened.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Self, TypeVar

import msgspec

from shared.hosts import Host
from shared.postgres.connection import TargetError
from shared.postgres.failures import OUT_OF_MEMORY
from shared.postgres.reading.observe import observe as observe_target
from shared.postgres.reading.server_sign import ServerSign
from shared.schema.profile import Profile
from shared.schema.schema import Snapshot
from shared.targets import Failure, FailureKind, Limits, Observation, ReadRequest, Sighting, Target
from workers.isolated.messages import (
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
    Request,
    Work,
    decode_reply,
    framed,
)
from workers.isolated.process import EXIT_OUT_OF_MEMORY, start
from workers.scan import Observe

_LOOK_EVERY_SECONDS = 0.25  # whether the process has said something
_READ_BYTES = 1 << 18

HUNG = Failure(FailureKind.PROTOCOL, "the server's answer made the reader hang; the process that read it was killed")
"""A target of which the process that read it alone said nothing more."""

_Result = TypeVar("_Result")


class _LostError(Exception):
    """The process ended, or was killed, before it had answered; the failure is the request's if it was the only one."""

    def __init__(self, failure: Failure) -> None:
        super().__init__(failure.message)
        self.failure = failure


class Readers:
    """Reads targets in a process that can be killed. An async context manager: its end leaves no process behind.

    Args:
        limits: `tenant_timeout` is how long the process may say nothing, `reader_memory` what it may take.
        read_target: Reads one target of a host, in that process.
    """

    def __init__(self, limits: Limits, read_target: Observe = observe_target) -> None:
        self._limits = limits
        self._read_target = read_target
        self._shared: _Reader | None = None
        self._starting = asyncio.Lock()
        self._alone = asyncio.Lock()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._shared is not None:
            await self._shared.close()

    @property
    def process(self) -> int | None:
        """The id of the process that reads; None while there is none."""
        return None if self._shared is None or self._shared.ended else self._shared.pid

    async def observe(self, host: Host, target: Target, wanted: ReadRequest) -> Observation:
        """Read one target, as `shared.postgres.reading.observe.observe`.

        Its `known` and `names` are not asked: a process leaves out the schemas that it has itself sent before.

        Raises:
            TargetError: The target could not be read.
        """
        work = ReadTenant(
            host=host, target=target, limits=wanted.limits, profile=wanted.profile, earlier=wanted.earlier
        )
        return await self._do(work, Observation)

    async def observe_namespaces(
        self, host: Host, targets: Sequence[Target], wanted: ReadRequest, earlier: Mapping[str, Sighting]
    ) -> dict[str, Observation | Failure]:
        """Read namespaces of one database, as `shared.postgres.reading.observe_namespaces.observe_namespaces`.

        When the process that reads is lost, each is read by itself: one of them is to blame.
        """
        work = ReadNamespaces(
            host=host, targets=tuple(targets), limits=wanted.limits, profile=wanted.profile, earlier=dict(earlier)
        )
        try:
            reply = await self._together(work)
        except _LostError:
            alone = (msgspec.structs.replace(wanted, earlier=earlier.get(target.tenant)) for target in targets)
            pairs = zip(targets, alone, strict=True)
            return {target.tenant: await self._observe_alone(host, target, request) for target, request in pairs}
        if reply.failure is not None:
            return dict.fromkeys((target.tenant for target in targets), reply.failure)
        read = msgspec.msgpack.decode(reply.result, type=list[NamespaceRead])
        return {each.tenant: each.observation or each.failure or HUNG for each in read}

    async def _observe_alone(self, host: Host, target: Target, wanted: ReadRequest) -> Observation | Failure:
        try:
            return await self.observe(host, target, wanted)
        except TargetError as error:
            return error.failure

    async def snapshot(self, url: str, profile: Profile) -> Snapshot:
        """Read the database at a URL.

        Raises:
            TargetError: It could not be read.
        """
        return await self._do(ReadUrl(url=url, profile=profile, limits=self._limits), Snapshot)

    async def schema_to_change(self, host: Host, target: Target, profile: Profile) -> Snapshot:
        """Read the schema of a target with the credential that can change it; no pooler may stand in between.

        Raises:
            TargetError: It could not be read.
        """
        work = ReadToWrite(host=host, target=target, limits=self._limits, profile=profile)
        return await self._do(work, Snapshot)

    async def strings(self, host: Host, database: str, sql: str) -> list[str]:
        """Run a query that gives one column of text, as `shared.postgres.listing.fetch_strings`.

        Raises:
            TargetError: It could not be run.
        """
        return await self._do(ListStrings(host=host, database=database, sql=sql, limits=self._limits), list[str])

    async def server_sign(self, host: Host, database: str) -> ServerSign:
        """Read what a server says of its databases, as `shared.postgres.reading.server_sign.read_server_sign`.

        Raises:
            TargetError: It could not be read.
        """
        return await self._do(ReadSign(host=host, database=database, limits=self._limits), ServerSign)

    async def counters(self, host: Host, database: str) -> str:
        """Read the counters of a database, as `shared.postgres.reading.counters.read_counters_alone`.

        Raises:
            TargetError: They could not be read.
        """
        return await self._do(ReadCounters(host=host, database=database, limits=self._limits), str)

    async def _do(self, work: Work, result: type[_Result]) -> _Result:
        try:
            reply = await self._together(work)
        except _LostError:
            async with self._alone:
                reply = await self._by_itself(work)
        if reply.failure is not None:
            raise TargetError(reply.failure.kind, reply.failure.message)
        return msgspec.msgpack.decode(reply.result, type=result)

    async def _together(self, work: Work) -> Reply:
        async with self._starting:
            if self._shared is None or self._shared.ended:
                if self._shared is not None:
                    await self._shared.close()
                self._shared = await _Reader.begin(self._limits, self._read_target)
        return await self._shared.do(work)

    async def _by_itself(self, work: Work) -> Reply:
        reader = await _Reader.begin(self._limits, self._read_target)
        try:
            return await reader.do(work)
        except _LostError as lost:
            return Reply(0, failure=lost.failure)
        finally:
            await reader.close()


class _Reader:
    """One process that reads, the requests it is doing, and the watch over it."""

    def __init__(self, pid: int, streams: tuple[asyncio.StreamReader, asyncio.StreamWriter], limits: Limits) -> None:
        self.pid = pid
        self._reader, self._writer = streams
        self._silence_allowed = limits.tenant_timeout
        self._waiting: dict[int, asyncio.Future[Reply]] = {}
        self._number = 0
        self._heard = True
        self.ended = False
        self._tasks = [asyncio.create_task(self._listen()), asyncio.create_task(self._watch())]

    @classmethod
    async def begin(cls, limits: Limits, read_target: Observe) -> _Reader:
        """Start a process."""
        started = start(limits.reader_memory, read_target)
        return cls(started.pid, await asyncio.open_connection(sock=started.socket), limits)

    async def do(self, work: Work) -> Reply:
        """Have one request done.

        Raises:
            _LostError: The process ended before it had answered.
        """
        self._number += 1
        number = self._number
        answer: asyncio.Future[Reply] = asyncio.get_running_loop().create_future()
        self._waiting[number] = answer
        try:
            self._writer.write(framed(Request(number, work)))
            return await answer
        finally:
            self._waiting.pop(number, None)

    def end(self, hung: Failure | None = None) -> None:
        """End the process now; what it was doing is lost."""
        if self.ended:
            return
        self.ended = True
        how = self._reap()
        failure = how if hung is None else hung
        self._writer.transport.abort()
        for task in self._tasks:
            if task is not asyncio.current_task():
                task.cancel()
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(_LostError(failure))

    async def close(self) -> None:
        """End the process, and wait until nothing of it is left here."""
        self.end()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with contextlib.suppress(ConnectionError):
            await self._writer.wait_closed()

    def _reap(self) -> Failure:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)  # our child, not waited for yet: the number is nobody else's
        _, status = os.waitpid(self.pid, 0)
        code = os.waitstatus_to_exitcode(status)
        if code == EXIT_OUT_OF_MEMORY:
            return Failure(FailureKind.LIMIT, OUT_OF_MEMORY)
        how = f"signal {-code}" if code < 0 else f"exit code {code}"
        return Failure(FailureKind.CRASHED, f"the process that read the server's answer ended with {how}")

    async def _listen(self) -> None:
        frames = _Frames()
        with contextlib.suppress(ConnectionError):
            while data := await self._reader.read(_READ_BYTES):
                self._heard = True
                for body in frames.of(data):
                    reply = decode_reply(body)
                    answer = self._waiting.get(reply.number)
                    if answer is not None and not answer.done():
                        answer.set_result(reply)
        self.end()

    async def _watch(self) -> None:
        """Kill the process when it has said nothing for too long.

        Counted in looks and not by the clock: while this process itself does not get to look, it cannot listen either.
        """
        silent = 0.0
        while silent < self._silence_allowed:
            await asyncio.sleep(_LOOK_EVERY_SECONDS)
            silent = 0.0 if self._heard else silent + _LOOK_EVERY_SECONDS
            self._heard = False
        self.end(HUNG)


class _Frames:
    """Cuts what comes through a socket into messages."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def of(self, data: bytes) -> Sequence[bytearray]:
        """Give the messages that are complete with this data."""
        self._buffer += data
        found: list[bytearray] = []
        while len(self._buffer) >= LENGTH_BYTES:
            end = LENGTH_BYTES + int.from_bytes(self._buffer[:LENGTH_BYTES], "big")
            if len(self._buffer) < end:
                break
            found.append(self._buffer[LENGTH_BYTES:end])
            del self._buffer[:end]
        return found
