"""Print one drift group for a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from coordinator.report.model import DriftGroup, ScanReport
from coordinator.report.renderers.declarations import declared_by
from coordinator.report.renderers.presentation import (
    FindingDetails,
    finding_details,
    plural,
    proof_sentence,
    tenants_phrase,
)
from coordinator.report.renderers.rollouts import own_version_sentence
from coordinator.report.renderers.version_step import version_step
from coordinator.report.renderers.visible import visible, visible_lines
from shared.contracts.contract import Verdict, VerdictStatus
from shared.findings.finding import Finding, Severity
from shared.remediation.plan import Plan, ProofStatus, RowStatus, Statement
from shared.remediation.row_words import rows_sentence

_MAX_FINDINGS = 30
_MAX_STATEMENTS = 60
_MAX_IGNORES = 5
_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.INFO: "cyan"}
_PROOF_STYLES = {
    ProofStatus.PROVEN: "green",
    ProofStatus.UNPROVEN: "bold red",
    ProofStatus.NOT_ATTEMPTED: "yellow",
}
_ROW_STYLES = {
    RowStatus.PROVEN: "green",
    RowStatus.PARTLY: "yellow",
    RowStatus.UNPROVEN: "bold red",
    RowStatus.NOT_ATTEMPTED: "yellow",
    RowStatus.NOT_NEEDED: "green",
}


def print_group(console: Console, group: DriftGroup, report: ScanReport) -> None:
    """Print a group: its findings, the queries that break, the remediation, the patch and the ignore lines."""
    title = Text.assemble(("━━ ", "dim"), (f"Drift group {group.id[:8]}", "bold"), "  ")
    console.print(title.append(visible(tenants_phrase(group.tenants)), "bold"))
    source, own = declared_by(group), own_version_sentence(group)
    if source:
        _indented(console, Text(visible(source), "dim"), 2)
    if own:
        _indented(console, Text(visible(own[:1].upper() + own[1:]), "yellow"), 2)
    details = finding_details(group, report)
    for entry in details[:_MAX_FINDINGS]:
        print_finding(console, entry.finding)
    _print_rest(console, len(details) - _MAX_FINDINGS, "finding")
    for verdict in group.verdicts[:_MAX_FINDINGS]:
        print_verdict(console, verdict)
    _print_rest(console, len(group.verdicts) - _MAX_FINDINGS, "query")
    if group.plan is not None:
        print_plan(console, group.plan)
    step = version_step(group, report.body.expected_version)
    if step:
        _indented(console, Text.assemble(("Schema version: ", "bold"), visible(step)), 2)
    _print_patches(console, group)
    _print_ignores(console, details)
    console.print()


def print_finding(console: Console, finding: Finding) -> None:
    """Print one finding and where the object is declared."""
    line = Text.assemble("  ", (f"{finding.severity:<12}", _STYLES[finding.severity]), (finding.rule, "bold"))
    if finding.origin is not None:
        line.append(f"  {visible(str(finding.origin))}", "dim")
    console.print(line, soft_wrap=True)
    _indented(console, Text(visible(finding.message)), 14)


def print_verdict(console: Console, verdict: Verdict) -> None:
    """Print one verdict: where, why, and the query."""
    style = "bold red" if verdict.status is VerdictStatus.VIOLATED else "yellow"
    line = Text.assemble("  ", (f"{verdict.status:<12}", style), (verdict.rule, "bold"))
    line.append(f"  {visible(verdict.service)} {visible(verdict.file)}:{verdict.line}", "dim")
    console.print(line, soft_wrap=True)
    _indented(console, Text(visible(verdict.reason)), 14)
    for origin in verdict.declared_at:
        _indented(console, Text(f"declared: {visible(str(origin))}", "dim"), 14)
    _verbatim(console, verdict.subject.strip(), 14, "dim")
    if verdict.fix:
        _indented(console, Text(f"works here: {visible(verdict.fix)}"), 14)


def print_plan(console: Console, plan: Plan) -> None:
    """Print the statements of a plan; destructive ones are marked and commented out."""
    if plan.statements:
        heading = Text.assemble(("Remediation", "bold"), ", ")
        _indented(console, heading.append(visible(proof_sentence(plan)), _PROOF_STYLES[plan.proof.status]), 2)
        _indented(console, Text(visible(rows_sentence(plan)), _ROW_STYLES[plan.proof.rows.status]), 2)
    for statement in plan.statements[:_MAX_STATEMENTS]:
        _print_statement(console, statement)
    _print_rest(console, len(plan.statements) - _MAX_STATEMENTS, "statement")
    for change in plan.remaining[:_MAX_FINDINGS]:
        _indented(console, Text(f"without it stays different: {visible(str(change.identity))}", "yellow"), 4)
    _print_rest(console, len(plan.remaining) - _MAX_FINDINGS, "object")
    for obstacle in plan.obstacles[:_MAX_FINDINGS]:
        _indented(console, Text(f"in the way: {visible(str(obstacle))}", "yellow"), 4)
    _print_rest(console, len(plan.obstacles) - _MAX_FINDINGS, "obstacle")


def _print_statement(console: Console, statement: Statement) -> None:
    if statement.keeps_facts:
        _verbatim(console, f"-- {statement.summary} (DO block: see the JSON or HTML report)", 4, "dim")
        return
    sql = statement.sql.strip() + ";"
    if statement.destructive:
        _indented(console, Text("DESTRUCTIVE, only by choice", "bold red"), 4)
        sql = "\n".join(f"-- {line}" for line in sql.splitlines())
    _verbatim(console, sql, 4, "" if statement.destructive else "bold")
    for hazard in statement.hazards:
        _indented(console, Text(f"-- {hazard.kind.replace('_', ' ')}: {visible(hazard.message)}", "yellow"), 6)


def _print_patches(console: Console, group: DriftGroup) -> None:
    for patch in group.patches:
        _indented(console, Text.assemble(("To keep it instead: ", "bold"), visible(patch.summary)), 2)
        _verbatim(console, (patch.diff or patch.block).rstrip("\n"), 4, "" if patch.diff else "dim")
        for note in patch.notes:
            _indented(console, Text(f"-- {visible(note)}", "yellow"), 4)


def _print_ignores(console: Console, details: tuple[FindingDetails, ...]) -> None:
    """Print the lines that would ignore the findings, as they are to be pasted."""
    ignorable = [entry.ignore for entry in details if entry.ignore]
    if not ignorable:
        return
    _indented(console, Text("To ignore it, paste at the end of fleetdrift.toml:", "dim"), 2)
    _verbatim(console, "\n".join(ignorable[:_MAX_IGNORES]).rstrip("\n"), 4, "dim")
    _print_rest(console, len(ignorable) - _MAX_IGNORES, "table")


def _print_rest(console: Console, count: int, noun: str) -> None:
    if count > 0:
        _indented(console, Text(f"… and {plural(count, noun)} more: the JSON and HTML reports have all", "dim"), 4)


def _verbatim(console: Console, text: str, by: int, style: str) -> None:
    """Print lines that are meant to be copied: indented, never wrapped."""
    for line in visible_lines(text).split("\n"):
        console.print(Text(" " * by + line, style), soft_wrap=True)


def _indented(console: Console, text: Text, by: int) -> None:
    console.print(Padding(text, (0, 0, 0, by)))
