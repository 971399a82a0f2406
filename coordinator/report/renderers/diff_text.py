"""Render the result of `fleetdrift diff` for a terminal."""

from __future__ import annotations

from collections.abc import Sequence

from rich.text import Text

from coordinator.report.renderers.group_text import print_finding, print_plan
from coordinator.report.renderers.presentation import plural
from coordinator.report.renderers.text import Terminal, close_console, open_console
from shared.diff.changes import SchemaDiff
from shared.findings.finding import Finding
from shared.findings.judge import judge_undeclared
from shared.findings.rules import unverified
from shared.remediation.plan import Plan


def render_diff(diff: SchemaDiff, plan: Plan, terminal: Terminal | None = None, *, unread: int = 0) -> str:
    """Write every difference as a sentence, then the statements that lead from observed to desired.

    Args:
        diff: Desired against observed.
        plan: The way back.
        terminal: What to render for; by default the one behind stdout.
        unread: How much of the two sources could not be read: then no difference is not in sync.
    """
    console = open_console(terminal or Terminal.of_stdout())
    findings = judge_undeclared(diff)
    console.print(_headline(findings, unread))
    if not findings:
        return close_console(console)
    for finding in findings:
        print_finding(console, finding)
    console.print()
    print_plan(console, plan)
    return close_console(console)


def _headline(findings: Sequence[Finding], unread: int) -> Text:
    """Count what differs and what could not be decided, each for itself."""
    undecided = sum(finding.rule == unverified.RULE.id for finding in findings)
    certain = len(findings) - undecided
    if not findings and not unread:
        return Text("in sync: no difference", "bold green")
    words = Text()
    if certain or not undecided:
        what = plural(certain, "difference") if certain else "no difference in what could be read"
        words.append(what, "bold red" if certain else "bold yellow")
    if undecided:
        words.append(", " if certain else "").append(f"{plural(undecided, 'object')} not decided", "bold yellow")
    return words
