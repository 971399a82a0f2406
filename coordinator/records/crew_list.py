"""Who is there to work for a fleet, as Redis says it."""

from __future__ import annotations

from redis.exceptions import RedisError

from coordinator.engine.obstacles import obstacle_of
from coordinator.engine.roster import read_roster
from coordinator.records.documents import WorkersList, WorkerView
from shared.hosts import Secret
from shared.messages import Keys
from workers.redis_pool import connect_redis


async def list_workers(redis_url: Secret, keys: Keys, fleet: str) -> WorkersList:
    """List the living workers of a fleet, and what waits for them; a Redis that does not say is a problem in the list.

    Args:
        redis_url: Where the fleet's work is.
        keys: Its names there.
        fleet: Its name.
    """
    redis = connect_redis(redis_url)
    try:
        roster = await read_roster(redis, keys)
    except RedisError as error:
        return WorkersList(fleet=fleet, problem=obstacle_of(error).sentence)
    finally:
        await redis.aclose()
    return WorkersList(
        fleet=fleet,
        workers=tuple(
            WorkerView(
                worker=each.presence.worker,
                slots=each.presence.slots,
                protocol=each.presence.protocol,
                problem=each.problem,
            )
            for each in roster.workers
        ),
        slots=roster.slots,
        waiting=roster.waiting,
    )
