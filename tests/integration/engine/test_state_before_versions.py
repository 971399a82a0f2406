"""A store written before formats had versions is upgraded when it is opened: nothing of it is lost or misread."""

from __future__ import annotations

import datetime as dt
from collections.abc import AsyncIterator

import asyncpg
import pytest

from coordinator.memory.views import TenantFilter
from coordinator.store.store import BlobKind, Store
from shared.blobs import unpack
from shared.formats import SNAPSHOT, FormatError
from shared.hosts import Secret
from shared.messages import Failed, Observed
from shared.schema.schema import Snapshot
from shared.targets import FailureKind
from tests import state_before_versions as old

pytestmark = pytest.mark.anyio


@pytest.fixture
async def upgraded(dsn: str) -> AsyncIterator[Store]:
    await old.load_store(dsn)
    async with Store.open(Secret(dsn)) as store:
        yield store


async def test_its_scans_are_listed(upgraded):
    listed = {each.scan: (each.state, each.tenants) for each in await upgraded.list_scans(old.FLEET)}
    assert listed == {
        old.FINISHED: ("drift", 6),
        old.READ_NOT_ANALYSED: ("running", 6),
        old.BROKEN_OFF: ("running", 6),
    }
    assert [each.scan for each in await upgraded.unfinished_scans(old.FLEET)] == [
        old.READ_NOT_ANALYSED,
        old.BROKEN_OFF,
    ]


async def test_its_report_is_read(upgraded):
    """That nothing of it is lost but the guards of its plans: tests/golden/formats."""
    report = await upgraded.latest_report(old.FLEET)
    assert report == await upgraded.get_report(old.FINISHED)
    assert report.format == "report/1"  # its plans lack the roles of statements, so nobody may take it for ours
    assert [each.tenant for each in report.body.tenants] == list(old.TENANTS)


async def test_its_tenants_are_remembered_with_the_dates_that_were_known(upgraded):
    found = await upgraded.memory.tenants(old.FLEET, TenantFilter(), stale_after=dt.timedelta(days=36500))
    report = await upgraded.latest_report(old.FLEET)
    assert [(each.tenant, each.status, each.shape) for each in found] == [
        (each.tenant, each.status, each.shape) for each in report.body.tenants
    ]
    assert all(each.last_good for each in found if each.shape)


async def test_its_ledgers_are_read_so_that_its_scans_can_be_taken_up(upgraded):
    for scan, done in ((old.FINISHED, 6), (old.READ_NOT_ANALYSED, 6), (old.BROKEN_OFF, 3)):
        rows = await upgraded.load_ledger(scan)
        assert [row.target.tenant for row in rows] == list(old.TENANTS)
        assert sum(row.outcome is not None for row in rows) == done
        assert all(row.mark for row in rows)
    first, _, third, *unread = await upgraded.load_ledger(old.BROKEN_OFF)
    assert isinstance(first.outcome, Observed)
    assert isinstance(third.outcome, Failed)
    assert third.outcome.failure.kind is FailureKind.PERMISSION
    assert [row.outcome for row in unread] == [None] * 3


async def test_its_snapshots_are_read_and_its_analyses_made_anew(upgraded):
    """Analyses were remembered under a release number that never changed; what they say may be out of date."""
    names = await upgraded.recent_blobs(BlobKind.SNAPSHOT, 100)
    assert len(names) >= 3
    for name, blob in (await upgraded.get_blobs(BlobKind.SNAPSHOT, names)).items():
        assert unpack(SNAPSHOT, blob, Snapshot).fingerprint == name
    assert await upgraded.recent_blobs(BlobKind.ANALYSIS, 100) == []


async def test_it_is_upgraded_once(dsn, upgraded):
    async with Store.open(Secret(dsn)) as again:
        assert await again.latest_report(old.FLEET) == await upgraded.latest_report(old.FLEET)


@pytest.mark.parametrize(
    ("sql", "read", "reason"),
    [
        (
            "UPDATE fleetdrift.scans SET ledger_format = 2",
            lambda store: store.load_ledger(old.FINISHED),
            "this ledger was written in format 2; this release reads format 1: upgrade fleetdrift",
        ),
        (
            """UPDATE fleetdrift.ledger_outcomes SET outcome = '{"outcome": "dreamt"}'""",
            lambda store: store.load_ledger(old.FINISHED),
            f"the ledger of scan {old.FINISHED} cannot be read: ",
        ),
        (
            "UPDATE fleetdrift.reports SET document = overlay(document placing '3' from 19)",
            lambda store: store.latest_report(old.FLEET),
            "this report was written in format 3; this release reads format 2: upgrade fleetdrift",
        ),
        (
            "UPDATE fleetdrift.reports SET document = overlay(document placing '' from 19 for 1)",
            lambda store: store.get_report(old.FINISHED),
            "expected the report, found something that calls itself 'report/'",
        ),
    ],
)
async def test_what_a_newer_release_wrote_is_refused_in_one_sentence(dsn, upgraded, sql, read, reason):
    admin = await asyncpg.connect(dsn)
    await admin.execute(sql)
    await admin.close()
    with pytest.raises(FormatError) as refused:
        await read(upgraded)
    assert str(refused.value).startswith(reason)


async def test_blobs_in_another_format_are_as_if_they_were_not_there(dsn, upgraded):
    names = await upgraded.recent_blobs(BlobKind.SNAPSHOT, 100)
    admin = await asyncpg.connect(dsn)
    await admin.execute("UPDATE fleetdrift.blobs SET kind = 'snapshot/2'")
    await admin.close()
    assert await upgraded.get_blobs(BlobKind.SNAPSHOT, names) == {}
    await upgraded.put_blobs(BlobKind.SNAPSHOT, {names[0]: b"read anew"})
    assert await upgraded.get_blobs(BlobKind.SNAPSHOT, names) == {names[0]: b"read anew"}
