"""A change has an id of its own: whatever else differs in a tenant, the same change is the same."""

from __future__ import annotations

import msgspec

from coordinator.memory.model import ChangeSubject
from coordinator.memory.remember import remember
from coordinator.report.judged import TenantOutcome
from shared.diff.changes import Missing
from tests.reports import (
    CREATED_INDEX,
    EMAIL_INDEX,
    LEGACY_CHECK,
    ON_CONFLICT,
    ORDERS,
    altered,
    analysis_of,
    demo,
    demo_analyses,
    demo_spec,
    partly_read,
    report_of,
)
from tests.tenancy_report import tenants_that_share_tables


def changes_by_tenant(report):
    remembered = remember(report.body)
    return {tenant: remembered.standings[place].changes for tenant, place in remembered.tenants}


def two_tenants_lacking_an_index():
    """One of them has an undeclared constraint as well."""
    spec = demo_spec()
    analyses = {
        "x": analysis_of("x", spec, (*ORDERS, CREATED_INDEX)),
        "y": analysis_of("y", spec, (*ORDERS, CREATED_INDEX, LEGACY_CHECK)),
    }
    outcomes = [TenantOutcome(tenant=name, fingerprint=name) for name in ("x", "y")]
    return report_of(spec, outcomes, analyses, expected_version="")


def test_the_same_change_in_tenants_that_differ_otherwise_is_one_change():
    remembered = remember(two_tenants_lacking_an_index().body)
    missing = [change for change in remembered.changes if change.kind == "missing"]
    assert [(change.object, change.sides) for change in missing] == [
        (str(EMAIL_INDEX.identity), Missing(desired=EMAIL_INDEX))
    ]
    had = changes_by_tenant(two_tenants_lacking_an_index())
    assert set(had["x"]) < set(had["y"])
    assert len(had["y"]) == 2


def test_a_change_says_what_its_worst_rule_says_and_where_the_object_is_declared():
    (change,) = [each for each in remember(demo().body).changes if each.object == str(EMAIL_INDEX.identity)]
    assert (change.severity, change.rule, change.declared_at) == (
        "error", "missing-index", "sql/001_customers.sql:6",
    )  # fmt: skip
    assert "customers_email_lower_idx" in change.message


def test_a_broken_query_is_a_change_of_its_tenants_and_moving_it_in_its_file_makes_no_other():
    spec = demo_spec()
    outcomes = [TenantOutcome(tenant="a", fingerprint="a")]
    analyses = demo_analyses(spec)

    def of(line):
        verdict = msgspec.structs.replace(ON_CONFLICT, line=line)
        moved = {"a": msgspec.structs.replace(analyses["a"], verdicts=(verdict,))}
        body = report_of(spec, outcomes, moved, expected_version="").body
        return [each for each in remember(body).changes if each.subject is ChangeSubject.CONTRACT]

    (before,), (after,) = of(31), of(77)
    assert before.id == after.id
    assert (before.object, after.object) == ("orders: src/customers.rs:31", "orders: src/customers.rs:77")
    assert (before.kind, before.severity, before.text) == ("violated", "error", ON_CONFLICT.subject)


def test_another_schema_version_is_a_change_too():
    remembered = remember(demo().body)
    (version,) = [change for change in remembered.changes if change.subject is ChangeSubject.VERSION]
    assert version.object == "schema"
    assert version.rule == "schema-version-mismatch"
    assert version.id in changes_by_tenant(demo())["tenant-002"]


def test_a_fault_of_the_service_itself_is_remembered_once_and_in_no_tenant():
    report = altered()
    (fault,) = [each for each in remember(report.body).changes if each.subject is ChangeSubject.SERVICE]
    assert all(fault.id not in had for had in changes_by_tenant(report).values())


def test_tenants_that_stand_alike_share_a_standing_and_every_tenant_stands_somewhere():
    report = partly_read()
    remembered = remember(report.body)
    assert len(remembered.standings) < len(remembered.tenants) == len(report.body.tenants)
    for (name, place), row in zip(remembered.tenants, report.body.tenants, strict=True):
        assert msgspec.structs.replace(remembered.standings[place].result, tenant=name) == row


def test_what_the_tenancy_rules_find_is_of_the_declaration_in_no_tenant_or_of_the_tenant_that_has_it():
    report = tenants_that_share_tables()
    remembered = remember(report.body)
    found = [each for each in remembered.changes if each.subject is ChangeSubject.TENANCY]
    had = changes_by_tenant(report)
    declared = [each for each in found if each.id in remembered.faults]
    assert [each.rule for each in declared] == [finding.rule for finding in report.body.tenancy_faults]
    assert all(each.id not in had["tenant-good"] for each in found)
    (own,) = {each.id for each in found} - {each.id for each in declared}
    assert own in had["tenant-open"]
