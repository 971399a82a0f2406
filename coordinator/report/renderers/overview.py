"""The beginning of a long report for a terminal: what is wrong, each thing once, the worst first."""

from __future__ import annotations

from collections.abc import Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from coordinator.report.model import ReportBody
from coordinator.report.renderers.presentation import plural, tenants_phrase
from coordinator.report.renderers.visible import visible
from coordinator.report.roll_up import RolledUp, gone_since, new_since, roll_up
from shared.findings.finding import Severity

_LARGEST = 10
"""Things that are wrong which the overview lists."""

_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.INFO: "dim"}


def print_overview(console: Console, body: ReportBody) -> None:
    """List the worst that is wrong, with its tenants, and say how to see the rest."""
    wrong = roll_up(body)
    console.print(Text("What differs, the worst first", "bold"))
    _print_table(console, wrong)
    groups = plural(len(body.groups), "drift group")
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
    for heading in ("severity", "what", "tenants"):
        table.add_column(heading, overflow="fold")
    for each in wrong[:_LARGEST]:
        table.add_row(
            Text(each.severity.value, _STYLES[each.severity]),
            Text(visible(each.message)),
            Text(visible(tenants_phrase(each.tenants))),
        )
    console.print(table)
    if len(wrong) > _LARGEST:
        console.print(Text(f"  … and {len(wrong) - _LARGEST:,} more", "dim"))
