"""What the store makes of a scan of some tenants: it speaks of those, and what is known of the others stays."""

from __future__ import annotations

import datetime as dt

import msgspec
import pytest

from coordinator.memory.model import ChangeSubject
from coordinator.memory.notices import NoticeRules
from coordinator.memory.views import ChangeFilter, ChangeState, TenantFilter
from coordinator.report.model import ScanReport, Selection
from coordinator.store.pruning import DEFAULT_RETENTION
from coordinator.store.records import ScanRequest
from coordinator.store.store import Store
from shared.hosts import Secret
from tests.integration.engine.test_memory import EMAIL, FLEET, scanned
from tests.reports import demo

pytestmark = pytest.mark.anyio

AGES = dt.timedelta(days=1000)
WANTED = Selection(tenants=("a", "b"))


def selected(**tenants: str) -> ScanReport:
    """A report of a scan of these tenants alone; see `scanned`."""
    report = scanned(**tenants)
    return msgspec.structs.replace(report, selection=WANTED, not_selected=7)


async def tenants_of(store):
    return {each.tenant: each for each in await store.memory.tenants(FLEET, TenantFilter(), stale_after=AGES)}


async def test_others_keep_where_they_stand_and_their_changes_and_nobody_leaves_the_fleet(store):
    await store.record_report("1", scanned(a="e", b="ok", c="e", d="ok"))
    before = await tenants_of(store)
    await store.record_report("2", selected(a="ok", b="e"))
    after = await tenants_of(store)
    assert {name: each.status.value for name, each in after.items()} == {
        "a": "in_sync", "b": "drifted", "c": "drifted", "d": "in_sync",
    }  # fmt: skip
    assert (after["c"], after["d"]) == (before["c"], before["d"])
    [change], _ = await store.memory.changes(FLEET, ChangeFilter(state=ChangeState.OPEN))
    assert (change.change.object, change.tenants) == (EMAIL, 2)
    assert (
        await store.known_tenants(FLEET),
        sum(count for _, count in (await store.memory.status(FLEET, AGES)).tenants),
    ) == (4, 4)


async def test_who_was_read_is_fresh_and_the_others_are_as_old_as_they_were(store):
    await store.record_report("1", scanned(a="ok", c="ok"))
    first = (await store.memory.status(FLEET, AGES)).scanned
    await store.record_report("2", selected(a="ok"))
    known = await tenants_of(store)
    assert known["a"].last_good > known["c"].last_good == first
    assert (await store.memory.status(FLEET, AGES)).scanned == first
    await store.record_report("3", selected(a="?"))
    assert (await tenants_of(store))["a"].last_good == known["a"].last_good


async def test_the_report_comes_back_as_it_was_and_is_not_the_fleets_newest(store):
    whole, some = scanned(a="e", b="ok", c="?"), selected(a="ok", b="e")
    await store.record_report("1", whole)
    success = await store.last_success(FLEET)
    await store.record_report("2", some)
    await store.record_report("3", selected(a="e"))
    assert await store.get_report("2") == some
    assert await store.get_report("1") == await store.latest_report(FLEET) == whole
    assert await store.last_success(FLEET) == success


async def test_a_fault_of_a_service_that_some_tenants_do_not_show_is_not_gone(store):
    async def faults(state: ChangeState) -> list[str]:
        found, _ = await store.memory.changes(FLEET, ChangeFilter(state=state, subject=ChangeSubject.SERVICE))
        return [each.change.text for each in found]

    [verdict, *_] = [verdict for group in demo().body.groups for verdict in group.verdicts if verdict.status.counts]
    whole = scanned(a="ok", b="ok")
    faulty = msgspec.structs.replace(whole, body=msgspec.structs.replace(whole.body, service_faults=(verdict,)))
    await store.record_report("1", faulty)
    await store.record_report("2", selected(a="ok"))
    assert await faults(ChangeState.OPEN) == [verdict.subject]
    await store.record_report("3", whole)
    assert await faults(ChangeState.RESOLVED) == [verdict.subject]


async def test_what_some_tenants_show_is_told_but_nothing_before_the_whole_fleet_was_scanned(dsn):
    rules = NoticeRules(sinks=("team",))
    async with Store.open(Secret(dsn), rules) as store:
        await store.record_report("0", selected(a="e"))
        assert await store.due_deliveries(FLEET, 10) == []
        await store.record_report("1", scanned(a="ok", b="ok", c="ok", d="ok"))
        await store.record_report("2", selected(a="ec"))
        [delivery] = await store.due_deliveries(FLEET, 10)
    told = delivery.notice
    assert (told.scan, told.tenants, told.drifted) == ("2", 4, 1)
    assert {(event.kind.value, event.tenants) for event in told.events} == {("back", 1), ("new", 1)}


async def test_a_selection_is_kept_with_the_scan_and_one_that_leaves_nobody_out_is_none(store):
    await store.create_scan("s", FLEET, ScanRequest(selection=WANTED))
    await store.create_scan("all", FLEET, ScanRequest(selection=Selection()))
    assert (await store.get_scan("s")).selection == WANTED
    assert (await store.get_scan("all")).selection is None
    known = await store.memory.last_known(FLEET, AGES)
    assert known == {}


async def test_scans_of_some_tenants_never_push_the_report_of_the_whole_fleet_out(dsn):
    retention = msgspec.structs.replace(DEFAULT_RETENTION, reports=2)
    async with Store.open(Secret(dsn), retention=retention) as store:
        whole = scanned(a="e", b="ok")
        await store.record_report("whole", whole)
        for number in range(4):
            await store.record_report(str(number), selected(a="ok"))
        assert await store.latest_report(FLEET) == whole
        assert await store.get_report("1") is None
        assert await store.get_report("3") == selected(a="ok")
