"""Looks at Redis and at the workers of a fleet: whether work can be sent, is kept, and is taken."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from coordinator.engine.obstacles import find_redis_obstacle, obstacle_of
from coordinator.engine.roster import Roster, read_roster
from coordinator.settings.model import Settings
from coordinator.setup.remark import Level, Remark, clock_remark
from shared.hosts import Secret
from shared.messages import Keys
from shared.signing import KeyRing
from workers.redis_pool import connect_redis

_REDIS = "Redis"
_WORKERS = "workers"
_OLDEST_REDIS = (6, 2)
_NEVER_EVICTS = "noeviction"


async def queue_remarks(settings: Settings) -> AsyncIterator[Remark]:
    """Look at Redis and at who works for the fleet; nothing but a probe with an end is written."""
    if settings.redis_url is None:
        yield Remark(Level.OK, _REDIS, "none is configured: `check` needs none, `scan` and `serve` do")
        return
    keys = Keys(settings.file.fleet.name, KeyRing(settings.redis_keys))
    async for remark in _of_redis(settings.redis_url, keys):
        yield remark


async def _of_redis(url: Secret, keys: Keys) -> AsyncIterator[Remark]:
    redis = connect_redis(url)
    try:
        obstacle = await find_redis_obstacle(redis, keys)
        if obstacle is not None:
            yield Remark(Level.FAIL, _REDIS, obstacle.sentence, "see [redis] url, and the log of Redis")
            return
        said: dict[str, Any] = await redis.info()
        for remark in _of_info(said):
            yield remark
        yield clock_remark(f"{_REDIS}, clock", await _skew(redis))
        yield _of_roster(await read_roster(redis, keys))
    except RedisError as error:
        yield Remark(Level.FAIL, _REDIS, obstacle_of(error).sentence, "see [redis] url, and the log of Redis")
    finally:
        await redis.aclose()


def _of_info(said: dict[str, Any]) -> Iterator[Remark]:
    version = str(said.get("redis_version", "0"))
    if tuple(int(part) for part in version.split(".")[:2]) < _OLDEST_REDIS:
        yield Remark(Level.FAIL, _REDIS, f"is of version {version}", "6.2 or later is needed")
    else:
        yield Remark(Level.OK, _REDIS, f"answers, version {version}, and takes what is written")
    policy, most = said.get("maxmemory_policy"), int(said.get("maxmemory", 0))
    if policy == _NEVER_EVICTS or not most:
        yield Remark(Level.OK, f"{_REDIS}, memory", "drops nothing that was sent")
    else:
        found = f"maxmemory-policy is {policy}: when it is full, it drops work that was sent"
        yield Remark(Level.WARN, f"{_REDIS}, memory", found, f"maxmemory-policy {_NEVER_EVICTS}")
    if said.get("aof_enabled"):
        yield Remark(Level.OK, f"{_REDIS}, persistence", "keeps its log (AOF): a restart of it costs a second of work")
    else:
        found = "keeps no log: after a restart of it, what was in flight is sent again"
        yield Remark(Level.WARN, f"{_REDIS}, persistence", found, "appendonly yes, appendfsync everysec")


async def _skew(redis: Redis) -> float:
    before = time.time()
    seconds, micros = await redis.time()
    return float(seconds + micros / 1e6 - (before + time.time()) / 2)


def _of_roster(roster: Roster) -> Remark:
    problem = next((f"{entry.presence.worker}: {entry.problem}" for entry in roster.workers if entry.problem), "")
    waiting = f", {roster.waiting} messages wait" if roster.waiting else ""
    if problem:
        return Remark(Level.FAIL, _WORKERS, problem, "upgrade them together, with one [redis] key")
    if not roster.workers:
        found = f"none has been seen lately{waiting}: scans wait"
        return Remark(Level.WARN, _WORKERS, found, "start some: `fleetdrift worker`; `check` needs none")
    return Remark(Level.OK, _WORKERS, f"{len(roster.workers)} with {roster.slots} slots in all{waiting}")
