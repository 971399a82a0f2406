"""From the ledger's batches to the queue: permits first, then one pipelined publication. And who is there to work."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from celery import Celery
from redis.asyncio import Redis

from coordinator.ledger import Batch
from coordinator.permits import Permits
from shared.messages import Keys
from workers.app import publish

_CENSUS = 2.0  # seconds between looks at who works
_RENEWAL = 8.0  # seconds between renewals of permits


class Dispatcher:
    """Sends one run's batches.

    Args:
        app: The Celery application.
        redis: Connection pool.
        keys: Of the fleet.
        task: Name of the task.
        permits: Of the run.
        slots: Worker slots to count on; 0 counts those that workers announce.
    """

    def __init__(self, app: Celery, redis: Redis, *, keys: Keys, task: str, permits: Permits, slots: int) -> None:
        self._app = app
        self._redis = redis
        self._keys = keys
        self._task = task
        self._permits = permits
        self._fixed = slots
        self._slots = max(1, slots)
        self._census = float("-inf")
        self._renewal = float("-inf")
        self._holding: dict[str, Batch] = {}

    async def slots(self, now: float) -> int:
        """Say for how many batches at once there are workers; at least 1."""
        if not self._fixed and now - self._census > _CENSUS:
            self._census = now
            seconds, micros = await self._redis.time()
            living: Any = await self._redis.zrangebyscore(self._keys.workers, seconds + micros / 1e6, "+inf")
            self._slots = max(1, sum(int(member.rpartition(b"|")[2]) for member in living))
        return self._slots

    async def forget(self) -> None:
        """Give back the permits that an earlier coordinator of this run took."""
        await self._permits.forget()

    async def permitted(self, batch: Batch) -> bool:
        """Take the batch's connections, when the host has them free."""
        if not await self._permits.acquire(batch):
            return False
        self._holding[batch.id] = batch
        return True

    async def send(self, batches: Sequence[Batch], message: Callable[[Batch], str]) -> None:
        """Put batches into the queue.

        Raises:
            BrokerAwayError: See `workers.app.publish`.
        """
        if batches:
            await asyncio.to_thread(publish, self._app, self._task, [message(batch) for batch in batches])

    async def settle(self, flying: Sequence[Batch], now: float) -> None:
        """Give back the permits of batches that landed, and renew the others' in time."""
        aloft = {batch.id for batch in flying}
        landed = [batch for name, batch in self._holding.items() if name not in aloft]
        for batch in landed:
            del self._holding[batch.id]
        if landed:
            await self._permits.release(landed)
        if self._holding and now - self._renewal > _RENEWAL:
            self._renewal = now
            await self._permits.renew(self._holding.values())

    async def queue_empty(self) -> bool:
        """Say whether every message has been taken by somebody."""
        return not await self._redis.llen(self._keys.queue)
