"""Assemble the report body: a status per tenant, drift groups, the headline. Pure: same input, same bytes."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

import msgspec

from coordinator.report.ignoring import IgnoreAccount, Places
from coordinator.report.model import (
    DriftGroup,
    NotCompared,
    Patch,
    ReportBody,
    TenantResult,
    TenantStatus,
)
from coordinator.report.summary import remediation_steps, summarise
from shared.analysis.analysis import Analysis
from shared.contracts.contract import Verdict, VerdictStatus
from shared.contracts.judge import verdict_order
from shared.diff.changes import Unverified
from shared.findings.finding import Finding
from shared.findings.ignore import IgnoreRule
from shared.findings.judge import finding_order, judge_shape, judge_version
from shared.findings.rules import schema_version_mismatch
from shared.schema.canonical import content_hash, schema_hash
from shared.schema.schema import SchemaVersion, Spec, Unmodelled
from shared.targets import UNREACHABLE, Failure

_ID_DIGITS = 16


class TenantOutcome(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How the scan of one tenant ended: read (and analysed), failed, or left out. Exactly one of the three.

    Args:
        tenant: Name.
        fingerprint: Of its schema, when it was read; `assemble_body` finds the analysis by it.
        versions: What its migration tables said, when it was read.
        failure: Why it could not be read.
        excluded: The configuration leaves it out.
        labels: The tenant's, for ignore rules: (name, value) pairs.

    Raises:
        ValueError: When none or several of the three are given.
    """

    tenant: str
    fingerprint: str = ""
    versions: tuple[SchemaVersion, ...] = ()
    failure: Failure | None = None
    excluded: bool = False
    labels: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        given = bool(self.fingerprint) + (self.failure is not None) + self.excluded
        if given != 1:
            raise ValueError(
                f"tenant {self.tenant!r} must be either read, failed or excluded: {given} of them are given"
            )


class _Assessment(msgspec.Struct, frozen=True, kw_only=True):
    """The judgement shared by all tenants with the same fingerprint, versions and ignore rules."""

    status: TenantStatus
    shape: str
    group: DriftGroup | None  # without tenants


def assemble_body(
    *,
    fleet: str,
    spec: Spec,
    expected_version: str,
    outcomes: Iterable[TenantOutcome],
    analyses: Mapping[str, Analysis],
    patches: Mapping[str, tuple[Patch, ...]] | None = None,
    unchecked: Iterable[str] = (),
    unmodelled: Iterable[Unmodelled] = (),
    unread_services: Iterable[str] = (),
    ignores: Sequence[IgnoreRule] = (),
    today: dt.date = dt.date.min,
    incomplete: str = "",
) -> ReportBody:
    """Build the body of a report.

    Args:
        fleet: Name of the fleet.
        spec: The desired schema.
        expected_version: Declared schema version, or empty.
        outcomes: One for each tenant of the fleet, in any order.
        analyses: By fingerprint; every fingerprint of an outcome is in it.
        patches: Ways to keep the drift, by fingerprint.
        unchecked: What could not be evaluated, as sentences. What contracts could not decide is added.
        unmodelled: What PostgreSQL has and fleetdrift does not read; the largest count of a catalog stands.
        unread_services: Services that depend on a database crate of which nothing was read.
        ignores: Drift that somebody has decided to live with, in the order of the configuration.
        today: Decides which ignore rules have ended.
        incomplete: What of the declaration could not be read, in one sentence: a tenant that differs in nothing that
            was read may still lack what was not.

    Raises:
        ValueError: When a tenant occurs twice, or the statuses do not sum to the fleet.
        KeyError: When there is no analysis for the fingerprint of an outcome.
    """
    ordered = sorted(outcomes, key=lambda outcome: outcome.tenant)
    _refuse_duplicates(ordered)
    account = IgnoreAccount(ignores, today, spec)
    assessments = _Assessments(expected_version, analyses, patches or {}, account, incomplete)
    results = tuple(_result(outcome, assessments) for outcome in ordered)
    groups = _groups(results, assessments)
    return ReportBody(
        fleet=fleet,
        spec=schema_hash(spec.schema),
        expected_version=expected_version,
        tenants=results,
        counts=_counts(results),
        shapes=len({result.shape for result in results if result.shape}),
        groups=groups,
        drift_summary=summarise(groups, results),
        remediation_steps=remediation_steps(groups),
        unchecked=tuple(sorted({*unchecked, *assessments.undecided_queries()})),
        unmodelled=_largest(unmodelled),
        ignored=account.ignored(),
        notices=account.notices(),
        not_compared=_not_compared(ordered, analyses),
        service_faults=_service_faults(ordered, analyses),
        unread_services=tuple(sorted(unread_services)),
    )


def _not_compared(outcomes: Iterable[TenantOutcome], analyses: Mapping[str, Analysis]) -> tuple[NotCompared, ...]:
    """Count what was left out, by tool: over tenants, and the most that one of them has."""
    tenants = Counter(outcome.fingerprint for outcome in outcomes if outcome.fingerprint)
    found: dict[str, NotCompared] = {}
    for fingerprint, count in tenants.items():
        for entry in analyses[fingerprint].left_out:
            before = found.get(entry.tool, NotCompared(tool=entry.tool, objects=0, tenants=0))
            found[entry.tool] = NotCompared(
                tool=entry.tool, objects=max(before.objects, entry.objects), tenants=before.tenants + count
            )
    return tuple(sorted(found.values()))


def _service_faults(outcomes: Iterable[TenantOutcome], analyses: Mapping[str, Analysis]) -> tuple[Verdict, ...]:
    """Collect what the services themselves do wrong: it is the same in every tenant, and said once."""
    fingerprints = {outcome.fingerprint for outcome in outcomes if outcome.fingerprint}
    found: dict[Verdict, None] = {}
    for fingerprint in sorted(fingerprints):
        found.update((verdict, None) for verdict in analyses[fingerprint].verdicts if verdict.declared_too)
    return tuple(sorted(found, key=verdict_order))


class _Assessments:
    """Judges each distinct (fingerprint, versions, ignore rules) once; a fleet of 100,000 tenants has a handful.

    The judgements are kept in a memo, so that the tenants of one group share one.
    """

    def __init__(
        self,
        expected: str,
        analyses: Mapping[str, Analysis],
        patches: Mapping[str, tuple[Patch, ...]],
        ignores: IgnoreAccount,
        incomplete: str,
    ) -> None:
        self._incomplete = incomplete
        self._expected = expected
        self._analyses = analyses
        self._patches = patches
        self._ignores = ignores
        self._by_inputs: dict[tuple[str, tuple[SchemaVersion, ...], Places], _Assessment] = {}

    def of(self, outcome: TenantOutcome) -> _Assessment:
        rules = self._ignores.concerning(outcome.tenant, dict(outcome.labels))
        inputs = (outcome.fingerprint, tuple(sorted(outcome.versions)), rules)
        if inputs not in self._by_inputs:
            self._by_inputs[inputs] = self._assess(*inputs)
        self._ignores.count(outcome.fingerprint, rules)
        return self._by_inputs[inputs]

    def groups(self) -> dict[str, DriftGroup]:
        """Give every drift group by id.

        Several fingerprints may make the same group, where servers spell one schema differently. The group of the
        smallest fingerprint stands, and its plan takes over the guards of the others.
        """
        groups: dict[str, DriftGroup] = {}
        for _, assessment in sorted(self._by_inputs.items()):
            if assessment.group is not None:
                first = groups.setdefault(assessment.group.id, assessment.group)
                groups[assessment.group.id] = _with_guards(first, assessment.group)
        return groups

    def undecided_queries(self) -> Iterable[str]:
        """Say in sentences which queries the contracts could not decide."""
        fingerprints = {fingerprint for fingerprint, _, _ in self._by_inputs}
        for verdict in (verdict for each in fingerprints for verdict in self._analyses[each].verdicts):
            if verdict.status is VerdictStatus.UNVERIFIED and not verdict.declared_too:
                yield f"{verdict.service}: {verdict.file}:{verdict.line}: {verdict.reason}"

    def _assess(self, fingerprint: str, versions: tuple[SchemaVersion, ...], rules: Places) -> _Assessment:
        analysis = self._ignores.apply(fingerprint, self._analyses[fingerprint], rules)
        version_finding = judge_version(self._expected, versions)
        if self._incomplete and not analysis.diff and not analysis.unverified:
            analysis = msgspec.structs.replace(analysis, unverified=self._incomplete)
        findings = _findings(analysis, version_finding)
        verdicts = tuple(verdict for verdict in analysis.verdicts if not verdict.declared_too)
        status = _status(analysis, version_finding, verdicts)
        if status is TenantStatus.IN_SYNC:
            return _Assessment(status=status, shape=analysis.shape, group=None)
        # Versions tell groups apart only when one is declared or one is broken.
        group_versions = versions if self._expected or version_finding else ()
        group = DriftGroup(
            id=_group_id(analysis, verdicts, group_versions),
            tenants=(),
            shape=analysis.shape,
            versions=group_versions,
            diff=analysis.diff,
            findings=findings,
            verdicts=verdicts,
            plan=analysis.plan if analysis.plan.statements or analysis.plan.remaining else None,
            patches=self._patches.get(fingerprint, ()),
        )
        return _Assessment(status=status, shape=analysis.shape, group=group)


def _with_guards(group: DriftGroup, other: DriftGroup) -> DriftGroup:
    if group is other or group.plan is None or other.plan is None:
        return group
    return msgspec.structs.replace(group, plan=group.plan.with_guards(*other.plan.guards))


def _group_id(analysis: Analysis, verdicts: tuple[Verdict, ...], versions: tuple[SchemaVersion, ...]) -> str:
    identity: dict[str, object] = {
        "shape": analysis.shape,
        "diff": analysis.diff,
        "verdicts": verdicts,
        "versions": versions,
    }
    if analysis.unverified:  # the same shape, decided on one server and not on another, makes two groups
        identity["unverified"] = analysis.unverified
    return content_hash("group/1", identity)[:_ID_DIGITS]


def _findings(analysis: Analysis, version_finding: Finding | None) -> tuple[Finding, ...]:
    more = [version_finding] if version_finding else []
    if analysis.unverified:
        more.append(judge_shape(analysis.unverified))
    return tuple(sorted((*analysis.findings, *more), key=finding_order))


def _status(analysis: Analysis, version_finding: Finding | None, verdicts: tuple[Verdict, ...]) -> TenantStatus:
    """Decide the status of a tenant that was read. Certain drift counts; what is not known is never green.

    A query that could not be decided (its text is built at run time, say) says nothing about this tenant, so it makes
    none unverified; the report lists it under `unchecked`.
    """
    mismatch = version_finding is not None and version_finding.rule == schema_version_mismatch.RULE.id
    if mismatch or any(verdict.status.counts for verdict in verdicts):
        return TenantStatus.DRIFTED
    if analysis.unverified:
        return TenantStatus.UNVERIFIED
    if any(not isinstance(change, Unverified) for change in analysis.diff.changes):
        return TenantStatus.DRIFTED
    if analysis.diff or version_finding is not None:
        return TenantStatus.UNVERIFIED
    return TenantStatus.IN_SYNC


def _result(outcome: TenantOutcome, assessments: _Assessments) -> TenantResult:
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
        versions=tuple(sorted(outcome.versions)),
    )


def _groups(results: Iterable[TenantResult], assessments: _Assessments) -> tuple[DriftGroup, ...]:
    members: defaultdict[str, list[str]] = defaultdict(list)
    for result in results:
        if result.group:
            members[result.group].append(result.tenant)
    groups = assessments.groups()
    return tuple(
        msgspec.structs.replace(groups[group], tenants=tuple(tenants)) for group, tenants in sorted(members.items())
    )


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
