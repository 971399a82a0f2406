"""Judge the tenants of a fleet: a status each, and the drift group or the rollout that they share. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from coordinator.report.ignoring import IgnoreAccount, Places
from coordinator.report.judged import Judged, TenantOutcome
from coordinator.report.model import DriftGroup, Rollout, TenantStatus
from coordinator.report.tenancy import TenancyAccount, counts
from shared.analysis.analysis import Analysis
from shared.contracts.contract import Verdict, VerdictStatus
from shared.diff.changes import Unverified
from shared.findings.finding import Finding
from shared.findings.judge import SCHEMA, finding_order, judge_shape, judge_version
from shared.findings.rules import schema_version_mismatch
from shared.schema.canonical import content_hash
from shared.schema.schema import SchemaVersion

_ID_DIGITS = 16


class Grounds(msgspec.Struct, frozen=True, order=True):
    """All that the judgement of a tenant depends on: tenants with equal grounds share one.

    Args:
        declared: Which of the declarations it is compared with.
        fingerprint: Of its schema.
        versions: What its migration tables said, sorted.
        own_version, running: As in `TenantOutcome`.
        rules: The ignore rules that are about it.
    """

    declared: int
    fingerprint: str
    versions: tuple[SchemaVersion, ...]
    own_version: str
    running: str
    rules: Places


class Assessment(msgspec.Struct, frozen=True, kw_only=True):
    """The judgement shared by all tenants with the same grounds; group and rollout are without tenants."""

    status: TenantStatus
    shape: str
    group: DriftGroup | None = None
    rollout: Rollout | None = None


class Assessments:
    """Judges tenants with equal grounds once; a fleet of 100,000 tenants has a handful.

    Args:
        declared: The declarations with their analyses.
        ignores: The ignore rules.
        tenancy: The tenancy rules.
    """

    def __init__(self, declared: Sequence[Judged], ignores: IgnoreAccount, tenancy: TenancyAccount) -> None:
        self._declared = declared
        self._tenancy = tenancy
        self._ignores = ignores
        self._made: dict[Grounds, Assessment] = {}

    def of(self, outcome: TenantOutcome) -> Assessment:
        """Judge a tenant that was read."""
        grounds = Grounds(
            outcome.declared,
            outcome.fingerprint,
            tuple(sorted(outcome.versions)),
            outcome.own_version,
            outcome.running,
            self._ignores.concerning(outcome.tenant, dict(outcome.labels)),
        )
        if grounds not in self._made:
            self._made[grounds] = self._assess(grounds)
        self._ignores.count(_subject(grounds), grounds.rules)
        return self._made[grounds]

    def groups(self) -> dict[str, DriftGroup]:
        """Give every drift group by id.

        Several fingerprints may make the same group, where servers spell one schema differently. The group of the
        smallest fingerprint stands, and its plan takes over the guards of the others.
        """
        groups: dict[str, DriftGroup] = {}
        for _, assessment in sorted(self._made.items()):
            if assessment.group is not None:
                first = groups.setdefault(assessment.group.id, assessment.group)
                groups[assessment.group.id] = _with_guards(first, assessment.group)
        return groups

    def rollouts(self) -> dict[str, Rollout]:
        """Give every rollout by id."""
        return {made.rollout.id: made.rollout for _, made in sorted(self._made.items()) if made.rollout is not None}

    def undecided_queries(self) -> Iterable[str]:
        """Say in sentences which queries the contracts could not decide."""
        analyses = [self._declared[number].analyses[name] for number, name in self._read()]
        for verdict in (verdict for analysis in analyses for verdict in analysis.verdicts):
            if verdict.status is VerdictStatus.UNVERIFIED and not verdict.declared_too:
                yield f"{verdict.service}: {verdict.file}:{verdict.line}: {verdict.reason}"

    def _read(self) -> set[tuple[int, str]]:
        return {(grounds.declared, grounds.fingerprint) for grounds in self._made}

    def _assess(self, grounds: Grounds) -> Assessment:
        judged = self._declared[grounds.declared]
        wanted = judged.analyses[grounds.fingerprint]
        own = judged.versions.get(grounds.own_version)
        spec = own.spec if own else judged.spec
        analysis = own.analyses[grounds.fingerprint] if own else wanted
        analysis = self._ignores.apply(_subject(grounds), analysis, grounds.rules, spec)
        version_finding = judge_version("" if own else judged.expected_version, grounds.versions)
        if judged.incomplete and not analysis.diff and not analysis.unverified:
            analysis = msgspec.structs.replace(analysis, unverified=judged.incomplete)
        verdicts = self._tenancy.reported_verdicts(each for each in analysis.verdicts if not each.declared_too)
        tenancy = self._tenancy.of_tenant(spec, judged.snapshots.get(grounds.fingerprint))
        status = TenantStatus.DRIFTED if counts(tenancy) else _status(analysis, version_finding, verdicts)
        if status is TenantStatus.IN_SYNC and not own:
            return Assessment(status=status, shape=analysis.shape)
        if grounds.running or status is TenantStatus.IN_SYNC:
            rollout = _rollout(judged, grounds, wanted)
            return Assessment(status=TenantStatus.PENDING, shape=wanted.shape, rollout=rollout)
        more = (*tenancy, *([version_finding] if version_finding else []))
        group = _group(judged, grounds, analysis, verdicts, more)
        if len(self._declared) > 1:
            group = _of_one_declaration(group, judged)
        if len({each.expected_version for each in self._declared}) > 1:
            group = msgspec.structs.replace(group, expected_version=judged.expected_version)
        if own:
            group = msgspec.structs.replace(group, own_version=grounds.own_version, newest=wanted.diff)
        return Assessment(status=status, shape=analysis.shape, group=group)


def _subject(grounds: Grounds) -> tuple[str, ...]:
    """Name the analysis that a tenant is judged by."""
    return (str(grounds.declared), grounds.own_version, grounds.fingerprint)


def _rollout(judged: Judged, grounds: Grounds, wanted: Analysis) -> Rollout:
    version, expected = grounds.own_version, judged.expected_version
    rollout = Rollout(
        id="",
        tenants=(),
        shape=wanted.shape,
        version=version,
        expected=expected,
        lacks=judged.steps_after(version, expected),
        ahead=judged.steps_after(expected, version),
        running=grounds.running,
        versions=grounds.versions,
        verdicts=tuple(each for each in wanted.verdicts if each.status.counts and not each.declared_too),
    )
    return msgspec.structs.replace(rollout, id=content_hash("rollout/1", rollout)[:_ID_DIGITS])


def _group(
    judged: Judged,
    grounds: Grounds,
    analysis: Analysis,
    verdicts: tuple[Verdict, ...],
    more: tuple[Finding, ...],
) -> DriftGroup:
    # Versions tell groups apart only when one is declared or one is broken.
    versions = grounds.versions if judged.expected_version or any(each.object == SCHEMA for each in more) else ()
    return DriftGroup(
        id=_group_id(analysis, verdicts, versions, grounds.own_version),
        tenants=(),
        shape=analysis.shape,
        versions=versions,
        diff=analysis.diff,
        findings=_findings(analysis, more),
        verdicts=verdicts,
        plan=analysis.plan if analysis.plan.statements or analysis.plan.remaining else None,
        patches=() if grounds.own_version else judged.patches.get(analysis.diff, ()),
    )


def _group_id(
    analysis: Analysis, verdicts: tuple[Verdict, ...], versions: tuple[SchemaVersion, ...], own_version: str
) -> str:
    identity: dict[str, object] = {
        "shape": analysis.shape,
        "diff": analysis.diff,
        "verdicts": verdicts,
        "versions": versions,
    }
    if analysis.unverified:  # the same shape, decided on one server and not on another, makes two groups
        identity["unverified"] = analysis.unverified
    if own_version:
        identity["own_version"] = own_version
    return content_hash("group/1", identity)[:_ID_DIGITS]


def _of_one_declaration(group: DriftGroup, judged: Judged) -> DriftGroup:
    """Give a group an id of its declaration's own: equal drift from two declarations is two stories."""
    if judged.summary is None:
        return group
    identity = [group.id, judged.summary.source, judged.summary.database, judged.expected_version]
    own_id = content_hash("group of a declaration/1", identity)[:_ID_DIGITS]
    return msgspec.structs.replace(group, id=own_id, source=judged.summary.source)


def _with_guards(group: DriftGroup, other: DriftGroup) -> DriftGroup:
    if group is other or group.plan is None or other.plan is None:
        return group
    return msgspec.structs.replace(group, plan=group.plan.with_guards(*other.plan.guards))


def _findings(analysis: Analysis, more: tuple[Finding, ...]) -> tuple[Finding, ...]:
    undecided = [judge_shape(analysis.unverified)] if analysis.unverified else []
    return tuple(sorted((*analysis.findings, *more, *undecided), key=finding_order))


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
