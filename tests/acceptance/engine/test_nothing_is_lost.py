"""Real workers, a real Redis, real tenants, and something that goes wrong in the middle: the result is the same."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
from pathlib import Path

import asyncpg
import pytest
from redis import Redis

from coordinator.engine.engine import Progress
from coordinator.fleet.target_runs import load_snapshots, read_targets
from shared.messages import Keys
from shared.targets import FailureKind, Observation, Target

from .conftest import CANARY

pytestmark = pytest.mark.anyio

PAUSE = 0.1  # seconds a slow worker waits before each tenant, so that a scan has a middle


def fingerprints(outcome) -> dict[str, str]:
    return {
        tenant: reading.fingerprint if isinstance(reading, Observation) else reading.kind.value
        for tenant, reading in outcome.results.items()
    }


class InTheMiddle:
    """Does something once, when a quarter of the fleet has been read."""

    def __init__(self, act) -> None:
        self._act = act
        self.done = False

    def __call__(self, progress: Progress) -> None:
        if not self.done and progress.total / 4 <= progress.done < progress.total:
            self._act()
            self.done = True


def children(process: subprocess.Popen[bytes]) -> list[int]:
    task = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return [int(pid) for pid in task.read_text().split()]


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


async def test_a_scan_leaves_nothing_behind_in_redis_but_what_expires(steady):
    await steady.scan()
    with Redis.from_url(steady.redis.url) as redis:
        left = set(redis.scan_iter(f"fleetdrift:*:{steady.name}:*"))
        assert all(redis.ttl(key) > 0 for key in left)
        assert redis.exists(Keys(steady.name).presence)
    assert {key.split(b":")[3] for key in left} == {b"blob", b"sightings"}


async def test_a_worker_killed_in_the_middle_loses_nothing(engine):
    victim = engine.worker(slots=1, slow=PAUSE)
    engine.worker(slots=1, slow=PAUSE)
    middle = InTheMiddle(victim.kill)
    outcome = await engine.scan(on_progress=middle)
    assert middle.done
    assert fingerprints(outcome) == engine.fleet.truth


async def test_a_pool_process_killed_in_the_middle_loses_nothing(engine):
    worker = engine.worker(slots=2, slow=PAUSE)
    middle = InTheMiddle(lambda: os.kill(children(worker)[0], signal.SIGKILL))
    outcome = await engine.scan(on_progress=middle)
    assert middle.done
    assert fingerprints(outcome) == engine.fleet.truth


async def test_the_children_of_a_killed_worker_die_with_it(engine):
    worker = engine.worker(slots=2)
    await engine.scan(engine.fleet.targets[:2])
    pool = children(worker)
    assert len(pool) == 2
    worker.kill()
    worker.wait()
    for _ in range(100):
        if not any(_runs(pid) for pid in pool):
            break
        await asyncio.sleep(0.1)
    assert not any(_runs(pid) for pid in pool)


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def test_a_redis_that_forgets_everything_in_the_middle_loses_nothing(engine):
    engine.worker(slots=2, slow=PAUSE)
    with Redis.from_url(engine.redis.url) as redis:
        middle = InTheMiddle(redis.flushall)
        outcome = await engine.scan(on_progress=middle)
    assert middle.done
    assert fingerprints(outcome) == engine.fleet.truth


async def test_connections_to_redis_that_are_cut_in_the_middle_lose_nothing(engine):
    engine.worker(slots=2, slow=PAUSE)
    with Redis.from_url(engine.redis.url) as redis:
        middle = InTheMiddle(lambda: redis.client_kill_filter(_type="normal", skipme=True))
        outcome = await engine.scan(on_progress=middle)
    assert middle.done
    assert fingerprints(outcome) == engine.fleet.truth


async def test_a_tenant_that_kills_whoever_reads_it_is_named_and_the_others_are_read(engine):
    deadly = engine.fleet.targets[20].tenant
    engine.worker(slots=2, deadly=[deadly])
    read = fingerprints(await engine.scan())
    assert read.pop(deadly) == FailureKind.CRASHED
    assert read == {tenant: name for tenant, name in engine.fleet.truth.items() if tenant != deadly}


async def test_a_batch_that_runs_out_of_time_hands_back_what_it_has_not_done(engine):
    engine.hosts[0]["max_connections"] = 1
    worker = engine.worker(slots=1, slow=0.7, time=1)
    some = engine.fleet.targets[:6]
    read = fingerprints(await engine.scan(some, slots=1))
    assert read == {target.tenant: engine.fleet.truth[target.tenant] for target in some}
    assert worker.poll() is None
    assert "SoftTimeLimit" not in "".join(path.read_text() for path in engine.logs.iterdir())


async def test_a_tenant_that_stays_locked_is_busy_and_one_that_is_unlocked_in_time_is_read(engine, postgres):
    first, second = engine.fleet.targets[1:3]
    engine.worker(slots=1, lock=0.2)
    locked = await asyncpg.connect(postgres.dsn("engine_fleet"))
    freed = await asyncpg.connect(postgres.dsn("engine_fleet"))
    for connection, target in ((locked, first), (freed, second)):
        await connection.execute(f"BEGIN; LOCK TABLE {target.namespace}.orders IN ACCESS EXCLUSIVE MODE")
    unlock = InTheMiddle(freed.terminate)
    read = fingerprints(await engine.scan(engine.fleet.targets[:8], on_progress=unlock))
    await locked.close()
    assert unlock.done
    assert read.pop(first.tenant) == FailureKind.BUSY
    assert read == {tenant: engine.fleet.truth[tenant] for tenant in read}


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


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
async def test_a_coordinator_ended_in_the_middle_is_taken_up_by_the_next(engine, how):
    engine.worker(slots=2, slow=4 * PAUSE)  # slow enough that the middle is still the middle on a busy machine
    process = engine.coordinator("scan-1")
    store = await _until_some_are_answered(engine.dsn)
    process.send_signal(how)
    process.wait(30)
    before = await store.fetchval("SELECT count(*) FROM fleetdrift.ledger_outcomes")
    assert 0 < before < len(engine.fleet.targets)
    outcome = await engine.scan(engine.fleet.targets[:1], scan="scan-1")
    assert fingerprints(outcome) == engine.fleet.truth
    again = await store.fetchval("SELECT count(*) FROM fleetdrift.ledger_marks WHERE attempt > 1")
    assert again < len(engine.fleet.targets) - before + 1
    await store.close()


async def _until_some_are_answered(dsn: str) -> asyncpg.Connection:
    store = await asyncpg.connect(dsn)
    for _ in range(600):
        await asyncio.sleep(0.05)
        if await store.fetchval(
            "SELECT to_regclass('fleetdrift.ledger_outcomes') IS NOT NULL"
        ) and await store.fetchval("SELECT count(*) > 5 FROM fleetdrift.ledger_outcomes"):
            return store
    raise AssertionError("no answer was recorded")


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
