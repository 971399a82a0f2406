"""Ignore rules over a whole fleet: statuses, plans, and the account of what each has left out."""

from __future__ import annotations

import datetime as dt
import tomllib
from typing import Any

import msgspec

from coordinator.report.assemble import assemble_body
from coordinator.report.exit_code import exit_code, scan_status
from coordinator.report.judged import Judged, TenantOutcome
from coordinator.report.model import ReportBody, TenantStatus
from coordinator.report.renderers.presentation import finding_details, ignored_sentence
from shared.analysis.analysis import Analysis
from shared.findings.ignore import IgnoreRule, KeptIgnoreRule, ignoring
from shared.remediation.plan import ProofStatus
from tests.reports import (
    CREATED_INDEX,
    EMAIL_INDEX,
    LEGACY_CHECK,
    ON_CONFLICT,
    ORDERS,
    TODAY,
    altered,
    analysis_of,
    create_index,
    demo_spec,
    drop_check,
    report_of,
)

SPEC = demo_spec()
LATER = dt.date(2026, 6, 1)


def rule(**given: Any) -> IgnoreRule:
    return IgnoreRule(**{"reason": "known", "owner": "ada", "until": LATER, **given})


def both_missing() -> Analysis:
    return analysis_of("a", SPEC, ORDERS, statements=(create_index(EMAIL_INDEX), create_index(CREATED_INDEX)))


def assembled(
    *rules: IgnoreRule, outcomes: tuple[TenantOutcome, ...] = (), analysis: Analysis | None = None
) -> ReportBody:
    return assemble_body(
        fleet="demo",
        declared=[Judged(spec=SPEC, analyses={"a": analysis or both_missing()})],
        outcomes=outcomes or (TenantOutcome(tenant="t", fingerprint="a"),),
        ignores=rules,
        today=TODAY,
    )


def test_a_tenant_whose_drift_is_all_ignored_is_in_sync() -> None:
    body = assembled(rule(kind="index"))

    assert body.tenants[0].status is TenantStatus.IN_SYNC
    assert body.groups == ()
    assert body.drift_summary.missing_indexes == 0
    assert body.remediation_steps == 0
    assert exit_code(scan_status(body)) == 0


def test_an_ignore_rule_holds_on_its_last_day_and_not_on_the_next() -> None:
    assert assembled(rule(kind="index", until=TODAY)).tenants[0].status is TenantStatus.IN_SYNC
    assert assembled(rule(kind="index", until=TODAY - dt.timedelta(days=1))).tenants[0].status is TenantStatus.DRIFTED


def test_pasting_the_lines_beside_every_finding_of_a_report_turns_the_exit_code_to_zero() -> None:
    for report, analysis in (
        (
            report_of(SPEC, [TenantOutcome(tenant="t", fingerprint="a")], {"a": both_missing()}, expected_version=""),
            None,
        ),
        (altered(), msgspec.structs.replace(_altered_analysis(), verdicts=())),
    ):
        lines = [entry.ignore for group in report.body.groups for entry in finding_details(group, report)]
        rules = msgspec.convert(tomllib.loads("\n".join(lines))["ignore"], list[IgnoreRule])

        body = assembled(*rules, analysis=analysis)

        assert exit_code(scan_status(body)) == 0
        assert body.notices == ()


def _altered_analysis() -> Analysis:
    [group] = altered().body.groups
    assert group.plan is not None
    return Analysis(id="a", shape=group.shape, diff=group.diff, findings=group.findings, plan=group.plan)


def test_statements_for_ignored_objects_leave_the_plan_which_then_is_not_the_proven_one() -> None:
    [group] = assembled(rule(name=CREATED_INDEX.name)).groups

    assert [finding.object.name for finding in group.findings] == [EMAIL_INDEX.name]
    assert group.plan is not None
    assert [statement.object.name for statement in group.plan.statements] == [EMAIL_INDEX.name]
    assert group.plan.proof.status is ProofStatus.NOT_ATTEMPTED
    assert group.plan.proof.reason == (
        "what was for an ignored difference is left out of a plan that is proven as a whole"
    )


def test_a_plan_that_loses_nothing_stays_proven() -> None:
    analysis = both_missing()
    later = msgspec.structs.replace(
        analysis, plan=msgspec.structs.replace(analysis.plan, statements=analysis.plan.statements[:1])
    )

    [group] = assembled(rule(name=CREATED_INDEX.name), analysis=later).groups

    assert group.plan is not None
    assert group.plan.proof.status is ProofStatus.PROVEN


def test_what_stays_different_without_destruction_is_no_longer_told_when_it_is_ignored() -> None:
    observed = (*ORDERS, EMAIL_INDEX, LEGACY_CHECK)
    analysis = analysis_of("a", SPEC, observed, statements=(create_index(CREATED_INDEX), drop_check()))

    [group] = assembled(rule(kind="constraint"), analysis=analysis).groups

    assert group.plan is not None
    assert group.plan.remaining == ()
    assert [statement.destructive for statement in group.plan.statements] == [False]


def test_a_rule_for_a_label_parts_tenants_of_one_shape_into_those_it_excuses_and_the_others() -> None:
    outcomes = (
        TenantOutcome(tenant="t1", fingerprint="a", labels=(("tier", "free"),)),
        TenantOutcome(tenant="t2", fingerprint="a", labels=(("tier", "gold"),)),
        TenantOutcome(tenant="t3", fingerprint="a", labels=(("tier", "free"),)),
    )

    body = assembled(rule(kind="index", labels={"tier": "free"}), outcomes=outcomes)

    assert [result.status for result in body.tenants] == [
        TenantStatus.IN_SYNC,
        TenantStatus.DRIFTED,
        TenantStatus.IN_SYNC,
    ]
    [account] = body.ignored
    assert account.tenants == 2
    assert account.objects == (EMAIL_INDEX.identity, CREATED_INDEX.identity)


def test_rules_that_ended_or_matched_nothing_are_told() -> None:
    body = assembled(
        rule(kind="index", until=TODAY - dt.timedelta(days=1), reason="import", owner="bob"),
        rule(kind="view"),
    )

    assert body.tenants[0].status is TenantStatus.DRIFTED
    assert body.ignored == ()
    assert body.notices == (
        "ignore rule 1 (import; bob) ended on 2026-02-28: what it ignored is drift again",
        "ignore rule 2 (known; ada) matched nothing in the tenants that were read",
    )


def test_what_breaks_because_of_ignored_drift_stays_broken() -> None:
    analysis = msgspec.structs.replace(both_missing(), verdicts=(ON_CONFLICT,))

    body = assembled(rule(kind="index"), analysis=analysis)

    assert body.tenants[0].status is TenantStatus.DRIFTED
    assert body.groups[0].findings == ()
    assert body.groups[0].verdicts == (ON_CONFLICT,)


def test_a_rule_of_the_store_is_named_in_the_report() -> None:
    kept = KeptIgnoreRule.named("ab12", rule(kind="index"))
    spare = KeptIgnoreRule.named("cd34", rule(kind="view"))
    body = assembled(kept, spare)
    [drift] = body.ignored
    assert drift.kept == "ab12"
    assert ignored_sentence(drift) == (
        "ignored until 2026-06-01: 2 differences on 1 tenant (known; ada; rule ab12 of the store)"
    )
    assert body.notices == ("ignore rule cd34 of the store (known; ada) matched nothing in the tenants that were read",)


def test_the_configuration_s_rules_come_first_and_win_over_those_of_the_store() -> None:
    own = rule(kind="index", labels={"tier": "gold"}, until=dt.date(2020, 1, 1))
    same = KeptIgnoreRule.named("ab12", rule(kind="index", labels={"tier": "gold"}, reason="another", owner="bob"))
    other = KeptIgnoreRule.named("cd34", rule(kind="index"))
    assert ignoring([own], [same, other]) == (own, other)
