"""Remember in Redis what earlier scans saw of each tenant, so that an unchanged tenant is not read in full again."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping

import msgspec
from redis.asyncio import Redis
from redis.asyncio.client import Pipeline
from redis.exceptions import ResponseError

from shared.formats import SIGHTING, FormatError
from shared.messages import JunkReason, Keys
from shared.signing import Purpose, TagError
from shared.targets import Sighting
from workers.junk import Junk


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
        junk: Told of sightings that are not ours.
        ttl: Seconds after which a tenant is read in full again, whatever its token says. 0 remembers nothing.
    """

    def __init__(self, redis: Redis, keys: Keys, junk: Junk, *, ttl: int) -> None:
        self._redis = redis
        self._ring = keys.ring
        self._key = keys.sightings
        self._junk = junk
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
        return await self.decoded(dict(zip(names, stored, strict=True)))

    async def decoded(self, stored: Mapping[str, object]) -> Mapping[str, Sighting]:
        """Decode sightings as they stand in Redis; empty where there is none that is current."""
        return {name: await self._current(name, value) for name, value in stored.items()} if self._ttl else {}

    def keep(self, pipe: Pipeline, sightings: Mapping[str, Sighting]) -> int:
        """Have sightings stored by a pipeline, whose other commands do not depend on it.

        Returns:
            How many commands that are.
        """
        if not sightings:
            return 0
        until = time.time() + self._ttl
        kept = {
            tenant: msgspec.json.encode(_Kept(SIGHTING.version, until, sighting))
            for tenant, sighting in sightings.items()
        }
        signed = ((name, self._ring.sign(Purpose.SIGHTING, (self._key, name), text)) for name, text in kept.items())
        pipe.hset(self._key, items=[part for field in signed for part in field])
        pipe.expire(self._key, self._ttl)
        return 2

    async def _current(self, tenant: str, value: object) -> Sighting:
        """Decode a tenant's sighting; one that expired, is not ours, or is in another format, counts as none."""
        if not isinstance(value, bytes):
            return Sighting()
        try:
            kept = _decode(self._ring.verify(Purpose.SIGHTING, (self._key, tenant), value))
        except FormatError as error:
            await self._junk.drop(JunkReason.TAG if isinstance(error, TagError) else JunkReason.FORMAT, error)
            return Sighting()
        current = kept.format == SIGHTING.version and kept.until > time.time()
        return kept.sighting if current else Sighting()


def _decode(text: bytes) -> _Kept:
    try:
        return msgspec.json.decode(text, type=_Kept)
    except (msgspec.DecodeError, ValueError) as error:
        raise FormatError(f"this sighting cannot be read: {error}") from error
