"""The overview that every form of a report has: what is wrong, since when, for whom, and what to do. Pure."""

from __future__ import annotations

import msgspec

from coordinator.report.model import DriftGroup, ScanReport
from coordinator.report.roll_up import RolledUp, as_with_a_database, roll_up
from coordinator.report.summary import version_mismatch
from shared.findings.finding import Severity

_CONTRACT_RULES = "contract-"


class OverviewRow(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong.

    Args:
        object: What it is about; of a broken query service, file and line.
        severity: How bad.
        since: When a scan first found it, RFC 3339 in UTC; empty where that is not known.
        rule: The rule's id.
        message: One sentence.
        tenants: Who has it, sorted.
        to_do: What removes it, in a few words.
        group: Id of the drift group where all about it stands: of those that have it the one with most tenants.
    """

    object: str
    severity: Severity
    since: str
    rule: str
    message: str
    tenants: tuple[str, ...]
    to_do: str
    group: str


def overview_of(report: ScanReport) -> tuple[OverviewRow, ...]:
    """Give everything that is wrong: the worst first, of equal ones those of most tenants."""
    groups = {group.id: group for group in report.body.groups}
    known = {(each.rule, each.object, each.message): each.at for each in report.first_seen or ()}
    return tuple(_row(wrong, groups[wrong.group], known) for wrong in roll_up(report.body))


def knows_since_when(report: ScanReport) -> bool:
    """Say whether a memory was asked since when things are wrong."""
    return report.first_seen is not msgspec.UNSET


def _row(wrong: RolledUp, group: DriftGroup, known: dict[tuple[str, str, str], str]) -> OverviewRow:
    same = as_with_a_database(wrong)
    return OverviewRow(
        object=wrong.object.strip(),
        severity=wrong.severity,
        since=known.get((same.rule, same.object, same.message), ""),
        rule=wrong.rule,
        message=wrong.message,
        tenants=wrong.tenants,
        to_do=_to_do(wrong, group),
        group=wrong.group,
    )


def _to_do(wrong: RolledUp, group: DriftGroup) -> str:
    """Say what removes it: SQL about the object itself, else the plan it is part of, else whose work it is."""
    statements = group.plan.statements if group.plan else ()
    own = [statement for statement in statements if str(statement.object) == wrong.object]
    if own:
        proof = group.plan.proof.status.value.replace("_", " ") if group.plan else ""
        destructive = ", destructive" if any(statement.destructive for statement in own) else ""
        return f"{len(own)} SQL statement{'s' if len(own) > 1 else ''}, {proof}{destructive}"
    if wrong.rule.startswith(_CONTRACT_RULES):
        return "the plan of its drift group, or another query" if statements else "another query"
    if version_mismatch(group) and "version" in wrong.rule:
        return "run the migrations"
    return "the plan of its drift group" if statements else "see its drift group"
