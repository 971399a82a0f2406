"""What keeps a run from moving although no tenant is at fault: found, and said in log and result."""

from __future__ import annotations

import msgspec
from redis.asyncio import Redis
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import OutOfMemoryError, RedisError, ResponseError

from coordinator.engine.crew import Crew, ForeignWorkersError
from shared.events.run import ObstacleKind, RunMoves, RunWaits
from shared.logs import log
from shared.messages import Keys

_PROBE_TTL_SECONDS = 60


class Obstacle(msgspec.Struct, frozen=True):
    """One thing that keeps a run from moving.

    Args:
        kind: What it is.
        subject: What it is about: the name of a key, of a host, or the type of an error; empty for most kinds.
        sentence: For people: it follows a colon, or stands alone.
    """

    kind: ObstacleKind
    subject: str
    sentence: str

    @property
    def stops_redis(self) -> bool:
        """Say whether workers cannot answer because of it: nothing is sent then, and no lease ends."""
        return self.kind in _STOP_REDIS


_STOP_REDIS = frozenset({ObstacleKind.REDIS_FULL, ObstacleKind.REDIS_WRONG_TYPE, ObstacleKind.REDIS_REFUSES})
_TAKE_A_MOMENT = frozenset(
    {
        ObstacleKind.NO_WORKER,
        ObstacleKind.OTHER_PROTOCOL,
        ObstacleKind.OTHER_KEY,
        ObstacleKind.QUEUE_UNREAD,
        ObstacleKind.CONNECTIONS_HELD,
    }
)
"""Seen in passing when workers start, or while another scan ends: said when they last."""

REDIS_FULL = Obstacle(ObstacleKind.REDIS_FULL, "", "Redis is full (maxmemory) and refuses to store anything")
NO_WORKER = Obstacle(ObstacleKind.NO_WORKER, "", "no worker was announced")
QUEUE_UNREAD = Obstacle(
    ObstacleKind.QUEUE_UNREAD,
    "",
    "workers are announced, but none takes this scan's messages from the queue: they hang, or other scans occupy them",
)
BLOB_MISSING = Obstacle(
    ObstacleKind.BLOB_MISSING,
    "",
    "Redis dropped what was stored there for this scan: its maxmemory-policy must be noeviction",
)


def held_connections(host: str) -> Obstacle:
    """Say that other scans hold all connections of a host."""
    return Obstacle(ObstacleKind.CONNECTIONS_HELD, host, f"other scans hold all connections to host {host}")


def obstacle_of(error: Exception) -> Obstacle:
    """Turn an error of redis-py, or of the queue, into an obstacle."""
    match error:
        case OutOfMemoryError():
            return REDIS_FULL
        case ResponseError() if not isinstance(error, RedisConnectionError):
            name = type(error).__name__
            return Obstacle(ObstacleKind.REDIS_REFUSES, name, f"Redis refuses commands ({name})")
        case _:
            name = type(error).__name__
            return Obstacle(ObstacleKind.REDIS_AWAY, name, "Redis cannot be reached")


async def find_redis_obstacle(redis: Redis, keys: Keys, *run_keys: tuple[str, str]) -> Obstacle | None:
    """Ask Redis whether it stores values now, and whether keys hold what belongs there.

    Args:
        redis: Connection pool.
        keys: Of the fleet.
        run_keys: (name, type) of keys that belong to one run.
    """
    expected = ((keys.queue, "list"), (keys.presence, "zset"), *run_keys)
    try:
        async with redis.pipeline(transaction=False) as pipe:
            for name, _ in expected:
                pipe.type(name)
            pipe.set(keys.probe, b"", ex=_PROBE_TTL_SECONDS)
            pipe.delete(keys.probe)
            *types, stored, _ = await pipe.execute(raise_on_error=False)
    except (RedisError, OSError) as error:
        return obstacle_of(error)
    for (name, wanted), found in zip(expected, types, strict=True):
        if isinstance(found, bytes) and found.decode() not in {wanted, "none"}:
            sentence = f"expected the Redis key {name} to hold a {wanted}, found a {found.decode()}: delete the key"
            return Obstacle(ObstacleKind.REDIS_WRONG_TYPE, name, sentence)
    return obstacle_of(stored) if isinstance(stored, Exception) else None


def obstacle_among_workers(crew: Crew) -> Obstacle | None:
    """Say whether no worker of our protocol and key lives, or one that takes our messages and cannot read them."""
    if crew.other_keys:
        return Obstacle(ObstacleKind.OTHER_KEY, crew.strangers[0], crew.other_keys)
    if crew.slots:
        return None
    if crew.foreign:
        return Obstacle(ObstacleKind.OTHER_PROTOCOL, "", str(ForeignWorkersError(crew)))
    return NO_WORKER


class Watch:
    """Remembers what keeps a coordinator's runs from moving, and logs it.

    Args:
        say_every: Seconds after which the log says it again.
        say_after: Seconds that an obstacle must last that is also seen in passing.
    """

    def __init__(self, *, say_every: float = 60.0, say_after: float = 10.0) -> None:
        self._say_every = say_every
        self._say_after = say_after
        self._current: dict[str, Obstacle] = {}
        self._since: dict[str, float] = {}
        self._said: dict[str, float] = {}

    def see(self, run: str, obstacle: Obstacle | None, now: float) -> None:
        """Note what keeps a run from moving now; None when it moves."""
        before = self._current.get(run)
        if obstacle is None:
            self.forget(run)
            return
        if before is None or before.kind is not obstacle.kind:
            self._since[run] = now
            self._said.pop(run, None) if before is None else None
        self._current[run] = obstacle
        lasted = now - self._since[run] >= (self._say_after if obstacle.kind in _TAKE_A_MOMENT else 0.0)
        if lasted and now - self._said.get(run, float("-inf")) >= self._say_every:
            self._said[run] = now
            log(RunWaits(run=run, obstacle=obstacle.kind, subject=obstacle.subject))

    def forget(self, run: str) -> None:
        """Note that a run moves, or has ended."""
        if self._current.pop(run, None) is not None and run in self._said:
            log(RunMoves(run=run))
        self._since.pop(run, None)
        self._said.pop(run, None)

    def current(self, run: str) -> Obstacle | None:
        """Give what keeps a run from moving."""
        return self._current.get(run)

    def obstacles(self) -> list[Obstacle]:
        """Give what keeps runs from moving, one for each run that waits."""
        return list(self._current.values())
