"""Tokens and the audit log as text for a terminal. Names cannot move the cursor, colour or forge lines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from rich.text import Text

from coordinator.access.audit import AuditEntry
from coordinator.access.tokens import TokenRecord
from coordinator.cli.memory_text import NONE, age, moment, print_more
from coordinator.cli.table_text import Column, print_table
from coordinator.report.renderers.text import Terminal, close_console, open_console
from coordinator.report.renderers.visible import visible

_TOKEN_COLUMNS = (
    Column("name", folds=True),
    Column("scope"),
    Column("fleets", folds=True),
    Column("state"),
    Column("last used", spare=True),
    Column("by", folds=True, spare=True),
    Column("made", spare=True),
)

_AUDIT_COLUMNS = (
    Column("when"),
    Column("who", folds=True),
    Column("did"),
    Column("to", folds=True),
    Column("detail", folds=True),
    Column("from", folds=True, spare=True),
    Column("by", spare=True),
)


def tokens_text(tokens: Iterable[TokenRecord], now: dt.datetime, terminal: Terminal | None = None) -> str:
    """List tokens, one a line."""
    console = open_console(terminal or Terminal.of_stdout())
    rows = tuple(tokens)
    if not rows:
        console.print("No tokens; `fleetdrift tokens create` makes one.")
        return close_console(console)
    print_table(console, _TOKEN_COLUMNS, [_token_row(token, now) for token in rows])
    return close_console(console)


def _token_row(token: TokenRecord, now: dt.datetime) -> tuple[Text | str, ...]:
    return (
        Text(visible(token.name)),
        token.scope.value,
        Text(visible(", ".join(token.fleets)) or "every fleet"),
        _state(token, now),
        age(token.last_used, now),
        Text(visible(token.created_by)),
        age(token.created, now),
    )


def _state(token: TokenRecord, now: dt.datetime) -> Text:
    if token.revoked is not None:
        return Text(f"revoked {age(token.revoked, now)}", "dim")
    if token.expires is None:
        return Text("in use", "green")
    if token.expires <= now:
        return Text(f"ended {moment(token.expires)}", "yellow")
    return Text(f"until {moment(token.expires)}", "green")


def _audit_row(entry: AuditEntry) -> tuple[Text | str, ...]:
    return (
        moment(entry.at),
        Text(visible(entry.who) or NONE),
        entry.action.value.replace("_", " "),
        Text(visible(entry.subject) or NONE),
        Text(visible(entry.detail)),
        Text(visible(entry.address) or NONE),
        entry.via.value,
    )


def audit_text(entries: Iterable[AuditEntry], after: str | None, terminal: Terminal | None = None) -> str:
    """List who did what, one a line."""
    console = open_console(terminal or Terminal.of_stdout())
    rows = tuple(entries)
    if rows:
        print_table(console, _AUDIT_COLUMNS, [_audit_row(entry) for entry in rows])
    else:
        console.print("Nothing was done yet.")
    print_more(console, after)
    return close_console(console)
