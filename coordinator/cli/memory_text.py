"""Answers of the fleet's memory as text for a terminal. Names cannot move the cursor, colour or forge lines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from coordinator.memory.model import ChangeLife, ChangeSubject, FleetChange
from coordinator.memory.views import ChangeView, FleetStatus, SuspiciousScan, TenantHistory, TenantView
from coordinator.report.renderers.presentation import STATUS_WORDS, plural
from coordinator.report.renderers.text import STATUS_STYLES, Terminal, close_console, open_console
from coordinator.report.renderers.visible import visible
from shared.findings.finding import Severity

NONE = "–"
_FIGURES = frozenset({"tenants", "changes", "flaps", "broken queries"})
"""Headings of columns that hold numbers."""
_SEVERITY_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.INFO: "dim"}


def age(moment: dt.datetime | None, now: dt.datetime) -> str:
    """Say how long ago something was, in its largest unit: `3 days ago`."""
    if moment is None:
        return "never"
    seconds = max(0, int((now - moment).total_seconds()))
    for length, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= length:
            return f"{plural(seconds // length, unit)} ago"
    return f"{plural(seconds, 'second')} ago"


def status_text(
    status: FleetStatus, top: Sequence[ChangeView], now: dt.datetime, terminal: Terminal | None = None
) -> str:
    """Tell how a fleet stands, in about ten lines."""
    console = open_console(terminal or Terminal.of_stdout())
    total = sum(count for _, count in status.tenants)
    console.print(Text.assemble(("fleetdrift  ", "bold"), visible(status.fleet), f": {plural(total, 'tenant')}"))
    if status.scanned is None:
        console.print(Text("No scan of this fleet is recorded in the store: run `fleetdrift scan`.", "yellow"))
        return close_console(console)
    counts = Text()
    for state, count in status.tenants:
        if count:
            counts.append(", " if counts else "").append(f"{count:,} {STATUS_WORDS[state]}", STATUS_STYLES[state])
    console.print(counts)
    oldest = (
        ""
        if status.oldest_good is None
        else f"; every tenant that was ever read was read {age(status.oldest_good, now)} or later"
    )
    console.print(Text(f"scanned {age(status.scanned, now)}{oldest}", "dim"))
    console.print()
    found = ", ".join(f"{count:,} {severity}" for severity, count in status.changes if count)
    console.print(f"open changes: {found or 'none'}")
    console.print(f"by the newest scan: {status.new:,} new, {status.resolved:,} resolved")
    if status.suspicious is not None:
        _print_suspicion(console, status.suspicious)
    if top:
        console.print()
        console.print(_changes_table(top, now))
    return close_console(console)


def _print_suspicion(console: Console, suspicious: SuspiciousScan) -> None:
    before = ", ".join(f"{count:,} {STATUS_WORDS[state]}" for state, count in suspicious.tenants)
    console.print(Text(f"suspicious: {visible(suspicious.reason)}", "bold yellow"), soft_wrap=True)
    console.print(Text(f"  before it: {before}", "yellow"), soft_wrap=True)
    console.print(Text(f"  if it is so: fleetdrift scans confirm {visible(suspicious.scan)}", "dim"), soft_wrap=True)


def changes_text(
    changes: Sequence[ChangeView], after: str | None, now: dt.datetime, terminal: Terminal | None = None
) -> str:
    """List changes, one a line."""
    console = open_console(terminal or Terminal.of_stdout())
    if not changes:
        console.print("No changes.")
    else:
        console.print(_changes_table(changes, now))
    print_more(console, after)
    return close_console(console)


def tenants_text(
    tenants: Sequence[TenantView], after: str | None, now: dt.datetime, terminal: Terminal | None = None
) -> str:
    """List tenants, one a line."""
    console = open_console(terminal or Terminal.of_stdout())
    if not tenants:
        console.print("No tenants.")
    else:
        console.print(_tenants_table(tenants, now))
    print_more(console, after)
    return close_console(console)


def tenant_text(history: TenantHistory, now: dt.datetime, terminal: Terminal | None = None) -> str:
    """Tell all that is remembered of a tenant: now, its changes, its timeline."""
    console = open_console(terminal or Terminal.of_stdout())
    tenant = history.now
    head = Text.assemble(
        (visible(tenant.tenant), "bold"), ": ", (STATUS_WORDS[tenant.status], STATUS_STYLES[tenant.status])
    )
    console.print(head.append(f" since {moment(tenant.since)}, last read {age(tenant.last_good, now)}"))
    if tenant.labels:
        console.print(Text(f"  labels: {_labels(tenant)}"), soft_wrap=True)
    if tenant.failure is not None:
        console.print(Text(f"  not read: {tenant.failure.kind}: {visible(tenant.failure.message)}", "magenta"))
    if tenant.known is not None:
        group = f", drift group {tenant.known.group}" if tenant.known.group else ""
        console.print(
            f"  when it was last read: {STATUS_WORDS[tenant.known.status]}, schema {tenant.known.shape[:8]}{group}"
        )
    if history.changes:
        console.print()
        console.print(_lives_table(history.changes))
    console.print()
    console.print(_timeline(history))
    return close_console(console)


def table_of(*headings: str) -> Table:
    """Make a table without lines around it; figures stand on the right."""
    table = Table(box=SIMPLE_HEAD, show_edge=False, padding=(0, 2, 0, 0), pad_edge=False)
    for heading in headings:
        table.add_column(heading, overflow="fold", justify="right" if heading in _FIGURES else "left")
    return table


def _changes_table(changes: Iterable[ChangeView], now: dt.datetime) -> Table:
    table = table_of("severity", "change", "tenants", "first seen", "id")
    for view in changes:
        gone = Text(" resolved " + age(view.resolved, now), "green") if view.resolved else Text()
        table.add_row(
            _severity(view.change),
            Text(_what(view.change)).append(gone),
            f"{view.tenants:,}",
            age(view.first_seen, now),
            view.change.id,
        )
    return table


def _tenants_table(tenants: Iterable[TenantView], now: dt.datetime) -> Table:
    listed = tuple(tenants)
    labelled = any(tenant.labels for tenant in listed)
    headings = ("tenant", "status", "changes", "since", "last read", "schema", "drift group")
    table = table_of(*headings, *(["labels"] if labelled else []))
    for tenant in listed:
        known = tenant.known
        table.add_row(
            Text(visible(tenant.tenant)),
            Text(STATUS_WORDS[tenant.status], STATUS_STYLES[tenant.status]),
            f"{tenant.changes:,}",
            age(tenant.since, now),
            age(tenant.last_good, now),
            (tenant.shape or (known.shape if known else ""))[:8] or NONE,
            (tenant.group or (known.group if known else "")) or NONE,
            *([Text(_labels(tenant) or NONE)] if labelled else []),
        )
    return table


def _labels(tenant: TenantView) -> str:
    return visible(" ".join(f"{name}={value}" for name, value in sorted(tenant.labels.items())))


def _lives_table(changes: Iterable[tuple[FleetChange, ChangeLife]]) -> Table:
    table = table_of("severity", "change", "first seen", "resolved", "flaps", "id")
    for change, life in changes:
        resolved = Text(moment(life.resolved), "green") if life.resolved else Text("open", "bold")
        table.add_row(
            _severity(change), Text(_what(change)), moment(life.first_seen), resolved, str(life.flaps), change.id
        )
    return table


def _timeline(history: TenantHistory) -> Table:
    table = table_of("from", "to", "status", "schema", "version", "drift group")
    for stay in history.stays:
        row = stay.result
        versions = ", ".join(f"{version.version} ({version.tool})" for version in row.versions)
        table.add_row(
            moment(stay.since),
            moment(stay.until) if stay.until else "now",
            Text(STATUS_WORDS[row.status], STATUS_STYLES[row.status]),
            row.shape[:8] or NONE,
            Text(visible(versions) or NONE),
            row.group or NONE,
        )
    return table


def _severity(change: FleetChange) -> Text:
    return Text(change.severity.value, _SEVERITY_STYLES[change.severity])


def _what(change: FleetChange) -> str:
    match change.subject:
        case ChangeSubject.VERSION:
            return visible(change.message)
        case ChangeSubject.CONTRACT | ChangeSubject.SERVICE:
            return visible(f"query {change.kind.replace('_', ' ')}: {change.object}")
        case ChangeSubject.SCHEMA:
            return visible(f"{change.kind} {change.object}")


def moment(when: dt.datetime) -> str:
    """Write a moment to the minute, in UTC."""
    return when.astimezone(dt.UTC).strftime("%Y-%m-%d %H:%MZ")


def print_more(console: Console, after: str | None) -> None:
    """Say how to ask for the next page, when there is one."""
    if after is not None:
        console.print(Padding(Text(f"there are more: --after '{visible(after)}'", "dim"), (1, 0, 0, 0)))
