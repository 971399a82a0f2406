"""The beginning of a report for a terminal: what is wrong, each thing once, the worst first."""

from __future__ import annotations

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from coordinator.report.model import ReportBody, ScanReport
from coordinator.report.overview import knows_since_when, overview_of
from coordinator.report.renderers.presentation import minute_of, plural, tenants_phrase
from coordinator.report.renderers.visible import visible
from coordinator.report.roll_up import RolledUp, gone_since, new_since
from shared.findings.finding import Severity

_LARGEST = 10
"""Things that are wrong which the overview lists."""

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.INFO: "dim"}


def print_overview(console: Console, report: ScanReport) -> None:
    """List the worst that is wrong: since when, in which tenants, what to do. Nothing where nothing is."""
    rows = overview_of(report)
    if not rows:
        return
    console.print(Text("What differs, the worst first", "bold"))
    table = Table(box=SIMPLE_HEAD, show_edge=False, padding=(0, 2, 0, 0), pad_edge=False)
    dated = knows_since_when(report)
    for heading in ("object", "severity", *(("since (UTC)",) if dated else ()), "tenants", "what to do"):
        table.add_column(heading, overflow="fold")
    for row in rows[:_LARGEST]:
        table.add_row(
            _named(row.object, row.rule),
            Text(row.severity.value, _STYLES[row.severity]),
            *([Text(minute_of(row.since))] if dated else []),
            Text(visible(tenants_phrase(row.tenants))),
            Text(visible(row.to_do)),
        )
    console.print(table)
    _print_rest(console, len(rows))
    console.print()


def print_where_groups_are(console: Console, report: ScanReport) -> None:
    """Say how to see the drift groups that are too many to be printed."""
    groups = plural(len(report.body.groups), "drift group")
    console.print(
        Text(f"--full prints all {groups} with all findings, plans and patches; --output html shows them", "dim")
    )
    console.print()


def print_comparison(console: Console, body: ReportBody, before: ReportBody) -> None:
    """Say what is new and what is gone since an earlier report."""
    new, gone = new_since(body, before), gone_since(body, before)
    console.print(Text(f"Since that report: {len(new):,} new, {len(gone):,} gone", "bold"))
    if new:
        console.print(Text("New", "bold red"))
        _print_table(console, new)
    if gone:
        console.print(Text("Gone", "bold green"))
        _print_table(console, gone)
    console.print()


def _print_table(console: Console, wrong: Sequence[RolledUp]) -> None:
    table = Table(box=SIMPLE_HEAD, show_edge=False, padding=(0, 2, 0, 0), pad_edge=False)
    for heading in ("object", "severity", "tenants"):
        table.add_column(heading, overflow="fold")
    for each in wrong[:_LARGEST]:
        table.add_row(
            _named(each.object, each.rule),
            Text(each.severity.value, _STYLES[each.severity]),
            Text(visible(tenants_phrase(each.tenants))),
        )
    console.print(table)
    _print_rest(console, len(wrong))


def _named(item: str, rule: str) -> Text:
    """Name what is wrong: the object, below it the rule."""
    return Text.assemble(visible(item.strip()), "\n", (visible(rule), "dim"))


def _print_rest(console: Console, count: int) -> None:
    if count > _LARGEST:
        console.print(Text(f"  … and {count - _LARGEST:,} more", "dim"))
