"""One drift group in Markdown: what can be seen at once, and what opens."""

from __future__ import annotations

from collections import Counter

from coordinator.report.model import DriftGroup, Patch, ScanReport
from coordinator.report.renderers.comment import Item
from coordinator.report.renderers.declarations import declared_by
from coordinator.report.renderers.markdown_text import block, code, collapsed, escape, paragraphs
from coordinator.report.renderers.presentation import (
    FindingDetails,
    commented_sql,
    finding_details,
    is_common_drift,
    plural,
    proof_sentence,
    tenants_phrase,
)
from coordinator.report.renderers.rollouts import own_version_sentence
from coordinator.report.renderers.version_step import version_step
from coordinator.report.renderers.visible import visible
from shared.contracts.contract import Verdict
from shared.findings.finding import Severity
from shared.remediation.plan import Plan, Statement
from shared.remediation.row_words import rows_sentence

_MAX_ITEMS = 30
_TOO_LONG = "What differs and what to do is too long for a comment: the HTML report shows it."


def group_item(group: DriftGroup, report: ScanReport) -> Item:
    """Write a drift group: its tenants and how much is wrong, and behind a line all that is known."""
    source, own = declared_by(group), own_version_sentence(group)
    short = paragraphs(
        f"### {escape(tenants_phrase(group.tenants))}",
        f"Drift group {code(group.id[:8])}{_counts(group)}",
        escape(f"{source}.") if source else "",
        escape(f"{own[:1].upper()}{own[1:]}.") if own else "",
    )
    return Item(short, paragraphs(short, collapsed("What differs, and what to do", _all_of(group, report))), _TOO_LONG)


def finding_line(entry: FindingDetails) -> str:
    """Write what a rule says as an item of a list."""
    finding = entry.finding
    origin = f" ({code(str(finding.origin))})" if finding.origin else ""
    return f"- **{finding.severity}** {code(finding.rule)}{origin}: {escape(finding.message)}"


def verdict_head(verdict: Verdict) -> str:
    """Say which query does not hold, and why."""
    where = code(f"{verdict.file}:{verdict.line}")
    head = f"**{verdict.status}** {code(verdict.rule)}, {escape(verdict.service)} {where}"
    return f"{head}: {escape(verdict.reason)}"


def verdict_parts(verdict: Verdict) -> str:
    """Show a query that does not hold, where its objects are declared, and how it would hold."""
    declared = ", ".join(code(str(origin)) for origin in verdict.declared_at)
    return paragraphs(
        block(verdict.subject, "sql"),
        f"Declared at {declared}." if declared else "",
        f"Works here:\n\n{block(verdict.fix, 'sql')}" if verdict.fix else "",
    )


def _counts(group: DriftGroup) -> str:
    """Count what is wrong, and what there is to do: `: 1 error, 1 broken query; 2 SQL statements, proven.`."""
    found = Counter(finding.severity for finding in group.findings)
    broken = sum(verdict.status.counts for verdict in group.verdicts)
    wrong = [
        plural(found[Severity.ERROR], "error") if found[Severity.ERROR] else "",
        plural(found[Severity.WARNING], "warning") if found[Severity.WARNING] else "",
        f"{found[Severity.INFO]:,} for information" if found[Severity.INFO] else "",
        plural(broken, "broken query") if broken else "",
    ]
    parts = [", ".join(filter(None, wrong))]
    if group.plan and group.plan.statements:
        proof = group.plan.proof.status.value.replace("_", " ")
        parts.append(f"{plural(len(group.plan.statements), 'SQL statement')}, {proof}")
    said = "; ".join(filter(None, parts))
    return f": {said}." if said else ""


def _all_of(group: DriftGroup, report: ScanReport) -> str:
    details = finding_details(group, report)
    way_back = [_plan(group.plan) if group.plan else "", _version(group, report.body.expected_version)]
    patches = [_patch(patch) for patch in group.patches]
    return paragraphs(
        "\n".join(finding_line(entry) for entry in details[:_MAX_ITEMS]),
        _rest(len(details) - _MAX_ITEMS, "finding"),
        *[paragraphs(verdict_head(verdict), verdict_parts(verdict)) for verdict in group.verdicts[:_MAX_ITEMS]],
        _rest(len(group.verdicts) - _MAX_ITEMS, "query"),
        *(patches + way_back if is_common_drift(group, report.body) else way_back + patches),
        _ignores(details),
    )


def _patch(patch: Patch) -> str:
    shown = block(patch.diff, "diff") if patch.diff else block(patch.block, "sql") if patch.block else ""
    notes = "\n".join(f"- {escape(note)}" for note in patch.notes)
    return paragraphs(f"**Keep it instead:** {escape(patch.summary)}", shown, notes)


def _plan(plan: Plan) -> str:
    obstacles = _obstacles(plan)
    if not plan.statements:
        return obstacles
    statements = "\n".join(_statement(statement) for statement in plan.statements)
    remaining = ", ".join(code(str(change.identity)) for change in plan.remaining[:_MAX_ITEMS])
    stays = f"Without the destructive statements stays different: {remaining}" if remaining else ""
    proven = f"{escape(proof_sentence(plan))}; {escape(rows_sentence(plan))}"
    return paragraphs(f"**Remediation**, {proven}:", block(statements, "sql"), stays, obstacles)


def _obstacles(plan: Plan) -> str:
    items = [f"- {escape(str(obstacle))}" for obstacle in plan.obstacles[:_MAX_ITEMS]]
    rest = _rest(len(plan.obstacles) - _MAX_ITEMS, "obstacle")
    return "\n".join(["**In the way:**\n", *items, *([rest] if rest else [])]) if items else ""


def _statement(statement: Statement) -> str:
    hazards = [f"-- {hazard.kind.replace('_', ' ')}: {visible(hazard.message)}" for hazard in statement.hazards]
    return "\n".join([*hazards, commented_sql(statement)])


def _version(group: DriftGroup, expected: str) -> str:
    step = version_step(group, expected)
    return f"**Schema version:** {escape(step)}" if step else ""


def _ignores(details: tuple[FindingDetails, ...]) -> str:
    lines = [entry.ignore for entry in details if entry.ignore][:_MAX_ITEMS]
    if not lines:
        return ""
    return collapsed("To ignore it, paste at the end of fleetdrift.toml", block("\n".join(lines), "toml"))


def _rest(count: int, noun: str) -> str:
    return f"… and {plural(count, noun)} more: the JSON and HTML reports have all." if count > 0 else ""
