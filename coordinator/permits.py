"""Connections to a tenant server are counted across all scans that share it, in Redis, with an end for every permit."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.resources import files
from typing import Any

from redis.asyncio import Redis

from coordinator.ledger import Batch
from shared.hosts import Host
from shared.messages import Keys

_TTL = 30.0  # seconds a permit outlives its holder


class Permits:
    """The permits of one run.

    Args:
        redis: Connection pool.
        run: Id of the run.
        hosts: By lane; lanes without a host need no permit.
    """

    def __init__(self, redis: Redis, run: str, hosts: dict[str, Host]) -> None:
        self._redis = redis
        self._run = run
        self._hosts = hosts
        self._script = redis.register_script(files("coordinator").joinpath("permits.lua").read_text())

    def _names(self, batch: Batch) -> list[str]:
        return [f"{self._run}/{batch.id}/{number}" for number in range(batch.connections)]

    async def acquire(self, batch: Batch) -> bool:
        """Ask for a batch's connections, all or none."""
        host = self._hosts.get(batch.lane)
        if host is None:
            return True
        key = Keys.permits(host.address, host.port)
        granted = await self._script(keys=[key], args=["acquire", host.max_connections, _TTL, *self._names(batch)])
        return bool(granted)

    async def forget(self) -> None:
        """Give back everything this run holds, whichever process took it: a coordinator that died left it behind."""
        mine = f"{self._run}/".encode()
        for key in {Keys.permits(host.address, host.port) for host in self._hosts.values()}:
            held: Any = await self._redis.zrange(key, 0, -1)
            if left := [name for name in held if name.startswith(mine)]:
                await self._redis.zrem(key, *left)

    async def renew(self, batches: Iterable[Batch]) -> None:
        """Keep what these batches hold. Call it well within 30 seconds."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for batch in batches:
                host = self._hosts.get(batch.lane)
                if host is not None:
                    key = Keys.permits(host.address, host.port)
                    await self._script(keys=[key], args=["renew", 0, _TTL, *self._names(batch)], client=pipe)
            await pipe.execute()

    async def release(self, batches: Iterable[Batch]) -> None:
        """Give back what these batches held."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for batch in batches:
                host = self._hosts.get(batch.lane)
                if host is not None:
                    pipe.zrem(Keys.permits(host.address, host.port), *self._names(batch))
            await pipe.execute()
