"""Assemble the report body: a status per tenant, drift groups, the headline. Pure: same input, same bytes."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

import msgspec

from coordinator.report.assess import Assessments
from coordinator.report.ignoring import IgnoreAccount
from coordinator.report.judged import Judged, TenantOutcome
from coordinator.report.model import (
    DeclarationSummary,
    DriftGroup,
    NotCompared,
    ReportBody,
    Rollout,
    TenantResult,
    TenantStatus,
)
from coordinator.report.summary import remediation_steps, summarise
from coordinator.report.tenancy import TenancyAccount
from shared.analysis.analysis import Analysis
from shared.contracts.contract import Verdict
from shared.contracts.judge import verdict_order
from shared.findings.ignore import IgnoreRule
from shared.findings.judge import finding_order
from shared.schema.canonical import content_hash, schema_hash
from shared.schema.schema import Spec, Unmodelled
from shared.schema.tenancy import Tenancy
from shared.targets import UNREACHABLE


def assemble_body(
    *,
    fleet: str,
    declared: Sequence[Judged],
    outcomes: Iterable[TenantOutcome],
    unchecked: Iterable[str] = (),
    unmodelled: Iterable[Unmodelled] = (),
    unread_services: Iterable[str] = (),
    ignores: Sequence[IgnoreRule] = (),
    tenancy: TenancyAccount | None = None,
    today: dt.date = dt.date.min,
) -> ReportBody:
    """Build the body of a report.

    Args:
        fleet: Name of the fleet.
        declared: The declared schemas, at least one, each with the analyses of its tenants.
        outcomes: One for each tenant of the fleet, in any order.
        unchecked: What could not be evaluated, as sentences. What contracts could not decide is added.
        unmodelled: What PostgreSQL has and fleetdrift does not read; the largest count of a catalog stands.
        unread_services: Services that depend on a database crate of which nothing was read.
        ignores: Drift that somebody has decided to live with, in the order of the configuration.
        tenancy: The tenancy rules; None where the fleet has none.
        today: Decides which ignore rules have ended.

    Raises:
        ValueError: When a tenant occurs twice, or the statuses do not sum to the fleet.
        KeyError: When there is no analysis for the fingerprint of an outcome.
    """
    ordered = sorted(outcomes, key=lambda outcome: outcome.tenant)
    _refuse_duplicates(ordered)
    account = IgnoreAccount(ignores, today)
    tenants = tenancy or TenancyAccount(Tenancy())
    assessments = Assessments(declared, account, tenants)
    results = tuple(_result(outcome, assessments) for outcome in ordered)
    groups = _groups(results, assessments)
    tenancy_faults = {finding for judged in declared for finding in tenants.of_declaration(judged.spec)}
    read = Counter((outcome.declared, outcome.fingerprint) for outcome in ordered if outcome.fingerprint)
    analysed = [(declared[number].analyses[name], count) for (number, name), count in sorted(read.items())]
    service_faults = tenants.reported_verdicts(_service_faults(analysis for analysis, _ in analysed))
    return ReportBody(
        fleet=fleet,
        spec=hash_of_specs(judged.spec for judged in declared),
        expected_version=_expected_version(declared),
        tenants=results,
        counts=_counts(results),
        shapes=len({result.shape for result in results if result.shape}),
        groups=groups,
        drift_summary=summarise(groups, results),
        remediation_steps=remediation_steps(groups),
        unchecked=tuple(sorted({*unchecked, *assessments.undecided_queries()})),
        unmodelled=_largest(unmodelled),
        ignored=account.ignored(),
        notices=(*account.notices(), *tenants.notices()),
        not_compared=_not_compared(analysed),
        service_faults=service_faults,
        tenancy_faults=tuple(sorted(tenancy_faults, key=finding_order)),
        unread_services=tuple(sorted(unread_services)),
        rollouts=_rollouts(results, assessments),
        declarations=_declarations(declared),
    )


def hash_of_specs(specs: Iterable[Spec]) -> str:
    """Name what is declared: by the hash of the schema, where there are several by the hash of all of theirs."""
    hashes = sorted({schema_hash(spec.schema) for spec in specs})
    return hashes[0] if len(hashes) == 1 else content_hash("specs/1", hashes)


def _declarations(declared: Sequence[Judged]) -> tuple[DeclarationSummary, ...]:
    tenants: Counter[DeclarationSummary] = Counter()
    for summary in (judged.summary for judged in declared if judged.summary is not None and judged.summary.tenants):
        tenants[msgspec.structs.replace(summary, tenants=0)] += summary.tenants
    several = tenants.items() if len(tenants) > 1 else ()
    return tuple(sorted(msgspec.structs.replace(summary, tenants=count) for summary, count in several))


def _expected_version(declared: Sequence[Judged]) -> str:
    """Give the version that all tenants should be at; empty where it is not the same for all."""
    versions = {judged.expected_version for judged in declared}
    return versions.pop() if len(versions) == 1 else ""


def _not_compared(analysed: Iterable[tuple[Analysis, int]]) -> tuple[NotCompared, ...]:
    """Count what was left out, by tool: over tenants, and the most that one of them has.

    Args:
        analysed: Each analysis with the number of its tenants.
    """
    found: dict[str, NotCompared] = {}
    for analysis, count in analysed:
        for entry in analysis.left_out:
            before = found.get(entry.tool, NotCompared(tool=entry.tool, objects=0, tenants=0))
            found[entry.tool] = NotCompared(
                tool=entry.tool, objects=max(before.objects, entry.objects), tenants=before.tenants + count
            )
    return tuple(sorted(found.values()))


def _service_faults(analyses: Iterable[Analysis]) -> tuple[Verdict, ...]:
    """Collect what the services themselves do wrong: it is the same in every tenant, and said once."""
    found = dict.fromkeys(verdict for analysis in analyses for verdict in analysis.verdicts if verdict.declared_too)
    return tuple(sorted(found, key=verdict_order))


def _result(outcome: TenantOutcome, assessments: Assessments) -> TenantResult:
    if outcome.excluded:
        return TenantResult(tenant=outcome.tenant, status=TenantStatus.EXCLUDED)
    if outcome.failure is not None:
        status = TenantStatus.UNREACHABLE if outcome.failure.kind in UNREACHABLE else TenantStatus.ERROR
        return TenantResult(tenant=outcome.tenant, status=status, failure=outcome.failure)
    assessment = assessments.of(outcome)
    return TenantResult(
        tenant=outcome.tenant,
        status=assessment.status,
        shape=assessment.shape,
        group=assessment.group.id if assessment.group else "",
        rollout=assessment.rollout.id if assessment.rollout else "",
        versions=tuple(sorted(outcome.versions)),
    )


def _groups(results: Iterable[TenantResult], assessments: Assessments) -> tuple[DriftGroup, ...]:
    groups = assessments.groups()
    return tuple(
        msgspec.structs.replace(groups[group], tenants=tenants)
        for group, tenants in _members((result.group, result.tenant) for result in results)
    )


def _rollouts(results: Iterable[TenantResult], assessments: Assessments) -> tuple[Rollout, ...]:
    rollouts = assessments.rollouts()
    return tuple(
        msgspec.structs.replace(rollouts[rollout], tenants=tenants)
        for rollout, tenants in _members((result.rollout, result.tenant) for result in results)
    )


def _members(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, tuple[str, ...]]]:
    """Give the tenants of each id, sorted by id; tenants without one are in none."""
    members: defaultdict[str, list[str]] = defaultdict(list)
    for identifier, tenant in pairs:
        if identifier:
            members[identifier].append(tenant)
    return [(identifier, tuple(tenants)) for identifier, tenants in sorted(members.items())]


def _counts(results: tuple[TenantResult, ...]) -> tuple[tuple[TenantStatus, int], ...]:
    counted = Counter(result.status for result in results)
    counts = tuple((status, counted[status]) for status in TenantStatus)
    if sum(count for _, count in counts) != len(results):
        raise ValueError(
            f"the statuses sum to {sum(count for _, count in counts)}, the fleet has {len(results)} tenants"
        )
    return counts


def _refuse_duplicates(ordered: list[TenantOutcome]) -> None:
    for before, after in pairwise(ordered):
        if before.tenant == after.tenant:
            raise ValueError(f"tenant {after.tenant!r} was counted twice")


def _largest(unmodelled: Iterable[Unmodelled]) -> tuple[Unmodelled, ...]:
    counts: dict[str, int] = {}
    for entry in unmodelled:
        counts[entry.catalog] = max(counts.get(entry.catalog, 0), entry.count)
    return tuple(Unmodelled(catalog, count) for catalog, count in sorted(counts.items()))
