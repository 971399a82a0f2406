"""Which readings stand for a tenant in the next scan, and which never do."""

from __future__ import annotations

import contextlib
import datetime as dt
import secrets
from collections.abc import AsyncIterator

import asyncpg
import msgspec
import pytest

from coordinator.engine.engine import EngineSettings, Facilities
from coordinator.fleet.settling import Settling, may_stand_for, scope_of
from coordinator.store.signs import SignedReading
from coordinator.store.store import Store
from shared.embedded.postgres import EmbeddedPostgres
from shared.hosts import Host, Secret
from shared.messages import Failed, Observed
from shared.postgres.reading.migration_locks import LOCKS
from shared.postgres.reading.server_sign import DatabaseSign
from shared.schema.profile import EVERYTHING
from shared.schema.schema import SchemaVersion
from shared.targets import Depth, Failure, FailureKind, Target

pytestmark = pytest.mark.anyio

DAY = 24 * 3600.0
READ = Observed("f" * 64, 180000, 12)


class Room:
    """A tenant in a database of its own, on a server whose sign is read, and what a scan is given."""

    def __init__(self, server: EmbeddedPostgres, facilities: Facilities, target: Target) -> None:
        self.server = server
        self.facilities = facilities
        self.target = target

    async def settled(self, target: Target | None = None, *, is_kept: bool = True, **settings: object) -> list[Depth]:
        """Give the depths of the answers that the next scan has before it reads."""
        facilities = msgspec.structs.replace(
            self.facilities, settings=msgspec.structs.replace(self.facilities.settings, **settings)
        )
        found = await Settling("next", facilities).settle([target or self.target], lambda _: is_kept)
        return [outcome.depth for _, outcome in found if isinstance(outcome, Observed)]

    async def read(self, outcome: Observed | Failed = READ, *, read_since: bool = True) -> None:
        """Be a scan in which a worker answers so."""
        one = msgspec.structs.replace(self.facilities.settings, read_anyway=1.0)
        settling = Settling("first", msgspec.structs.replace(self.facilities, settings=one))
        await settling.settle([self.target], lambda _: True)
        await settling.keep({self.target.tenant: outcome}, read_since=read_since)


@pytest.fixture
async def room(postgres: EmbeddedPostgres, store: Store, redis) -> AsyncIterator[Room]:
    name = f"settled_{secrets.token_hex(4)}"
    admin = await asyncpg.connect(postgres.dsn())
    with contextlib.suppress(asyncpg.DuplicateObjectError):
        await admin.execute("CREATE ROLE settling_scanner LOGIN")
    await admin.execute(f"CREATE DATABASE {name}")
    host = Host(
        name="main", address=str(postgres.socket_dir), port=postgres.port, user="settling_scanner", max_connections=2
    )
    settings = EngineSettings(
        fleet=name, redis_url=Secret("redis://nowhere"), hosts={"main": host}, remember=DAY, read_anyway=0.0
    )
    yield Room(postgres, Facilities(settings, store, redis), Target(tenant="t", host="main", database=name))
    await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    await admin.close()


async def test_what_was_read_in_full_stands_for_the_tenant(room):
    assert await room.settled() == []
    await room.read()
    assert await room.settled() == [Depth.SIGN]
    assert await room.settled(msgspec.structs.replace(room.target, labels=(("tier", "gold"),))) == [Depth.SIGN]


@pytest.mark.parametrize(
    "outcome",
    [
        Failed(Failure(FailureKind.BUSY, "it was locked")),
        msgspec.structs.replace(READ, running="sqlx"),
        msgspec.structs.replace(READ, versions=(SchemaVersion("sqlx", "2", dirty=True),)),
        msgspec.structs.replace(READ, depth=Depth.TOKEN),
    ],
    ids=["failed", "a migration runs", "a migration has failed", "an earlier scan was believed"],
)
async def test_what_may_be_otherwise_in_a_moment_or_was_not_read_does_not(room, outcome):
    await room.read(outcome)
    assert await room.settled() == []


async def test_what_was_read_before_a_scan_was_resumed_does_not(room):
    await room.read(read_since=False)
    assert await room.settled() == []


async def test_a_hint_that_agrees_with_what_was_read_in_full_leaves_it_as_old_as_it_is(room):
    async def kept() -> dict[str, SignedReading]:
        scope = scope_of(room.facilities.settings.profile)
        return await room.facilities.store.signs.load(
            room.target.database, scope, dt.datetime.min.replace(tzinfo=dt.UTC)
        )

    await room.read()
    before = await kept()
    assert list(before) == ["t"]
    await room.read(msgspec.structs.replace(READ, depth=Depth.TOKEN))
    assert await kept() == before
    await room.read()
    assert (await kept())["t"].read_in_full > before["t"].read_in_full


@pytest.mark.parametrize(
    ("target", "settings", "is_kept"),
    [
        ({"namespace": "other"}, {}, True),
        ({"tenant": "other"}, {}, True),
        ({}, {"profile": EVERYTHING}, True),
        ({}, {"remember": 0.0}, True),
        ({}, {"read_anyway": 1.0}, True),
        ({}, {}, False),
    ],
    ids=[
        "another namespace",
        "another tenant",
        "other facets",
        "nothing is remembered",
        "read anyway",
        "snapshot lost",
    ],
)
async def test_it_stands_for_nothing_else(room, target, settings, is_kept):
    await room.read()
    other = msgspec.structs.replace(room.target, **target)
    assert await room.settled(other, is_kept=is_kept, **settings) == []


async def test_a_tenant_whose_migration_tool_holds_its_lock_is_read():
    target = Target(tenant="t", host="main", database="d")
    now = dt.datetime.now(dt.UTC)
    kept = SignedReading(target=target, identity="i", written=1, observed=READ, read_in_full=now)
    [number] = LOCKS["sqlx"]("d", "public")
    found = [
        may_stand_for(kept, target, DatabaseSign(identity="i", written=1, locks=locks))
        for locks in ((number,), (number + 1,))
    ]
    assert found == [False, True]


async def test_a_server_that_is_away_has_no_sign_and_holds_nobody_up(room):
    await room.read()
    nobody = {"main": Host(name="main", address="/nowhere", user="settling_scanner")}
    assert await room.settled(hosts=nobody) == []
