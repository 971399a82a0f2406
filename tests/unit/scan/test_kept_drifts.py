"""What a patch would keep is what still is drift of a tenant: what is ignored is not offered for the declaration."""

from __future__ import annotations

import datetime as dt
from typing import Any

from coordinator.report.judged import TenantOutcome
from coordinator.report.model import Patch
from coordinator.scan.keeping import kept_drifts
from shared.findings.ignore import IgnoreRule
from shared.targets import Observation, Target
from tests.reports import CREATED_INDEX, EMAIL_INDEX, ORDERS, TODAY, analysis_of, create_index, demo_spec, report_of

SPEC = demo_spec()
ANALYSES = {
    "a": analysis_of("a", SPEC, ORDERS, statements=(create_index(EMAIL_INDEX), create_index(CREATED_INDEX))),
    "b": analysis_of("b", SPEC, ORDERS),
}


def rule(**given: Any) -> IgnoreRule:
    return IgnoreRule(**{"reason": "known", "owner": "ada", "until": dt.date(2026, 6, 1), **given})


def tenant(name: str, fingerprint: str = "a") -> tuple[Target, Observation]:
    return Target(tenant=name, host="here", database=name), Observation(fingerprint=fingerprint, server_version=180000)


def left(*rules: IgnoreRule, tenants: tuple[str, ...] = ("t",)) -> list[list[str]]:
    drifts = kept_drifts(ANALYSES, [tenant(name) for name in tenants], rules, TODAY)
    return [[change.identity.name for change in diff.changes] for diff, _ in drifts]


def test_what_is_ignored_is_not_kept() -> None:
    assert left() == [[EMAIL_INDEX.name, CREATED_INDEX.name]]
    assert left(rule(name=EMAIL_INDEX.name)) == [[CREATED_INDEX.name]]
    assert left(rule(kind="index")) == [[]]


def test_a_rule_about_one_tenant_leaves_the_patch_of_another_whole() -> None:
    rules = (rule(name=EMAIL_INDEX.name, tenant="one"),)
    assert left(*rules, tenants=("one", "two")) == [[CREATED_INDEX.name], [EMAIL_INDEX.name, CREATED_INDEX.name]]


def test_a_tenant_whose_shape_was_not_analysed_has_no_patch() -> None:
    assert kept_drifts(ANALYSES, [tenant("t", "z")], (), TODAY) == []


def test_a_group_of_a_report_has_the_patch_of_its_own_drift_and_no_other() -> None:
    patches = {"a": (Patch(summary="both indexes", diff="+"),)}
    outcomes = [TenantOutcome(tenant="t", fingerprint="a")]
    whole = report_of(SPEC, outcomes, ANALYSES, patches=patches, expected_version="")
    part = report_of(
        SPEC, outcomes, ANALYSES, patches=patches, expected_version="", ignores=(rule(name=EMAIL_INDEX.name),)
    )
    assert [group.patches for group in whole.body.groups] == [patches["a"]]
    assert [group.patches for group in part.body.groups] == [()]
