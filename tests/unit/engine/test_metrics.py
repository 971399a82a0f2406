"""What Prometheus reads: the names are for ever, and nothing grows with the tenants."""

from __future__ import annotations

import datetime as dt

import msgspec
from prometheus_client.parser import text_string_to_metric_families

from coordinator.daemon.metrics import FleetMetrics
from coordinator.report.model import TenantStatus
from shared.messages import JunkReason
from shared.targets import FailureKind
from tests.reports import demo, in_sync, partly_read

NAMES = {
    "fleetdrift_tenants",
    "fleetdrift_drifted_tenants",
    "fleetdrift_tenant_impact",
    "fleetdrift_drift_changes",
    "fleetdrift_drift_groups",
    "fleetdrift_shapes",
    "fleetdrift_contract_violations",
    "fleetdrift_contract_tenants",
    "fleetdrift_schema_version_mismatches",
    "fleetdrift_target_failures",
    "fleetdrift_unmodelled_objects",
    "fleetdrift_unread_places",
    "fleetdrift_scan_duration_seconds",
    "fleetdrift_last_scan_duration_seconds",
    "fleetdrift_last_scan_timestamp_seconds",
    "fleetdrift_last_success_timestamp_seconds",
    "fleetdrift_scans",
    "fleetdrift_scan_running",
    "fleetdrift_leader",
    "fleetdrift_junk_dropped",
    "fleetdrift_build_info",
}


def after(*reports, fleet: str = "demo") -> FleetMetrics:
    metrics = FleetMetrics(fleet)
    for report in reports:
        metrics.scan_started()
        metrics.scan_ended(report)
    return metrics


def samples(metrics: FleetMetrics) -> dict[tuple[str, ...], float]:
    """(name, label values but the fleet's …) → value."""
    return {
        (sample.name, *(value for key, value in sorted(sample.labels.items()) if key != "fleet")): sample.value
        for family in text_string_to_metric_families(metrics.page.decode())
        for sample in family.samples
    }


def test_the_names_are_these_and_no_others():
    families = list(text_string_to_metric_families(after(demo()).page.decode()))
    process = [family for family in families if family.name.startswith("process_")]
    families = [family for family in families if family not in process]
    assert {family.name for family in families} == NAMES
    assert all(sample.labels["fleet"] == "demo" for family in families for sample in family.samples)


def test_a_coordinator_that_waits_for_its_place_says_so_and_what_it_takes():
    waiting = FleetMetrics("demo")
    told = samples(waiting)
    assert told["fleetdrift_leader",] == 0
    assert told["process_resident_memory_bytes",] > 0
    assert told["process_start_time_seconds",] > 0
    waiting.leads(True)
    assert samples(waiting)["fleetdrift_leader",] == 1


def test_what_was_dropped_is_counted_by_reason():
    metrics = FleetMetrics("demo")
    assert samples(metrics)["fleetdrift_junk_dropped_total", "tag"] == 0
    metrics.junk_dropped({JunkReason.TAG: 7})
    assert samples(metrics)["fleetdrift_junk_dropped_total", "tag"] == 7


def test_a_report_is_told_in_numbers():
    told = samples(after(demo()))
    assert told["fleetdrift_tenants", "drifted"] == 2
    assert told["fleetdrift_tenants", "in_sync"] == 1
    assert told["fleetdrift_drifted_tenants",] == told["fleetdrift_tenant_impact",] == 2
    assert told["fleetdrift_drift_groups",] == 2
    assert told["fleetdrift_contract_violations", "orders"] == 2
    assert told["fleetdrift_contract_tenants", "orders"] == 2
    assert told["fleetdrift_schema_version_mismatches",] == 1
    changes = {key[1:]: value for key, value in told.items() if key[0] == "fleetdrift_drift_changes"}
    assert sum(changes.values()) == 3
    assert {(change, kind) for change, kind, _ in changes} == {("missing", "index"), ("unexpected", "constraint")}


def test_the_numbers_are_the_report_s_own_summary():
    for report in (demo(), in_sync(), partly_read()):
        told, summary = samples(after(report)), report.body.drift_summary
        assert sum(value for key, value in told.items() if key[0] == "fleetdrift_tenants") == len(report.body.tenants)
        assert told["fleetdrift_tenant_impact",] == len(summary.tenant_impact)
        assert told["fleetdrift_schema_version_mismatches",] == summary.schema_version_mismatches


def test_every_status_and_every_kind_of_failure_has_a_series_even_at_zero():
    told = samples(after(in_sync()))
    assert {key[1] for key in told if key[0] == "fleetdrift_tenants"} == {status.value for status in TenantStatus}
    assert {key[1] for key in told if key[0] == "fleetdrift_target_failures"} == {kind.value for kind in FailureKind}


def test_drift_that_is_gone_has_no_series_left():
    told = samples(after(demo(), in_sync()))
    assert not [key for key in told if key[0] == "fleetdrift_drift_changes"]
    assert told["fleetdrift_drifted_tenants",] == 0


def test_before_the_first_scan_nothing_is_claimed():
    told = samples(FleetMetrics("demo"))
    assert told["fleetdrift_scan_running",] == 0
    assert not [key for key in told if key[0] in {"fleetdrift_tenants", "fleetdrift_last_success_timestamp_seconds"}]


def test_scans_are_counted_by_how_they_ended():
    metrics = after(demo(), demo(), partly_read(), None)
    told = samples(metrics)
    assert told["fleetdrift_scans_total", "drift"] == 2
    assert told["fleetdrift_scans_total", "incomplete"] == 1
    assert told["fleetdrift_scans_total", "failed"] == 1
    assert told["fleetdrift_scan_duration_seconds_count",] == 3
    metrics.scan_started()
    assert samples(metrics)["fleetdrift_scan_running",] == 1


def test_a_scan_falls_into_the_bucket_of_its_duration():
    told = samples(
        after(msgspec.structs.replace(demo(), duration=10.0), msgspec.structs.replace(demo(), duration=10.1))
    )
    assert told["fleetdrift_scan_duration_seconds_bucket", "5.0"] == 0
    assert told["fleetdrift_scan_duration_seconds_bucket", "10.0"] == 1
    assert told["fleetdrift_scan_duration_seconds_bucket", "30.0"] == 2
    assert told["fleetdrift_scan_duration_seconds_bucket", "+Inf"] == 2


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
    metrics.restore(demo(), dt.datetime(2026, 3, 1, tzinfo=dt.UTC))
    told = samples(metrics)
    assert told["fleetdrift_drifted_tenants",] == 2
    assert told["fleetdrift_last_success_timestamp_seconds",] == dt.datetime(2026, 3, 1, tzinfo=dt.UTC).timestamp()
    assert told["fleetdrift_scans_total", "drift"] == 0


def test_the_page_does_not_grow_with_the_fleet():
    small = demo()
    body = msgspec.structs.replace(
        small.body,
        tenants=tuple(
            msgspec.structs.replace(small.body.tenants[0], tenant=f"t{number:06}") for number in range(20_000)
        ),
    )
    large = msgspec.structs.replace(small, body=body)
    assert after(large).page.count(b"\n") == after(small).page.count(b"\n")


def test_a_hostile_fleet_name_stays_within_its_quotes():
    name = 'a"b\\c\nd'
    [family] = [
        each
        for each in text_string_to_metric_families(FleetMetrics(name).page.decode())
        if each.name == "fleetdrift_scan_running"
    ]
    assert family.samples[0].labels["fleet"] == name
