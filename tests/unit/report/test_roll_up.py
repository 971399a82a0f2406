"""What is wrong, each thing once, and what is new against an earlier report."""

from __future__ import annotations

import pytest
from msgspec import json
from msgspec.structs import replace

from coordinator.report.exit_code import status_to_exit_with
from coordinator.report.judged import TenantOutcome
from coordinator.report.model import DriftGroup, ScanReport, ScanStatus
from coordinator.report.roll_up import gone_since, new_since, roll_up
from shared.targets import Failure, FailureKind
from tests import reports
from tests.reports import CREATED_INDEX, EMAIL_INDEX, ORDERS, analysis_of, around, demo_spec, report_of

EMAIL, CREATED = str(EMAIL_INDEX.identity), str(CREATED_INDEX.identity)


def scanned(**tenants: str) -> ScanReport:
    spec = demo_spec()
    indexes = {"e": (CREATED_INDEX,), "c": (EMAIL_INDEX,), "ec": (), "ok": (EMAIL_INDEX, CREATED_INDEX)}
    analyses = {key: analysis_of(key, spec, (*ORDERS, *present)) for key, present in indexes.items()}
    lost = Failure(FailureKind.REFUSED, "connection refused")
    outcomes = [
        TenantOutcome(tenant=name, failure=lost) if stood == "?" else TenantOutcome(tenant=name, fingerprint=stood)
        for name, stood in tenants.items()
    ]
    return report_of(spec, outcomes, analyses, expected_version="")


def told(rolled):
    return {each.object: each.tenants for each in rolled}


def test_one_thing_is_told_once_whatever_else_its_tenants_have():
    assert told(roll_up(scanned(a="e", b="ec", c="ec", d="ok").body)) == {EMAIL: ("a", "b", "c"), CREATED: ("b", "c")}


def test_what_is_new_is_told_with_the_tenants_to_which_it_is_new():
    before, now = scanned(a="e", b="ok", c="ok"), scanned(a="ec", b="e", c="ok")
    assert told(new_since(now.body, before.body)) == {EMAIL: ("b",), CREATED: ("a",)}
    assert new_since(now.body, now.body) == ()


def test_what_is_gone_is_told_of_tenants_that_were_read_alone():
    before, now = scanned(a="e", b="e", c="e"), scanned(a="ok", b="?", c="e")
    assert told(gone_since(now.body, before.body)) == {EMAIL: ("a",)}


@pytest.mark.parametrize(
    ("before", "now", "status"),
    [
        ({"a": "e", "b": "ok"}, {"a": "e", "b": "ok"}, ScanStatus.IN_SYNC),
        ({"a": "e", "b": "ok"}, {"a": "e", "b": "e"}, ScanStatus.DRIFT),
        ({"a": "e", "b": "ok"}, {"a": "ec", "b": "ok"}, ScanStatus.DRIFT),
        ({"a": "ec", "b": "ok"}, {"a": "e", "b": "ok"}, ScanStatus.IN_SYNC),
        ({"a": "e"}, {"a": "e", "new": "e"}, ScanStatus.DRIFT),
        ({"a": "e", "b": "ok"}, {"a": "e", "b": "?"}, ScanStatus.INCOMPLETE),
        ({"a": "ok", "b": "ok"}, {"a": "ok", "b": "ok"}, ScanStatus.IN_SYNC),
    ],
)
def test_only_what_is_new_decides_the_exit_code_when_an_earlier_report_is_given(before, now, status):
    report = scanned(**now)
    assert status_to_exit_with(report, fail_on_pending=False, before=scanned(**before).body) is status


def test_a_broken_query_counts_like_a_difference():
    body = reports.demo().body
    queries = [each for each in roll_up(body) if each.rule.startswith("contract-")]
    assert {tenant for each in queries for tenant in each.tenants} == set(body.drift_summary.tenant_impact)
    assert roll_up(body)[0].severity == "error"


def with_namespaces(report: ScanReport, *tenants: str) -> ScanReport:
    """The same, where these tenants have a namespace of their own instead of a database."""
    groups = []
    for group in report.body.groups:
        if set(group.tenants) & set(tenants):
            text = json.encode(group).decode().replace("public", "{tenant}").replace(group.id, f"n{group.id[1:]}")
            groups.append(json.decode(text, type=DriftGroup))
        else:
            groups.append(group)
    return around(replace(report.body, groups=tuple(groups)))


def test_what_lacks_in_namespaces_and_in_databases_is_one_thing_called_as_databases_have_it():
    both = with_namespaces(scanned(a="e", b="ec"), "b")
    email = next(each for each in roll_up(both.body) if "customers_email" in each.message)
    assert email.tenants == ("a", "b")
    assert "{tenant}" not in email.message + email.object
    alone = with_namespaces(scanned(b="e"), "b")
    (own,) = roll_up(alone.body)
    assert "{tenant}.customers_email_lower_idx" in own.object
    assert new_since(both.body, alone.body)[0].tenants == ("a",)
