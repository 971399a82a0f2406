"""Render a report as Markdown, for the comment of a pull request or a chat.

What is wrong can be seen at once; what belongs to a drift group opens. It is never longer than GitHub takes.
"""

from __future__ import annotations

from collections.abc import Iterable

from coordinator.report.model import ReportBody, ScanReport
from coordinator.report.overview import OverviewRow, knows_since_when, overview_of
from coordinator.report.renderers.comment import Item, Section, fill_comment
from coordinator.report.renderers.declarations import TITLE, declaration_sentences
from coordinator.report.renderers.markdown_group import finding_line, group_item, verdict_head, verdict_parts
from coordinator.report.renderers.markdown_text import code, collapsed, escape, paragraphs, row
from coordinator.report.renderers.presentation import (
    NOTHING_COMPARED,
    STATUS_WORDS,
    FindingDetails,
    ignored_sentence,
    minute_of,
    not_compared_sentence,
    not_read,
    nothing_is_compared,
    plural,
    present_counts,
    tenants_phrase,
    worst_first,
)
from coordinator.report.renderers.rollouts import rollout_sentence, rollouts_of, verdict_of

_MAX_GROUPS = 20
_MAX_LENGTH_OF_A_NAME_AT_THE_TOP = 500
"""Characters that the name of a fleet or a version has there: what stands at the top is never left out."""

_IN_OTHER_FORMS = "the HTML report shows more, the JSON report has all"
_IN_JSON = "the JSON report has all"


def render_markdown(report: ScanReport) -> str:
    """Write the report in GitHub's Markdown; names can neither open markup nor link nor mention anybody."""
    body = report.body
    service_faults = [
        Item(verdict_head(each), paragraphs(verdict_head(each), collapsed("The query", verdict_parts(each))))
        for each in body.service_faults
    ]
    sections = (
        Section(heading=paragraphs(_title(report), _answer(report), _headline(body))),
        _overview(report),
        _list(f"## {TITLE}", declaration_sentences(body), "declaration"),
        _list("## In a rollout", _rollouts(body), "place"),
        Section(
            heading="## Drift groups",
            items=[group_item(group, report) for group in worst_first(body)],
            noun="drift group",
            elsewhere=_IN_OTHER_FORMS,
            most=_MAX_GROUPS,
            between="\n\n",
        ),
        _failures(body),
        Section(
            heading="## The services' own faults\n\nThe declared schema shows them as well.",
            items=service_faults,
            noun="query",
            elsewhere=_IN_OTHER_FORMS,
            between="\n\n",
        ),
        Section(
            heading="## Where the declaration does not keep tenants apart",
            items=[Item(finding_line(FindingDetails(finding))) for finding in body.tenancy_faults],
            noun="finding",
            elsewhere=_IN_OTHER_FORMS,
        ),
        *_notes(body),
    )
    return fill_comment([section for section in sections if section.items or not section.noun])


def _title(report: ScanReport) -> str:
    return f"# {escape(_shortened(report.body.fleet))}: {verdict_of(report)}"


def _shortened(name: str) -> str:
    return name if len(name) <= _MAX_LENGTH_OF_A_NAME_AT_THE_TOP else f"{name[:_MAX_LENGTH_OF_A_NAME_AT_THE_TOP]}…"


def _answer(report: ScanReport) -> str:
    body = report.body
    counts = ", ".join(f"{count:,} {STATUS_WORDS[status]}" for status, count in present_counts(body))
    shapes = plural(body.shapes, "distinct schema")
    content = code(report.content_hash[:16])
    declared = f"; declared version {escape(_shortened(body.expected_version))}" if body.expected_version else ""
    return (
        f"{plural(len(body.tenants), 'tenant')}: {counts}; {shapes}{declared}. "
        f"Scanned {report.started}, content {content}."
    )


def _headline(body: ReportBody) -> str:
    if nothing_is_compared(body):
        return NOTHING_COMPARED
    summary = body.drift_summary
    rows = (
        ("missing indexes", summary.missing_indexes),
        ("orphaned constraints", summary.orphaned_constraints),
        ("schema version mismatches", summary.schema_version_mismatches),
        ("service contract violations", summary.service_contract_violations),
        ("affected tenants", len(summary.tenant_impact)),
        ("remediation steps", body.remediation_steps),
    )
    return "\n".join(["| | |", "|---|---:|", *(row(words, f"{count:,}") for words, count in rows)])


def _overview(report: ScanReport) -> Section:
    dated = knows_since_when(report)
    columns = ("object", "severity", *(("since (UTC)",) if dated else ()), "rule", "tenants", "what to do")
    return _table(
        "## What is wrong",
        columns,
        [_overview_row(each, dated=dated) for each in overview_of(report)],
        noun="difference",
        elsewhere="the CSV report has all, and `fleetdrift changes` where scans are kept",
    )


def _overview_row(each: OverviewRow, *, dated: bool) -> str:
    return row(
        escape(each.object),
        each.severity.value,
        *((minute_of(each.since),) if dated else ()),
        escape(each.rule),
        escape(tenants_phrase(each.tenants)),
        each.to_do,
    )


def _rollouts(body: ReportBody) -> Iterable[str]:
    return (f"{tenants_phrase(rollout.tenants)}: {rollout_sentence(rollout)}" for rollout in rollouts_of(body))


def _failures(body: ReportBody) -> Section:
    rows = [
        row(escape(result.tenant), result.failure.kind, escape(result.failure.message))
        for result in not_read(body)
        if result.failure is not None
    ]
    return _table("## Not read", ("tenant", "kind", "reason"), rows, noun="tenant", elsewhere="the HTML report has all")


def _notes(body: ReportBody) -> tuple[Section, ...]:
    unread = [f"{plural(entry.count, 'object')} of {entry.catalog} are not read" for entry in body.unmodelled]
    ignored = [ignored_sentence(drift) for drift in body.ignored]
    aside = [not_compared_sentence(entry) for entry in body.not_compared]
    return (
        _list("## Not checked", (*body.unchecked, *unread), "note"),
        _list("## Ignored", (*ignored, *body.notices), "note"),
        _list("## Not compared", aside, "note"),
    )


def _list(heading: str, sentences: Iterable[str], noun: str) -> Section:
    items = [Item(f"- {escape(sentence)}") for sentence in sentences]
    return Section(heading=heading, items=items, noun=noun, elsewhere=_IN_JSON)


def _table(heading: str, columns: tuple[str, ...], rows: Iterable[str], noun: str, elsewhere: str) -> Section:
    head = f"{row(*columns)}\n|{'---|' * len(columns)}"
    return Section(
        heading=heading, items=[Item(each) for each in rows], noun=noun, elsewhere=elsewhere, table_head=head
    )
