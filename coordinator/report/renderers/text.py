"""Render a report for a terminal: the result first, then each drift group with its remediation."""

from __future__ import annotations

import io
import os
import shutil
import sys
from collections.abc import Callable

import msgspec
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from coordinator.report.model import ReportBody, ScanReport, ScanStatus, TenantStatus
from coordinator.report.renderers.declarations import TITLE, declaration_sentences
from coordinator.report.renderers.group_text import print_finding, print_group, print_verdict
from coordinator.report.renderers.overview import print_comparison, print_overview, print_where_groups_are
from coordinator.report.renderers.presentation import (
    NOTHING_COMPARED,
    STATUS_WORDS,
    ignored_sentence,
    not_compared_sentence,
    not_read,
    nothing_is_compared,
    plural,
    present_counts,
    tenants_phrase,
    worst_first,
)
from coordinator.report.renderers.rollouts import rollout_sentence, rollouts_of, verdict_of
from coordinator.report.renderers.visible import visible

_MAX_TENANTS = 20
_MAX_GROUPS = 20
_MAX_GROUPS_IN_FULL = 3
"""Drift groups of a report up to which all stand in full; one group has some forty lines."""

_MAX_FAILURES = 20
_MAX_NOTES = 20

STATUS_STYLES = {
    TenantStatus.IN_SYNC: "green",
    TenantStatus.DRIFTED: "bold red",
    TenantStatus.PENDING: "cyan",
    TenantStatus.UNVERIFIED: "yellow",
    TenantStatus.UNREACHABLE: "magenta",
    TenantStatus.ERROR: "magenta",
    TenantStatus.STALE: "yellow",
    TenantStatus.NEVER_SCANNED: "yellow",
    TenantStatus.EXCLUDED: "dim",
}
_SCAN_STYLES = {
    ScanStatus.IN_SYNC: "bold green",
    ScanStatus.DRIFT: "bold red",
    ScanStatus.INCOMPLETE: "bold yellow",
    ScanStatus.FAILED: "bold red",
}


class Terminal(msgspec.Struct, frozen=True):
    """The terminal a text is made for: its width in columns, and whether it shows colours."""

    width: int = 100
    colour: bool = False

    @classmethod
    def of_stdout(cls) -> Terminal:
        """Describe the terminal we write to; without colours when it is none, or NO_COLOR is set (no-color.org)."""
        colour = sys.stdout.isatty() and not os.environ.get("NO_COLOR")
        return cls(width=min(shutil.get_terminal_size((100, 24)).columns, 140), colour=colour)


def render_text(report: ScanReport, terminal: Terminal | None = None, before: ReportBody | None = None) -> str:
    """Render a report for people at a terminal. Names cannot move the cursor, colour or forge lines.

    What is wrong is listed, each thing once; below it stand the drift groups in full while they are few.

    Args:
        report: What to render.
        terminal: What to render for; by default the one behind stdout.
        before: An earlier report; then it is said what is new and what is gone since.
    """
    return _render(report, terminal, before, _print_few_groups)


def render_full_text(report: ScanReport, terminal: Terminal | None = None, before: ReportBody | None = None) -> str:
    """Render a report as `render_text` does, with every drift group in full.

    Args:
        report: What to render.
        terminal: What to render for; by default the one behind stdout.
        before: An earlier report; then it is said what is new and what is gone since.
    """
    return _render(report, terminal, before, _print_groups)


def _render(
    report: ScanReport,
    terminal: Terminal | None,
    before: ReportBody | None,
    print_groups: Callable[[Console, ScanReport], None],
) -> str:
    console = open_console(terminal or Terminal.of_stdout())
    _print_answer(console, report)
    if before is not None:
        print_comparison(console, report.body, before)
    _print_tenants(console, report.body)
    _print_declarations(console, report.body)
    _print_failures(console, report.body)
    _print_rollouts(console, report.body)
    print_overview(console, report)
    print_groups(console, report)
    _print_service_faults(console, report.body)
    _print_tenancy_faults(console, report.body)
    _print_notes(console, report.body)
    return close_console(console)


def open_console(terminal: Terminal) -> Console:
    """Open a console that writes to memory and interprets no markup in what it is given."""
    return Console(
        file=io.StringIO(),
        width=terminal.width,
        force_terminal=terminal.colour,
        color_system="standard" if terminal.colour else None,
        no_color=not terminal.colour,
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False,
    )


def close_console(console: Console) -> str:
    """Give what was written to a console, without trailing blanks."""
    assert isinstance(console.file, io.StringIO)
    return "\n".join(line.rstrip() for line in console.file.getvalue().splitlines()).strip("\n") + "\n"


def _print_answer(console: Console, report: ScanReport) -> None:
    body = report.body
    console.print(
        Text.assemble(
            ("fleetdrift  ", "bold"),
            f"{visible(body.fleet)}: ",
            (verdict_of(report), _SCAN_STYLES[report.status]),
        )
    )
    counts = Text(f"{plural(len(body.tenants), 'tenant')}: ")
    for position, (status, count) in enumerate(present_counts(body)):
        counts.append(", " if position else "").append(f"{count:,} {STATUS_WORDS[status]}", STATUS_STYLES[status])
    shapes = f"; {plural(body.shapes, 'distinct schema')}, {plural(len(body.groups), 'drift group')}"
    declared = f"; declared version {visible(body.expected_version)}" if body.expected_version else ""
    console.print(counts.append(shapes).append(declared))
    console.print()
    console.print(_headline(body))
    console.print()
    envelope = (
        f"scan {report.execution_id}, {report.started}, {report.duration:.1f} s, content {report.content_hash[:16]}"
    )
    console.print(Text(envelope, "dim"))


def _headline(body: ReportBody) -> Table | Text:
    if nothing_is_compared(body):
        return Text(NOTHING_COMPARED, "bold yellow")
    summary = body.drift_summary
    table = Table(box=None, show_header=False, padding=(0, 2, 0, 0))
    table.add_column(justify="right")
    table.add_column()
    for count, noun in (
        (summary.missing_indexes, "missing index"),
        (summary.orphaned_constraints, "orphaned constraint"),
        (summary.schema_version_mismatches, "schema version mismatch"),
        (summary.service_contract_violations, "service contract violation"),
        (len(summary.tenant_impact), "affected tenant"),
        (body.remediation_steps, "remediation step"),
    ):
        words = plural(count, noun).split(" ", 1)[1]
        table.add_row(Text(f"{count:,}", "bold" if count else "dim"), Text(words, "" if count else "dim"))
    return table


def _print_tenants(console: Console, body: ReportBody) -> None:
    """List the tenants while they are few, else those that are not in sync."""
    listed = body.tenants
    if len(listed) > _MAX_TENANTS:
        listed = tuple(result for result in listed if result.status is not TenantStatus.IN_SYNC)
    if not listed:
        return
    table = Table(box=SIMPLE_HEAD, show_edge=False, padding=(0, 2, 0, 0), pad_edge=False)
    for heading in ("tenant", "status", "schema", "version", "drift group"):
        table.add_column(heading, overflow="fold")
    for result in listed[:_MAX_TENANTS]:
        versions = ", ".join(f"{version.version} ({version.tool})" for version in result.versions)
        table.add_row(
            Text(visible(result.tenant)),
            Text(STATUS_WORDS[result.status], STATUS_STYLES[result.status]),
            Text(result.shape[:8] or "–"),
            Text(visible(versions) or "–"),
            Text(result.group[:8] or "–"),
        )
    console.print(table)
    _print_rest(console, len(listed) - _MAX_TENANTS, "tenant")
    console.print()


def _print_declarations(console: Console, body: ReportBody) -> None:
    sentences = declaration_sentences(body)
    if not sentences:
        return
    console.print(Text(TITLE, "bold"))
    for sentence in sentences[:_MAX_GROUPS]:
        console.print(Padding(Text(visible(sentence)), (0, 0, 0, 2)))
    _print_rest(console, len(sentences) - _MAX_GROUPS, "declaration")
    console.print()


def _print_failures(console: Console, body: ReportBody) -> None:
    failed = not_read(body)
    if not failed:
        return
    console.print(Text(f"Not read: {plural(len(failed), 'tenant')}", "bold magenta"))
    for result in failed[:_MAX_FAILURES]:
        assert result.failure is not None
        line = f"{visible(result.tenant)}: {result.failure.kind}: {visible(result.failure.message)}"
        console.print(Padding(Text(line), (0, 0, 0, 2)))
    _print_rest(console, len(failed) - _MAX_FAILURES, "tenant")
    console.print()


def _print_rollouts(console: Console, body: ReportBody) -> None:
    rollouts = rollouts_of(body)
    if not rollouts:
        return
    console.print(Text("In a rollout", "bold cyan"))
    for rollout in rollouts[:_MAX_GROUPS]:
        line = f"{visible(tenants_phrase(rollout.tenants))}: {visible(rollout_sentence(rollout))}"
        console.print(Padding(Text(line), (0, 0, 0, 2)))
    _print_rest(console, len(rollouts) - _MAX_GROUPS, "place")
    console.print()


def _print_few_groups(console: Console, report: ScanReport) -> None:
    if len(report.body.groups) <= _MAX_GROUPS_IN_FULL:
        _print_groups(console, report)
    else:
        print_where_groups_are(console, report)


def _print_groups(console: Console, report: ScanReport) -> None:
    groups = worst_first(report.body)
    for group in groups[:_MAX_GROUPS]:
        print_group(console, group, report)
    _print_rest(console, len(groups) - _MAX_GROUPS, "drift group")


def _print_service_faults(console: Console, body: ReportBody) -> None:
    if not body.service_faults:
        return
    console.print(Text("The services' own faults, which the declared schema shows as well", "bold yellow"))
    for verdict in body.service_faults[:_MAX_NOTES]:
        print_verdict(console, verdict)
    _print_rest(console, len(body.service_faults) - _MAX_NOTES, "query")
    console.print()


def _print_tenancy_faults(console: Console, body: ReportBody) -> None:
    if not body.tenancy_faults:
        return
    console.print(Text("Where the declaration does not keep tenants apart", "bold yellow"))
    for finding in body.tenancy_faults[:_MAX_NOTES]:
        print_finding(console, finding)
    _print_rest(console, len(body.tenancy_faults) - _MAX_NOTES, "finding")
    console.print()


def _print_notes(console: Console, body: ReportBody) -> None:
    if body.unchecked:
        console.print(Text("Not checked", "bold yellow"))
        for sentence in body.unchecked[:_MAX_NOTES]:
            console.print(Padding(Text(visible(sentence)), (0, 0, 0, 2)))
        _print_rest(console, len(body.unchecked) - _MAX_NOTES, "note")
    for drift in body.ignored:
        console.print(Text(visible(ignored_sentence(drift)), "dim"))
    for entry in body.not_compared:
        console.print(Text(visible(not_compared_sentence(entry)), "dim"))
    for notice in body.notices:
        console.print(Text(visible(notice), "yellow"))
    for unread in body.unmodelled:
        console.print(Text(f"Not read: {plural(unread.count, 'object')} of {visible(unread.catalog)}", "yellow"))


def _print_rest(console: Console, count: int, noun: str) -> None:
    if count > 0:
        console.print(Text(f"  … and {plural(count, noun)} more: the JSON and HTML reports have all", "dim"))
