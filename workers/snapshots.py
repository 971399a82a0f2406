"""Store new snapshots in Redis for the coordinator, and know which ones it has already."""

from __future__ import annotations

import msgspec
from redis.asyncio import Redis

from shared.blobs import pack
from shared.formats import SNAPSHOT
from shared.messages import Keys
from shared.schema.schema import Snapshot


class KnownSnapshots:
    """The fingerprints of one run whose snapshots need not be sent again: a Container that follows the run's list.

    Args:
        redis: Connection pool of this process.
        keys: Of the fleet.
        run: Id of the scan.
        epoch: Of the scan.
        ttl: Seconds a blob stays in Redis.
    """

    def __init__(self, redis: Redis, keys: Keys, run: str, epoch: int, *, ttl: int) -> None:
        self.run = run
        self.epoch = epoch
        self._redis = redis
        self._keys = keys
        self._ttl = ttl
        self._list = keys.known(run, epoch)
        self._seen: set[str] = set()
        self._read = 0

    def __contains__(self, fingerprint: object) -> bool:
        return fingerprint in self._seen

    async def refresh(self) -> None:
        """Fetch the fingerprints that were added since the last call: the list only grows."""
        fresh = await self._redis.lrange(self._list, self._read, -1)
        self._read += len(fresh)
        self._seen.update(item if isinstance(item, str) else item.decode() for item in fresh)

    async def store(self, fingerprint: str, snapshot: Snapshot) -> None:
        """Store a snapshot under its fingerprint, unless another worker has, and add the fingerprint to the run's list.

        The migration versions are left out: they belong to the tenant, not to what its fingerprint stands for.
        """
        if fingerprint in self._seen:
            return
        snapshot = msgspec.structs.replace(snapshot, versions=())
        async with self._redis.pipeline(transaction=True) as pipe:
            pipe.set(self._keys.blob(fingerprint), pack(SNAPSHOT, snapshot), nx=True)
            pipe.expire(self._keys.blob(fingerprint), self._ttl)
            pipe.rpush(self._list, fingerprint)
            pipe.expire(self._list, self._ttl)
            await pipe.execute()
        self._seen.add(fingerprint)
