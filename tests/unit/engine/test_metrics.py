"""What Prometheus reads: the names are for ever, and nothing grows with the tenants."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

import msgspec
import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families as read_openmetrics
from prometheus_client.parser import text_string_to_metric_families

from coordinator.daemon.metrics import FleetMetrics, MetricsPage
from coordinator.daemon.metrics.catalogue import METRICS
from coordinator.daemon.metrics.exposition import PageFormat
from coordinator.daemon.metrics.fleet_metrics import MAX_SERIES_OF_A_METRIC, Configured
from coordinator.daemon.metrics.workers import QueueSight
from coordinator.engine.crew import Crew
from coordinator.memory.figures import AlikeTenants, Figures, OpenChanges, Resolution, RunningScan, ToldBy
from coordinator.memory.model import ChangeSubject, FleetChange
from coordinator.memory.views import ChangeView, FleetStatus, SuspiciousScan
from coordinator.report.model import IgnoredDrift, QueryCount, ScanReport, Selection, SentinelResult, TenantStatus
from coordinator.store.ignores import KeptIgnore
from shared.findings.finding import Severity
from shared.findings.ignore import IgnoreRule, KeptIgnoreRule
from shared.messages import JunkReason
from shared.targets import FailureKind
from tests.reports import CREATED_INDEX, demo, in_sync, partly_read

NOON = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
TODAY = dt.datetime.now(dt.UTC).date()
TIERS = ("gold", "silver", "bronze", None)
TIERED = (TenantStatus.IN_SYNC, TenantStatus.PENDING, TenantStatus.UNREACHABLE)
"""Where tenants of every tier stand, beside those that have drifted."""


def after(*reports: ScanReport | None, fleet: str = "demo") -> FleetMetrics:
    metrics = FleetMetrics(fleet, Configured(interval=900.0, services=("orders", "search"), sinks=("hook",)))
    metrics.leads(True)
    for report in reports:
        metrics.scan_started()
        if report:
            metrics.scan_reported(report)
        else:
            metrics.scan_failed(by_declaration=False)
    return metrics


def figures(**given) -> Figures:
    status = FleetStatus(
        fleet="demo",
        scanned=NOON,
        oldest_good=NOON,
        tenants=tuple((status, 2 if status is TenantStatus.DRIFTED else 0) for status in TenantStatus),
        changes=(("error", 1), ("warning", 1), ("info", 0)),
        new=1,
        resolved=0,
    )
    return Figures(**{"status": status, **given})


def showing(found: Figures) -> FleetMetrics:
    metrics = after()
    metrics.remembered(found, NOON.timestamp())
    metrics.render()
    return metrics


def view(number: int, tenants: int = 1) -> ChangeView:
    change = FleetChange(
        id=f"{number:016}",
        subject=ChangeSubject.SCHEMA,
        kind="missing",
        object_kind="index",
        object=f"index public.i{number}",
        severity=Severity.ERROR,
    )
    return ChangeView(
        change=change, first_seen=NOON, last_seen=NOON, resolved=None, flaps=0, tenants=tenants, most_tenants=tenants
    )


def samples(metrics: FleetMetrics) -> dict[tuple[str, ...], float]:
    """(name, label values but the fleet's …) → value."""
    return {
        (sample.name, *(value for key, value in sorted(sample.labels.items()) if key != "fleet")): sample.value
        for family in text_string_to_metric_families(MetricsPage(metrics).write().decode())
        for sample in family.samples
    }


def everything() -> FleetMetrics:
    """One that has something to say of every metric."""
    report = msgspec.structs.replace(demo(), steps=(msgspec.structs.replace(demo().steps[0], objects=6),))
    metrics = after(report)
    metrics.scan_started()
    metrics.progress(RunningScan(scan="s", tenants=3, answered=1), NOON.timestamp())
    metrics.queue_seen(QueueSight(crew=Crew(), messages=1, waiting_since=1.0, permits=1))
    metrics.remembered(
        figures(
            alike=(
                *(AlikeTenants(status=status, tier=tier, tenants=2) for status in TIERED for tier in TIERS),
                *(AlikeTenants(status=TenantStatus.DRIFTED, tier=tier, severities=("error", "warning"),
                               services=("orders",), tenants=2) for tier in TIERS),
            ),
            changes=(OpenChanges(subject="schema", kind="missing", object_kind="index", severity="error",
                                 is_new=True, changes=1, tenants=2),),
            worst=(view(1),),
            oldest_open=NOON,
        ),
        NOON.timestamp(),
    )  # fmt: skip
    metrics.render()
    return metrics


def test_every_name_on_the_page_is_in_the_table_with_its_type_and_labels():
    table = {metric.name: metric for metric in METRICS}
    families = list(text_string_to_metric_families(MetricsPage(everything()).write().decode()))
    ours = [family for family in families if not family.name.startswith("process_")]
    for family in ours:
        metric = table[family.name.removeprefix("fleetdrift_")]
        assert family.type == metric.kind.value
        for sample in family.samples:
            assert set(sample.labels) - {"le"} == {"fleet", *metric.labels}
            assert sample.labels["fleet"] == "demo"
    assert len(table) == len(METRICS)


def test_every_metric_has_one_sentence_of_help_and_a_name_by_the_conventions():
    for metric in METRICS:
        assert metric.help.endswith(".")
        assert (metric.unit == "seconds") == metric.name.endswith("_seconds"), metric.name
        assert not metric.name.endswith("_total")


def test_a_coordinator_that_waits_for_its_place_says_so_and_what_it_takes():
    waiting = FleetMetrics("demo")
    told = samples(waiting)
    assert told["fleetdrift_leader",] == 0
    assert told["process_resident_memory_bytes",] > 0
    assert told["process_start_time_seconds",] > 0
    waiting.leads(True)
    assert samples(waiting)["fleetdrift_leader",] == 1


def test_a_coordinator_that_no_longer_leads_says_nothing_of_the_fleet():
    metrics = everything()
    metrics.leads(False)
    told = {key[0] for key in samples(metrics)}
    of_the_fleet = {"tenants", "drifted_tenants", "changes", "drift_groups", "contract_violations", "target_failures"}
    assert not told & {f"fleetdrift_{name}" for name in of_the_fleet}
    assert "fleetdrift_last_scan_timestamp_seconds" not in told


def test_what_a_store_said_that_is_away_is_withdrawn_after_two_minutes():
    metrics = showing(figures())
    metrics.store_away(NOON.timestamp() + 100)
    metrics.render()
    told = samples(metrics)
    assert told["fleetdrift_store_up",] == 0
    assert told["fleetdrift_tenants", "drifted"] == 2
    metrics.store_away(NOON.timestamp() + 121)
    metrics.render()
    told = samples(metrics)
    assert ("fleetdrift_tenants", "drifted") not in told
    assert told["fleetdrift_snapshot_timestamp_seconds",] == NOON.timestamp()


def test_what_was_dropped_is_counted_by_reason():
    metrics = FleetMetrics("demo")
    assert samples(metrics)["fleetdrift_junk_dropped_total", "tag"] == 0
    metrics.queue_seen(None, {JunkReason.TAG: 7})
    metrics.render()
    assert samples(metrics)["fleetdrift_junk_dropped_total", "tag"] == 7
    assert samples(metrics)["fleetdrift_redis_up",] == 0


def test_a_report_is_told_in_numbers():
    told = samples(after(demo()))
    assert told["fleetdrift_drift_groups",] == 2
    assert told["fleetdrift_schema_version_mismatches",] == 1
    assert told["fleetdrift_plans", "proven"] == 2
    assert told["fleetdrift_plan_tenants", "proven"] == 2
    assert told["fleetdrift_declaration_load_success",] == 1


def broken(service: str, changes: int, tenants: int) -> OpenChanges:
    return OpenChanges(
        subject="contract", kind="violated", object_kind="query", severity="error", service=service, is_new=False,
        changes=changes, tenants=tenants,
    )  # fmt: skip


def test_a_service_breaks_in_tenants_that_cannot_be_read_as_well():
    drifted, lost = TenantStatus.DRIFTED, TenantStatus.UNREACHABLE
    found = figures(
        alike=(
            AlikeTenants(status=drifted, severities=("error",), services=("orders",), tenants=2),
            AlikeTenants(status=lost, severities=("error",), services=("orders",), tenants=3),
        ),
        changes=(broken("orders", changes=2, tenants=8), broken("gone", changes=1, tenants=1)),
    )
    told = samples(showing(found))
    violations = {key[1]: value for key, value in told.items() if key[0] == "fleetdrift_contract_violations"}
    assert violations == {"orders": 8, "search": 0, "gone": 1}
    assert told["fleetdrift_contract_tenants", "orders"] == 5


def test_a_service_that_is_checked_and_clean_has_a_zero_and_one_that_is_not_checked_has_nothing():
    assert samples(showing(figures()))["fleetdrift_contract_violations", "search"] == 0
    unchecked = FleetMetrics("demo")
    unchecked.leads(True)
    unchecked.remembered(figures(), NOON.timestamp())
    unchecked.render()
    never = msgspec.structs.replace(figures().status, scanned=None)
    for metrics in (unchecked, showing(figures(status=never)), after(demo())):
        assert not [key for key in samples(metrics) if key[0] == "fleetdrift_contract_violations"]


def test_queries_are_counted_by_service_driver_and_result():
    count = QueryCount(service="orders", driver="sqlx", result="violated", queries=3)
    step = msgspec.structs.replace(demo().steps[-1], queries=(count,))
    told = samples(after(msgspec.structs.replace(demo(), steps=(step,))))
    assert told["fleetdrift_contract_queries", "sqlx", "violated", "orders"] == 3


def test_every_status_and_every_kind_of_failure_has_a_series_even_at_zero():
    metrics = after(in_sync())
    metrics.remembered(figures(), NOON.timestamp())
    metrics.render()
    told = samples(metrics)
    assert {key[1] for key in told if key[0] == "fleetdrift_tenants"} == {status.value for status in TenantStatus}
    assert {key[1] for key in told if key[0] == "fleetdrift_target_failures"} == {kind.value for kind in FailureKind}


def test_drifted_tenants_are_split_by_the_worst_that_they_have_and_impacted_ones_by_each():
    found = figures(
        alike=(
            AlikeTenants(status=TenantStatus.DRIFTED, severities=("error", "info"), tenants=3),
            AlikeTenants(status=TenantStatus.DRIFTED, severities=("info",), tenants=4),
            AlikeTenants(status=TenantStatus.DRIFTED, severities=(), tenants=1),
            AlikeTenants(status=TenantStatus.UNREACHABLE, severities=("warning",), tenants=5),
            AlikeTenants(status=TenantStatus.UNREACHABLE, severities=(), tenants=90),
        )
    )
    told = samples(showing(found))
    drifted = {key[1]: value for key, value in told.items() if key[0] == "fleetdrift_drifted_tenants"}
    assert drifted == {"error": 3, "warning": 0, "info": 4, "unknown": 1}
    impact = {key[1]: value for key, value in told.items() if key[0] == "fleetdrift_tenant_impact"}
    assert impact == {"error": 3, "warning": 5, "info": 7}


def test_a_change_is_new_open_or_suspicious():
    alike = OpenChanges(
        subject="schema", kind="missing", object_kind="index", severity="error", is_new=True, changes=2, tenants=9
    )
    found = figures(changes=(alike, msgspec.structs.replace(alike, is_new=False, changes=3, tenants=4)))
    told = samples(showing(found))
    assert told["fleetdrift_changes", "missing", "index", "error", "new"] == 2
    assert told["fleetdrift_changes", "missing", "index", "error", "open"] == 3
    assert told["fleetdrift_drift_changes", "missing", "index", "error"] == 13
    held = msgspec.structs.replace(found.status, suspicious=SuspiciousScan(scan="s", reason="much", tenants=()))
    told = samples(showing(msgspec.structs.replace(found, status=held)))
    assert told["fleetdrift_changes", "missing", "index", "error", "suspicious"] == 2
    assert told["fleetdrift_scan_suspicious",] == 1


def test_a_sentinel_is_detected_or_not_and_without_one_nothing_is_said():
    def told(**result):
        report = msgspec.structs.replace(demo(), sentinel=SentinelResult(**result)) if result else demo()
        return samples(after(report)).get(("fleetdrift_sentinel_detected",))

    assert (told(detected=True), told(detected=False, reason="it was not read"), told()) == (1, 0, None)


def test_a_change_that_is_shown_stays_until_it_is_gone():
    metrics = showing(figures(worst=tuple(view(number) for number in range(20))))

    def shown() -> set[int]:
        return {int(key[1]) for key in samples(metrics) if key[0] == "fleetdrift_change_tenants"}

    assert shown() == set(range(20))
    metrics.remembered(figures(worst=tuple(view(number) for number in reversed(range(40)))), NOON.timestamp())
    metrics.render()
    assert shown() == set(range(20))
    metrics.remembered(figures(worst=tuple(view(number) for number in range(5, 40))), NOON.timestamp())
    metrics.render()
    assert shown() == set(range(5, 25))


def test_the_time_until_a_change_was_gone_is_counted_once():
    metrics = after()
    gone = Resolution(resolved=dt.datetime.now(dt.UTC) + dt.timedelta(seconds=5), seconds=7200.0)
    for _ in range(2):
        metrics.remembered(figures(resolved=(gone,), resolutions=4), NOON.timestamp())
        metrics.render()
    told = samples(metrics)
    assert told["fleetdrift_change_resolution_seconds_count",] == 1
    assert told["fleetdrift_change_resolution_seconds_bucket", "3600.0"] == 0
    assert told["fleetdrift_change_resolution_seconds_bucket", "21600.0"] == 1
    assert told["fleetdrift_changes_resolved_total",] == 4


def test_drift_that_is_gone_has_no_series_left():
    metrics = everything()
    metrics.remembered(figures(), NOON.timestamp())
    metrics.render()
    told = {key[0] for key in samples(metrics)}
    gone = {"changes", "drift_changes", "change_tenants", "oldest_change_timestamp_seconds"}
    assert not told & {f"fleetdrift_{name}" for name in gone}


def test_before_the_first_scan_nothing_is_claimed():
    never = msgspec.structs.replace(figures().status, scanned=None, oldest_good=None)
    told = samples(showing(figures(status=never)))
    assert told["fleetdrift_scan_running",] == 0
    absent = {"tenants", "drifted_tenants", "last_success_timestamp_seconds", "declaration_load_success"}
    assert not {key[0] for key in told} & {f"fleetdrift_{name}" for name in absent}


def test_scans_are_counted_by_how_they_ended():
    metrics = after(demo(), demo(), partly_read(), None)
    metrics.scan_started()
    metrics.scan_cancelled()
    metrics.scan_started()
    metrics.scan_left()
    told = samples(metrics)
    assert told["fleetdrift_scans_total", "drift"] == 2
    assert told["fleetdrift_scans_total", "incomplete"] == 1
    assert told["fleetdrift_scans_total", "failed"] == 1
    assert told["fleetdrift_scans_total", "cancelled"] == 1
    assert told["fleetdrift_scan_duration_seconds_count",] == 3
    assert told["fleetdrift_scan_running",] == 0
    metrics.scan_started()
    assert samples(metrics)["fleetdrift_scan_running",] == 1


def test_only_a_failure_of_the_declaration_is_one():
    metrics = after(demo(), None)
    assert samples(metrics)["fleetdrift_declaration_load_success",] == 1
    metrics.scan_started()
    metrics.scan_failed(by_declaration=True)
    assert samples(metrics)["fleetdrift_declaration_load_success",] == 0
    metrics.scan_started()
    metrics.scan_reported(demo())
    assert samples(metrics)["fleetdrift_declaration_load_success",] == 1


def test_tenants_that_were_read_and_that_were_not_are_counted_over_scans():
    told = samples(after(partly_read(), partly_read()))
    failed = [result.failure for result in partly_read().body.tenants if result.failure]
    read = len(partly_read().body.tenants) - len(failed)
    assert told["fleetdrift_tenant_reads_total", "read", ""] == 2 * read
    assert told["fleetdrift_tenant_reads_total", "failed", failed[0].kind.value] == 2


def test_a_scan_falls_into_the_bucket_of_its_duration():
    told = samples(
        after(msgspec.structs.replace(demo(), duration=10.0), msgspec.structs.replace(demo(), duration=10.1))
    )
    assert told["fleetdrift_scan_duration_seconds_bucket", "5.0"] == 0
    assert told["fleetdrift_scan_duration_seconds_bucket", "10.0"] == 1
    assert told["fleetdrift_scan_duration_seconds_bucket", "30.0"] == 2
    assert told["fleetdrift_scan_duration_seconds_bucket", "+Inf"] == 2


def test_the_stages_of_a_scan_take_what_lies_between_the_steps_of_its_log():
    [step] = demo().steps
    steps = (
        msgspec.structs.replace(step, action="Parse IaC Definition", timestamp="2026-03-01T12:00:30Z"),
        msgspec.structs.replace(step, action="Introspect Live Schema", timestamp="2026-03-01T12:05:30Z"),
        msgspec.structs.replace(step, action="Generate Remediation", timestamp="2026-03-01T12:05:32Z"),
    )
    told = samples(after(msgspec.structs.replace(demo(), started="2026-03-01T12:00:00Z", steps=steps)))
    assert told["fleetdrift_scan_stage_duration_seconds_sum", "declaration"] == 30
    assert told["fleetdrift_scan_stage_duration_seconds_sum", "reading"] == 300
    assert told["fleetdrift_scan_stage_duration_seconds_sum", "analysis"] == 2


def test_an_incomplete_scan_is_no_success():
    success = "fleetdrift_last_success_timestamp_seconds"
    report = demo()
    first = samples(after(report))[success,]
    assert first == dt.datetime.fromisoformat(report.started).timestamp() + report.duration
    later = msgspec.structs.replace(partly_read(), started="2030-01-01T00:00:00Z")
    told = samples(after(report, later))
    assert told[success,] == first
    assert told["fleetdrift_last_scan_timestamp_seconds",] > first


def test_a_restart_remembers_what_was_found_and_counts_nothing_twice():
    metrics = FleetMetrics("demo")
    metrics.leads(True)
    metrics.restore(demo(), dt.datetime(2026, 3, 1, tzinfo=dt.UTC))
    told = samples(metrics)
    assert told["fleetdrift_drift_groups",] == 2
    assert told["fleetdrift_last_success_timestamp_seconds",] == dt.datetime(2026, 3, 1, tzinfo=dt.UTC).timestamp()
    assert told["fleetdrift_scans_total", "drift"] == 0


def test_the_running_scan_says_how_far_it_is_and_since_when_it_came_no_further():
    metrics = after()
    metrics.progress(RunningScan(scan="s", tenants=10, answered=3), 100.0)
    metrics.progress(RunningScan(scan="s", tenants=10, answered=3), 200.0)
    metrics.render()
    told = samples(metrics)
    assert told["fleetdrift_scan_tenants", "answered"] == 3
    assert told["fleetdrift_scan_tenants", "waiting"] == 7
    assert told["fleetdrift_scan_progress_timestamp_seconds",] == 100
    metrics.progress(None, 300.0)
    metrics.render()
    assert "fleetdrift_scan_tenants" not in {key[0] for key in samples(metrics)}


def rule(days: int, name: str) -> IgnoreRule:
    return IgnoreRule(reason=name, owner="o", until=TODAY + dt.timedelta(days=days), kind="index", name=name)


def kept(rule: IgnoreRule, key: str, created: dt.datetime = NOON) -> KeptIgnore:
    return KeptIgnore(rule=KeptIgnoreRule.named(key, rule), created=created, created_by="ada")


def ignoring(report: ScanReport, configured: Sequence[IgnoreRule], stored: Sequence[KeptIgnore]) -> FleetMetrics:
    metrics = FleetMetrics("demo", Configured(ignore=tuple(configured)))
    metrics.leads(True)
    metrics.restore(report, None)
    metrics.remembered(figures(), NOON.timestamp(), stored)
    metrics.render()
    return metrics


def test_ignore_rules_are_counted_and_the_next_end_is_told():
    told = samples(ignoring(demo(), [rule(-1, "a"), rule(3, "b"), rule(9, "c")], []))
    assert told["fleetdrift_ignore_rules", "ended"] == 1
    assert told["fleetdrift_ignore_rules", "unmatched"] == 2
    end = dt.datetime.combine(TODAY + dt.timedelta(days=4), dt.time(), dt.UTC)
    assert told["fleetdrift_ignore_next_expiry_timestamp_seconds",] == end.timestamp()


def test_ignore_rules_of_the_store_count_as_those_of_the_configuration():
    own, same = rule(9, "a"), rule(2, "a")
    index = (CREATED_INDEX.identity,)
    left_out = (
        IgnoredDrift(reason="a", owner="o", until=own.until, objects=index, tenants=1),
        IgnoredDrift(reason="b", owner="o", until=rule(3, "b").until, objects=index, tenants=1, kept="1"),
    )
    report = msgspec.structs.replace(demo(), body=msgspec.structs.replace(demo().body, ignored=left_out))
    later = dt.datetime.now(dt.UTC)
    stored = [
        kept(rule(3, "b"), "1"),
        kept(msgspec.structs.replace(rule(3, "b"), name="like b"), "2"),
        kept(rule(-1, "c"), "3"),
        kept(same, "4"),
        kept(rule(1, "d"), "5", later),
    ]
    told = samples(ignoring(report, [own], stored))
    states = {key[1]: value for key, value in told.items() if key[0] == "fleetdrift_ignore_rules"}
    assert states == {"matching": 2, "unmatched": 1, "ended": 1, "overridden": 1, "waiting": 1}
    end = dt.datetime.combine(TODAY + dt.timedelta(days=2), dt.time(), dt.UTC)
    assert told["fleetdrift_ignore_next_expiry_timestamp_seconds",] == end.timestamp()


def test_ignore_rules_are_not_counted_while_those_of_the_store_are_not_known():
    metrics = FleetMetrics("demo", Configured(ignore=(rule(3, "b"),)))
    metrics.leads(True)
    metrics.restore(demo(), None)
    told = {key[0] for key in samples(metrics)}
    assert not told & {"fleetdrift_ignore_rules", "fleetdrift_ignore_next_expiry_timestamp_seconds"}


def in_tiers(*alike: tuple[str | None, TenantStatus, int], **known: tuple[str, ...]) -> FleetMetrics:
    return showing(
        figures(
            alike=tuple(AlikeTenants(tier=tier, status=status, tenants=count, **known) for tier, status, count in alike)
        )
    )


def test_tenants_are_split_by_tier_and_those_without_one_are_counted_too():
    drifted, lost = TenantStatus.DRIFTED, TenantStatus.UNREACHABLE
    found = figures(
        alike=(
            AlikeTenants(status=drifted, tier="gold", severities=("error", "info"), services=("orders",), tenants=3),
            AlikeTenants(status=drifted, tier="gold", severities=("info",), tenants=4),
            AlikeTenants(status=lost, tier="silver", severities=("error",), services=("orders",), tenants=5),
            AlikeTenants(status=TenantStatus.IN_SYNC, tenants=90),
            AlikeTenants(status=drifted, tenants=1),
        )
    )
    told = {key: value for key, value in samples(showing(found)).items() if key[0].endswith("_by_tier")}
    assert told == {
        ("fleetdrift_tenants_by_tier", "drifted", "gold"): 7,
        ("fleetdrift_tenants_by_tier", "unreachable", "silver"): 5,
        ("fleetdrift_tenants_by_tier", "in_sync", "unlabelled"): 90,
        ("fleetdrift_tenants_by_tier", "drifted", "unlabelled"): 1,
        ("fleetdrift_drifted_tenants_by_tier", "error", "gold"): 3,
        ("fleetdrift_drifted_tenants_by_tier", "info", "gold"): 4,
        ("fleetdrift_drifted_tenants_by_tier", "unknown", "unlabelled"): 1,
        ("fleetdrift_tenant_impact_by_tier", "error", "gold"): 3,
        ("fleetdrift_tenant_impact_by_tier", "info", "gold"): 7,
        ("fleetdrift_tenant_impact_by_tier", "error", "silver"): 5,
        ("fleetdrift_contract_tenants_by_tier", "orders", "gold"): 3,
        ("fleetdrift_contract_tenants_by_tier", "orders", "silver"): 5,
    }


def test_without_a_tenant_that_has_a_tier_nothing_is_said_of_tiers():
    told = samples(in_tiers((None, TenantStatus.IN_SYNC, 3), (None, TenantStatus.DRIFTED, 1)))
    assert [key for key in told if key[0].endswith("_by_tier")] == []


def test_tiers_beyond_the_largest_are_told_together():
    told = samples(in_tiers(("gold", TenantStatus.IN_SYNC, 9), ("", TenantStatus.IN_SYNC, 5)))
    assert told["fleetdrift_tenants_by_tier", "in_sync", "other"] == 5


def test_who_is_told_has_series_from_the_start():
    told = samples(showing(figures(told=(ToldBy(sink="gone", waiting=0, delivered=2, given_up=1),))))
    assert told["fleetdrift_notices", "hook", "waiting"] == 0
    assert told["fleetdrift_notices", "gone", "given_up"] == 1


def test_workers_and_queue_are_counted_and_withdrawn_when_redis_is_away():
    metrics = after()
    crew = Crew(workers=2, slots=8, foreign=(1,), strangers=("w",))
    metrics.queue_seen(QueueSight(crew=crew, messages=5, waiting_since=50.0, permits=4))
    metrics.render()
    told = samples(metrics)
    assert told["fleetdrift_workers", "ours"] == 2
    assert told["fleetdrift_workers", "other_protocol"] == 1
    assert told["fleetdrift_workers", "other_key"] == 1
    assert told["fleetdrift_worker_slots",] == 8
    assert told["fleetdrift_queue_messages",] == 5
    assert told["fleetdrift_queue_oldest_message_timestamp_seconds",] == 50
    metrics.queue_seen(None)
    metrics.render()
    assert not {"fleetdrift_workers", "fleetdrift_queue_messages"} & {key[0] for key in samples(metrics)}


def test_the_page_does_not_grow_with_the_fleet():
    small = demo()
    body = msgspec.structs.replace(
        small.body,
        tenants=tuple(
            msgspec.structs.replace(small.body.tenants[0], tenant=f"t{number:06}") for number in range(20_000)
        ),
    )
    large = msgspec.structs.replace(small, body=body)
    assert MetricsPage(after(large)).write().count(b"\n") == MetricsPage(after(small)).write().count(b"\n")


def test_a_metric_of_too_many_series_leaves_out_the_smallest_and_says_how_many():
    kinds = tuple(
        OpenChanges(subject="schema", kind="missing", object_kind=f"kind{number:03}", severity="error",
                    is_new=False, changes=number + 1, tenants=0)
        for number in range(MAX_SERIES_OF_A_METRIC + 7)
    )  # fmt: skip
    told = samples(showing(figures(changes=kinds)))
    shown = [key for key in told if key[0] == "fleetdrift_changes"]
    assert len(shown) == MAX_SERIES_OF_A_METRIC
    assert min(told[key] for key in shown) == 8
    assert told["fleetdrift_dropped_series",] == 7


def test_the_number_of_series_is_told_and_ten_fleets_stay_within_two_thousand():
    metrics = everything()
    told = samples(metrics)
    series = [key for key in told if key[0].startswith("fleetdrift_")]
    whole = [key for key in series if not key[0].endswith(("_bucket", "_sum", "_count"))]
    histograms = {(key[0], key[1:]) for key in series if key[0].endswith("_count")}
    assert told["fleetdrift_exposed_series",] == len(whole) - 2 + len(histograms)
    assert told["fleetdrift_dropped_series",] == 0
    assert 10 * len(series) <= 2100, "about 2,000"


def test_two_fleets_have_one_page_that_names_each_metric_once():
    page = MetricsPage(after(demo(), fleet="one"), after(in_sync(), fleet="two")).write().decode()
    families = list(text_string_to_metric_families(page))
    names = [family.name for family in families]
    assert len(set(names)) == len(names)
    [groups] = [family for family in families if family.name == "fleetdrift_drift_groups"]
    assert {sample.labels["fleet"]: sample.value for sample in groups.samples} == {"one": 2, "two": 0}


def test_openmetrics_has_the_scan_of_a_bucket_as_its_exemplar():
    metrics = after(msgspec.structs.replace(demo(), duration=7.0, execution_id="the-scan"))
    families = list(read_openmetrics(MetricsPage(metrics).write(PageFormat.OPENMETRICS).decode()))
    [duration] = [family for family in families if family.name == "fleetdrift_scan_duration_seconds"]
    [exemplar] = [sample.exemplar for sample in duration.samples if sample.exemplar]
    assert (exemplar.labels, exemplar.value) == ({"scan": "the-scan"}, 7.0)


@pytest.mark.parametrize(
    ("accept", "form"),
    [
        ("", PageFormat.TEXT),
        ("text/plain;version=0.0.4;q=0.5,*/*;q=0.1", PageFormat.TEXT),
        ("application/openmetrics-text;version=1.0.0;q=0.5,text/plain;q=0.2", PageFormat.OPENMETRICS),
    ],
)
def test_a_page_is_sent_in_the_format_that_is_asked_for(accept, form):
    assert PageFormat.wanted_by(accept) is form


def test_a_hostile_fleet_name_stays_within_its_quotes():
    name = 'a"b\\c\nd'
    [family] = [
        each
        for each in text_string_to_metric_families(MetricsPage(FleetMetrics(name)).write().decode())
        if each.name == "fleetdrift_scan_running"
    ]
    assert family.samples[0].labels["fleet"] == name


def test_a_scan_of_some_tenants_counts_as_a_scan_and_is_not_shown_as_the_fleet():
    some = msgspec.structs.replace(in_sync(), selection=Selection(tenants=("a",)), not_selected=2)
    whole, both = samples(after(demo())), samples(after(demo(), some))
    assert both["fleetdrift_scans_total", "in_sync"] == 1
    for name in ("drift_groups", "shapes", "schema_version_mismatches"):
        assert both[f"fleetdrift_{name}",] == whole[f"fleetdrift_{name}",]


def test_a_service_that_could_not_be_read_has_no_series_of_violations_unless_some_are_known():
    body = msgspec.structs.replace(in_sync().body, unread_services=("orders",))
    broken = OpenChanges(
        subject="contract", kind="violated", object_kind="query", severity="error", service="orders", is_new=False,
        changes=1, tenants=2,
    )  # fmt: skip
    for known, violations in (((), None), ((broken,), 2)):
        metrics = after(msgspec.structs.replace(in_sync(), body=body))
        metrics.remembered(figures(changes=known), NOON.timestamp())
        metrics.render()
        assert samples(metrics).get(("fleetdrift_contract_violations", "orders")) == violations
        assert samples(metrics)["fleetdrift_contract_violations", "search"] == 0
