"""Looks at store and Redis every few seconds, so that metrics are ready before somebody asks for them."""

from __future__ import annotations

import asyncio
import hashlib
import time
from collections.abc import Sequence
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from coordinator.daemon.metrics.fleet_metrics import FleetMetrics
from coordinator.daemon.metrics.workers import QueueSight
from coordinator.engine.crew import read_crew
from coordinator.records.stored import StoredRecords
from coordinator.store.connection import StoreError
from shared.hosts import Host
from shared.messages import Keys
from workers.junk import read_junk

_LOOK_EVERY_SECONDS = 5.0
_COUNT_EVERY_SECONDS = 30.0
"""What is remembered changes when a scan is over, which is told; and when time makes it stale."""


class MetricsWatch:
    """Tells a fleet's metrics what store and Redis say.

    Args:
        metrics: Told.
        records: What is kept of the fleet.
        redis: Of the fleet; None where there is none.
        keys: Of the fleet.
        hosts: The tenants' servers.
    """

    def __init__(
        self,
        metrics: FleetMetrics,
        records: StoredRecords,
        redis: Redis | None = None,
        keys: Keys | None = None,
        hosts: Sequence[Host] = (),
    ) -> None:
        self._metrics = metrics
        self._records = records
        self._redis = redis
        self._keys = keys
        self._hosts = hosts
        self._scan_over = asyncio.Event()
        self._counted = float("-inf")
        self._next_message: tuple[bytes, float] | None = None  # digest, when it was first seen to be the next
        metrics.on_scan_over = self._scan_over.set

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            await self.look()
            try:
                async with asyncio.timeout(_LOOK_EVERY_SECONDS):
                    await self._scan_over.wait()
            except TimeoutError:
                continue

    async def look(self) -> None:
        """Look once, and render what was found."""
        await self._look_at_store()
        if self._redis is not None and self._keys is not None:
            await self._look_at_redis(self._redis, self._keys)
        self._metrics.render()

    async def _look_at_store(self) -> None:
        now = time.time()
        try:
            running = await self._records.running_scan()
            if self._metrics.is_leading:
                self._metrics.progress(running, now)
                await self._count()
        except StoreError:
            self._metrics.store_away(now)
            self._counted = float("-inf")

    async def _count(self) -> None:
        """Read what is remembered when a scan is over, when this coordinator begins to lead, and now and then."""
        now = time.monotonic()
        if self._scan_over.is_set() or self._metrics.has_no_figures or now - self._counted >= _COUNT_EVERY_SECONDS:
            self._scan_over.clear()
            self._counted = now
            figures = await self._records.figures(self._metrics.resolved_after, self._metrics.tier_label)
            kept = await self._records.kept_ignores()
            if self._metrics.is_leading:
                self._metrics.remembered(figures, time.time(), kept)

    async def _look_at_redis(self, redis: Redis, keys: Keys) -> None:
        try:
            clock, _ = await redis.time()
            waiting: Any = await redis.llen(keys.queue)
            sight = QueueSight(
                crew=await read_crew(redis, keys),
                messages=waiting,
                waiting_since=await self._waiting_since(redis, keys),
                permits=sum([await redis.zcount(each, clock, "+inf") for each in self._permits()]),
            )
            self._metrics.queue_seen(sight, await read_junk(redis, keys))
        except RedisError:
            self._metrics.queue_seen(None)

    def _permits(self) -> set[str]:
        return {Keys.permits(host.address, host.port) for host in self._hosts}

    async def _waiting_since(self, redis: Redis, keys: Keys) -> float | None:
        """Say since when the message is seen waiting that is taken next; workers take from the list's right end."""
        message: Any = await redis.lindex(keys.queue, -1)
        if message is None:
            self._next_message = None
            return None
        digest = hashlib.sha256(message).digest()
        if self._next_message is None or self._next_message[0] != digest:
            self._next_message = (digest, time.time())
        return self._next_message[1]
