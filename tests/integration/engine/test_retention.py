"""What the store keeps for how long, in a real PostgreSQL, and that reports which say the same are kept once."""

from __future__ import annotations

import datetime as dt

import asyncpg
import msgspec
import pytest

from coordinator.memory.remember import remember
from coordinator.memory.skeleton import take_apart
from coordinator.memory.views import ChangeFilter
from coordinator.settings.store import StoreTable
from coordinator.store.connection import migrations
from coordinator.store.pruning import DEFAULT_RETENTION, retention_of
from coordinator.store.store import Store
from shared.blobs import pack
from shared.formats import GROUP, SKELETON
from shared.hosts import Secret
from tests.integration.engine.test_memory import AGES, CREATED, EMAIL, FLEET, changes_of, scanned

pytestmark = pytest.mark.anyio

NOTHING_OLD = retention_of(StoreTable(keep_reports=1, keep_reports_days=1, keep_history_days=1, keep_notices_days=1))


@pytest.fixture
async def admin(dsn, store):
    """A connection to the store's database, whose tables are there."""
    connection = await asyncpg.connect(dsn)
    yield connection
    await connection.close()


async def age(admin, days):
    """Let everything that has happened so far have happened earlier."""
    for table, columns in {
        "fleets": ("scanned", "history_pruned"),
        "scans": ("requested", "finished"),
        "reports": ("finished",),
        "tenants": ("since", "last_good", "left_fleet"),
        "stays": ("since", "until"),
        "changes": ("first_seen", "last_seen", "resolved"),
        "blobs": ("used",),
    }.items():
        moved = ", ".join(f"{column} = {column} - interval '{days} days'" for column in columns)
        await admin.execute(f"UPDATE fleetdrift.{table} SET {moved}")


async def count(admin, table):
    return await admin.fetchval(f"SELECT count(*) FROM fleetdrift.{table}")


async def take(store, number, **tenants):
    await store.create_scan(str(number), FLEET)
    await store.record_report(str(number), scanned(**tenants))


async def test_no_more_reports_are_kept_than_the_setting_says(dsn, admin):
    async with Store.open(Secret(dsn), retention=msgspec.structs.replace(DEFAULT_RETENTION, reports=2)) as store:
        for number, stood in enumerate(["ok", "e", "c"]):
            await take(store, number, a=stood)
        assert [await store.get_report(str(number)) for number in range(3)] == [None, scanned(a="e"), scanned(a="c")]
    assert await count(admin, "skeleton_groups") == 2


async def test_a_report_that_is_too_old_is_deleted_but_for_the_newest(dsn, admin):
    retention = msgspec.structs.replace(DEFAULT_RETENTION, reports_for=dt.timedelta(days=10))
    async with Store.open(Secret(dsn), retention=retention) as store:
        await take(store, 0, a="e")
        await take(store, 1, a="ok")
        await age(admin, 11)
        await take(store, 2, a="c")
        await age(admin, 11)
        await store.record_report("3", scanned(a="c"))
        assert [await store.get_report(str(number)) for number in range(3)] == [None] * 3
        assert await store.latest_report(FLEET) == scanned(a="c")


async def test_what_is_deleted_takes_no_open_change_and_no_first_date_along(dsn, admin):
    async with Store.open(Secret(dsn), retention=NOTHING_OLD) as store:
        await take(store, 0, a="e", b="c", c="ok")
        await take(store, 1, a="e", b="ok", c="ok")
        before = await changes_of(store)
        assert set(before) == {EMAIL, CREATED}
        await age(admin, 2)
        await take(store, 2, a="e", b="ok", c="ok")
        after = await changes_of(store)
        assert set(after) == {EMAIL}
        assert after[EMAIL].first_seen == before[EMAIL].first_seen - dt.timedelta(days=2)
        history = await store.memory.tenant(FLEET, "a", AGES)
        assert history.changes[0][1].first_seen == after[EMAIL].first_seen
        assert [each.scan for each in await store.list_scans(FLEET)] == ["2"]
        assert await store.get_report("2") == scanned(a="e", b="ok", c="ok")
    assert await count(admin, "standings") == await count(admin, "tenants") - 1
    assert await count(admin, "stays") == 3


async def test_history_is_looked_through_once_a_day(dsn, admin):
    async with Store.open(Secret(dsn), retention=NOTHING_OLD) as store:
        await take(store, 0, a="e")
        await take(store, 1, a="ok")
        await admin.execute(
            "UPDATE fleetdrift.stays SET since = since - interval '2 d', until = until - interval '2 d'"
        )
        await take(store, 2, a="ok")
        assert await count(admin, "stays") == 2


async def test_the_ledger_of_a_scan_that_is_over_is_deleted(store, admin):
    await store.create_scan("s", FLEET)
    await store.begin_ledger("s", [])
    await admin.execute("INSERT INTO fleetdrift.ledger VALUES ('s', 0, '{}'), ('other', 0, '{}')")
    await store.record_report("s", scanned(a="ok"))
    assert [row["scan"] for row in await admin.fetch("SELECT scan FROM fleetdrift.ledger")] == ["other"]


async def test_a_scan_that_finds_nothing_new_adds_its_own_row_and_its_reports_alone(store, admin):
    await take(store, 1, a="e", b="c", c="ok")
    tables = ("tenants", "stays", "standings", "changes", "standing_changes", "groups", "skeleton_groups", "blobs")

    async def rows():
        return [await admin.fetch(f"SELECT xmin::text, t.* FROM fleetdrift.{table} t") for table in tables]

    before = await rows()
    await take(store, 2, a="e", b="c", c="ok")
    assert await rows() == before
    [size] = await admin.fetchrow("SELECT octet_length(document) FROM fleetdrift.reports WHERE scan = '2'")
    assert size < 500
    assert await store.get_report("1") == await store.get_report("2") == scanned(a="e", b="c", c="ok")


async def test_reports_that_an_earlier_release_kept_are_read_and_deleted_like_others(dsn, admin):
    report = scanned(a="e", b="ok")
    await admin.execute("DROP SCHEMA fleetdrift CASCADE; CREATE SCHEMA fleetdrift")
    await admin.execute("CREATE TABLE fleetdrift.migrations (version integer PRIMARY KEY)")
    for version, sql in migrations()[:6]:
        await admin.execute(sql)
        await admin.execute("INSERT INTO fleetdrift.migrations VALUES ($1)", version)
    skeleton, groups = take_apart(report, remember(report.body))
    whole = msgspec.structs.replace(
        skeleton, report=msgspec.structs.replace(report, body=skeleton.report.body)
    )  # as it was kept, with its envelope
    await admin.execute(
        "INSERT INTO fleetdrift.reports VALUES ('old', $1, 'drift', $2, now() + interval '1 hour', $3)",
        FLEET, report.content_hash, pack(SKELETON, whole),
    )  # fmt: skip
    for name, group in groups.items():
        await admin.execute("INSERT INTO fleetdrift.blobs VALUES ($1, $2, $3)", GROUP.label, name, pack(GROUP, group))
        await admin.execute("INSERT INTO fleetdrift.report_groups VALUES ('old', $1)", name)
    async with Store.open(Secret(dsn)) as store:
        await store.record_report("new", report)
        assert await store.get_report("old") == report
        await admin.execute("DELETE FROM fleetdrift.reports WHERE scan = 'old'")
        await store.record_report("newer", report)
        assert await store.get_report("newer") == report
        assert len((await store.memory.changes(FLEET, ChangeFilter()))[0]) == 1
    assert await admin.fetchval("SELECT count(DISTINCT skeleton) FROM fleetdrift.skeleton_groups") == 1
