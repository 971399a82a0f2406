"""Statuses, groups and the headline, from answers in any order."""

from __future__ import annotations

import random
from collections.abc import Sequence

import msgspec
import pytest

from coordinator.report.assemble import assemble_body
from coordinator.report.exit_code import exit_code, scan_status
from coordinator.report.judged import Judged, TenantOutcome
from coordinator.report.model import DeclarationSummary, DriftGroup, DriftSummary, ReportBody, ScanStatus, TenantStatus
from coordinator.report.renderers.version_step import version_step
from shared.analysis.analysis import Analysis
from shared.contracts.contract import VerdictStatus
from shared.diff.changes import SchemaDiff, Unverified
from shared.remediation.guard import Guard
from shared.schema.canonical import canonical_json, schema_hash
from shared.schema.profile import Profile
from shared.schema.relations import Table
from shared.schema.schema import Origin, SchemaVersion, Unmodelled
from shared.targets import UNREACHABLE, Failure, FailureKind
from tests.reports import (
    CREATED_INDEX,
    EMAIL_INDEX,
    EXPECTED_VERSION,
    LEGACY_CHECK,
    ON_CONFLICT,
    ORDERS,
    REFUND,
    analysis_of,
    create_index,
    demo_analyses,
    demo_outcomes,
    demo_spec,
    version,
)

SPEC = demo_spec()
IN_SYNC = (*ORDERS, EMAIL_INDEX, CREATED_INDEX)


def assembled(
    outcomes: Sequence[TenantOutcome], analyses: dict[str, Analysis] | None = None, *, expected: str = EXPECTED_VERSION
) -> ReportBody:
    return assemble_body(
        fleet="demo",
        declared=[Judged(spec=SPEC, expected_version=expected, analyses=analyses or demo_analyses(SPEC))],
        outcomes=outcomes,
    )


def status_of(analysis: Analysis, *, expected: str = "", versions: tuple[SchemaVersion, ...] = ()) -> TenantStatus:
    outcome = TenantOutcome(tenant="t", fingerprint=analysis.id, versions=versions)
    return assembled([outcome], {analysis.id: analysis}, expected=expected).tenants[0].status


def only_group(body: ReportBody) -> DriftGroup:
    [group] = body.groups
    return group


def test_the_demo_fleet_gives_the_summary_the_product_was_born_from() -> None:
    body = assembled(demo_outcomes())

    assert body.drift_summary == DriftSummary(
        missing_indexes=2,
        orphaned_constraints=1,
        schema_version_mismatches=1,
        service_contract_violations=2,
        tenant_impact=("tenant-001", "tenant-002"),
    )
    assert body.remediation_steps == 4
    assert body.shapes == 3
    assert [result.status for result in body.tenants] == [
        TenantStatus.DRIFTED,
        TenantStatus.DRIFTED,
        TenantStatus.IN_SYNC,
    ]


def test_the_same_drift_from_two_declarations_is_two_groups_each_with_its_own_files() -> None:
    analysis = analysis_of("a", SPEC, ORDERS)

    def judged(source: str) -> Judged:
        summary = DeclarationSummary(source=source, spec=schema_hash(SPEC.schema), tenants=1)
        origin = Origin(f"{source}/schema.sql", 7)
        findings = tuple(msgspec.structs.replace(finding, origin=origin) for finding in analysis.findings)
        return Judged(spec=SPEC, summary=summary, analyses={"a": msgspec.structs.replace(analysis, findings=findings)})

    body = assemble_body(
        fleet="demo",
        declared=[judged("first"), judged("second")],
        outcomes=[
            TenantOutcome(tenant="one", fingerprint="a", declared=0),
            TenantOutcome(tenant="two", fingerprint="a", declared=1),
        ],
    )

    told = {
        (group.tenants, finding.origin.file) for group in body.groups for finding in group.findings if finding.origin
    }
    assert told == {(("one",), "first/schema.sql"), (("two",), "second/schema.sql")}


def test_the_order_of_answers_changes_no_byte() -> None:
    outcomes = [
        TenantOutcome(tenant=f"t{number}", fingerprint="abc"[number % 3], versions=version(str(number % 2)))
        for number in range(40)
    ]
    analyses = demo_analyses(SPEC)
    first = canonical_json(assembled(outcomes, analyses))
    shuffled = random.Random(7)

    for _ in range(5):
        shuffled.shuffle(outcomes)
        backwards = dict(shuffled.sample(list(analyses.items()), len(analyses)))
        assert canonical_json(assembled(outcomes, backwards)) == first


def test_every_count_is_over_tenants_and_every_plan_counts_once() -> None:
    outcomes = [
        TenantOutcome(tenant=f"t{number:02}", fingerprint="a", versions=version(EXPECTED_VERSION))
        for number in range(25)
    ]

    body = assembled(outcomes)

    assert body.drift_summary.missing_indexes == 50
    assert body.drift_summary.service_contract_violations == 25
    assert len(body.drift_summary.tenant_impact) == 25
    assert body.remediation_steps == 2
    assert only_group(body).tenants == tuple(f"t{number:02}" for number in range(25))


def test_tenants_with_one_schema_and_two_versions_are_two_groups_with_one_plan() -> None:
    outcomes = [
        TenantOutcome(tenant="t1", fingerprint="a", versions=version(EXPECTED_VERSION)),
        TenantOutcome(tenant="t2", fingerprint="a", versions=version("1")),
    ]

    body = assembled(outcomes)

    assert sorted(group.tenants for group in body.groups) == [("t1",), ("t2",)]
    assert body.shapes == 1
    assert body.remediation_steps == 3


def test_versions_split_no_group_where_none_is_declared() -> None:
    outcomes = [TenantOutcome(tenant=f"t{n}", fingerprint="a", versions=version(str(n))) for n in range(3)]

    assert only_group(assembled(outcomes, expected="")).versions == ()


def test_two_fingerprints_of_one_shape_are_one_group_whichever_came_first() -> None:
    one = analysis_of("k1", SPEC, ORDERS, statements=(create_index(EMAIL_INDEX),))
    two = msgspec.structs.replace(one, id="k2", plan=msgspec.structs.replace(one.plan, statements=()))
    outcomes = [TenantOutcome(tenant="t1", fingerprint="k2"), TenantOutcome(tenant="t2", fingerprint="k1")]

    for ordered in (outcomes, outcomes[::-1]):
        group = only_group(assembled(ordered, {"k2": two, "k1": one}, expected=""))
        assert group.tenants == ("t1", "t2")
        assert group.plan == one.plan


def test_the_plan_of_a_group_is_guarded_for_every_server_major_of_its_tenants() -> None:
    def analysis(name: str, major: int) -> Analysis:
        plain = analysis_of(name, SPEC, ORDERS, statements=(create_index(EMAIL_INDEX),))
        return msgspec.structs.replace(plain, plan=plain.plan.with_guards(Guard(major=major, profile=Profile())))

    analyses = {name: analysis(name, major) for name, major in (("a", 14), ("b", 16), ("c", 18))}
    outcomes = [TenantOutcome(tenant=f"on {name}", fingerprint=name) for name in analyses]

    for ordered in (outcomes, outcomes[::-1]):
        plan = only_group(assembled(ordered, analyses, expected="")).plan
        assert plan is not None
        assert [guard.major for guard in plan.guards] == [14, 16, 18]
        assert plan.statements == analyses["a"].plan.statements


def test_the_statuses_of_a_scan_sum_to_the_fleet() -> None:
    outcomes = [
        *demo_outcomes(),
        TenantOutcome(tenant="x1", failure=Failure(FailureKind.REFUSED, "refused")),
        TenantOutcome(tenant="x2", failure=Failure(FailureKind.BUSY, "busy")),
        TenantOutcome(tenant="x3", excluded=True),
    ]

    counts = dict(assembled(outcomes).counts)

    assert list(counts) == list(TenantStatus)
    assert sum(counts.values()) == len(outcomes)
    assert counts[TenantStatus.DRIFTED] == 2
    assert counts[TenantStatus.UNREACHABLE] == counts[TenantStatus.ERROR] == counts[TenantStatus.EXCLUDED] == 1


@pytest.mark.parametrize("kind", FailureKind)
def test_a_failure_makes_a_tenant_unreachable_or_an_error_and_keeps_its_reason(kind: FailureKind) -> None:
    failure = Failure(kind, "why")

    [result] = assembled([TenantOutcome(tenant="t", failure=failure)]).tenants

    assert result.status is (TenantStatus.UNREACHABLE if kind in UNREACHABLE else TenantStatus.ERROR)
    assert result.failure == failure
    assert result.shape == result.group == ""


def test_a_tenant_counted_twice_is_refused() -> None:
    outcome = TenantOutcome(tenant="t", fingerprint="c")

    with pytest.raises(ValueError, match="tenant 't' was counted twice"):
        assembled([outcome, outcome])


def test_a_tenant_is_either_read_or_failed_or_excluded() -> None:
    for given in (
        {},
        {"fingerprint": "a", "excluded": True},
        {"excluded": True, "failure": Failure(FailureKind.BUSY, "")},
    ):
        with pytest.raises(ValueError, match="must be either read, failed or excluded"):
            TenantOutcome(tenant="t", **given)  # type: ignore[arg-type]


def test_what_could_not_be_rebuilt_is_unverified_told_and_counted_nowhere() -> None:
    analysis = analysis_of("a", SPEC, ORDERS, unverified="no such extension")

    body = assembled([TenantOutcome(tenant="t", fingerprint="a")], {"a": analysis}, expected="")

    assert body.tenants[0].status is TenantStatus.UNVERIFIED
    assert "no such extension" in only_group(body).findings[-1].message
    assert body.drift_summary == DriftSummary(
        missing_indexes=0,
        orphaned_constraints=0,
        schema_version_mismatches=0,
        service_contract_violations=0,
        tenant_impact=(),
    )


def test_a_diff_of_nothing_but_unverified_changes_is_unverified_and_one_decided_change_is_drift() -> None:
    undecided = Unverified(EMAIL_INDEX.identity, "why")
    decided = analysis_of("b", SPEC, ORDERS).diff.changes

    only = analysis_of("a", SPEC, IN_SYNC, diff=SchemaDiff((undecided,)))
    both = analysis_of("b", SPEC, IN_SYNC, diff=SchemaDiff((undecided, decided[-1])))

    assert status_of(only) is TenantStatus.UNVERIFIED
    assert status_of(both) is TenantStatus.DRIFTED


def test_a_tenant_that_has_all_of_an_incomplete_declaration_is_never_green() -> None:
    same = analysis_of("a", SPEC, IN_SYNC)

    body = assemble_body(
        fleet="f",
        declared=[
            Judged(spec=SPEC, analyses={"a": same}, incomplete="the declaration could not be read whole: main.tf:8")
        ],
        outcomes=[TenantOutcome(tenant="t", fingerprint="a")],
    )

    assert body.tenants[0].status is TenantStatus.UNVERIFIED
    assert "main.tf:8" in only_group(body).findings[0].message


def test_drift_against_an_incomplete_declaration_is_not_all_that_there_may_be() -> None:
    body = assembled([TenantOutcome(tenant="t", fingerprint=next(iter(demo_analyses(SPEC))))])

    assert exit_code(scan_status(body, "the declaration could not be read whole: main.tf:8")) == 3


def test_a_broken_contract_alone_makes_a_tenant_drifted() -> None:
    assert status_of(analysis_of("a", SPEC, IN_SYNC, verdicts=(ON_CONFLICT,))) is TenantStatus.DRIFTED


def test_a_query_nobody_can_decide_leaves_tenants_in_sync_and_is_listed() -> None:
    undecided = msgspec.structs.replace(REFUND, status=VerdictStatus.UNVERIFIED, reason="built at run time")
    analysis = analysis_of("a", SPEC, IN_SYNC, verdicts=(undecided,))

    body = assembled([TenantOutcome(tenant="t", fingerprint="a")], {"a": analysis}, expected="")

    assert body.tenants[0].status is TenantStatus.IN_SYNC
    assert body.groups == ()
    assert body.unchecked == ("orders: src/orders.rs:58: built at run time",)


def test_a_version_that_cannot_be_read_is_never_green() -> None:
    clean = analysis_of("a", SPEC, IN_SYNC)

    assert status_of(clean, expected="12") is TenantStatus.UNVERIFIED
    assert status_of(clean, expected="12", versions=version("12")) is TenantStatus.IN_SYNC
    assert status_of(clean, expected="12", versions=version("11")) is TenantStatus.DRIFTED
    assert status_of(clean, versions=version("11", dirty=True)) is TenantStatus.DRIFTED


def test_indexes_and_constraints_of_a_missing_table_are_not_counted_beside_it() -> None:
    spec = demo_spec()
    analysis = analysis_of("a", spec, (Table(namespace="public", name="other"),))

    body = assembled([TenantOutcome(tenant="t", fingerprint="a")], {"a": analysis}, expected="")

    assert body.drift_summary.missing_indexes == 0
    assert [finding.rule for finding in only_group(body).findings] == [
        "missing-table",
        "missing-table",
        "unexpected-table",
    ]


def test_what_was_not_read_is_reported_once_with_its_largest_count() -> None:
    body = assemble_body(
        fleet="demo",
        declared=[Judged(spec=SPEC, analyses={})],
        outcomes=(),
        unmodelled=(Unmodelled("pg_b", 1), Unmodelled("pg_a", 2), Unmodelled("pg_b", 5)),
        unchecked=("b", "a", "b"),
    )

    assert body.unmodelled == (Unmodelled("pg_a", 2), Unmodelled("pg_b", 5))
    assert body.unchecked == ("a", "b")


def test_drift_ends_with_two_and_an_incomplete_scan_with_three_even_with_drift() -> None:
    drifted = demo_outcomes()
    unread = TenantOutcome(tenant="x", failure=Failure(FailureKind.TIMEOUT, "no answer"))
    excluded = TenantOutcome(tenant="y", excluded=True)

    def ended(*outcomes: TenantOutcome) -> int:
        return exit_code(scan_status(assembled(outcomes)))

    assert ended(drifted[2]) == 0
    assert ended(drifted[2], excluded) == 0
    assert ended(*drifted) == 2
    assert ended(*drifted, unread) == 3
    assert ended(drifted[2], unread) == 3
    assert exit_code(ScanStatus.FAILED) == 1


@pytest.mark.parametrize(
    ("versions", "step"),
    [
        (version("20260115"), "run the pending migrations (sqlx migrate run), from 20260115 to 20260201"),
        (version("20260301"), "declare 20260301 if it was released, else roll back to 20260201 with sqlx"),
        (version("ae10"), "find out which of ae10 and 20260201 is newer, then migrate with sqlx"),
        (
            (SchemaVersion("golang-migrate", "7", dirty=True),),
            "repair the migration to 7 that failed half-way, then run migrate up",
        ),
    ],
)
def test_another_version_is_explained_and_nothing_is_run(versions: tuple[SchemaVersion, ...], step: str) -> None:
    body = assembled([TenantOutcome(tenant="t", fingerprint="c", versions=versions)])

    assert version_step(only_group(body), EXPECTED_VERSION) == step
    assert body.remediation_steps == 1


def test_the_orphaned_constraint_is_counted_for_every_tenant_that_has_it() -> None:
    analysis = analysis_of("a", SPEC, (*IN_SYNC, LEGACY_CHECK))
    outcomes = [TenantOutcome(tenant=f"t{number}", fingerprint="a") for number in range(7)]

    assert assembled(outcomes, {"a": analysis}, expected="").drift_summary.orphaned_constraints == 7


def test_what_the_declared_schema_breaks_as_well_is_said_once_and_makes_no_tenant_drifted():
    verdict = msgspec.structs.replace(REFUND, declared_too=True)
    analysis = analysis_of("a", SPEC, IN_SYNC, verdicts=(verdict,))
    outcomes = [TenantOutcome(tenant=name, fingerprint="a") for name in ("t1", "t2")]
    body = assemble_body(fleet="demo", declared=[Judged(spec=SPEC, analyses={"a": analysis})], outcomes=outcomes)
    assert body.service_faults == (verdict,)
    assert [result.status for result in body.tenants] == [TenantStatus.IN_SYNC] * 2
    assert body.drift_summary.service_contract_violations == 0
    assert exit_code(scan_status(body)) == 0


def test_a_service_of_which_nothing_was_read_makes_a_scan_incomplete():
    body = assemble_body(
        fleet="demo", declared=[Judged(spec=SPEC, analyses={})], outcomes=[], unread_services=["orders"]
    )
    assert exit_code(scan_status(body)) == 3
