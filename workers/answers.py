"""Send the answers of one batch to the coordinator, through the run's Redis stream.

A blob is stored before its fingerprint is announced, and both before the answer that names them: whoever reads an
answer finds the blob it names.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from importlib.resources import files
from types import TracebackType
from typing import Any, Self

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError

from shared.events.worker import MessageGivenUp
from shared.logs import log
from shared.messages import Answer, AnswerSet, Claiming, Keys, encode_answers
from shared.targets import Sighting
from workers.sightings import Sightings

_MAX_ANSWERS_PER_ENTRY = 25  # one entry of the stream holds so many
_FLUSH_AFTER_SECONDS = 0.2  # an answer waits so long for others to be sent with
_HEARTBEAT_EVERY_SECONDS = 1.0  # without an answer for so long, an empty entry is sent
_STREAM_TTL_SECONDS = 24 * 3600  # for a stream whose coordinator never came back
_RETRY_REDIS_AFTER_SECONDS = 1.0
_GIVE_UP_AFTER_SECONDS = 60.0  # of unreachable Redis: the ledger will send the batch again
_CLAIM = files("workers").joinpath("claim.lua").read_text()


class Claimed(msgspec.Struct, frozen=True):
    """What a claim gave, as it stands in Redis.

    Args:
        pieces: Signed.
        sightings: By tenant, signed, where there is one.
        known: Entries of the run's list of known snapshots, signed.
        left: How many pieces the list still holds.
    """

    pieces: Sequence[bytes]
    sightings: Mapping[str, bytes | None]
    known: Sequence[bytes]
    left: int


class RunGoneError(Exception):
    """The run's stream does not exist: the run ended, was cancelled, or Redis lost it. Answers would not be read."""


class AnswerWriter:
    """Sends the answers of one batch. An async context manager: entering it says that the batch has started.

    Args:
        redis: Connection pool of this process.
        keys: Of the fleet.
        stream: The run's stream.
        batch: Id of the batch.
        worker: Name of this process, for people.
        at_once: Send every answer before `add` returns, so that a crash shows which tenant was being read.
        sightings: Where what is to be remembered of tenants is stored, with the answers that speak of them.
        claiming: ON where the batch grows by claims: the last entry then says that it is over.

    Raises:
        RunGoneError: From entering and from `add`, when the run's stream does not exist.
    """

    def __init__(
        self,
        redis: Redis,
        keys: Keys,
        stream: str,
        *,
        batch: str,
        worker: str,
        at_once: bool = False,
        sightings: Sightings | None = None,
        claiming: Claiming = Claiming.NEVER,
    ) -> None:
        self._redis = redis
        self._claiming = claiming
        self._keys = keys
        self._stream = stream
        self._batch = batch
        self._worker = worker
        self._at_once = at_once
        self._sightings = sightings
        self._buffer: list[tuple[Answer, Sighting | None]] = []
        self._sending = asyncio.Lock()
        self._heart: asyncio.Task[None] | None = None
        self._ending = asyncio.Event()
        self._gone = False
        self._sent = 0.0
        self._number = 0

    async def __aenter__(self) -> Self:
        await self._send(())
        self._heart = asyncio.create_task(self._beat())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._heart is not None
        # Asked to end, not cancelled: an entry that is half sent is sent whole.
        self._ending.set()
        await self._heart
        if self._gone:
            return
        await self._flush()
        if self._claiming is Claiming.ON and kind is None:  # who ends by an error has not answered for everything
            self._claiming = Claiming.OVER
            async with self._sending:
                await self._send(())

    async def add(self, answer: Answer, sighting: Sighting | None = None) -> None:
        """Queue an answer; it is sent together with others, at most 0.2 s later.

        Args:
            answer: Of one item.
            sighting: What is to be remembered of that tenant.
        """
        if self._gone:
            raise RunGoneError
        self._buffer.append((answer, sighting))
        if self._at_once or len(self._buffer) >= _MAX_ANSWERS_PER_ENTRY:
            await self._flush()

    async def claim(self, pieces: str, most: int, known: str, read: int) -> Claimed:
        """Take pieces off a list, in one step with an entry that says so and that holds queued answers.

        Args:
            pieces: The list.
            most: How many at most.
            known: The run's list of known snapshots.
            read: How many entries of that have been read.

        Returns:
            No pieces when the list is empty.

        Raises:
            RunGoneError: When the run's stream does not exist.
            RedisError: When it is not known what became of the claim. Claim no more: the coordinator lays open again
                what was taken when the batch is over.
        """
        async with self._sending:
            some = tuple(self._buffer[:_MAX_ANSWERS_PER_ENTRY])
            entry, seen = self._next_entry(some)
            async with self._redis.pipeline(transaction=False) as pipe:
                hints = self._sightings.keep(pipe, seen) if self._sightings is not None else 0
                wanted = (entry, str(most), str(_STREAM_TTL_SECONDS), str(read), "1" if self._sightings else "0")
                pipe.eval(_CLAIM, 4, self._stream, pieces, self._keys.sightings, known, *wanted)
                reply: Any = (await pipe.execute(raise_on_error=False))[hints]
            if isinstance(reply, RedisError):
                raise reply
            if reply is None:
                self._gone = True
                raise RunGoneError
            del self._buffer[: len(some)]
            self._sent = asyncio.get_running_loop().time()
            taken, tenants, values, fresh, left = reply
            stored = dict(zip((name.decode(errors="replace") for name in tenants), values, strict=False))
            return Claimed(pieces=taken, sightings=stored, known=fresh, left=left)

    async def _beat(self) -> None:
        """Send the queued answers, and a heartbeat when there are none."""
        clock = asyncio.get_running_loop().time
        try:
            while not await self._ends_within(_FLUSH_AFTER_SECONDS):
                if self._buffer:
                    await self._flush()
                elif clock() - self._sent > _HEARTBEAT_EVERY_SECONDS:
                    async with self._sending:
                        await self._send(())
        except RunGoneError:
            return  # `add` raises it to the caller
        except RedisError as error:
            log(MessageGivenUp(batch=self._batch, process=self._worker, error=type(error).__name__))
            self._gone = True

    async def _ends_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                return await self._ending.wait()
        except TimeoutError:
            return False

    async def _flush(self) -> None:
        async with self._sending:  # one at a time, so that a retry cannot reorder or drop: the entries are numbered
            while self._buffer:
                some = tuple(self._buffer[:_MAX_ANSWERS_PER_ENTRY])
                await self._send(some)
                del self._buffer[: len(some)]

    async def _send(self, some: tuple[tuple[Answer, Sighting | None], ...]) -> None:
        clock = asyncio.get_running_loop().time
        entry, seen = self._next_entry(some)
        until = clock() + _GIVE_UP_AFTER_SECONDS
        while True:
            try:
                added = await self._add_entry(entry, seen)
                break
            except RedisError:
                if clock() > until or _cancelled():
                    raise
                await asyncio.sleep(_RETRY_REDIS_AFTER_SECONDS)
        self._sent = clock()
        if added is None:
            self._gone = True
            raise RunGoneError

    def _next_entry(self, some: tuple[tuple[Answer, Sighting | None], ...]) -> tuple[bytes, dict[str, Sighting]]:
        """Write the next entry, and give with it what is to be remembered of its tenants."""
        self._number += 1
        sent = AnswerSet(
            batch=self._batch,
            worker=self._worker,
            number=self._number,
            answers=tuple(each for each, _ in some),
            claiming=self._claiming,
        )
        seen = {answer.item: sighting for answer, sighting in some if sighting is not None}
        return encode_answers(self._keys, self._stream, sent), seen

    async def _add_entry(self, entry: bytes, seen: Mapping[str, Sighting]) -> object:
        """Add an entry to the stream, and give its place there; None when there is no such stream."""
        async with self._redis.pipeline(transaction=False) as pipe:
            # A hint that cannot be stored, because its key holds something else, costs time only.
            hints = self._sightings.keep(pipe, seen) if self._sightings is not None else 0
            pipe.xadd(self._stream, {"a": entry}, nomkstream=True)
            pipe.expire(self._stream, _STREAM_TTL_SECONDS)
            added, expiring = (await pipe.execute(raise_on_error=False))[hints:]
        for reply in (added, expiring):
            if isinstance(reply, RedisError):
                raise reply
        return added


def _cancelled() -> bool:
    """Say whether this task was cancelled: what it still sends on its way out is not tried again for long."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
