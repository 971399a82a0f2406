"""Ignore rules as text for a terminal. Names cannot move the cursor, colour or forge lines."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from rich.text import Text

from coordinator.cli.table_text import Column, print_table
from coordinator.records.ignores import IgnoreState, IgnoreView
from coordinator.report.renderers.text import Terminal, close_console, open_console
from coordinator.report.renderers.visible import visible
from shared.findings.ignore import EVERYTHING, IgnoreRule

_COLUMNS = (
    Column("id"),
    Column("state"),
    Column("until"),
    Column("ignores", folds=True),
    Column("owner", folds=True),
    Column("reason", folds=True, spare=True),
    Column("by", folds=True, spare=True),
)
_STYLES = {IgnoreState.IN_FORCE: "", IgnoreState.ENDED: "yellow", IgnoreState.OVERRIDDEN: "dim"}
_SAID_OF_IT = frozenset({"reason", "owner", "until"})


def ignores_text(rules: Iterable[IgnoreView], terminal: Terminal | None = None) -> str:
    """List ignore rules, one a line."""
    console = open_console(terminal or Terminal.of_stdout())
    rows = [_row(view) for view in rules]
    if rows:
        print_table(console, _COLUMNS, rows)
    else:
        console.print("No ignore rules; `fleetdrift ignores add` makes one.")
    return close_console(console)


def _row(view: IgnoreView) -> tuple[Text | str, ...]:
    rule = view.rule
    state = Text(view.state.value.replace("_", " "), _STYLES[view.state])
    said = (Text(visible(text)) for text in (_chosen(rule), rule.owner, rule.reason, view.created_by))
    return (view.id, state, rule.until.isoformat(), *said)


def _chosen(rule: IgnoreRule) -> str:
    """Write what a rule ignores, as the options that make it say it."""
    fields = msgspec.structs.asdict(rule)
    labels = [f"label={name}={value}" for name, value in sorted(fields.pop("labels").items())]
    chosen = [f"{name}={value}" for name, value in fields.items() if name not in _SAID_OF_IT and value != EVERYTHING]
    return " ".join((*chosen, *labels))
