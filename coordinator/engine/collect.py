"""Read the workers' answers to one run from its Redis stream, and notice when Redis lost the stream."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from redis.asyncio import Redis

from shared.events.run import AnswerRefused, BlobRefused
from shared.formats import FormatError
from shared.logs import log
from shared.messages import MAX_MESSAGE_BYTES, AnswerSet, JunkReason, Keys, decode_answers, sign_known, verify_blob
from shared.signing import TagError
from workers.junk import Junk

_MAX_ENTRIES_PER_READ = 500  # of up to 25 answers each
_MAX_VALUES_PER_COMMAND = 1000
_MAX_REASON = 200
_STREAM_TTL_SECONDS = 24 * 3600


class RunLostError(Exception):
    """Redis no longer knows the run: flushed, or restarted empty."""


class BlobsLostError(Exception):
    """Redis does not have values any more that were stored there for the run."""

    def __init__(self, count: int) -> None:
        super().__init__(f"{count} values are missing")
        self.count = count


class Entry(AnswerSet, frozen=True, kw_only=True):
    """An entry of the stream: answers, and the pieces that its worker took off a list in the same step."""

    claimed: tuple[bytes, ...] = ()


class AnswerStream:
    """The coordinator's end of a run's answer stream; the workers' end is `workers.answers.AnswerWriter`.

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
        self._junk = Junk(redis, keys)
        self._refused: set[JunkReason] = set()  # why entries of this run were dropped: each reason is said once
        self._heard: dict[tuple[str, str], int] = {}  # (batch, worker) → number of the last entry

    def attach(self, epoch: int) -> None:
        """Read the epoch's stream from its beginning, whether it exists or not."""
        self._stream = self._keys.answers(self._run, epoch)
        self._known = self._keys.known(self._run, epoch)
        self._cursor = "0"
        self._heard.clear()

    async def open(self, epoch: int, known: Sequence[str]) -> None:
        """Create the epoch's stream: from now on workers may answer.

        Args:
            epoch: Never used before by this run.
            known: Fingerprints whose snapshots are kept already.
        """
        self.attach(epoch)
        async with self._redis.pipeline(transaction=False) as pipe:
            for start in range(0, len(known), _MAX_VALUES_PER_COMMAND):
                some = known[start : start + _MAX_VALUES_PER_COMMAND]
                pipe.rpush(self._known, sign_known(self._keys, self._known, some))
            pipe.expire(self._known, _STREAM_TTL_SECONDS)
            pipe.xadd(self._stream, {"open": epoch})
            pipe.expire(self._stream, _STREAM_TTL_SECONDS)
            await pipe.execute()

    async def read(self, wait: float) -> list[Entry]:
        """Give the answers that arrived since the last call, waiting at most `wait` seconds for one (0: not at all).

        Raises:
            RunLostError: When the stream is gone.
        """
        block = max(1, int(wait * 1000)) if wait > 0 else None
        found: Any = await self._redis.xread({self._stream: self._cursor}, count=_MAX_ENTRIES_PER_READ, block=block)
        if not found:
            if not await self._redis.exists(self._stream):
                raise RunLostError
            return []
        sets: list[Entry] = []
        for _, entries in found:
            for position, fields in entries:
                self._cursor = position
                if b"a" in fields:
                    sets += await self._decoded(fields[b"a"], _claimed(fields))
        return sets

    async def _decoded(self, entry: bytes, claimed: tuple[bytes, ...]) -> list[Entry]:
        """Decode an entry; what is not ours, or cannot be read, is no answer, and the ledger sends its batch again."""
        if len(entry) > MAX_MESSAGE_BYTES:
            await self._drop(JunkReason.SIZE, f"expected at most {MAX_MESSAGE_BYTES} bytes, found {len(entry)}")
            return []
        try:
            answers = decode_answers(self._keys, self._stream, entry)
        except FormatError as error:
            await self._drop(JunkReason.TAG if isinstance(error, TagError) else JunkReason.FORMAT, str(error))
            return []
        sender = (answers.batch, answers.worker)
        if answers.number <= self._heard.get(sender, -1):
            await self._junk.count(JunkReason.REPEATED)  # a worker that was not told that Redis has it sends it again
            return []
        self._heard[sender] = answers.number
        return [
            Entry(
                batch=answers.batch,
                worker=answers.worker,
                number=answers.number,
                answers=answers.answers,
                claiming=answers.claiming,
                claimed=claimed,
            )
        ]

    async def _drop(self, reason: JunkReason, why: str) -> None:
        if reason not in self._refused:
            self._refused.add(reason)
            log(AnswerRefused(run=self._run, reason=why[:_MAX_REASON]))
        await self._junk.count(reason)

    async def blobs(self, names: Iterable[str]) -> Mapping[str, bytes]:
        """Fetch those of the blobs that are there, and that a holder of our key put there."""
        wanted = sorted(names)
        found: dict[str, bytes] = {}
        for start in range(0, len(wanted), _MAX_VALUES_PER_COMMAND):
            some = wanted[start : start + _MAX_VALUES_PER_COMMAND]
            blobs = await self._redis.mget([self._keys.blob(name) for name in some])
            for name, blob in zip(some, blobs, strict=True):
                if isinstance(blob, bytes) and (true := await self._verified(name, blob)) is not None:
                    found[name] = true
        return found

    async def _verified(self, name: str, blob: bytes) -> bytes | None:
        try:
            return verify_blob(self._keys, name, blob)
        except TagError:
            log(BlobRefused(name=name))
            await self._junk.count(JunkReason.TAG)
            return None

    @property
    def keys(self) -> tuple[tuple[str, str], ...]:
        """Name the epoch's keys, and the type of each."""
        return ((self._stream, "stream"), (self._known, "list")) if self._stream else ()

    async def close(self) -> None:
        """Delete the stream, which ends the run: workers drop its queued batches and stop those they are reading."""
        if self._stream:
            await self._redis.delete(self._stream, self._known)


def _claimed(fields: Mapping[bytes, bytes]) -> tuple[bytes, ...]:
    return tuple(piece for name, piece in fields.items() if name.startswith(b"p"))
