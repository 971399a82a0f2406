"""Remember in Redis what earlier scans saw of each tenant, so that an unchanged tenant is not read in full again."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping

import msgspec
from redis.asyncio import Redis
from redis.exceptions import ResponseError

from shared.formats import SIGHTING
from shared.messages import Keys
from shared.targets import Sighting


class _Kept(msgspec.Struct, frozen=True, array_like=True):
    """One field of the Redis hash: a sighting and when it expires. The first position is always the format."""

    format: int
    until: float  # seconds since the epoch
    sighting: Sighting


class Sightings:
    """The sightings of one fleet, in Redis: losing them costs time and nothing else.

    Args:
        redis: Connection pool of this process.
        keys: Of the fleet.
        ttl: Seconds after which a tenant is read in full again, whatever its token says. 0 remembers nothing.
    """

    def __init__(self, redis: Redis, keys: Keys, *, ttl: int) -> None:
        self._redis = redis
        self._key = keys.sightings
        self._ttl = ttl

    async def of(self, tenants: Iterable[str]) -> Mapping[str, Sighting]:
        """Give each tenant's sighting, empty where there is none; nothing at all when nothing is to be remembered."""
        names = list(tenants)
        if not self._ttl or not names:
            return {}
        try:
            stored = await self._redis.hmget(self._key, names)
        except ResponseError:  # the key holds something else: a hint that is lost costs time only
            return {}
        return {name: _current(value) for name, value in zip(names, stored, strict=True)}

    async def keep(self, tenant: str, sighting: Sighting) -> None:
        """Store a sighting."""
        kept = msgspec.json.encode(_Kept(SIGHTING.version, time.time() + self._ttl, sighting))
        async with self._redis.pipeline(transaction=False) as pipe:
            pipe.hset(self._key, tenant, kept)
            pipe.expire(self._key, self._ttl)
            await pipe.execute(raise_on_error=False)  # as above


def _current(value: object) -> Sighting:
    """Decode a stored sighting; one that expired, or one in another format, counts as none."""
    if not isinstance(value, bytes):
        return Sighting()
    try:
        kept = msgspec.json.decode(value, type=_Kept)
    except (msgspec.DecodeError, ValueError):
        return Sighting()
    current = kept.format == SIGHTING.version and kept.until > time.time()
    return kept.sighting if current else Sighting()
