"""Count what was dropped because no holder of our key wrote it, or nobody can read it; say the first of each reason."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from shared.events.worker import JunkDropped
from shared.logs import log
from shared.messages import JunkReason, Keys

JUNK_TTL_SECONDS = 30 * 24 * 3600
"""The counts go when nothing was dropped for so long."""


class Junk:
    """What one process dropped. The counts of all processes stand in Redis, where the coordinator's metrics find them.

    Args:
        redis: Connection pool of this process.
        keys: Of the fleet.
    """

    def __init__(self, redis: Redis, keys: Keys) -> None:
        self._redis = redis
        self._key = keys.junk
        self._said: set[JunkReason] = set()

    async def drop(self, reason: JunkReason, error: Exception) -> None:
        """Note that something was dropped."""
        if reason not in self._said:
            self._said.add(reason)
            log(JunkDropped(reason=reason, error=type(error).__name__))
        await self.count(reason)

    async def count(self, reason: JunkReason) -> None:
        """Count it; a Redis that is full, or away, costs a count and nothing else."""
        with contextlib.suppress(RedisError):
            await self._redis.hincrby(self._key, reason.value, 1)
            await self._redis.expire(self._key, JUNK_TTL_SECONDS)


async def read_junk(redis: Redis, keys: Keys) -> Mapping[JunkReason, int]:
    """Give how often something was dropped, by reason, since Redis began.

    Raises:
        RedisError: When Redis cannot say.
    """
    found: Any = await redis.hmget(keys.junk, [reason.value for reason in JunkReason])
    return {
        reason: int(count) if count is not None and count.isdigit() else 0
        for reason, count in zip(JunkReason, found, strict=True)
    }
