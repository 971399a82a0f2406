"""The gate before a migration: drift and what is not known close it, tenants that wait for a migration pass."""

from __future__ import annotations

import msgspec

from coordinator.report.exit_code import scan_status
from coordinator.report.model import MigrationStep, Rollout, ScanReport, ScanStatus, TenantResult, TenantStatus
from coordinator.report.renderers.gate import MAX_LISTED_REASONS, gate_answer
from tests.reports import around, demo, in_sync, partly_read


def with_tenants(report: ScanReport, *results: TenantResult, **body: object) -> ScanReport:
    counts = tuple((status, sum(result.status is status for result in results)) for status in TenantStatus)
    changed = msgspec.structs.replace(report.body, tenants=results, counts=counts, groups=(), **body)
    return around(changed)


def test_it_is_open_when_nobody_has_drifted():
    answer = gate_answer(in_sync())
    assert (answer.status, answer.lines) == (ScanStatus.IN_SYNC, ("gate: open: none of 3 tenants has drifted",))


def test_drift_closes_it_and_is_named_with_its_tenants_and_group():
    answer = gate_answer(demo())
    assert answer.status is ScanStatus.DRIFT
    assert answer.lines[0] == "gate: closed: 2 drifted of 3 tenants"
    [first] = [line for line in answer.lines if line.startswith("  tenant-001: drifted: ")]
    assert "missing-index index public.customers_email_lower_idx" in first
    assert f"(drift group {next(g.id for g in demo().body.groups if g.tenants == ('tenant-001',))})" in first
    assert not any("tenant-003" in line for line in answer.lines)


def test_a_tenant_that_waits_for_the_migration_passes_and_is_said():
    waiting = Rollout(
        id="1", tenants=("a",), shape="s", version="1", expected="2", lacks=(MigrationStep("2", "add_note"),)
    )
    report = with_tenants(in_sync(), TenantResult(tenant="a", status=TenantStatus.PENDING), rollouts=(waiting,))
    answer = gate_answer(report)
    assert answer.status is ScanStatus.IN_SYNC
    assert answer.lines[0] == "gate: open: none of 1 tenant has drifted, 1 of them pending"
    assert answer.lines[1].startswith("  passes: at version 1, expected is 2: lacks 2 add_note")


def test_what_is_not_known_closes_it_with_a_status_of_its_own_and_the_reason():
    answer = gate_answer(partly_read())
    assert answer.status is ScanStatus.INCOMPLETE
    assert "  tenant-900: unreachable: connection refused by db-7.internal:5432" in answer.lines
    assert any(line.startswith("  tenant-904: unverified (drift group ") for line in answer.lines)


def test_an_excluded_tenant_that_was_asked_for_is_not_known():
    answer = gate_answer(in_sync(), ("eu-9",))
    assert answer.status is ScanStatus.INCOMPLETE
    assert answer.lines == (
        "gate: closed: 1 not known of 4 tenants",
        "  eu-9: excluded by [fleet] exclude, so nobody knows how it stands",
    )


def test_a_declaration_that_was_not_read_whole_closes_it_and_says_what():
    body = msgspec.structs.replace(in_sync().body, unchecked=("main.tf:12: the module is not on this machine",))
    report = msgspec.structs.replace(around(body), status=scan_status(body, "part of it is not known"))
    answer = gate_answer(report)
    assert answer.status is ScanStatus.INCOMPLETE
    assert answer.lines == (
        "gate: closed: not everything could be read",
        "  not read: main.tf:12: the module is not on this machine",
    )


def test_many_reasons_are_counted_and_names_cannot_forge_a_line():
    results = [TenantResult(tenant=f"t-{n:02}\ngate: open", status=TenantStatus.ERROR) for n in range(25)]
    answer = gate_answer(with_tenants(in_sync(), *results))
    assert all("\n" not in line for line in answer.lines)
    assert len(answer.lines) == 1 + MAX_LISTED_REASONS + 1
    assert answer.lines[-1] == "  … and 5 more reasons: the report has them all"
