"""Whoever works on a scan may die in the middle: the report is that of the undisturbed scan."""

from __future__ import annotations

import asyncio
import os
import signal
from pathlib import Path

import asyncpg
import pytest

from coordinator.fleet.target_runs import read_targets
from shared.targets import FailureKind
from tests.acceptance.middle import BEFORE_EACH_TENANT_SECONDS, InTheMiddle, children

pytestmark = pytest.mark.anyio


async def test_a_worker_killed_in_the_middle_loses_nothing(engine):
    victim = engine.worker(slots=1, slow=BEFORE_EACH_TENANT_SECONDS)
    engine.worker(slots=1, slow=BEFORE_EACH_TENANT_SECONDS)
    middle = InTheMiddle(victim.kill)
    outcome = await engine.scan(on_progress=middle)
    assert middle.done
    await engine.assert_nothing_lost(outcome)


async def test_a_pool_process_killed_in_the_middle_loses_nothing(engine):
    worker = engine.worker(slots=2, slow=BEFORE_EACH_TENANT_SECONDS)
    middle = InTheMiddle(lambda: os.kill(children(worker)[0], signal.SIGKILL))
    outcome = await engine.scan(on_progress=middle)
    assert middle.done
    await engine.assert_nothing_lost(outcome)


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


async def test_a_tenant_that_kills_whoever_reads_it_is_named_and_the_others_are_read(engine):
    deadly = engine.fleet.targets[20].tenant
    engine.worker(slots=2, deadly=[deadly])
    await engine.assert_nothing_lost(await engine.scan(), {deadly: FailureKind.CRASHED})


async def test_a_tenant_that_takes_a_readers_memory_ends_as_a_limit_and_the_others_are_read(engine):
    hungry = engine.fleet.targets[20].tenant
    worker = engine.worker(slots=2, hungry=[hungry], limits={"reader_memory": 256 * 1024 * 1024})
    await engine.assert_nothing_lost(await engine.scan(), {hungry: FailureKind.LIMIT})
    assert worker.poll() is None


async def test_all_workers_killed_in_the_middle_lose_nothing_when_others_come(engine):
    engine.worker(slots=1, slow=BEFORE_EACH_TENANT_SECONDS)
    engine.worker(slots=1, slow=BEFORE_EACH_TENANT_SECONDS)

    async def all_gone_and_back() -> None:
        engine.stop()
        await asyncio.sleep(4)  # longer than the lease
        engine.worker(slots=2)

    coming: list[asyncio.Task[None]] = []
    middle = InTheMiddle(lambda: coming.append(asyncio.create_task(all_gone_and_back())))
    outcome = await engine.scan(on_progress=middle)
    await coming[0]
    await engine.assert_nothing_lost(outcome)


async def test_a_worker_that_is_told_to_stop_ends_what_it_has_begun_and_nothing_is_read_twice(engine):
    leaver = engine.worker(slots=2, slow=BEFORE_EACH_TENANT_SECONDS)

    def leave() -> None:
        leaver.send_signal(signal.SIGTERM)
        engine.worker(slots=2)

    outcome = await engine.scan(on_progress=(middle := InTheMiddle(leave)))
    assert middle.done
    await engine.assert_nothing_lost(outcome)
    assert await asyncio.to_thread(leaver.wait, 30) == 0
    store = await asyncpg.connect(engine.dsn)
    assert await store.fetchval("SELECT max(attempt) FROM fleetdrift.ledger_marks") == 1
    await store.close()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
async def test_a_coordinator_ended_in_the_middle_is_taken_up_by_the_next(engine, how):
    engine.worker(
        slots=2, slow=10 * BEFORE_EACH_TENANT_SECONDS
    )  # slow enough that the middle is still the middle on a busy machine
    process = engine.coordinator("scan-1")
    store = await _until_some_are_answered(engine.dsn)
    process.send_signal(how)
    process.wait(30)
    before = await store.fetchval("SELECT count(*) FROM fleetdrift.ledger_outcomes")
    assert 0 < before < len(engine.fleet.targets)
    outcome = await engine.scan(scan="scan-1")
    await engine.assert_nothing_lost(outcome)
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


async def test_a_scan_that_is_cancelled_just_when_a_command_has_been_sent_to_redis_ends(engine):
    """Python 3.11 loses every second cancellation of that moment: the scan went on to its end."""
    engine.worker(slots=1, slow=BEFORE_EACH_TENANT_SECONDS)
    async with engine.facilities() as facilities:
        for number in range(10):
            middle = asyncio.Event()
            progress = InTheMiddle(middle.set)
            reading = asyncio.create_task(
                read_targets(facilities, engine.fleet.targets, scan=str(number), on_progress=progress)
            )
            await middle.wait()
            reading.cancel()
            with pytest.raises(asyncio.CancelledError):
                await reading
