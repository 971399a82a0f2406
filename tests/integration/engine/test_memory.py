"""What the store remembers of tenants and changes, in a real PostgreSQL, written by the code that records scans."""

from __future__ import annotations

import datetime as dt

import asyncpg
import msgspec
import pytest

from coordinator.memory.views import ChangeFilter, ChangeState, TenantFilter
from coordinator.report.exit_code import scan_status
from coordinator.report.judged import TenantOutcome
from coordinator.report.model import ScanReport, ScanStatus, Selection, TenantResult, TenantStatus
from shared.diff.changes import SchemaDiff
from shared.findings.judge import not_analysed_because
from shared.formats import FormatError
from shared.schema.identity import ObjectId
from shared.targets import Failure, FailureKind
from tests.hostile import HOSTILE_NAMES
from tests.reports import (
    CREATED_INDEX,
    EMAIL_INDEX,
    ORDERS,
    analysis_of,
    around,
    demo,
    demo_analyses,
    demo_spec,
    in_sync,
    partly_read,
    report_of,
)
from tests.rollout_report import OUTCOMES, in_a_rollout, rollout_body
from tests.tenancy_report import tenants_that_share_tables

pytestmark = pytest.mark.anyio

AGES = dt.timedelta(days=1000)
AT_ONCE = dt.timedelta(0)
LONG_AGO = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
EMAIL, CREATED = str(EMAIL_INDEX.identity), str(CREATED_INDEX.identity)
LOST = Failure(FailureKind.REFUSED, "connection refused")


def scanned(**tenants: str) -> ScanReport:
    """A report of these tenants: `e` lacks one index, `c` another, `ec` both, `ok` none; `?` could not be read."""
    spec = demo_spec()
    indexes = {"e": (CREATED_INDEX,), "c": (EMAIL_INDEX,), "ec": (), "ok": (EMAIL_INDEX, CREATED_INDEX)}
    analyses = {key: analysis_of(key, spec, (*ORDERS, *present)) for key, present in indexes.items()}
    outcomes = [
        TenantOutcome(tenant=name, failure=LOST) if stood == "?" else TenantOutcome(tenant=name, fingerprint=stood)
        for name, stood in tenants.items()
    ]
    return report_of(spec, outcomes, analyses, expected_version="")


FLEET = scanned(a="ok").body.fleet


async def changes_of(store, **chosen):
    found, _ = await store.memory.changes(FLEET, ChangeFilter(**chosen))
    return {each.change.object: each for each in found}


async def tenants_of(store, stale_after=AGES, **chosen):
    return {
        each.tenant: each for each in await store.memory.tenants(FLEET, TenantFilter(**chosen), stale_after=stale_after)
    }


@pytest.mark.parametrize("make", [demo, in_sync, partly_read, in_a_rollout], ids=lambda make: make.__name__)
async def test_a_report_comes_back_byte_for_byte(store, make):
    report = make()
    await store.record_report("s", report)
    assert msgspec.json.encode(await store.get_report("s")) == msgspec.json.encode(report)
    assert await store.latest_report(report.body.fleet) == report


async def test_every_report_comes_back_though_tenants_have_moved_come_and_gone_since(store):
    reports = [
        scanned(a="ok", b="e"),
        scanned(a="ec", b="e"),
        scanned(b="ok", c="?"),
        scanned(a="ok", b="ok", c="c", d="e"),
        scanned(a="ok", b="ok", c="?", d="e"),
    ]
    for number, report in enumerate(reports):
        await store.record_report(str(number), report)
    assert [await store.get_report(str(number)) for number in range(len(reports))] == reports


async def test_a_report_of_which_the_store_has_lost_something_is_refused(dsn, store):
    await store.record_report("s", scanned(a="e", b="ok"))
    admin = await asyncpg.connect(dsn)
    await admin.execute("DELETE FROM fleetdrift.tenants WHERE tenant = 'b'")
    await admin.close()
    with pytest.raises(FormatError, match="the store does not remember where its tenants stood"):
        await store.get_report("s")


async def test_one_change_in_three_tenants_is_one_change_whatever_else_they_lack(store):
    await store.record_report("1", scanned(a="e", b="ec", c="ec", d="ok"))
    found = await changes_of(store)
    assert {name: each.tenants for name, each in found.items()} == {EMAIL: 3, CREATED: 2}
    assert set(await tenants_of(store, change=found[EMAIL].change.id)) == {"a", "b", "c"}


async def test_a_change_has_a_life_and_coming_back_it_keeps_its_first_date(store):
    await store.record_report("1", scanned(a="e", b="ok"))
    first = (await changes_of(store))[EMAIL]
    assert (first.resolved, first.flaps, first.tenants) == (None, 0, 1)
    await store.record_report("2", scanned(a="ok", b="ok"))
    gone = (await changes_of(store, state=ChangeState.RESOLVED))[EMAIL]
    assert gone.resolved > gone.first_seen == first.first_seen
    assert await changes_of(store, state=ChangeState.OPEN) == {}
    await store.record_report("3", scanned(a="ok", b="e"))
    back = (await changes_of(store, state=ChangeState.OPEN))[EMAIL]
    assert (back.first_seen, back.resolved, back.flaps, back.tenants, back.most_tenants) == (
        first.first_seen, None, 1, 1, 1,
    )  # fmt: skip


async def test_recording_says_what_became_of_each_change(store):
    async def told(report):
        found = {each.change.id: each.change.object for each in (await store.memory.changes(FLEET, ChangeFilter()))[0]}
        rows = await store.record_report("s", report)
        found |= {each.change.id: each.change.object for each in (await store.memory.changes(FLEET, ChangeFilter()))[0]}
        return {
            (found[row.change], row.is_new, row.was_open, row.is_open, row.before, row.tenants)
            for row in rows.transitions
        }

    assert await told(scanned(a="e", b="ok")) == {(EMAIL, True, True, True, 0, 1)}
    assert await told(scanned(a="e", b="ec")) == {
        (EMAIL, False, True, True, 1, 2),
        (CREATED, True, True, True, 0, 1),
    }
    assert await told(scanned(a="e", b="ec")) == set()
    assert await told(scanned(a="ok", b="ok")) == {
        (EMAIL, False, True, False, 2, 0),
        (CREATED, False, True, False, 1, 0),
    }


async def test_a_tenant_that_cannot_be_read_keeps_its_changes_its_group_and_its_date(store):
    await store.record_report("1", scanned(a="e", b="ok"))
    before = (await tenants_of(store))["a"]
    await store.record_report("2", scanned(a="?", b="ok"))
    after = (await tenants_of(store))["a"]
    assert (after.status, after.failure, after.changes) == (TenantStatus.UNREACHABLE, LOST, 1)
    assert (after.known.status, after.known.shape, after.known.group) == ("drifted", before.shape, before.group)
    assert after.last_good == before.last_good
    assert (await changes_of(store))[EMAIL].tenants == 1
    assert set(await tenants_of(store, group=before.group)) == {"a"}


def not_analysed(*tenants: str) -> ScanReport:
    """A report of tenants that were read, and whose shape no worker could analyse."""
    spec = demo_spec()
    nothing = analysis_of("n", spec, (*ORDERS, EMAIL_INDEX, CREATED_INDEX), unverified=not_analysed_because("a reason"))
    outcomes = [TenantOutcome(tenant=name, fingerprint="n") for name in tenants]
    return report_of(spec, outcomes, {"n": nothing}, expected_version="")


async def test_drift_of_a_shape_that_could_not_be_analysed_is_not_resolved(store):
    await store.record_report("1", scanned(a="e", b="ec"))
    recorded = await store.record_report("2", not_analysed("a", "b"))
    found = await changes_of(store, state=ChangeState.OPEN)
    assert (found[EMAIL].tenants, found[CREATED].tenants, found["schema"].tenants) == (2, 1, 2)
    assert "could not be analysed: a reason" in found["schema"].change.message
    assert "compared as read" not in found["schema"].change.message
    assert all(change.is_open for change in recorded.transitions)
    tenants = await tenants_of(store)
    assert {each.status for each in tenants.values()} == {TenantStatus.UNVERIFIED}
    assert [(each.known.status, each.changes) for each in tenants.values()] == [("drifted", 2), ("drifted", 3)]
    history = await store.memory.tenant(FLEET, "a", AGES)
    assert {life.resolved for _, life in history.changes} == {None}
    assert await changes_of(store, tenant="a", object="schema")

    await store.record_report("3", scanned(a="ok", b="e"))
    found = await changes_of(store, state=ChangeState.OPEN)
    assert {name: change.tenants for name, change in found.items()} == {EMAIL: 1}
    assert (await tenants_of(store))["b"].known is None


def with_unread_service(report: ScanReport, service: str) -> ScanReport:
    """The same scan, but that nothing of the service could be read: no query of it was checked."""
    groups = tuple(msgspec.structs.replace(group, verdicts=()) for group in report.body.groups)
    return around(msgspec.structs.replace(report.body, groups=groups, unread_services=(service,)))


async def test_a_broken_query_is_not_resolved_because_its_service_could_not_be_read(store):
    await store.record_report("1", demo())
    before = {name: life for name, life in (await changes_of(store)).items() if life.change.service}
    assert before
    assert {life.change.service for life in before.values()} == {"orders"}

    recorded = await store.record_report("2", with_unread_service(demo(), "orders"))
    after = {name: life for name, life in (await changes_of(store, state=ChangeState.OPEN)).items() if name in before}
    assert [life.tenants for life in after.values()] == [life.tenants for life in before.values()]
    assert not [change for change in recorded.transitions if not change.is_open]

    recorded = await store.record_report("3", with_unread_service(demo(), "another"))
    gone = {change.change for change in recorded.transitions if not change.is_open}
    assert gone == {life.change.id for life in before.values()}


async def test_what_is_known_is_stale_when_it_is_too_old_and_not_before(store):
    await store.record_report("1", scanned(a="e", b="ok"))
    await store.record_report("2", scanned(a="?", b="ok"))
    assert {name: each.status for name, each in (await tenants_of(store)).items()} == {
        "a": "unreachable", "b": "in_sync",
    }  # fmt: skip
    assert set(await tenants_of(store, stale_after=AT_ONCE, status=TenantStatus.STALE)) == {"a", "b"}
    counted = dict((await store.memory.status(FLEET, AT_ONCE)).tenants)
    assert (counted["stale"], sum(counted.values())) == (2, 2)


async def test_a_tenant_that_was_never_read_is_not_stale_but_unreachable(store):
    await store.record_report("1", scanned(a="?"))
    (only,) = (await tenants_of(store, stale_after=AT_ONCE)).values()
    assert (only.status, only.known, only.last_good) == ("unreachable", None, None)


async def test_what_a_declaration_earns_by_the_tenancy_rules_is_open_until_no_report_has_it(store):
    report = tenants_that_share_tables()
    await store.record_report("1", report)
    page = await store.memory.changes(report.body.fleet, ChangeFilter(subject="tenancy", state=ChangeState.OPEN))
    assert {each.change.object: each.tenants for each in page[0]} == {
        "constraint public.orders.orders_pkey": 0, "policy public.orders.all_rows": 1,
    }  # fmt: skip
    without = msgspec.structs.replace(report.body, tenancy_faults=())
    await store.record_report("2", around(without))
    gone = await store.memory.changes(report.body.fleet, ChangeFilter(subject="tenancy", state=ChangeState.RESOLVED))
    assert [each.change.object for each in gone[0]] == ["constraint public.orders.orders_pkey"]


async def test_a_tenants_timeline_is_told_with_the_life_of_each_change(store):
    for number, stood in enumerate(["ok", "e", "e", "?", "ec", "ok"]):
        await store.record_report(str(number), scanned(a=stood))
    history = await store.memory.tenant(FLEET, "a", AGES)
    assert [stay.result.status.value for stay in history.stays] == [
        "in_sync", "drifted", "unreachable", "drifted", "in_sync",
    ]  # fmt: skip
    assert history.stays[0].until is None
    assert [earlier.until == later.since for later, earlier in zip(history.stays, history.stays[1:], strict=False)] == [
        True
    ] * 4
    told = {change.object: life for change, life in history.changes}
    assert told[EMAIL].resolved == told[CREATED].resolved == history.stays[0].since
    assert told[EMAIL].first_seen == history.stays[3].since
    assert await store.memory.tenant(FLEET, "nobody", AGES) is None


async def test_a_tenant_is_never_scanned_from_the_moment_it_is_listed_until_a_scan_has_tried_it(store):
    await store.remember_inventory(FLEET, {"a": (), "b": ()})
    listed = await tenants_of(store)
    assert {name: (each.status, each.last_good, each.changes) for name, each in listed.items()} == {
        "a": ("never_scanned", None, 0), "b": ("never_scanned", None, 0),
    }  # fmt: skip
    assert set(await tenants_of(store, stale_after=AT_ONCE, status=TenantStatus.NEVER_SCANNED)) == {"a", "b"}
    status = await store.memory.status(FLEET, AGES)
    assert (dict(status.tenants)["never_scanned"], status.scanned) == (2, None)
    await store.record_report("1", scanned(a="e", b="?"))
    assert {name: each.status for name, each in (await tenants_of(store)).items()} == {
        "a": "drifted",
        "b": "unreachable",
    }
    await store.remember_inventory(FLEET, {"a": (), "b": (), "new": ()})
    assert (await tenants_of(store))["new"].status == "never_scanned"
    assert await store.known_tenants(FLEET) == 2  # a list that was wrong once is nothing to shrink from
    history = await store.memory.tenant(FLEET, "a", AGES)
    assert [stay.result.status for stay in history.stays] == ["drifted", "never_scanned"]
    assert await store.get_report("1") == scanned(a="e", b="?")


async def test_a_tenant_that_comes_back_begins_anew(store):
    await store.record_report("1", scanned(a="e", b="ok"))
    await store.record_report("2", scanned(b="ok"))
    await store.remember_inventory(FLEET, {"a": (), "b": ()})
    back = (await tenants_of(store))["a"]
    assert (back.status, back.known, back.last_good, back.changes) == ("never_scanned", None, None, 0)
    assert await store.get_report("1") == scanned(a="e", b="ok")
    assert await store.get_report("2") == scanned(b="ok")


async def test_tenants_are_chosen_by_their_labels_also_while_they_cannot_be_read(store):
    gold, plain = (("region", "eu"), ("tier", "gold")), (("region", "eu"),)
    await store.remember_inventory(FLEET, {"a": gold, "b": plain, "c": ()})
    await store.record_report("1", scanned(a="e", b="ok", c="ok"))
    await store.record_report("2", scanned(a="?", b="ok", c="ok"))
    assert (await tenants_of(store))["a"].labels == dict(gold)
    assert set(await tenants_of(store, labels=(("tier", "gold"),))) == {"a"}
    assert set(await tenants_of(store, labels=plain)) == {"a", "b"}
    assert set(await tenants_of(store, labels=(("gold", "tier"),))) == set()
    await store.remember_inventory(FLEET, {"a": plain, "b": plain, "c": ()})
    assert await tenants_of(store, labels=(("tier", "gold"),)) == {}


async def test_listing_the_same_fleet_again_writes_nothing_about_tenants(dsn, store):
    await store.record_report("1", scanned(a="e", b="ok", c="?"))
    await store.remember_inventory(FLEET, {"a": (("tier", "gold"),), "b": (), "c": ()})
    admin = await asyncpg.connect(dsn)
    before = await admin.fetch("SELECT xmin::text, t.* FROM fleetdrift.tenants t")
    await store.remember_inventory(FLEET, {"a": (("tier", "gold"),), "b": (), "c": ()})
    assert await admin.fetch("SELECT xmin::text, t.* FROM fleetdrift.tenants t") == before
    await admin.close()


async def test_every_status_has_its_producer(dsn, store):
    """In the order of the list; whoever adds a status says here how a tenant comes to it."""
    spec = demo_spec()
    undecided = analysis_of("u", spec, ORDERS, unverified='type "geometry" does not exist', diff=SchemaDiff())
    analyses = demo_analyses(spec) | {"u": undecided}
    rolling = rollout_body(OUTCOMES[2])
    outcomes = [
        TenantOutcome(tenant="in_sync", fingerprint="c"),
        TenantOutcome(tenant="drifted", fingerprint="a"),
        TenantOutcome(tenant="unverified", fingerprint="u"),
        TenantOutcome(tenant="unreachable", failure=LOST),
        TenantOutcome(tenant="error", failure=Failure(FailureKind.BUSY, "a lock was not granted within 2 s")),
        TenantOutcome(tenant="excluded", excluded=True),
    ]
    body = report_of(spec, outcomes, analyses, expected_version="").body
    pending = msgspec.structs.replace(rolling.tenants[0], tenant="pending")
    both = (*body.tenants, pending)
    whole = msgspec.structs.replace(body, tenants=tuple(sorted(both)), rollouts=rolling.rollouts)
    await store.record_report("0", scanned(stale="ok"))
    await store.record_report("1", scanned(stale="?"))
    stays = TenantResult(tenant="stale", status=TenantStatus.UNREACHABLE, failure=LOST)
    await store.record_report("2", around(msgspec.structs.replace(whole, tenants=tuple(sorted((*both, stays))))))
    await store.remember_inventory(FLEET, {each.tenant: () for each in (*both, stays)} | {"never_scanned": ()})
    admin = await asyncpg.connect(dsn)
    await admin.execute("UPDATE fleetdrift.tenants SET last_good = last_good - interval '1 day'")
    await admin.close()
    hour = dt.timedelta(hours=1)
    shown = await tenants_of(store, stale_after=hour)
    assert {name: each.status for name, each in shown.items()} == {status.value: status for status in TenantStatus}
    counted = await store.memory.status(FLEET, hour)
    assert counted.tenants == tuple((status, 1) for status in TenantStatus)


async def test_an_unchanged_scan_writes_nothing_about_tenants(dsn, store):
    await store.record_report("1", scanned(a="e", b="ok", c="?"))
    admin = await asyncpg.connect(dsn)

    async def rows():
        tables = ("tenants", "stays", "standings", "changes", "standing_changes")
        return [await admin.fetch(f"SELECT xmin::text, t.* FROM fleetdrift.{table} t") for table in tables]

    before = await rows()
    await store.record_report("2", scanned(a="e", b="ok", c="?"))
    assert await rows() == before
    await admin.close()


async def test_a_tenant_that_left_the_fleet_is_not_shown_and_takes_its_changes_along(store):
    await store.record_report("1", scanned(a="e", b="ok"))
    await store.record_report("2", scanned(b="ok"))
    assert set(await tenants_of(store)) == {"b"}
    assert (await changes_of(store))[EMAIL].resolved is not None
    await store.record_report("3", scanned(a="e", b="ok"))
    assert (await changes_of(store))[EMAIL].flaps == 1


async def test_changes_and_tenants_are_given_page_by_page(store):
    await store.record_report("1", scanned(a="e", b="ec", c="ec", d="ok"))
    first, place = await store.memory.changes(FLEET, ChangeFilter(), limit=1)
    second, end = await store.memory.changes(FLEET, ChangeFilter(), limit=1, after=place)
    assert [each.change.object for each in (*first, *second)] == [EMAIL, CREATED]
    assert end is None
    names, after = [], ""
    while page := await store.memory.tenants(FLEET, TenantFilter(), stale_after=AGES, after=after, limit=3):
        names += [each.tenant for each in page]
        after = page[-1].tenant
    assert names == ["a", "b", "c", "d"]


async def test_hostile_names_are_kept_and_found_as_they_are(store):
    names = sorted(HOSTILE_NAMES)
    await store.record_report("1", scanned(**dict.fromkeys(names, "e")))
    assert sorted(await tenants_of(store)) == names
    for name in names:
        assert (await store.memory.tenant(FLEET, name, AGES)).now.tenant == name
    assert set(await tenants_of(store, name="%")) == {name for name in names if name == "%"}


async def test_the_status_tells_that_a_whole_scan_was_incomplete_though_every_tenant_could_be_read(store):
    unread = scanned(a="ok")
    body = msgspec.structs.replace(unread.body, unread_services=("orders",))
    await store.record_report("1", msgspec.structs.replace(unread, body=body, status=scan_status(body)))
    found = await store.memory.status(FLEET, AGES)
    assert (dict(found.tenants)["in_sync"], found.outcome) == (1, ScanStatus.INCOMPLETE)
    await store.record_report("2", msgspec.structs.replace(unread, selection=Selection(tenants=("a",))))
    assert (await store.memory.status(FLEET, AGES)).outcome is ScanStatus.INCOMPLETE
    await store.record_report("3", unread)
    assert (await store.memory.status(FLEET, AGES)).outcome is ScanStatus.IN_SYNC


async def test_the_status_of_a_fleet_that_was_never_scanned_is_all_zero(store):
    status = await store.memory.status("nobody", AGES)
    assert (status.scanned, status.oldest_good, status.new) == (None, None, 0)
    assert {count for _, count in (*status.tenants, *status.changes)} == {0}


def test_an_object_is_named_as_people_read_it():
    assert str(ObjectId("index", "public", "", "x")) == "index public.x"


async def test_one_change_is_given_by_its_id_and_an_unknown_id_gives_nothing(store):
    await store.record_report("1", scanned(a="e", b="e"))
    (listed,) = (await changes_of(store)).values()
    assert await store.memory.change(FLEET, listed.change.id) == listed
    assert await store.memory.change(FLEET, "0" * 16) is None
    assert await store.memory.change("another", listed.change.id) is None


async def test_tenants_are_counted_by_schema_and_status_with_what_is_known_of_those_that_were_not_read(store):
    await store.record_report("1", scanned(a="ok", b="ok", c="e"))
    await store.record_report("2", scanned(a="ok", b="?", c="e", never="?"))
    shares = await store.memory.shares(FLEET, AGES)
    healthy, drifted = shares[0].shape, shares[2].shape
    assert len({healthy, drifted, ""}) == 3
    assert [(each.shape, each.status.value, each.tenants) for each in shares] == [
        (healthy, "in_sync", 1),
        (healthy, "unreachable", 1),
        (drifted, "drifted", 1),
        ("", "unreachable", 1),
    ]
    assert {each.status.value for each in await store.memory.shares(FLEET, AT_ONCE)} == {"stale", "unreachable"}


async def test_the_course_of_a_fleet_tells_each_moment_at_which_anything_became_different(store):
    for scan, stood in enumerate(({"a": "ok", "b": "ok"}, {"a": "ok", "b": "e"}, {"a": "ok", "b": "e"}, {"a": "ok"})):
        await store.record_report(str(scan), scanned(**stood))
    course = await store.memory.course(FLEET, LONG_AGO)
    told = [({status.value: tenants for status, tenants in each.tenants}, each.new, each.resolved) for each in course]
    assert told == [({"in_sync": 2}, 0, 0), ({"in_sync": 1, "drifted": 1}, 1, 0), ({"in_sync": 1}, 0, 1)]
    assert [each.at for each in course] == sorted({each.at for each in course})
    late = await store.memory.course(FLEET, course[-1].at + dt.timedelta(seconds=1))
    assert [each.tenants for each in late] == [course[-1].tenants]


async def test_a_scan_of_the_past_is_recorded_where_it_belongs_and_the_next_one_after_it(store):
    then = store.behind(dt.timedelta(days=9))
    await then.remember_inventory(FLEET, {"a": ()})
    await then.create_scan("then", FLEET)
    await then.record_report("then", scanned(a="e"))
    await store.create_scan("now", FLEET)
    await store.record_report("now", scanned(a="ec"))
    now = dt.datetime.now(dt.UTC)
    found, _ = await store.memory.changes(FLEET, ChangeFilter())
    assert {view.change.object: (now - view.first_seen).days for view in found} == {EMAIL: 9, CREATED: 0}
    record = await store.get_scan("then")
    assert [(now - moment).days for moment in (record.requested, record.finished)] == [9, 9]
    assert [(now - stay.since).days for stay in (await store.memory.tenant(FLEET, "a", AGES)).stays] == [0, 9, 9]
