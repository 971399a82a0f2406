"""Store new snapshots in Redis for the coordinator, and know which ones it has already."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec
from redis.asyncio import Redis

from shared.blobs import pack
from shared.formats import SNAPSHOT
from shared.messages import JunkReason, Keys, known_lines, sign_blob, sign_known
from shared.schema.schema import Snapshot
from shared.signing import TagError
from workers.junk import Junk


class KnownSnapshots:
    """The fingerprints of one run whose snapshots need not be sent again: a Container that follows the run's list.

    Args:
        redis: Connection pool of this process.
        keys: Of the fleet.
        run: Id of the scan.
        epoch: Of the scan.
        junk: Told of entries that are not ours.
        ttl: Seconds a blob stays in Redis.
    """

    def __init__(self, redis: Redis, keys: Keys, run: str, epoch: int, junk: Junk, *, ttl: int) -> None:
        self.run = run
        self.epoch = epoch
        self._redis = redis
        self._keys = keys
        self._ttl = ttl
        self.list = keys.known(run, epoch)
        self._junk = junk
        self.names: dict[str, str] = {}
        self._seen: set[str] = set()
        self.read = 0

    def __contains__(self, fingerprint: object) -> bool:
        return fingerprint in self._seen

    async def refresh(self) -> None:
        """Fetch the fingerprints that were added since the last call: the list only grows."""
        fresh: Any = await self._redis.lrange(self.list, self.read, -1)
        await self.note(fresh)

    async def note(self, fresh: Sequence[bytes]) -> None:
        """Note entries of the list that follow those that were read."""
        self.read += len(fresh)
        for entry in fresh:
            try:
                lines = known_lines(self._keys, self.list, entry)
            except TagError as error:
                await self._junk.drop(JunkReason.TAG, error)
                continue
            for line in lines:
                fingerprint, _, statement = line.partition(" ")
                self._note(fingerprint, statement)

    def _note(self, fingerprint: str, statement: str) -> None:
        self._seen.add(fingerprint)
        if statement:
            self.names[statement] = fingerprint

    async def store(self, fingerprint: str, snapshot: Snapshot | None, statement: str) -> None:
        """Store a snapshot under its fingerprint, and add to the run's list what need not be read again.

        The migration versions are left out: they belong to the tenant, not to what its fingerprint stands for.

        Args:
            fingerprint: Its name.
            snapshot: None where only the statement is new.
            statement: See `Observation`.
        """
        if fingerprint in self._seen and (not statement or statement in self.names):
            return
        if snapshot is None:
            await self._redis.rpush(self.list, sign_known(self._keys, self.list, [f"{fingerprint} {statement}"]))
            self._note(fingerprint, statement)
            return
        snapshot = msgspec.structs.replace(snapshot, versions=())
        blob = self._keys.blob(fingerprint)
        line = f"{fingerprint} {statement}" if statement else fingerprint
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.set(blob, sign_blob(self._keys, fingerprint, pack(SNAPSHOT, snapshot)))
            pipe.expire(blob, self._ttl)
            pipe.rpush(self.list, sign_known(self._keys, self.list, [line]))
            pipe.expire(self.list, self._ttl)
            await pipe.execute()
        self._note(fingerprint, statement)
