"""Send batches: get permits for their connections, put their messages into the queue, count the workers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from celery import Celery
from redis.asyncio import Redis

from coordinator.engine.crew import Crew, ForeignWorkersError, read_crew
from coordinator.engine.obstacles import Obstacle, find_redis_obstacle
from coordinator.engine.permits import Permits
from coordinator.ledger.batch import Batch
from shared.messages import Keys
from workers.app import publish

_RENEW_PERMITS_EVERY_SECONDS = 8.0


class Dispatcher:
    """Sends one run's batches.

    Args:
        app: The Celery application.
        redis: Connection pool.
        keys: Of the fleet.
        task: Name of the task.
        permits: Of the run.
        slots: Worker slots to count on; 0 counts those that workers announce.
        count_every: Seconds after which the workers are counted again.
        foreign_grace: Seconds that workers of other protocols or keys may be the only ones before the run is given up.
    """

    def __init__(
        self,
        app: Celery,
        redis: Redis,
        *,
        keys: Keys,
        task: str,
        permits: Permits,
        slots: int,
        count_every: float,
        foreign_grace: float,
    ) -> None:
        self._app = app
        self._redis = redis
        self._keys = keys
        self._task = task
        self._permits = permits
        self._fixed = slots
        self._foreign_grace = foreign_grace
        self._foreign_since: float | None = None
        self._count_every = count_every
        self.crew = Crew()  # as it was last counted
        self._counted = float("-inf")
        self._renewal = float("-inf")
        self._limits: Mapping[str, int] = {}
        self._shared = float("-inf")

    async def count_slots(self, now: float) -> tuple[int, int]:
        """Give the number of batches to plan for, and of those that can run at once: 0 while no worker is announced.

        Raises:
            ForeignWorkersError: When all living workers have been of other protocols or keys for longer than the grace.
        """
        if now - self._counted > self._count_every:
            self.crew = await read_crew(self._redis, self._keys)
            self._counted = now
            self._give_up_among_foreigners(self.crew, now)
        planned = self._fixed or self.crew.slots
        return planned, max(planned, self.crew.slots)

    def _give_up_among_foreigners(self, crew: Crew, now: float) -> None:
        """End the run when only workers of other protocols or keys live: they never answer its messages."""
        if crew.slots or not (crew.foreign or crew.strangers):
            self._foreign_since = None
        elif self._foreign_since is None:
            self._foreign_since = now
        elif now - self._foreign_since > self._foreign_grace:
            raise ForeignWorkersError(crew)

    async def forget_permits(self) -> None:
        """Give back the permits that an earlier coordinator of this run held."""
        await self._permits.forget()

    async def get_permits(self, lane: str, connections: int) -> bool:
        """Get permits for so many connections to a lane's host, all or none; say whether this run holds them now."""
        return await self._permits.raise_to(lane, connections)

    async def fair_limits(self, now: float) -> Mapping[str, int]:
        """Give how many connections this run may have, by lane, so that other scans have their share of the hosts."""
        if now - self._shared > self._count_every:
            self._limits = await self._permits.limits()
            self._shared = now
        return self._limits

    async def send(self, batches: Sequence[Batch], message: Callable[[Batch], str]) -> None:
        """Put batches into the queue.

        Raises:
            BrokerAwayError: See `workers.app.publish`.
        """
        if batches:
            await asyncio.to_thread(publish, self._app, self._task, [message(batch) for batch in batches])

    async def adjust_permits(self, peaks: Mapping[str, int], now: float) -> None:
        """Give back the permits beyond each lane's peak of connections, and renew the others in time."""
        await self._permits.lower_to(peaks)
        if now - self._renewal > _RENEW_PERMITS_EVERY_SECONDS:
            self._renewal = now
            await self._permits.renew()

    async def find_obstacle(self, *run_keys: tuple[str, str]) -> Obstacle | None:
        """Say whether Redis stores values now, and whether its keys hold what belongs there."""
        return await find_redis_obstacle(self._redis, self._keys, *run_keys)

    async def queue_empty(self) -> bool:
        """Say whether workers have taken every message."""
        return not await self._redis.llen(self._keys.queue)
