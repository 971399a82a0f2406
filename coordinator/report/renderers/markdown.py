"""Render a report as Markdown, for the comment of a pull request or a chat."""

from __future__ import annotations

import re

from coordinator.report.model import DriftGroup, Patch, ReportBody, ScanReport
from coordinator.report.renderers.declarations import TITLE, declaration_sentences, declared_by
from coordinator.report.renderers.presentation import (
    STATUS_WORDS,
    FindingDetails,
    commented_sql,
    finding_details,
    ignored_sentence,
    is_common_drift,
    largest_first,
    not_compared_sentence,
    not_read,
    plural,
    present_counts,
    proof_sentence,
    tenants_phrase,
)
from coordinator.report.renderers.rollouts import own_version_sentence, rollout_sentence, rollouts_of, verdict_of
from coordinator.report.renderers.version_step import version_step
from coordinator.report.renderers.visible import visible, visible_lines
from shared.contracts.contract import Verdict
from shared.remediation.plan import Plan, Statement
from shared.remediation.row_words import rows_sentence

_MAX_GROUPS = 20
_MAX_ITEMS = 30
_SPECIAL = re.compile(
    r"""
    [\\`*\[\]|<>&~$@#]          # emphasis, code, links, cells, HTML, strike-through, mathematics, mentions, issues
    | (?<![^\W_])_ | _(?![^\W_])  # emphasis; an underscore inside a word is none
    | :(?=[\w/+-])               # URLs and emoji
    | (?<=www)\.                 # URLs without a scheme
    """,
    re.VERBOSE | re.IGNORECASE,
)


def render_markdown(report: ScanReport) -> str:
    """Write the report in GitHub's Markdown; names can neither open markup nor link nor mention anybody."""
    body = report.body
    groups = largest_first(body)
    parts = [
        f"# {escape(body.fleet)}: {verdict_of(report)}",
        _answer(report),
        _headline(body),
        _declarations(body),
        _rollouts(body),
        *[_group(group, report) for group in groups[:_MAX_GROUPS]],
        _rest(len(groups) - _MAX_GROUPS, "drift group"),
        _failures(body),
        _service_faults(body),
        _tenancy_faults(body),
        _notes(body),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def escape(text: str) -> str:
    """Escape what Markdown, HTML or GitHub (mentions, mathematics, emoji) would not show as text."""
    return _SPECIAL.sub(_escaped, visible(text))


def _escaped(found: re.Match[str]) -> str:
    character = found[0]
    # A backslash does not keep GitHub from reading HTML, mentions, issue numbers and addresses; an entity does.
    return f"&#{ord(character)};" if character in "<>&@#$:." else "\\" + character


def code(text: str) -> str:
    """Put one line into a code span whose fence is longer than any in the text.

    Not for tables: there `|` ends a cell even in code.
    """
    shown = visible(text)
    fence = "`" * (_longest_run(shown) + 1)
    # A blank inside either end is taken off again, unless there is nothing else in the span (CommonMark, code spans).
    pad = " " if not shown or (shown.strip() and {shown[0], shown[-1]} & {"`", " "}) else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def block(text: str, language: str = "") -> str:
    """Put lines into a fenced block that the text cannot close."""
    shown = visible_lines(text).rstrip("\n")
    fence = "`" * max(3, _longest_run(shown) + 1)
    return f"{fence}{language}\n{shown}\n{fence}"


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall("`+", text)), default=0)


def _answer(report: ScanReport) -> str:
    body = report.body
    counts = ", ".join(f"{count:,} {STATUS_WORDS[status]}" for status, count in present_counts(body))
    shapes = plural(body.shapes, "distinct schema")
    content = code(report.content_hash[:16])
    return f"{plural(len(body.tenants), 'tenant')}: {counts}; {shapes}. Scanned {report.started}, content {content}."


def _headline(body: ReportBody) -> str:
    summary = body.drift_summary
    rows = (
        ("missing indexes", summary.missing_indexes),
        ("orphaned constraints", summary.orphaned_constraints),
        ("schema version mismatches", summary.schema_version_mismatches),
        ("service contract violations", summary.service_contract_violations),
        ("affected tenants", len(summary.tenant_impact)),
        ("remediation steps", body.remediation_steps),
    )
    return "\n".join(["| | |", "|---|---:|", *(f"| {words} | {count:,} |" for words, count in rows)])


def _declarations(body: ReportBody) -> str:
    sentences = declaration_sentences(body)
    if not sentences:
        return ""
    lines = "\n".join(f"- {escape(sentence)}" for sentence in sentences[:_MAX_ITEMS])
    rest = _rest(len(sentences) - _MAX_ITEMS, "declaration")
    return "\n\n".join(part for part in (f"## {TITLE}", lines, rest) if part)


def _rollouts(body: ReportBody) -> str:
    rollouts = rollouts_of(body)
    if not rollouts:
        return ""
    lines = [
        f"- {escape(tenants_phrase(rollout.tenants))}: {escape(rollout_sentence(rollout))}"
        for rollout in rollouts[:_MAX_ITEMS]
    ]
    rest = _rest(len(rollouts) - _MAX_ITEMS, "place")
    return "\n\n".join(part for part in ("## In a rollout", "\n".join(lines), rest) if part)


def _group(group: DriftGroup, report: ScanReport) -> str:
    details = finding_details(group, report)
    way_back = [_plan(group.plan) if group.plan else "", _version(group, report.body.expected_version)]
    patches = [_patch(patch) for patch in group.patches]
    source, own = declared_by(group), own_version_sentence(group)
    parts = [
        f"## {escape(tenants_phrase(group.tenants))}\n\nDrift group {code(group.id[:8])}",
        escape(f"{source}.") if source else "",
        escape(f"{own[:1].upper()}{own[1:]}.") if own else "",
        "\n".join(_finding(entry) for entry in details[:_MAX_ITEMS]),
        _rest(len(details) - _MAX_ITEMS, "finding"),
        *[_verdict(verdict) for verdict in group.verdicts[:_MAX_ITEMS]],
        _rest(len(group.verdicts) - _MAX_ITEMS, "query"),
        *(patches + way_back if is_common_drift(group, report.body) else way_back + patches),
        _ignores(details),
    ]
    return "\n\n".join(part for part in parts if part)


def _patch(patch: Patch) -> str:
    shown = block(patch.diff, "diff") if patch.diff else block(patch.block, "sql") if patch.block else ""
    notes = "\n".join(f"- {escape(note)}" for note in patch.notes)
    return "\n\n".join(part for part in (f"**Keep it instead:** {escape(patch.summary)}", shown, notes) if part)


def _finding(entry: FindingDetails) -> str:
    finding = entry.finding
    origin = f" ({code(str(finding.origin))})" if finding.origin else ""
    return f"- **{finding.severity}** {code(finding.rule)}{origin}: {escape(finding.message)}"


def _service_faults(body: ReportBody) -> str:
    if not body.service_faults:
        return ""
    items = [_verdict(verdict) for verdict in body.service_faults[:_MAX_ITEMS]]
    rest = _rest(len(body.service_faults) - _MAX_ITEMS, "query")
    heading = "## The services' own faults\n\nThe declared schema shows them as well."
    return "\n\n".join(part for part in (heading, *items, rest) if part)


def _tenancy_faults(body: ReportBody) -> str:
    if not body.tenancy_faults:
        return ""
    items = "\n".join(_finding(FindingDetails(finding)) for finding in body.tenancy_faults[:_MAX_ITEMS])
    rest = _rest(len(body.tenancy_faults) - _MAX_ITEMS, "finding")
    heading = "## Where the declaration does not keep tenants apart"
    return "\n\n".join(part for part in (heading, items, rest) if part)


def _verdict(verdict: Verdict) -> str:
    where = code(f"{verdict.file}:{verdict.line}")
    head = f"**{verdict.status}** {code(verdict.rule)}, {escape(verdict.service)} {where}"
    declared = ", ".join(code(str(origin)) for origin in verdict.declared_at)
    shown = [f"{head}: {escape(verdict.reason)}", block(verdict.subject, "sql")]
    shown += [f"Declared at {declared}."] if declared else []
    shown += [f"Works here:\n\n{block(verdict.fix, 'sql')}"] if verdict.fix else []
    return "\n\n".join(shown)


def _plan(plan: Plan) -> str:
    obstacles = _obstacles(plan)
    if not plan.statements:
        return obstacles
    statements = "\n".join(_statement(statement) for statement in plan.statements)
    remaining = ", ".join(code(str(change.identity)) for change in plan.remaining[:_MAX_ITEMS])
    stays = f"\n\nWithout the destructive statements stays different: {remaining}" if remaining else ""
    proven = f"{escape(proof_sentence(plan))}; {escape(rows_sentence(plan))}"
    ways = f"**Remediation**, {proven}:\n\n{block(statements, 'sql')}{stays}"
    return "\n\n".join(part for part in (ways, obstacles) if part)


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
    summary = "<details><summary>To ignore it, paste at the end of fleetdrift.toml</summary>"
    return f"{summary}\n\n{block(chr(10).join(lines), 'toml')}\n\n</details>"


def _failures(body: ReportBody) -> str:
    failed = not_read(body)
    if not failed:
        return ""
    rows = [
        f"| {escape(result.tenant)} | {result.failure.kind} | {escape(result.failure.message)} |"
        for result in failed[:_MAX_ITEMS]
        if result.failure is not None
    ]
    table = "\n".join(["| tenant | kind | reason |", "|---|---|---|", *rows])
    return "\n\n".join(part for part in ("## Not read", table, _rest(len(failed) - _MAX_ITEMS, "tenant")) if part)


def _notes(body: ReportBody) -> str:
    notes = [f"- {escape(sentence)}" for sentence in body.unchecked[:_MAX_ITEMS]]
    notes += [f"- {plural(entry.count, 'object')} of {code(entry.catalog)} are not read" for entry in body.unmodelled]
    details = [f"- {escape(ignored_sentence(drift))}" for drift in body.ignored]
    details += [f"- {escape(notice)}" for notice in body.notices]
    aside = [f"- {escape(not_compared_sentence(entry))}" for entry in body.not_compared]
    sections = (("## Not checked", notes), ("## Ignored", details), ("## Not compared", aside))
    return "\n\n".join(f"{heading}\n\n" + "\n".join(lines) for heading, lines in sections if lines)


def _rest(count: int, noun: str) -> str:
    return f"… and {plural(count, noun)} more: the JSON and HTML reports have all." if count > 0 else ""
