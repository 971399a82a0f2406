"""The coordinator's end of the answer stream: open it, read it from where we were, notice when Redis lost it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec
from redis.asyncio import Redis

from shared.messages import AnswerSet, Keys

_ENTRIES = 500  # of up to 25 answers each, in one read
_CHUNK = 1000  # values in one command
_TTL = 24 * 3600  # seconds


class RunLostError(Exception):
    """Redis no longer knows the run: flushed, restarted empty, or it dropped a blob that an answer names."""


class Collector:
    """Reads one run's answers.

    Args:
        redis: Connection pool.
        keys: Of the fleet.
        run: Id of the run.
    """

    def __init__(self, redis: Redis, keys: Keys, run: str) -> None:
        self._redis = redis
        self._keys = keys
        self._run = run
        self._stream = ""
        self._known = ""
        self._cursor: bytes | str = "0"

    def attach(self, epoch: int) -> None:
        """Read the epoch's stream from its beginning, whether it exists or not."""
        self._stream = self._keys.answers(self._run, epoch)
        self._known = self._keys.known(self._run, epoch)
        self._cursor = "0"

    async def open(self, epoch: int, known: Sequence[str]) -> None:
        """Begin an epoch: from now on workers may answer.

        Args:
            epoch: Never used before by this run.
            known: Fingerprints whose snapshots are kept already.
        """
        self.attach(epoch)
        async with self._redis.pipeline(transaction=False) as pipe:
            for start in range(0, len(known), _CHUNK):
                pipe.rpush(self._known, *known[start : start + _CHUNK])
            pipe.expire(self._known, _TTL)
            pipe.xadd(self._stream, {"open": epoch})
            pipe.expire(self._stream, _TTL)
            await pipe.execute()

    async def read(self, wait: float) -> list[AnswerSet]:
        """Give what arrived since the last call, waiting for something at most `wait` seconds (0: not at all).

        Raises:
            RunLostError: When the stream is gone.
        """
        block = max(1, int(wait * 1000)) if wait > 0 else None
        found: Any = await self._redis.xread({self._stream: self._cursor}, count=_ENTRIES, block=block)
        if not found:
            if not await self._redis.exists(self._stream):
                raise RunLostError
            return []
        sets: list[AnswerSet] = []
        for _, entries in found:
            for position, fields in entries:
                self._cursor = position
                if b"a" in fields:
                    sets.append(msgspec.json.decode(fields[b"a"], type=AnswerSet))
        return sets

    async def blobs(self, names: Iterable[str]) -> Mapping[str, bytes]:
        """Fetch blobs that answers named.

        Raises:
            RunLostError: When one of them is not there.
        """
        wanted = sorted(names)
        found: dict[str, bytes] = {}
        for start in range(0, len(wanted), _CHUNK):
            some = wanted[start : start + _CHUNK]
            for name, blob in zip(some, await self._redis.mget([self._keys.blob(name) for name in some]), strict=True):
                if not isinstance(blob, bytes):
                    raise RunLostError
                found[name] = blob
        return found

    async def close(self) -> None:
        """End the run for everybody: workers drop what is still queued, and stop what they are doing."""
        if self._stream:
            await self._redis.delete(self._stream, self._known)
