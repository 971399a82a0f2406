"""From the ledger's batches to the queue: permits first, then one pipelined publication. And who is there to work."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from celery import Celery
from redis.asyncio import Redis

from coordinator.engine.permits import Permits
from coordinator.ledger.ledger import Batch
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
        self._announced = 0
        self._counted = float("-inf")
        self._renewal = float("-inf")

    async def census(self, now: float) -> tuple[int, int]:
        """Say for how many batches to plan, at least 1, and how many can really run at once."""
        if now - self._counted > _CENSUS:
            self._counted = now
            seconds, micros = await self._redis.time()
            living: Any = await self._redis.zrangebyscore(self._keys.workers, seconds + micros / 1e6, "+inf")
            self._announced = sum(int(member.rpartition(b"|")[2]) for member in living)
        planned = self._fixed or max(1, self._announced)
        return planned, max(planned, self._announced)

    async def forget(self) -> None:
        """Give back the permits that an earlier coordinator of this run took."""
        await self._permits.forget()

    async def permitted(self, lane: str, connections: int) -> bool:
        """Make sure that so many connections to a lane's host may be open, all or none."""
        return await self._permits.raise_to(lane, connections)

    async def send(self, batches: Sequence[Batch], message: Callable[[Batch], str]) -> None:
        """Put batches into the queue.

        Raises:
            BrokerAwayError: See `workers.app.publish`.
        """
        if batches:
            await asyncio.to_thread(publish, self._app, self._task, [message(batch) for batch in batches])

    async def settle(self, peaks: Mapping[str, int], now: float) -> None:
        """Give back the permits that are not needed any more, and renew the others in time."""
        await self._permits.lower_to(peaks)
        if now - self._renewal > _RENEWAL:
            self._renewal = now
            await self._permits.renew()

    async def queue_empty(self) -> bool:
        """Say whether every message has been taken by somebody."""
        return not await self._redis.llen(self._keys.queue)
