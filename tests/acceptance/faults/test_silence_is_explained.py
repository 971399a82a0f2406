"""A run that does not move says why, in the log and in the result, and blames no tenant for it."""

from __future__ import annotations

import asyncio
import contextlib
import io
import re
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator, Mapping

import msgspec
import pytest
from redis.asyncio import Redis

from coordinator.engine.collect import AnswerStream
from coordinator.engine.crew import ForeignWorkersError
from coordinator.engine.obstacles import QUEUE_UNREAD, Watch
from coordinator.fleet.target_runs import TargetResults, read_targets
from shared.events.event import LogLevel
from shared.hosts import Secret
from shared.logs import LogFormat, configure_logging
from shared.messages import Keys, Presence
from shared.signing import KeyRing
from shared.targets import Failure, FailureKind
from tests.acceptance.verdict import assert_nothing_lost
from workers.redis_pool import connect_redis

pytestmark = pytest.mark.anyio

QUICK = {"look_every": 0.1, "unread_after": 0.5}


@pytest.fixture
async def redis(own_redis) -> AsyncIterator[Redis]:
    client = connect_redis(Secret(own_redis.url))
    yield client
    await client.aclose()


@contextlib.contextmanager
def logged() -> Iterator[io.StringIO]:
    """Catch what is logged; the stream is written to as it happens."""
    stream = io.StringIO()
    with contextlib.redirect_stderr(stream):
        configure_logging(LogLevel.INFO, LogFormat.TEXT)
        yield stream


async def scan(engine, *, deadline: float, say_every: float = 60.0, during=None, targets=()) -> TargetResults:
    async with engine.facilities(deadline=deadline, **QUICK) as facilities:
        watched = msgspec.structs.replace(facilities, watch=Watch(say_every=say_every, say_after=0.2))
        reading = asyncio.create_task(read_targets(watched, targets or engine.fleet.targets))
        if during:
            await during(watched.watch)
        return await reading


def messages(outcome: TargetResults) -> set[tuple[FailureKind, str]]:
    return {(read.kind, read.message) for read in outcome.results.values() if isinstance(read, Failure)}


def late(why: str, deadline: float) -> set[tuple[FailureKind, str]]:
    return {(FailureKind.DEADLINE, f"the scan ended after {deadline:g} seconds without it: {why}")}


async def until(true: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(30):
        while not await true():  # noqa: ASYNC110  # another process makes it true
            await asyncio.sleep(0.02)


def waits(watch: Watch, kind: str) -> Callable[[], Awaitable[bool]]:
    async def seen() -> bool:
        return any(obstacle.kind == kind for obstacle in watch.obstacles())

    return seen


async def test_that_no_worker_is_there_is_said_every_so_often_and_in_the_result(engine):
    with logged() as log:
        outcome = await scan(engine, deadline=2.0, say_every=0.5)
    assert messages(outcome) == late("no worker was announced", 2.0)
    assert 2 <= log.getvalue().count(" WARNING run.waits ") <= 4
    assert "obstacle=no_worker" in log.getvalue()


async def test_a_scan_that_found_no_worker_goes_on_when_one_comes(engine):
    async def come(watch: Watch) -> None:
        await until(waits(watch, "no_worker"))
        engine.worker(slots=2)

    with logged() as log:
        outcome = await scan(engine, deadline=60.0, during=come)
    await engine.assert_nothing_lost(outcome)
    assert " run.moves " in log.getvalue()


async def test_workers_of_another_protocol_are_named_while_the_scan_waits_for_others(engine, redis):
    member = msgspec.json.encode(Presence("a", 2, 3))
    await redis.zadd(Keys(engine.name).presence, {member: 4e9})
    outcome = await scan(engine, deadline=1.0)
    [(kind, message)] = messages(outcome)
    assert kind is FailureKind.DEADLINE
    assert message.endswith("the fleet's only worker speaks protocol 3: upgrade the coordinator")


ANOTHER_KEY = "another key, of whoever set up this worker"


async def test_workers_of_another_key_are_named_and_blame_nobody(engine, redis):
    worker = engine.worker(slots=2, keys=[ANOTHER_KEY])
    said = (
        f"worker worker-0@{engine.name} cannot check what this coordinator signs, or signs with a key that it does not "
        f"accept: give coordinator and workers the same [redis] key"
    )
    await until(lambda: redis.exists(engine.names.presence))
    with logged() as log:
        outcome = await scan(engine, deadline=2.0)
    assert messages(outcome) == late(said, 2.0)
    assert "obstacle=other_key" in log.getvalue()
    with pytest.raises(ForeignWorkersError, match=re.escape(said)):
        async with engine.facilities(foreign_grace=0.5, **QUICK) as facilities:
            await read_targets(facilities, engine.fleet.targets)
    assert worker.poll() is None
    engine.worker(slots=2)
    few = engine.fleet.targets[:4]  # the other worker takes messages too, by chance, and each costs a lease
    outcome = await scan(engine, deadline=240.0, targets=few)
    await assert_nothing_lost(engine.dsn, outcome, {each.tenant: engine.fleet.undisturbed[each.tenant] for each in few})


async def test_a_worker_that_accepts_the_old_key_and_the_new_one_reads_for_both(engine):
    """In the middle of a change of keys: each signs with another one, and accepts both."""
    engine.worker(slots=2, keys=[ANOTHER_KEY, engine.key])
    both = KeyRing([Secret(engine.key), Secret(ANOTHER_KEY)])
    async with engine.facilities(ring=both, **QUICK) as facilities:
        await engine.assert_nothing_lost(await read_targets(facilities, engine.fleet.targets))


async def test_a_worker_that_cannot_announce_itself_says_so_once(engine, redis):
    engine.worker()
    await until(lambda: redis.exists(engine.names.presence))
    await redis.config_set("maxmemory", 1)

    async def refused_twice() -> bool:
        return (await redis.info("commandstats")).get("cmdstat_zadd", {}).get("rejected_calls", 0) >= 2

    await until(refused_twice)
    await redis.config_set("maxmemory", 0)
    assert (engine.logs / f"worker-0@{engine.name}").read_text().count("worker.unannounced") == 1


async def test_a_queue_that_nobody_reads_is_named(engine):
    worker = engine.worker(slots=2)
    async with engine.facilities() as facilities:
        await until(lambda: facilities.redis.exists(facilities.keys.presence))
    worker.send_signal(signal.SIGSTOP)
    try:
        outcome = await scan(engine, deadline=3.0)
    finally:
        worker.send_signal(signal.SIGCONT)
    assert messages(outcome) == late(QUEUE_UNREAD.sentence, 3.0)


async def test_a_redis_that_is_full_ends_neither_scan_nor_worker_and_blames_nobody(engine, redis):
    worker = engine.worker(slots=2, slow=0.1)

    async def fill(watch: Watch) -> None:
        await until(lambda: redis.exists(Keys(engine.name).presence))
        await asyncio.sleep(0.5)
        await redis.config_set("maxmemory", 1)
        await until(waits(watch, "redis_full"))
        await asyncio.sleep(5)  # longer than the lease
        await redis.config_set("maxmemory", 0)

    with logged() as log:
        outcome = await scan(engine, deadline=60.0, during=fill)
    await engine.assert_nothing_lost(outcome)
    assert "obstacle=redis_full" in log.getvalue()
    assert " tenant.struck " not in log.getvalue()
    assert worker.poll() is None


async def test_a_redis_that_stays_full_is_the_reason_in_the_result(engine, redis):
    worker = engine.worker(slots=2)
    await until(lambda: redis.exists(Keys(engine.name).presence))
    await redis.config_set("maxmemory", 1)
    outcome = await scan(engine, deadline=2.0)
    assert messages(outcome) == late("Redis is full (maxmemory) and refuses to store anything", 2.0)
    assert worker.poll() is None


@pytest.mark.parametrize("which", ["queue", "presence"])
async def test_a_key_of_a_wrong_type_is_named_and_blames_nobody(engine, redis, which):
    key = getattr(Keys(engine.name), which)
    await redis.set(key, "something else")
    worker = engine.worker(slots=2)

    async def mend(watch: Watch) -> None:
        await until(waits(watch, "redis_wrong_type"))
        await asyncio.sleep(1)
        [obstacle] = watch.obstacles()
        wanted = {"queue": "list", "presence": "zset"}[which]
        said = f"expected the Redis key {key} to hold a {wanted}, found a string: delete the key"
        assert obstacle.sentence == said
        await redis.delete(key)

    with logged() as log:
        outcome = await scan(engine, deadline=60.0, during=mend)
    await engine.assert_nothing_lost(outcome)
    assert f"subject={key}" in log.getvalue()
    assert worker.poll() is None


@pytest.mark.parametrize("which", ["known", "answers"])
async def test_a_key_of_the_run_of_a_wrong_type_blames_nobody(engine, redis, which):
    """Workers cannot read the list, or cannot answer: they fall silent, and 24 tenants were called crashed."""
    engine.worker(slots=2, slow=0.05)

    async def break_and_mend(watch: Watch) -> None:
        pattern = f"fleetdrift:*:{engine.name}:run:*:{which}"
        found: list[bytes] = []

        async def there() -> bool:
            found[:] = [key async for key in redis.scan_iter(pattern)]
            return bool(found)

        await until(there)
        await redis.set(found[0], "something else")
        await until(waits(watch, "redis_wrong_type"))
        await asyncio.sleep(5)  # longer than the lease
        await redis.delete(found[0])

    with logged() as log:
        outcome = await scan(engine, deadline=60.0, during=break_and_mend)
    await engine.assert_nothing_lost(outcome)
    assert " tenant.struck " not in log.getvalue()


async def test_what_workers_remember_under_a_key_of_a_wrong_type_counts_as_nothing(engine, redis):
    await redis.set(Keys(engine.name).sightings, "something else")
    engine.worker(slots=2)
    await engine.assert_nothing_lost(await scan(engine, deadline=60.0))


async def test_a_blob_that_redis_dropped_is_said_to_be_lost_and_is_sent_again(engine, redis, monkeypatch):
    """Between the moment a worker stores it and the one in which the coordinator reads it."""
    engine.worker(slots=2)
    fetch = AnswerStream.blobs
    dropped: list[int] = []

    async def fetch_after_the_drop(stream: AnswerStream, names: Iterable[str]) -> Mapping[str, bytes]:
        if not dropped:
            found = [key async for key in redis.scan_iter(f"fleetdrift:*:{engine.name}:blob:*")]
            dropped.append(await redis.delete(*found))
        return await fetch(stream, names)

    monkeypatch.setattr(AnswerStream, "blobs", fetch_after_the_drop)
    with logged() as log:
        outcome = await scan(engine, deadline=60.0)
    await engine.assert_nothing_lost(outcome)
    assert " blob.lost " in log.getvalue()
    assert " redis.lost " not in log.getvalue()
