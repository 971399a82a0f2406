"""What metrics say of a real store and a real Redis; the API, asked of the same store, says the same."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections import defaultdict

import asyncpg
import httpx
import msgspec
import pytest
from prometheus_client.parser import text_string_to_metric_families

from coordinator.daemon.api.app import build_api
from coordinator.daemon.api.callers import Callers
from coordinator.daemon.metrics import FleetMetrics, MetricsPage
from coordinator.daemon.metrics.fleet_metrics import Configured
from coordinator.daemon.metrics.tenant_page import Shard, TenantPage
from coordinator.daemon.metrics.watch import MetricsWatch
from coordinator.memory.notices import NoticeRules
from coordinator.memory.views import ChangeFilter, ChangeState
from coordinator.records.kept_ignores import StoredIgnores
from coordinator.records.stored import StoredRecords
from coordinator.report.model import TenantStatus
from coordinator.settings.user import who_commands
from coordinator.store.connection import migrations
from coordinator.store.records import ScanState
from coordinator.store.store import Store
from shared.findings.ignore import IgnoreRule
from shared.formats import PROTOCOL
from shared.hosts import Host, Secret
from shared.messages import Keys, Observed, Presence
from shared.targets import Target
from tests.integration.engine.test_memory import AGES, FLEET, scanned
from tests.reports import demo

pytestmark = pytest.mark.anyio

[_NAMES_SERVICES] = [sql for _, sql in migrations() if "'service'" in sql]
NEVER_BEFORE = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def leading() -> FleetMetrics:
    metrics = FleetMetrics(FLEET)
    metrics.leads(True)
    return metrics


async def looked(metrics: FleetMetrics, store: Store, *more) -> dict[tuple[str, ...], float]:
    await MetricsWatch(metrics, StoredRecords(store, FLEET, AGES), *more).look()
    return {
        (sample.name, *(value for key, value in sorted(sample.labels.items()) if key != "fleet")): sample.value
        for family in text_string_to_metric_families(MetricsPage(metrics).write().decode())
        for sample in family.samples
        if sample.name.startswith("fleetdrift_")
    }


async def test_tenants_and_changes_are_those_that_the_memory_knows(store):
    await store.record_report("1", scanned(a="e", b="ec", c="ok", d="ok"))
    await store.record_report("2", scanned(a="e", b="?", c="c", d="ok"))
    told = await looked(leading(), store)
    status = await store.memory.status(FLEET, AGES)
    assert {key[1]: value for key, value in told.items() if key[0] == "fleetdrift_tenants"} == {
        each.value: count for each, count in status.tenants
    }
    drifted = sum(value for key, value in told.items() if key[0] == "fleetdrift_drifted_tenants")
    assert drifted == dict(status.tenants)["drifted"] == 2
    impact = sum(value for key, value in told.items() if key[0] == "fleetdrift_tenant_impact")
    assert impact >= 3  # the one that cannot be read keeps what it had
    changes, _ = await store.memory.changes(FLEET, ChangeFilter(state=ChangeState.OPEN))
    shown = {key[1]: value for key, value in told.items() if key[0] == "fleetdrift_change_tenants"}
    assert shown == {each.change.id: each.tenants for each in changes}
    assert sum(value for key, value in told.items() if key[0] == "fleetdrift_changes") == len(changes)
    assert told["fleetdrift_oldest_change_timestamp_seconds",] == min(each.first_seen for each in changes).timestamp()
    assert told["fleetdrift_store_up",] == 1


async def test_tenants_by_tier_sum_to_what_is_told_of_the_fleet(store):
    await store.record_report("1", scanned(a="e", b="ec", c="ok", d="e", z="c"))
    tiers = {"a": "gold", "b": "gold", "c": "silver", "d": "silver"}
    labels = {name: (("plan", tiers[name]),) if name in tiers else () for name in ("a", "b", "c", "d", "new", "z")}
    await store.record_report("2", scanned(a="e", b="?", c="ok", d="c", z="c"))
    await store.remember_inventory(FLEET, labels)
    metrics = FleetMetrics(FLEET, Configured(tier_label="plan"))
    metrics.leads(True)
    told = await looked(metrics, store)
    by_status = {key[1:]: value for key, value in told.items() if key[0] == "fleetdrift_tenants_by_tier"}
    assert by_status == {
        ("drifted", "gold"): 1, ("unreachable", "gold"): 1, ("in_sync", "silver"): 1, ("drifted", "silver"): 1,
        ("drifted", "unlabelled"): 1, ("never_scanned", "unlabelled"): 1,
    }  # fmt: skip
    for whole, split in (
        ("tenants", "tenants_by_tier"),
        ("drifted_tenants", "drifted_tenants_by_tier"),
        ("tenant_impact", "tenant_impact_by_tier"),
    ):
        sums: defaultdict[str, float] = defaultdict(float)
        for key, value in told.items():
            if key[0] == f"fleetdrift_{split}":
                sums[key[1]] += value
        assert sums == {key[1]: value for key, value in told.items() if key[0] == f"fleetdrift_{whole}" and value}
    without = await looked(leading(), store)
    assert [key for key in without if key[0].endswith("_by_tier")] == []


async def test_the_largest_tiers_have_their_names_however_many_there_are(store):
    tenants = {f"t{number:02}": f"tier-{number % 9}" for number in range(45)} | {
        "z": "tier-0",
        "none": "",
        "whole": "a",
    }
    await store.record_report("1", scanned(**dict.fromkeys(tenants, "ok")))
    await store.remember_inventory(FLEET, {name: (("tier", tier),) for name, tier in tenants.items()})
    found = await store.figures.figures(FLEET, AGES, NEVER_BEFORE, "tier")
    by_tier = {each.tier: each.tenants for each in found.alike}
    assert by_tier == {"tier-0": 6, "tier-1": 5, "tier-2": 5, "tier-3": 5, "tier-4": 5, "": 21, None: 1}


async def test_tenants_in_which_a_service_breaks_are_counted_by_tier_though_they_cannot_be_read(store):
    await store.record_report("1", demo())
    fleet, tenants = demo().body.fleet, demo().body.tenants
    await store.remember_inventory(fleet, {each.tenant: (("tier", "gold"),) for each in tenants})
    metrics = FleetMetrics(fleet, Configured(tier_label="tier", services=("orders",)))
    metrics.leads(True)
    metrics.restore(demo(), None)
    await MetricsWatch(metrics, StoredRecords(store, fleet, AGES)).look()
    page = MetricsPage(metrics).write().decode()
    whole = f'fleetdrift_contract_tenants{{fleet="{fleet}",service="orders"}} 2.0'
    by_tier = f'fleetdrift_contract_tenants_by_tier{{fleet="{fleet}",tier="gold",service="orders"}} 2.0'
    assert {whole, by_tier} <= set(page.splitlines())


async def test_changes_that_an_earlier_release_remembered_name_their_service_once_the_store_is_upgraded(dsn):
    async with Store.open(Secret(dsn)) as store:
        await store.record_report("1", demo())
        fleet = demo().body.fleet
        before, _ = await store.memory.changes(fleet, ChangeFilter())
    admin = await asyncpg.connect(dsn)
    await admin.execute("UPDATE fleetdrift.changes SET document = document - 'service'")
    await admin.execute(_NAMES_SERVICES)
    await admin.close()
    async with Store.open(Secret(dsn)) as store:
        after, _ = await store.memory.changes(fleet, ChangeFilter())
    assert after == before
    assert {each.change.service for each in after} == {"", "orders"}


async def test_an_ignore_rule_that_is_made_while_the_coordinator_runs_is_counted(store):
    await store.record_report("1", scanned(a="e"))
    metrics = leading()
    metrics.restore(scanned(a="e"), None)
    told = await looked(metrics, store)
    assert [value for key, value in told.items() if key[0] == "fleetdrift_ignore_rules"] == [0] * 5
    ignores = StoredIgnores(store.ignores, FLEET, (), who_commands())
    until = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=3)
    made = await ignores.create_ignore(IgnoreRule(reason="known", owner="ada", until=until, kind="index"))
    told = await looked(metrics, store)
    assert told["fleetdrift_ignore_rules", "waiting"] == 1
    end = dt.datetime.combine(until + dt.timedelta(days=1), dt.time(), dt.UTC).timestamp()
    assert told["fleetdrift_ignore_next_expiry_timestamp_seconds",] == end
    await ignores.delete_ignore(made.id)
    told = await looked(metrics, store)
    assert told["fleetdrift_ignore_rules", "waiting"] == 0
    assert "fleetdrift_ignore_next_expiry_timestamp_seconds" not in {key[0] for key in told}


async def test_a_tenant_that_is_stale_is_no_longer_among_the_drifted_ones(store):
    await store.record_report("1", scanned(a="e", b="ok"))
    found = await store.figures.figures(FLEET, dt.timedelta(0), NEVER_BEFORE)
    assert dict(found.status.tenants)["stale"] == 2
    assert {each.status for each in found.alike} == {TenantStatus.STALE}


async def test_a_change_that_went_and_came_back_was_resolved_once(store):
    await store.record_report("1", scanned(a="e"))
    await store.record_report("2", scanned(a="ok"))
    found = await store.figures.figures(FLEET, AGES, NEVER_BEFORE)
    assert (found.resolutions, len(found.resolved), found.oldest_open) == (1, 1, None)
    assert found.resolved[0].seconds > 0
    await store.record_report("3", scanned(a="e"))
    found = await store.figures.figures(FLEET, AGES, NEVER_BEFORE)
    assert (found.resolutions, found.resolved) == (1, ())


async def test_failures_are_counted_until_a_scan_gives_a_report(store):
    for scan in ("1", "2"):
        await store.create_scan(scan, FLEET)
        await store.finish_scan(scan, ScanState.FAILED, "no spec")
    assert (await looked(leading(), store))["fleetdrift_scan_failures_in_a_row",] == 2
    await store.create_scan("3", FLEET)
    await store.record_report("3", scanned(a="ok"))
    assert (await looked(leading(), store))["fleetdrift_scan_failures_in_a_row",] == 0


async def test_the_running_scan_is_followed(store):
    targets = [Target(tenant=name, host="h", database=name) for name in "abc"]
    await store.create_scan("1", FLEET)
    await store.begin_ledger("1", targets)
    await store.record_outcomes("1", [("a", Observed(fingerprint="f", server_version=180000))])
    told = await looked(leading(), store)
    assert (told["fleetdrift_scan_tenants", "answered"], told["fleetdrift_scan_tenants", "waiting"]) == (1, 2)


async def test_notices_are_counted_by_who_is_told(dsn):
    async with Store.open(Secret(dsn), NoticeRules(sinks=("hook",))) as store:
        await store.record_report("1", scanned(a="ok"))
        await store.record_report("2", scanned(a="e"))
        [due] = await store.due_deliveries(FLEET, 10)
        assert (await looked(leading(), store))["fleetdrift_notices", "hook", "waiting"] == 1
        await store.end_delivery(due)
        assert (await looked(leading(), store))["fleetdrift_notices", "hook", "delivered"] == 1


async def test_a_coordinator_that_does_not_lead_says_nothing_of_the_fleet(store):
    await store.record_report("1", scanned(a="e"))
    told = await looked(FleetMetrics(FLEET), store)
    assert not {"fleetdrift_tenants", "fleetdrift_changes"} & {key[0] for key in told}


async def test_a_store_that_is_away_is_said_to_be(dsn):
    metrics = leading()
    async with Store.open(Secret(dsn)) as store:
        await looked(metrics, store)
    told = await looked(metrics, store)
    assert told["fleetdrift_store_up",] == 0


async def test_workers_queue_and_permits_are_counted(store, redis):
    keys = Keys("some-fleet")
    host = Host(name="h", address="db.internal", port=5432, user="u", max_connections=8)
    clock, _ = await redis.time()
    presence = Presence("w", 4, PROTOCOL, keys.ring.ids)
    await redis.zadd(keys.presence, {msgspec.json.encode(presence): clock + 60})
    await redis.lpush(keys.queue, "first", "second")
    await redis.zadd(Keys.permits("db.internal", 5432), {"r/0": clock + 60, "r/1": clock - 60})
    try:
        metrics = leading()
        watch = MetricsWatch(metrics, StoredRecords(store, FLEET, AGES), redis, keys, [host])
        await watch.look()
        page = MetricsPage(metrics).write().decode()
        assert f'fleetdrift_workers{{fleet="{FLEET}",standing="ours"}} 1.0' in page
        assert f'fleetdrift_worker_slots{{fleet="{FLEET}"}} 4.0' in page
        assert f'fleetdrift_queue_messages{{fleet="{FLEET}"}} 2.0' in page
        assert f'fleetdrift_connection_permits{{fleet="{FLEET}"}} 1.0' in page
        oldest = [line for line in page.splitlines() if line.startswith("fleetdrift_queue_oldest")]
        await asyncio.sleep(0.05)
        await redis.lpush(keys.queue, "third")
        await watch.look()
        assert set(oldest) <= set(MetricsPage(metrics).write().decode().splitlines())
        await redis.rpop(keys.queue)
        await watch.look()
        assert not set(oldest) <= set(MetricsPage(metrics).write().decode().splitlines())
    finally:
        await redis.delete(keys.presence, keys.queue, Keys.permits("db.internal", 5432))


async def test_tenants_are_told_one_by_one_up_to_a_limit_in_shards(store):
    await store.record_report("1", scanned(**{f"t{number}": "ok" for number in range(8)}, z="e"))
    records = StoredRecords(store, FLEET, AGES)
    shards = [await TenantPage(lambda: {FLEET: records}, 6).write(Shard(number, 3)) for number in range(3)]
    pages = [{family.name: family for family in text_string_to_metric_families(each.decode())} for each in shards]
    names = [
        [sample.labels["tenant"] for sample in page["fleetdrift_tenant_status"].samples]
        for page in pages
        if "fleetdrift_tenant_status" in page
    ]
    assert sorted(name for shard in names for name in shard) == [f"t{number}" for number in range(6)]
    assert all(page["fleetdrift_tenants_left_out"].samples[0].value == 3 for page in pages)
    whole = TenantPage(lambda: {FLEET: records}, 100)
    page = (await whole.write(Shard())).decode()
    assert f'fleetdrift_tenant_status{{fleet="{FLEET}",tenant="z",status="drifted"}} 1.0' in page
    assert f'fleetdrift_tenant_changes{{fleet="{FLEET}",tenant="z"}} 1.0' in page
    await store.record_report("2", scanned(z="ok"))
    assert (await whole.write(Shard())).decode() == page, "it is kept for half a minute"


@pytest.mark.parametrize(("token", "status"), [("", 401), ("secret", 200)])
async def test_the_page_of_tenants_asks_for_the_token(store, token, status):
    page = TenantPage(lambda: {FLEET: StoredRecords(store, FLEET, AGES)}, 10)
    api = build_api({}, lambda _: b"", Callers(store.credentials, configured=Secret("secret")), tenants=page)
    transport = httpx.ASGITransport(app=api)  # type: ignore[arg-type]  # the two libraries word the protocol apart
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        headers = {"authorization": f"Bearer {token}"}
        assert (await client.get("/metrics/tenants", headers=headers)).status_code == status
        if status == 200:
            assert (await client.get("/metrics/tenants?shard=2&shards=2", headers=headers)).status_code == 400


async def test_without_a_limit_there_is_no_page_of_tenants(store):
    api = build_api({}, lambda _: b"", Callers(store.credentials))
    transport = httpx.ASGITransport(app=api)  # type: ignore[arg-type]  # as above
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        assert (await client.get("/metrics/tenants")).status_code == 404
