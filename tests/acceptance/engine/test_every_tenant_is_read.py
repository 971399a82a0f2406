"""Real workers, a real Redis, real tenants: every tenant is read as it is, and nothing is left behind."""

from __future__ import annotations

import asyncio

import asyncpg
import pytest
from redis import Redis

from coordinator.engine.engine import Progress
from coordinator.fleet.target_runs import load_snapshots, read_targets
from shared.messages import Keys
from shared.targets import FailureKind, Observation, Target

from .conftest import CANARY

pytestmark = pytest.mark.anyio


def fingerprints(outcome) -> dict[str, str]:
    return {
        tenant: reading.fingerprint if isinstance(reading, Observation) else reading.kind.value
        for tenant, reading in outcome.results.items()
    }


async def test_every_tenant_is_read_as_it_is_by_one_slot_or_by_four_in_any_order(steady):
    alone = await steady.scan(slots=1)
    together = await steady.scan(tuple(reversed(steady.fleet.targets)), slots=4)
    assert fingerprints(alone) == fingerprints(together) == steady.fleet.truth
    assert list(alone.results) == [target.tenant for target in steady.fleet.targets]


async def test_each_shape_is_kept_under_its_fingerprint_and_nothing_of_a_tenant_with_it(steady):
    wanted = sorted(set(fingerprints(await steady.scan()).values()))
    async with steady.facilities() as facilities:
        snapshots = await load_snapshots(facilities.store, wanted)
    assert [snapshots[name].fingerprint for name in wanted] == wanted
    assert all(snapshot.versions == () for snapshot in snapshots.values())


async def test_two_scans_at_once_both_end_and_share_the_connections(steady, postgres):
    host = Keys.permits(str(postgres.socket_dir), postgres.port)
    held: list[int] = []
    with Redis.from_url(steady.redis.url) as redis:
        both = await asyncio.gather(*(steady.scan(on_progress=lambda _: held.append(redis.zcard(host))) for _ in "ab"))
    assert [fingerprints(each) for each in both] == [steady.fleet.truth] * 2
    assert 0 < max(held) <= 4


async def test_a_scan_that_waits_for_workers_keeps_no_connection_from_others(engine, other_engine):
    begun = asyncio.Event()
    waiting = asyncio.create_task(engine.scan(slots=0, on_progress=lambda _: begun.set()))
    await begun.wait()
    assert fingerprints(await other_engine.scan()) == engine.fleet.truth
    assert not waiting.done()
    with Redis.from_url(engine.redis.url) as redis:
        assert redis.llen(engine.names.queue) == 0
    engine.worker(slots=2)
    assert fingerprints(await waiting) == engine.fleet.truth


async def test_a_long_scan_gives_a_short_one_its_share_of_the_server(engine, other_engine):
    engine.worker(slots=2, slow=1.5)
    begun, done = asyncio.Event(), [0]

    def note(progress: Progress) -> None:
        done[0] = progress.done
        if progress.done:
            begun.set()

    long = asyncio.create_task(engine.scan(on_progress=note))
    await begun.wait()
    some = engine.fleet.targets[:4]
    short = await other_engine.scan(some)
    assert done[0] < len(engine.fleet.targets) - 8, "most of the long scan was over before the short one had its turn"
    assert fingerprints(short) == {target.tenant: engine.fleet.truth[target.tenant] for target in some}
    assert fingerprints(await long) == engine.fleet.truth


async def test_a_scan_leaves_nothing_behind_in_redis_but_what_expires(steady):
    await steady.scan()
    with Redis.from_url(steady.redis.url) as redis:
        left = set(redis.scan_iter(f"fleetdrift:*:{steady.name}:*"))
        assert all(redis.ttl(key) > 0 for key in left)
        assert redis.exists(Keys(steady.name).presence)
    assert {key.split(b":")[3] for key in left} == {b"blob", b"sightings"}


async def test_a_batch_that_runs_out_of_time_hands_back_what_it_has_not_done(engine):
    engine.hosts[0]["max_connections"] = 1
    worker = engine.worker(slots=1, slow=0.7, time=1)
    some = engine.fleet.targets[:6]
    read = fingerprints(await engine.scan(some, slots=1))
    assert read == {target.tenant: engine.fleet.truth[target.tenant] for target in some}
    assert worker.poll() is None
    assert "SoftTimeLimit" not in "".join(path.read_text() for path in engine.logs.iterdir())


async def test_what_no_worker_took_before_the_deadline_is_said_to_be_late(engine):
    async with engine.facilities(deadline=0.5) as facilities:
        outcome = await read_targets(facilities, engine.fleet.targets)
    assert set(fingerprints(outcome).values()) == {FailureKind.DEADLINE}


async def test_a_dead_host_costs_the_other_tenants_nothing_but_its_own(engine):
    dead = {"name": "dead", "address": "127.0.0.1", "port": 1, "user": "x", "password": CANARY}
    engine.hosts.append(dead)
    engine.worker(slots=2)
    lost = tuple(Target(tenant=f"lost{number:02}", host="dead", database="x") for number in range(20))
    outcome = await engine.scan(lost + engine.fleet.targets)
    failures = {outcome.results[target.tenant] for target in lost}
    assert [failure.kind for failure in failures] == [FailureKind.REFUSED]
    assert {k: v for k, v in fingerprints(outcome).items() if k.startswith("tenant")} == engine.fleet.truth


async def test_no_credential_leaves_the_worker(engine):
    engine.hosts[0]["user"] = "nobody_of_that_name"
    engine.worker(slots=1)
    with Redis.from_url(engine.redis.url) as redis:
        seen: list[str] = []
        outcome = await engine.scan(on_progress=lambda _: seen.append(_everything_in(redis)))
    assert set(fingerprints(outcome).values()) == {FailureKind.AUTHENTICATION}
    store = await asyncpg.connect(engine.dsn)
    tables = ("ledger", "ledger_marks", "ledger_outcomes")
    kept = [str(row) for table in tables for row in await store.fetch(f"SELECT * FROM fleetdrift.{table}")]
    await store.close()
    logged = [path.read_text() for path in engine.logs.iterdir()]
    assert "answers" in "".join(seen)
    assert CANARY not in "\n".join([*seen, *kept, *logged, str(outcome)])


def _everything_in(redis: Redis) -> str:
    parts: list[object] = []
    for key in redis.scan_iter():
        match redis.type(key):
            case b"string":
                parts += [key, redis.get(key)]
            case b"list":
                parts += [key, redis.lrange(key, 0, -1)]
            case b"stream":
                parts += [key, redis.xrange(key)]
            case b"zset":
                parts += [key, redis.zrange(key, 0, -1)]
            case b"hash":
                parts += [key, redis.hgetall(key)]
            case _:
                parts += [key]
    return str(parts)
