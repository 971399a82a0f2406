"""Permits in Redis: how many connections each run may hold to a host, so that scans share it and respect its limit.

While one that holds less than its share waits, nobody gets more than a share, and who holds more gives back as its
batches end. Every permit expires, so a coordinator that dies blocks nobody for long.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from redis.asyncio import Redis

from shared.hosts import Host
from shared.messages import Keys

_PERMIT_TTL_SECONDS = 30.0  # a permit outlives its holder by so much
_WAITING_REMEMBERED_SECONDS = 10.0  # a run that waits asks again well within it


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
        self._held: dict[str, int] = {}
        self._asked: set[str] = set()  # lanes for which it ever wanted permits
        self._script = redis.register_script(files("coordinator.engine").joinpath("permits.lua").read_text())

    def held(self, lane: str) -> int:
        """Count the connections to a lane's host that this run may have open."""
        return self._held.get(lane, 0)

    def _names(self, first: int, last: int) -> list[str]:
        return [f"{self._run}/{number}" for number in range(first, last)]

    async def raise_to(self, lane: str, count: int) -> bool:
        """Get the permits that are missing for `count` connections, all or none; say whether they are held now."""
        host, held = self._hosts.get(lane), self.held(lane)
        if host is None or count <= held:
            return True
        self._asked.add(lane)
        if not await self._call("acquire", host, self._names(held, count)):
            return False
        self._held[lane] = count
        return True

    async def limits(self) -> dict[str, int]:
        """Give how many connections this run may have to each host that it asked for some, as others wait now."""
        return {lane: int(await self._call("limit", self._hosts[lane])) for lane in sorted(self._asked)}

    async def lower_to(self, counts: Mapping[str, int]) -> None:
        """Give back the permits beyond these counts; a lane that is not named needs none any more."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for lane, held in tuple(self._held.items()):
                wanted = counts.get(lane, 0)
                if wanted < held:
                    host = self._hosts[lane]
                    pipe.zrem(_keys(host)[0], *self._names(wanted, held))
                    self._held[lane] = wanted
            await pipe.execute()

    async def forget(self) -> None:
        """Give back every permit of this run, also those of a coordinator that died."""
        mine = f"{self._run}/".encode()
        for permits, waiting in {_keys(host) for host in self._hosts.values()}:
            held: Any = await self._redis.zrange(permits, 0, -1)
            if left := [name for name in held if name.startswith(mine)]:
                await self._redis.zrem(permits, *left)
            await self._redis.zrem(waiting, self._run)

    async def renew(self) -> None:
        """Extend every permit of this run. Call it well within 30 seconds."""
        async with self._redis.pipeline(transaction=False) as pipe:
            for lane, held in self._held.items():
                if held:
                    await self._call("renew", self._hosts[lane], self._names(0, held), pipe)
            await pipe.execute()

    async def _call(self, action: str, host: Host, names: Sequence[str] = (), client: Any = None) -> Any:
        times = (_PERMIT_TTL_SECONDS, _WAITING_REMEMBERED_SECONDS)
        arguments: list[str | float] = [action, host.max_connections, *times, self._run, *names]
        return await self._script(keys=list(_keys(host)), args=arguments, client=client)


def _keys(host: Host) -> tuple[str, str]:
    permits = Keys.permits(host.address, host.port)
    return permits, f"{permits}:waiting"
