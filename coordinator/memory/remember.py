"""From a report to what the memory takes from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import msgspec

from coordinator.memory.model import ChangeSubject, FleetChange, Remembered, Standing, worst_of
from coordinator.report.model import DriftGroup, ReportBody, TenantResult
from shared.contracts.contract import Verdict, VerdictStatus
from shared.diff.changes import Change, ChangeKind
from shared.diff.compare import headline
from shared.findings.finding import Finding, Severity
from shared.findings.judge import is_not_analysed
from shared.findings.tenancy.judge import TENANCY_RULES
from shared.postgres.names.own_names import PLACEHOLDER
from shared.schema.canonical import content_hash
from shared.schema.identity import ObjectId

_ID_DIGITS = 16
_PUBLIC = "public"


def remember(body: ReportBody) -> Remembered:
    """Take from a report where each tenant stands, and every change that any of them has.

    Args:
        body: The deterministic part of the report.
    """
    of_group = {group.id: tuple(change for change, _ in told_changes(group)) for group in body.groups}
    ids = {group: tuple(sorted({change.id for change in changes})) for group, changes in of_group.items()}
    not_compared = {group.id for group in body.groups if any(map(is_not_analysed, group.findings))}
    places: dict[TenantResult, int] = {}
    tenants = []
    for result in body.tenants:
        nameless = msgspec.structs.replace(result, tenant="")
        tenants.append((result.tenant, places.setdefault(nameless, len(places))))
    found = sorted((change for group in of_group.values() for change in group), key=_own_namespace_first)
    changes = {change.id: change for change in found}
    faults = [*map(_service_fault, body.service_faults), *map(_tenancy_fault, body.tenancy_faults)]
    changes.update((fault.id, fault) for fault in faults)
    return Remembered(
        standings=tuple(
            Standing(result=result, changes=ids.get(result.group, ()), is_compared=result.group not in not_compared)
            for result in places
        ),
        tenants=tuple(tenants),
        changes=tuple(change for _, change in sorted(changes.items())),
        faults=tuple(sorted({fault.id for fault in faults})),
    )


def told_changes(group: DriftGroup) -> Iterator[tuple[FleetChange, tuple[Finding | Verdict, ...]]]:
    """Give what the tenants of a group differ in: differences, broken queries, and what is said of the whole shape.

    Args:
        group: Of a report.

    Returns:
        Each change with the findings, or the verdict, that tell of it.
    """
    by_object: defaultdict[ObjectId, list[Finding]] = defaultdict(list)
    for finding in group.findings:
        if finding.rule not in TENANCY_RULES:
            by_object[finding.object].append(finding)
    for change in headline(group.diff).changes:
        findings = tuple(by_object.get(change.identity, ()))
        yield _schema_change(change, worst_of(findings)), findings
    compared = {change.identity for change in group.diff.changes}
    for finding in group.findings:
        if finding.object not in compared or finding.rule in TENANCY_RULES:
            yield _said_of_the_shape(finding, group), (finding,)
    for verdict in group.verdicts:
        if verdict.status.counts:
            yield _broken_query(verdict), (verdict,)


def as_with_a_database(change: Change) -> Change:
    """Give a change of a tenant with a namespace of its own as a tenant with a database of its own would have it.

    One declaration serves both: what is declared in `public` is compared with the tenant's namespace. An index that is
    missing in both kinds of tenants is one change.
    """
    text = msgspec.json.encode(change).decode()
    if PLACEHOLDER not in text:
        return change
    plain = text.replace(f'\\"{PLACEHOLDER}\\"', _PUBLIC).replace(PLACEHOLDER, _PUBLIC)
    found: Change = msgspec.json.decode(plain, type=Change)
    return found


def _own_namespace_first(change: FleetChange) -> bool:
    """Sort changes so that of two with one id that of a tenant with a database comes last, and is shown."""
    return PLACEHOLDER not in change.object


def _schema_change(change: Change, finding: Finding | None) -> FleetChange:
    return FleetChange(
        id=content_hash("change/1", as_with_a_database(change))[:_ID_DIGITS],
        subject=ChangeSubject.SCHEMA,
        kind=str(change.__struct_config__.tag),
        object_kind=change.identity.kind,
        object=str(change.identity),
        severity=finding.severity if finding else Severity.INFO,
        rule=finding.rule if finding else "",
        message=finding.message if finding else "",
        declared_at=str(finding.origin) if finding and finding.origin else "",
        sides=change,
    )


def _said_of_the_shape(finding: Finding, group: DriftGroup) -> FleetChange:
    """Give a finding that compares no object: of the version, the tenancy rules, or a shape that cannot be compared."""
    if finding.rule in TENANCY_RULES:
        return _change_of(finding, ChangeSubject.TENANCY, content_hash("tenancy/1", _tenancy_identity(finding)))
    identity = (finding.rule, finding.object, finding.message, group.versions)
    return _change_of(finding, ChangeSubject.VERSION, content_hash("said/1", identity))


def _tenancy_fault(finding: Finding) -> FleetChange:
    """Give what a declared schema earns by the tenancy rules: it is in no tenant's account."""
    return _change_of(finding, ChangeSubject.TENANCY, content_hash("tenancy fault/1", _tenancy_identity(finding)))


def _tenancy_identity(finding: Finding) -> tuple[object, ...]:
    """Name a finding of the tenancy rules by what it is about: its words may spell one thing in two ways."""
    return finding.rule, finding.object, finding.severity


def _change_of(finding: Finding, subject: ChangeSubject, identity: str) -> FleetChange:
    return FleetChange(
        id=identity[:_ID_DIGITS],
        subject=subject,
        kind=ChangeKind.UNVERIFIED.value if finding.severity is Severity.INFO else ChangeKind.ALTERED.value,
        object_kind=finding.object.kind,
        object=str(finding.object).strip(),
        severity=finding.severity,
        rule=finding.rule,
        message=finding.message,
        declared_at=str(finding.origin) if finding.origin else "",
    )


def _broken_query(verdict: Verdict) -> FleetChange:
    """Give a verdict as a change. The line is no part of its id: code above a query may grow."""
    identity = (verdict.service, verdict.file, verdict.subject, verdict.status, verdict.rule, verdict.reason)
    return FleetChange(
        id=content_hash("verdict/1", identity)[:_ID_DIGITS],
        subject=ChangeSubject.CONTRACT,
        kind=verdict.status.value,
        object_kind="query",
        object=f"{verdict.service}: {verdict.file}:{verdict.line}",
        severity=Severity.ERROR if verdict.status is VerdictStatus.VIOLATED else Severity.WARNING,
        rule=verdict.rule,
        message=verdict.reason,
        declared_at=f"{verdict.file}:{verdict.line}",
        text=verdict.subject,
        service=verdict.service,
    )


def _service_fault(verdict: Verdict) -> FleetChange:
    broken = _broken_query(verdict)
    return msgspec.structs.replace(
        broken, id=content_hash("fault/1", broken.id)[:_ID_DIGITS], subject=ChangeSubject.SERVICE
    )
