"""A server that is full, locked, or a standby in conflict with its primary: its tenants are read when they can be."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import asyncpg
import pytest

from coordinator.fleet.target_runs import read_targets
from coordinator.ledger.lane import LedgerRules
from shared.embedded.postgres import EmbeddedPostgres
from shared.embedded.redis import EmbeddedRedis
from shared.targets import FailureKind
from tests.acceptance.engine.conftest import Engine, Fleet, make_fleet, open_engine
from tests.acceptance.middle import BEFORE_EACH_TENANT_SECONDS, InTheMiddle
from tests.breakable import Standby

pytestmark = pytest.mark.anyio

PLACES = 12  # connections that the server takes, three of them for superusers
PATIENT = LedgerRules(lease=3.0, retry_after=0.1, busy_for=120.0)


@pytest.fixture(scope="module")
def primary() -> Iterator[EmbeddedPostgres]:
    """A server of the module's own, whose places can all be taken."""
    with EmbeddedPostgres(in_memory=True, settings=(f"max_connections={PLACES}",)) as server:
        yield server


@pytest.fixture(scope="module")
def its_fleet(primary: EmbeddedPostgres) -> Fleet:
    return asyncio.run(make_fleet(primary))


@pytest.fixture
def its_engine(
    its_fleet: Fleet, redis_server: EmbeddedRedis, postgres: EmbeddedPostgres, tmp_path: Path
) -> Iterator[Engine]:
    """An engine whose tenants live on that server, and its store elsewhere."""
    with open_engine(its_fleet, redis_server, postgres, tmp_path) as engine:
        yield engine


@pytest.fixture
async def database(primary: EmbeddedPostgres) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(primary.dsn("engine_fleet"))
    yield connection
    await connection.close()


async def test_tenants_of_a_server_that_is_full_are_read_when_it_has_room(its_engine, primary):
    """53300 to every connection, for longer than three tries in a row take."""
    its_engine.worker(slots=2)
    admin = await asyncpg.connect(primary.dsn())
    await admin.execute("CREATE ROLE guest LOGIN")
    guests = [await asyncpg.connect(primary.dsn(user="guest")) for _ in range(PLACES - 3 - 1)]
    async with its_engine.facilities(rules=PATIENT) as facilities:
        reading = asyncio.create_task(read_targets(facilities, its_engine.fleet.targets))
        await asyncio.sleep(4)
        assert not reading.done()
        for guest in guests:
            await guest.close()
        await its_engine.assert_nothing_lost(await reading)
    await admin.close()


async def test_a_tenant_that_stays_locked_is_busy_and_one_that_is_unlocked_in_time_is_read(its_engine, primary):
    first, second = its_engine.fleet.targets[1:3]
    its_engine.worker(slots=1, lock=0.2)
    locked = await asyncpg.connect(primary.dsn("engine_fleet"))
    freed = await asyncpg.connect(primary.dsn("engine_fleet"))
    for connection, target in ((locked, first), (freed, second)):
        await connection.execute(f"BEGIN; LOCK TABLE {target.namespace}.orders IN ACCESS EXCLUSIVE MODE")
    unlock = InTheMiddle(freed.terminate)
    outcome = await its_engine.scan(on_progress=unlock)
    await locked.close()
    assert unlock.done
    await its_engine.assert_nothing_lost(outcome, {first.tenant: FailureKind.BUSY})


async def test_a_standby_that_cancels_readers_for_its_primarys_sake_costs_no_tenant_its_reading(
    its_engine, primary, database
):
    """The primary writes its catalogs anew, again and again, and the standby waits for no query before it follows."""
    with Standby(primary) as standby:
        its_engine.hosts[0]["address"] = str(standby.socket_dir)
        its_engine.worker(slots=2, slow=BEFORE_EACH_TENANT_SECONDS)
        observer = await asyncpg.connect(standby.dsn())

        async def conflicts() -> int:
            return await observer.fetchval("SELECT sum(confl_snapshot + confl_lock) FROM pg_stat_database_conflicts")

        async def write_catalogs() -> None:
            while await conflicts() < 3:
                for catalog in ("pg_class", "pg_attribute", "pg_index", "pg_constraint"):
                    await database.execute(f"VACUUM FULL {catalog}")

        writing = asyncio.create_task(write_catalogs())
        async with its_engine.facilities(rules=PATIENT) as facilities:
            outcome = await read_targets(facilities, its_engine.fleet.targets)
        await its_engine.assert_nothing_lost(outcome)
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
        assert await conflicts() > 0
        await observer.close()
