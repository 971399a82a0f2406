"""What the coordinator may not forget, in a real PostgreSQL."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import asyncpg
import pytest

from coordinator import store as store_package
from coordinator.ledger.batch import Mark
from coordinator.report.model import ScanStatus
from coordinator.store.connection import migrations
from coordinator.store.records import ScanState
from coordinator.store.store import BlobKind, Store, StoreError
from shared.hosts import Secret
from shared.messages import Failed, Observed
from shared.schema.schema import SchemaVersion
from shared.targets import Failure, FailureKind, Target
from tests.hostile import HOSTILE_NAMES
from tests.reports import in_sync, partly_read

pytestmark = pytest.mark.anyio

SEEN = Observed("ab" * 32, 180001, 12, (SchemaVersion("sqlx", "7"),))
REFUSED = Failed(Failure(FailureKind.REFUSED, "no"))


def targets(count: int) -> list[Target]:
    return [Target(tenant=f"t{number}", host="h", database="d", labels=(("tier", "gold"),)) for number in range(count)]


def test_migrations_are_numbered_without_a_gap():
    assert [version for version, _ in migrations()] == list(range(1, len(migrations()) + 1))


async def test_two_coordinators_may_open_a_new_store_at_once(dsn):
    async def use() -> None:
        async with Store.open(Secret(dsn)) as store:
            await store.ping()

    await asyncio.gather(*(use() for _ in range(4)))


async def test_a_store_of_a_newer_version_is_refused(dsn, store):
    admin = await asyncpg.connect(dsn)
    await admin.execute("INSERT INTO fleetdrift.migrations VALUES (999)")
    await admin.close()
    with pytest.raises(StoreError, match="made by a newer fleetdrift"):
        async with Store.open(Secret(dsn)):
            pass


@pytest.mark.parametrize(
    "dsn", ["postgresql://u:canary@127.0.0.1:1/x", "postgresql://u:canary@[bad/x", "postgresql://u:canary@h:port/x"]
)
async def test_a_store_that_cannot_be_reached_says_so_without_the_credential(dsn):
    with pytest.raises(StoreError) as caught:
        async with Store.open(Secret(dsn)):
            pass
    assert "canary" not in str(caught.value)
    assert str(caught.value).startswith("the store cannot be reached")


async def test_a_ledger_comes_back_as_it_was_written(store):
    await store.create_scan("s", "fleet")
    await store.begin_ledger("s", targets(4))
    await store.mark_sent("s", [Mark(item="t1", attempt=2, strikes=1, batch="0-7")])
    await store.mark_sent("s", [Mark(item="t1", attempt=3, strikes=2, batch="0-9")])
    await store.record_outcomes("s", [("t0", SEEN), ("t2", REFUSED)])
    rows = await store.load_ledger("s")
    assert [row.target for row in rows] == targets(4)
    assert [row.outcome for row in rows] == [SEEN, None, REFUSED, None]
    assert [row.mark for row in rows] == [None, Mark(item="t1", attempt=3, strikes=2, batch="0-9"), None, None]


async def test_what_is_asked_of_the_store_is_all_that_is_sent_to_it(dsn, store):
    await store.list_scans("none", 1)
    admin = await asyncpg.connect(dsn)
    last = await admin.fetch(
        "SELECT query FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    await admin.close()
    assert [row["query"] for row in last if "fleetdrift.scans" in row["query"]], last


async def test_the_first_outcome_wins(store):
    await store.create_scan("s", "fleet")
    await store.begin_ledger("s", targets(1))
    await store.record_outcomes("s", [("t0", SEEN)])
    await store.record_outcomes("s", [("t0", REFUSED)])
    assert [row.outcome for row in await store.load_ledger("s")] == [SEEN]


async def test_hostile_names_are_kept_as_they_are(store):
    fleet = [Target(tenant=name, host=name, database=name, namespace=name) for name in HOSTILE_NAMES]
    outcomes = [(name, Failed(Failure(FailureKind.BUSY, name))) for name in HOSTILE_NAMES]
    await store.create_scan("s", HOSTILE_NAMES[0])
    await store.begin_ledger("s", fleet)
    await store.record_outcomes("s", outcomes)
    assert [(row.target, row.outcome) for row in await store.load_ledger("s")] == [
        (target, outcome) for target, (_, outcome) in zip(fleet, outcomes, strict=True)
    ]


async def test_an_epoch_is_never_used_twice(store):
    await store.create_scan("s", "fleet")
    assert [await store.epoch("s")] + [await store.next_epoch("s") for _ in range(3)] == [0, 1, 2, 3]


async def test_blobs_are_kept_once_and_given_back_by_name(store):
    await store.put_blobs(BlobKind.SNAPSHOT, {"a": b"first", "b": b"x"})
    await store.put_blobs(BlobKind.SNAPSHOT, {"a": b"second"})
    assert await store.get_blobs(BlobKind.SNAPSHOT, ["a", "c"]) == {"a": b"first"}
    assert await store.get_blobs(BlobKind.ANALYSIS, ["a"]) == {}
    assert set(await store.recent_blobs(BlobKind.SNAPSHOT, 10)) == {"a", "b"}


async def test_a_report_comes_back_as_it_was_and_ends_its_scan(store):
    report = partly_read()
    fleet = report.body.fleet
    await store.create_scan("s", fleet)
    assert [each.state for each in await store.unfinished_scans(fleet)] == ["queued"]
    await store.record_report("s", report)
    assert await store.get_report("s") == await store.latest_report(fleet) == report
    assert await store.unfinished_scans(fleet) == []
    assert [each.state for each in await store.list_scans(fleet)] == [report.status.value]


def test_every_way_a_scan_can_end_is_a_state():
    before = {ScanState.QUEUED, ScanState.RUNNING}
    assert {state.value for state in set(ScanState) - before} == {status.value for status in ScanStatus} | {"cancelled"}


async def test_a_scan_begins_queued_and_runs_when_its_targets_are_known(store):
    await store.create_scan("s", "fleet")
    assert (await store.get_scan("s")).state is ScanState.QUEUED
    await store.begin_ledger("s", targets(1))
    assert (await store.get_scan("s")).state is ScanState.RUNNING
    await store.finish_scan("s", ScanState.CANCELLED)
    assert (await store.get_scan("s")).state is ScanState.CANCELLED


async def test_only_a_scan_that_read_everybody_is_a_success(store):
    fleet = partly_read().body.fleet
    await store.record_report("a", partly_read())
    assert await store.last_success(fleet) is None
    await store.record_report("b", in_sync())
    assert await store.last_success(fleet) is not None


def test_every_query_file_is_used():
    folder = Path(store_package.__file__).parent
    named = {name for path in folder.glob("*.py") for name in re.findall(r'"([a-z_]+)"', path.read_text())}
    assert {path.stem for path in (folder / "queries").glob("*.sql")} <= named
