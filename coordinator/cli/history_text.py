"""The history of a fleet as text for a terminal."""

from __future__ import annotations

from rich.text import Text

from coordinator.cli.memory_text import moment
from coordinator.cli.table_text import Column, print_table
from coordinator.memory.views import FleetHistory
from coordinator.report.renderers.presentation import STATUS_WORDS
from coordinator.report.renderers.text import STATUS_STYLES, Terminal, close_console, open_console

_COLUMNS = (
    Column("from"),
    Column("tenants", folds=True),
    Column("new changes", figures=True),
    Column("resolved", figures=True),
)


def history_text(history: FleetHistory, terminal: Terminal | None = None) -> str:
    """Write a line for each moment at which anything became different."""
    console = open_console(terminal or Terminal.of_stdout())
    if not history.moments:
        console.print(f"Nothing is remembered of this fleet since {moment(history.since)}.")
        return close_console(console)
    rows: list[tuple[Text | str, ...]] = []
    for at in history.moments:
        stood = Text()
        for status, count in at.tenants:
            stood.append(", " if stood else "").append(f"{count:,} {STATUS_WORDS[status]}", STATUS_STYLES[status])
        rows.append((moment(at.at), stood, f"{at.new:,}" if at.new else "", f"{at.resolved:,}" if at.resolved else ""))
    print_table(console, _COLUMNS, rows)
    return close_console(console)
