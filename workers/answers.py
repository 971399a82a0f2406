"""The way back: the answers of one batch to the run's stream.

A blob is stored before its fingerprint becomes known, and both before the answer that names them: whoever reads an
answer finds what it speaks of.
"""

from __future__ import annotations

import asyncio
import logging
from types import TracebackType
from typing import Self

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError

from shared.messages import Answer, AnswerSet

_log = logging.getLogger(__name__)

_MOST = 25  # answers in one entry of the stream
_PAUSE = 0.2  # seconds an answer waits for company
_ALIVE = 1.0  # seconds of silence after which a sign of life is due
_STREAM_TTL = 24 * 3600  # seconds: a stream whose coordinator never came back
_RETRY = 1.0  # seconds between tries while Redis is away
_PATIENCE = 60.0  # seconds of Redis' absence after which a batch is given up: the ledger sends it again


class RunGoneError(Exception):
    """The run's stream does not exist: it ended, was cancelled, or Redis lost it. Nobody waits for the answers."""


class AnswerWriter:
    """Sends the answers of one batch. An async context manager; entering it says that the batch has begun.

    Args:
        redis: Connection pool of this process.
        stream: The run's stream.
        batch: Id of the batch.
        worker: Name of this process, for people.
        at_once: Send every answer before `add` returns, so that a crash tells what it met.

    Raises:
        RunGoneError: From entering and from `add`, when there is nothing to answer to any more.
    """

    def __init__(self, redis: Redis, stream: str, *, batch: str, worker: str, at_once: bool = False) -> None:
        self._redis = redis
        self._stream = stream
        self._batch = batch
        self._worker = worker
        self._at_once = at_once
        self._buffer: list[Answer] = []
        self._sending = asyncio.Lock()
        self._pulse: asyncio.Task[None] | None = None
        self._ending = asyncio.Event()
        self._gone = False
        self._sent = 0.0

    async def __aenter__(self) -> Self:
        await self._send(())
        self._pulse = asyncio.create_task(self._beat())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._pulse is not None
        # Asked, not cancelled: redis-py turns a cancellation that meets a reply into an error of its own, and the
        # pulse, trying again, would outlive it for ever.
        self._ending.set()
        await self._pulse
        if not self._gone:
            await self._flush()

    async def add(self, answer: Answer) -> None:
        """Take an answer; it is sent with others, at most 0.2 s later."""
        if self._gone:
            raise RunGoneError
        self._buffer.append(answer)
        if self._at_once or len(self._buffer) >= _MOST:
            await self._flush()

    async def _beat(self) -> None:
        """Send what waits, and a sign of life when nothing does."""
        clock = asyncio.get_running_loop().time
        try:
            while not await self._ends_within(_PAUSE):
                if self._buffer:
                    await self._flush()
                elif clock() - self._sent > _ALIVE:
                    await self._send(())
        except RunGoneError:
            return  # `add` says so to the reader
        except RedisError as error:
            _log.warning("batch %s: answers cannot be sent (%s)", self._batch, type(error).__name__)
            self._gone = True

    async def _ends_within(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(seconds):
                return await self._ending.wait()
        except TimeoutError:
            return False

    async def _flush(self) -> None:
        async with self._sending:  # one at a time, so that a retry cannot reorder or drop
            while self._buffer:
                some = tuple(self._buffer[:_MOST])
                await self._send(some)
                del self._buffer[: len(some)]

    async def _send(self, answers: tuple[Answer, ...]) -> None:
        clock = asyncio.get_running_loop().time
        entry = msgspec.json.encode(AnswerSet(batch=self._batch, worker=self._worker, answers=answers))
        until = clock() + _PATIENCE
        while True:
            try:
                async with self._redis.pipeline(transaction=False) as pipe:
                    pipe.xadd(self._stream, {"a": entry}, nomkstream=True)
                    pipe.expire(self._stream, _STREAM_TTL)
                    added, _ = await pipe.execute()
                break
            except RedisError:
                if clock() > until or _cancelled():
                    raise
                await asyncio.sleep(_RETRY)
        self._sent = clock()
        if added is None:
            self._gone = True
            raise RunGoneError


def _cancelled() -> bool:
    """Say whether somebody asked this task to end: redis-py can turn that into an error of its own."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
