"""Render the result of `fleetdrift diff` for a terminal."""

from __future__ import annotations

from rich.text import Text

from coordinator.report.renderers.group_text import print_finding, print_plan
from coordinator.report.renderers.presentation import plural
from coordinator.report.renderers.text import Terminal, close_console, open_console
from shared.diff.changes import SchemaDiff
from shared.findings.judge import judge_undeclared
from shared.remediation.plan import Plan


def render_diff(diff: SchemaDiff, plan: Plan, terminal: Terminal | None = None) -> str:
    """Write every difference as a sentence, then the statements that lead from observed to desired.

    Args:
        diff: Desired against observed.
        plan: The way back.
        terminal: What to render for; by default the one behind stdout.
    """
    console = open_console(terminal or Terminal.of_stdout())
    findings = judge_undeclared(diff)
    if not findings:
        console.print(Text("in sync: no difference", "bold green"))
        return close_console(console)
    console.print(Text(plural(len(findings), "difference"), "bold red"))
    for finding in findings:
        print_finding(console, finding)
    console.print()
    print_plan(console, plan)
    return close_console(console)
