"""Tenants come, go and change while a scan runs: each has one status, and no other tenant suffers."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import asyncpg
import msgspec
import pytest

from coordinator.fleet.target_runs import read_targets
from shared.targets import FailureKind, Target
from tests.acceptance.middle import BEFORE_EACH_TENANT_SECONDS, InTheMiddle
from tests.acceptance.verdict import assert_nothing_lost

pytestmark = pytest.mark.anyio

LEAVER = "leaver"
DDL_SECONDS = 4.0


async def test_a_tenant_that_is_dropped_in_the_middle_has_one_status_and_costs_no_other_anything(engine, postgres):
    """It is read last, when it is gone."""
    admin = await asyncpg.connect(postgres.dsn())
    await admin.execute(f"CREATE DATABASE {LEAVER} STRATEGY file_copy")
    engine.worker(slots=1, slow=BEFORE_EACH_TENANT_SECONDS)
    dropping: list[asyncio.Task[str]] = []
    drop = InTheMiddle(
        lambda: dropping.append(asyncio.create_task(admin.execute(f"DROP DATABASE {LEAVER} WITH (FORCE)")))
    )
    leaver = Target(tenant=LEAVER, host="main", database=LEAVER)
    outcome = await engine.scan((*engine.fleet.targets, leaver), on_progress=drop)
    await dropping[0]
    await admin.close()
    await engine.assert_nothing_lost(outcome, {LEAVER: FailureKind.NO_DATABASE})


async def test_ddl_during_a_scan_costs_no_tenant_its_reading(engine, postgres):
    """Each transaction leaves what it found; the objects' numbers change all the time."""
    ending = asyncio.get_running_loop().time() + DDL_SECONDS
    database = await asyncpg.connect(postgres.dsn("engine_fleet"))

    async def rebuild_indexes() -> int:
        rounds = 0
        while asyncio.get_running_loop().time() < ending:
            for number, target in enumerate(engine.fleet.targets):
                if number % 4:
                    name = f"by_status{number % 4}"
                    async with database.transaction():
                        await database.execute(f"DROP INDEX {target.namespace}.{name}")
                        await database.execute(f"CREATE INDEX {name} ON {target.namespace}.orders (status)")
            rounds += 1
        return rounds

    engine.worker(slots=2, slow=BEFORE_EACH_TENANT_SECONDS)
    rebuilding = asyncio.create_task(rebuild_indexes())
    outcome = await engine.scan()
    assert await rebuilding > 0
    await database.close()
    await engine.assert_nothing_lost(outcome)


async def broken_off(engine, targets: Sequence[Target]) -> int:
    """Begin the scan `s` and break it off in the middle; give the number of tenants that have been read."""
    async with engine.facilities() as facilities:
        middle = asyncio.Event()
        reading = asyncio.create_task(read_targets(facilities, targets, scan="s", on_progress=InTheMiddle(middle.set)))
        await middle.wait()
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        return sum(row.outcome is not None for row in await facilities.store.load_ledger("s"))


async def test_a_scan_that_is_resumed_reads_the_fleet_as_it_is_now_and_nothing_twice(engine):
    """Five tenants have left since the scan began, five have come, and one has moved to another's namespace."""
    fleet = engine.fleet.targets
    moved = msgspec.structs.replace(fleet[5], namespace=fleet[6].namespace)
    engine.worker(slots=1, slow=BEFORE_EACH_TENANT_SECONDS)
    before = await broken_off(engine, fleet[:35])
    now = (moved, *fleet[6:])
    outcome = await engine.scan(now, scan="s")
    assert list(outcome.results) == [target.tenant for target in now]
    read = {target.tenant: engine.fleet.undisturbed[target.tenant] for target in now}
    read[moved.tenant] = engine.fleet.undisturbed[fleet[6].tenant]
    await assert_nothing_lost(engine.dsn, outcome, read)
    store = await asyncpg.connect(engine.dsn)
    twice = await store.fetchval("SELECT count(*) FROM fleetdrift.ledger_marks WHERE attempt > 1")
    await store.close()
    assert twice <= len(fleet[:35]) - before
