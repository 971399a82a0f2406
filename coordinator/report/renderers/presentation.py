"""What all forms of a report for people share: the order of the groups, the words, and the details of a finding."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import msgspec

from coordinator.report.model import (
    DriftGroup,
    IgnoredDrift,
    NotCompared,
    ReportBody,
    ScanReport,
    ScanStatus,
    TenantResult,
    TenantStatus,
)
from coordinator.report.roll_up import wrong_in
from shared.diff.changes import Altered, Change
from shared.diff.compare import headline
from shared.diff.well_known import EXTENSIONS, PARTITIONS
from shared.findings.finding import Finding, Severity
from shared.findings.ignore import ignore_lines
from shared.findings.registry import BY_ID, rules_for
from shared.remediation.plan import Plan, ProofStatus, Statement
from shared.schema.model import SchemaObject

_IGNORE_PERIOD = dt.timedelta(days=90)
_BY_GRAVITY = list(Severity)

VERDICT_OF_SCAN = {
    ScanStatus.IN_SYNC: "every tenant that was asked is in sync",
    ScanStatus.DRIFT: "drift found",
    ScanStatus.INCOMPLETE: "incomplete: not every tenant could be judged",
    ScanStatus.FAILED: "failed",
}

STATUS_WORDS = {
    TenantStatus.IN_SYNC: "in sync",
    TenantStatus.DRIFTED: "drifted",
    TenantStatus.PENDING: "pending",
    TenantStatus.UNVERIFIED: "unverified",
    TenantStatus.UNREACHABLE: "unreachable",
    TenantStatus.ERROR: "error",
    TenantStatus.STALE: "stale",
    TenantStatus.NEVER_SCANNED: "never scanned",
    TenantStatus.EXCLUDED: "excluded",
}


class FieldValues(msgspec.Struct, frozen=True):
    """One field of an altered object: its declared and its observed value, in full."""

    field: str
    desired: str
    observed: str


class FindingDetails(msgspec.Struct, frozen=True):
    """A finding, the lines that would ignore it, and the values that differ.

    Args:
        finding: The rule's judgement.
        ignore: The lines that would ignore it; empty where there is nothing to ignore (a schema version).
        sides: Declared and observed values of an altered object, field by field.
    """

    finding: Finding
    ignore: str = ""
    sides: tuple[FieldValues, ...] = ()


def worst_first(body: ReportBody) -> tuple[DriftGroup, ...]:
    """Give the groups with the gravest that is wrong first, of equal ones those with the most tenants."""

    def place(group: DriftGroup) -> tuple[int, int, tuple[str, ...], str]:
        gravest = min((_BY_GRAVITY.index(wrong.severity) for wrong in wrong_in(group)), default=len(_BY_GRAVITY))
        return gravest, -len(group.tenants), group.tenants, group.id

    return tuple(sorted(body.groups, key=place))


def finding_details(group: DriftGroup, report: ScanReport) -> tuple[FindingDetails, ...]:
    """Give the details of every finding of a group of a report."""
    return details_of(group, read_on(report))


def read_on(report: ScanReport) -> dt.date:
    """Give the day of a scan."""
    return dt.datetime.fromisoformat(report.started).date()


def details_of(group: DriftGroup, read_on: dt.date) -> tuple[FindingDetails, ...]:
    """Give the details of every finding of a group; the ignore lines end 90 days after it was found."""
    changes = {change.identity: change for change in headline(group.diff).changes}
    until = read_on + _IGNORE_PERIOD
    return tuple(_details(finding, changes.get(finding.object), until) for finding in group.findings)


def _details(finding: Finding, change: Change | None, until: dt.date) -> FindingDetails:
    if change is None or finding.rule not in BY_ID:  # an ignore rule cannot name a tenancy rule: they have a baseline
        return FindingDetails(finding)
    return FindingDetails(finding, ignore_lines(change, until=until, rule=finding.rule), _sides(finding, change))


def _sides(finding: Finding, change: Change) -> tuple[FieldValues, ...]:
    if not isinstance(change, Altered):
        return ()
    claimed = next((fields for rule, fields in rules_for(change) if rule.id == finding.rule), frozenset[str]())
    return tuple(
        FieldValues(field.replace("_", " "), _in_full(change.desired, field), _in_full(change.observed, field))
        for field in sorted(claimed)
    )


def _in_full(item: SchemaObject, field: str) -> str:
    value = getattr(item, field)
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def tenants_phrase(tenants: tuple[str, ...], longest: int = 3) -> str:
    """Name the tenants while they are few, then count them."""
    if len(tenants) <= longest:
        return ", ".join(tenants)
    return f"{len(tenants):,} tenants ({tenants[0]} … {tenants[-1]})"


def commented_sql(statement: Statement) -> str:
    """Write a statement with its semicolon; a destructive one as comments."""
    sql = statement.sql.strip() + ";"
    if not statement.destructive:
        return sql
    return "\n".join(["-- DESTRUCTIVE, only by choice:", *(f"-- {line}" for line in sql.splitlines())])


def minute_of(moment: str) -> str:
    """Write a moment for people: `2026-03-01T12:00:00Z` as `2026-03-01 12:00`; nothing as a dash."""
    return moment[:16].replace("T", " ") or "–"


NOTHING_COMPARED = "No tenant could be compared, so how many differ in what is not known."
"""Said in the place of counts, which would all be 0."""


def nothing_is_compared(body: ReportBody) -> bool:
    """Say whether no tenant at all could be compared with the declaration."""
    compared = (TenantStatus.IN_SYNC, TenantStatus.DRIFTED, TenantStatus.PENDING)
    return not body.groups and not any(count for status, count in body.counts if status in compared)


def plural(count: int, noun: str) -> str:
    """Count things: `1 tenant`, `2 tenants`, `2 indexes`, `3 mismatches`, `4 queries`, `5 days`."""
    if count == 1:
        return f"1 {noun}"
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return f"{count:,} {noun[:-1]}ies"
    return f"{count:,} {noun}{'es' if noun.endswith(('s', 'x', 'ch')) else 's'}"


def ignored_sentence(drift: IgnoredDrift) -> str:
    """Say what one ignore rule has left out, and who decided that."""
    what = f"{plural(len(drift.objects), 'difference')} on {plural(drift.tenants, 'tenant')}"
    place = f"; rule {drift.kept} of the store" if drift.kept else ""
    return f"ignored until {drift.until}: {what} ({drift.reason}; {drift.owner}{place})"


def not_compared_sentence(entry: NotCompared) -> str:
    """Say what was left out because a tool or time made it, and which setting has it compared."""
    of = {
        PARTITIONS: "undeclared partitions that only follow their parent",
        EXTENSIONS: "objects in namespaces of extensions",
    }.get(entry.tool, f"objects that {entry.tool} keeps for itself")
    setting = "partitions" if entry.tool == PARTITIONS else "tools"
    return (
        f"not compared: {of}, on {plural(entry.tenants, 'tenant')} (up to {entry.objects:,} each; "
        f"[compare] {setting} = true compares them)"
    )


def proof_sentence(plan: Plan) -> str:
    """Say whether the remediation was seen to work."""
    match plan.proof.status:
        case ProofStatus.PROVEN:
            return "proven on a copy of this schema, which then equalled the declaration"
        case ProofStatus.UNPROVEN:
            return f"NOT proven: {plan.proof.reason or 'the copy did not end up as declared'}"
        case ProofStatus.NOT_ATTEMPTED:
            return f"not tried on a copy: {plan.proof.reason}" if plan.proof.reason else "not tried on a copy"


def not_read(body: ReportBody) -> tuple[TenantResult, ...]:
    """Give the tenants that could not be read, sorted by name."""
    return tuple(result for result in body.tenants if result.failure is not None)


def present_counts(body: ReportBody) -> Iterable[tuple[TenantStatus, int]]:
    """Give the statuses that occur, in their order."""
    return ((status, count) for status, count in body.counts if count)


def is_common_drift(group: DriftGroup, body: ReportBody) -> bool:
    """Say whether drift is so common that the declaration is more likely at fault than the tenants.

    Then the patch is offered first, otherwise the SQL. Common means: more than half of the tenants that were read, and
    more than one.
    """
    read = sum(bool(result.shape) for result in body.tenants)
    return len(group.tenants) > 1 and 2 * len(group.tenants) > read and any(patch.diff for patch in group.patches)
