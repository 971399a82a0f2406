"""What the sign of a server says is unchanged is answered without a message; everything else is read."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Iterator

import asyncpg
import msgspec
import pytest

from coordinator.fleet.target_runs import read_targets
from shared.embedded.postgres import EmbeddedPostgres
from shared.messages import Observed
from shared.targets import Depth, Observation, Target
from tests.acceptance.engine.conftest import ROLE, Engine

LONGEST_WAIT_SECONDS = 90


class Place:
    """Two databases of a tenant each, and one of two tenants with a namespace each."""

    def __init__(self, server: EmbeddedPostgres) -> None:
        self.server = server
        name = f"signed_{secrets.token_hex(3)}"
        self.databases = [f"{name}_{letter}" for letter in "abc"]
        a, b, c = self.databases
        self.targets = (
            Target(tenant="a", host="main", database=a),
            Target(tenant="b", host="main", database=b),
            Target(tenant="c1", host="main", database=c, namespace="c1"),
            Target(tenant="c2", host="main", database=c, namespace="c2"),
        )

    async def make(self) -> None:
        for database in self.databases:
            async with self.session("postgres") as admin:
                await admin.execute(f"CREATE DATABASE {database}")
            async with self.session(database) as session:
                await session.execute("CREATE TABLE t (a int PRIMARY KEY)")
                for namespace in ("c1", "c2"):
                    await session.execute(f"CREATE SCHEMA {namespace}; CREATE TABLE {namespace}.t (a int)")

    async def drop(self) -> None:
        async with self.session("postgres") as admin:
            for database in self.databases:
                await admin.execute(f"DROP DATABASE IF EXISTS {database} WITH (FORCE)")

    @contextlib.asynccontextmanager
    async def session(self, database: str) -> AsyncIterator[asyncpg.Connection]:
        connection = await asyncpg.connect(self.server.dsn(database))
        try:
            yield connection
        finally:
            await connection.close()

    async def execute(self, database: int, statement: str) -> None:
        """Run a statement in a session, and wait until the session is gone."""
        name = self.databases[database]
        async with self.session(name) as session:
            await session.execute(statement)
        async with self.session("postgres") as admin, asyncio.timeout(LONGEST_WAIT_SECONDS):
            sessions = "SELECT count(*) FROM pg_stat_activity WHERE datname = $1"
            while await admin.fetchval(sessions, name):  # noqa: ASYNC110  # the server has no event for it
                await asyncio.sleep(0.02)


@pytest.fixture
def place(fleet, postgres: EmbeddedPostgres) -> Iterator[Place]:  # the fleet makes the role
    found = Place(postgres)
    asyncio.run(found.make())
    yield found
    asyncio.run(found.drop())


async def scan(engine: Engine, place: Place, *, read_anyway: float = 0.0) -> dict[str, Observation]:
    async with engine.facilities(remember=3600.0, read_anyway=read_anyway) as facilities:
        found = await read_targets(facilities, place.targets)
    read = {tenant: result for tenant, result in found.results.items() if isinstance(result, Observation)}
    assert len(read) == len(place.targets), found
    return read


def depths(found: dict[str, Observation]) -> dict[str, Depth]:
    return {tenant: seen.depth for tenant, seen in found.items()}


def facts(found: dict[str, Observation]) -> dict[str, Observation]:
    return {tenant: msgspec.structs.replace(seen, depth=Depth.ROWS, counters="") for tenant, seen in found.items()}


def test_what_is_unchanged_is_answered_without_a_worker_and_what_changed_is_read(engine, place):
    async def scans() -> None:
        worker = engine.worker(slots=2)
        first = await scan(engine, place)
        assert set(depths(first).values()) <= {Depth.ROWS, Depth.FINGERPRINT}
        worker.kill()
        worker.wait()
        second = await scan(engine, place)  # nobody could read a tenant
        assert set(depths(second).values()) == {Depth.SIGN}
        assert facts(second) == facts(first)

        engine.worker(slots=2)
        await place.execute(0, "ALTER TABLE t ADD b text")
        await place.execute(1, "INSERT INTO t VALUES (1)")
        third = await scan(engine, place)
        expected = {"a": Depth.ROWS, "b": Depth.COUNTERS, "c1": Depth.SIGN, "c2": Depth.SIGN}
        assert depths(third) == expected
        assert [name for name in first if third[name].fingerprint != first[name].fingerprint] == ["a"]
        fourth = await scan(engine, place)
        assert set(depths(fourth).values()) == {Depth.SIGN}
        assert facts(fourth) == facts(third)

        await place.execute(2, "CREATE TABLE c1.u (a int)")
        fifth = await scan(engine, place)
        assert fifth["c1"].fingerprint != first["c1"].fingerprint
        assert (fifth["c2"].fingerprint, fifth["a"].depth) == (first["c2"].fingerprint, Depth.SIGN)

        async with engine.facilities() as facilities:
            kept = await facilities.store.signs.depths(engine.name)
        assert kept is not None
        assert (dict(kept.tenants)[Depth.SIGN], kept.mismatches) == (2, 0)
        await place.execute(2, "INSERT INTO c1.t VALUES (1)")
        sixth = await scan(engine, place)
        assert facts(sixth) == facts(fifth)
        assert [depths(sixth)[name] for name in ("c1", "c2")] == [Depth.COUNTERS, Depth.COUNTERS]

    asyncio.run(scans())


def test_a_migration_at_work_and_an_open_session_are_looked_at(engine, place):
    async def scans() -> None:
        engine.worker(slots=2)
        await scan(engine, place)
        async with place.session(place.databases[0]) as session:
            await session.execute("BEGIN; ALTER TABLE t ADD b text")
            await session.execute("ROLLBACK")
            found = await scan(engine, place)
            assert depths(found)["a"] is not Depth.SIGN
            assert depths(found)["b"] is Depth.SIGN

    asyncio.run(scans())


def test_a_sign_that_is_wrong_is_found_by_reading_anyway_and_then_not_believed(engine, place):
    """A superuser who counts nothing is what no sign can see."""

    async def scans() -> None:
        engine.worker(slots=2)
        await scan(engine, place)
        await place.execute(0, "SET track_counts = off; ALTER TABLE t ADD b text")
        assert depths(await scan(engine, place))["a"] is Depth.SIGN
        await scan(engine, place, read_anyway=1.0)
        async with engine.facilities() as facilities:
            kept = await facilities.store.signs.depths(engine.name)
        assert kept is not None
        assert kept.mismatches == 1
        again = await scan(engine, place)
        assert Depth.SIGN not in depths(again).values()

    asyncio.run(scans())


def test_the_role_of_the_fleet_may_do_nothing(place):
    async def powers() -> bool:
        async with place.session("postgres") as admin:
            return bool(await admin.fetchval("SELECT pg_has_role($1, 'pg_read_all_stats', 'MEMBER')", ROLE))

    assert not asyncio.run(powers())


def test_an_answer_of_an_earlier_release_says_that_it_was_read_in_full():
    assert msgspec.json.decode(b'{"outcome":"observed","fingerprint":"f","server_version":1}', type=Observed).depth is (
        Depth.ROWS
    )
