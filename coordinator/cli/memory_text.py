"""Answers of the fleet's memory as text for a terminal. Names cannot move the cursor, colour or forge lines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from coordinator.cli.table_text import Column, print_table
from coordinator.memory.model import ChangeLife, ChangeSubject, FleetChange
from coordinator.memory.views import ChangeView, FleetStatus, SuspiciousScan, TenantHistory, TenantView
from coordinator.report.model import ScanStatus, TenantStatus
from coordinator.report.renderers.presentation import STATUS_WORDS, plural
from coordinator.report.renderers.text import STATUS_STYLES, Terminal, close_console, open_console
from coordinator.report.renderers.visible import visible
from shared.findings.finding import Severity

_NOT_KNOWN = frozenset(TenantStatus) - {
    TenantStatus.IN_SYNC, TenantStatus.DRIFTED, TenantStatus.PENDING, TenantStatus.EXCLUDED,
}  # fmt: skip
"""Statuses of tenants that may differ in more than is known."""
NONE = "–"
"""Where there is nothing to be said."""
_SEVERITY_STYLES = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.INFO: "dim"}


def age(moment: dt.datetime | None, now: dt.datetime) -> str:
    """Say how long ago something was, in its largest unit: `3 days ago`."""
    if moment is None:
        return "never"
    seconds = max(0, int((now - moment).total_seconds()))
    for length, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= length:
            return f"{plural(seconds // length, unit)} ago"
    return "just now"


def short_age(moment: dt.datetime | None, now: dt.datetime) -> str:
    """Say how long ago something was, for a cell of a table: `3 d ago`."""
    said = age(moment, now)
    for unit, short in (("day", "d"), ("hour", "h"), ("minute", "min")):
        said = said.replace(f" {unit}s ", f" {short} ").replace(f" {unit} ", f" {short} ")
    return said


def status_text(
    status: FleetStatus, top: Sequence[ChangeView], now: dt.datetime, terminal: Terminal | None = None
) -> str:
    """Tell how a fleet stands, in about ten lines."""
    console = open_console(terminal or Terminal.of_stdout())
    total = sum(count for _, count in status.tenants)
    console.print(Text.assemble(("fleetdrift  ", "bold"), visible(status.fleet), f": {plural(total, 'tenant')}"))
    if status.scanned is None and all(state is TenantStatus.NEVER_SCANNED for state, count in status.tenants if count):
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
    if status.scanned is None:
        console.print(Text("No scan of the whole fleet is recorded: others than these may differ too.", "yellow"))
    else:
        console.print(Text(f"scanned {age(status.scanned, now)}{oldest}", "dim"))
    if status.outcome is ScanStatus.INCOMPLETE:
        console.print(Text("not everything could be read: `fleetdrift report` says what, and why", "magenta"))
    console.print()
    found = ", ".join(f"{count:,} {severity}" for severity, count in status.changes if count)
    console.print(f"open changes: {found or 'none'}")
    console.print(f"by the newest scan: {status.new:,} new, {status.resolved:,} resolved")
    if status.suspicious is not None:
        _print_suspicion(console, status.suspicious)
    if top:
        console.print()
        _print_changes(console, top, now)
    return close_console(console)


def _print_suspicion(console: Console, suspicious: SuspiciousScan) -> None:
    before = ", ".join(f"{count:,} {STATUS_WORDS[state]}" for state, count in suspicious.tenants)
    console.print(Text(f"suspicious: {visible(suspicious.reason)}", "bold yellow"), soft_wrap=True)
    console.print(Text(f"  before it: {before}", "yellow"), soft_wrap=True)
    console.print(Text(f"  if it is so: fleetdrift scans confirm {visible(suspicious.scan)}", "dim"), soft_wrap=True)


def changes_text(
    changes: Sequence[ChangeView],
    after: str | None,
    now: dt.datetime,
    terminal: Terminal | None = None,
    status: FleetStatus | None = None,
) -> str:
    """List changes, one a line; where there are none, say with the fleet's status of whom that is not known."""
    console = open_console(terminal or Terminal.of_stdout())
    if not changes:
        console.print(f"No changes{_as_far_as_is_known(status)}.")
    else:
        _print_changes(console, changes, now)
    print_more(console, after)
    return close_console(console)


def _as_far_as_is_known(status: FleetStatus | None) -> str:
    if status is None:
        return ""
    if status.scanned is None:
        return " are known: no scan of the whole fleet is recorded, run `fleetdrift scan`"
    unknown = [f"{count:,} {STATUS_WORDS[state]}" for state, count in status.tenants if count and state in _NOT_KNOWN]
    return f", as far as is known: {', '.join(unknown)}" if unknown else ""


def tenants_text(
    tenants: Sequence[TenantView], after: str | None, now: dt.datetime, terminal: Terminal | None = None
) -> str:
    """List tenants, one a line."""
    console = open_console(terminal or Terminal.of_stdout())
    if not tenants:
        console.print("No tenants.")
    else:
        _print_tenants(console, tenants, now)
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
        _print_lives(console, history.changes)
    console.print()
    _print_timeline(console, history)
    return close_console(console)


def _print_changes(console: Console, changes: Iterable[ChangeView], now: dt.datetime) -> None:
    columns = (
        Column("change", folds=True),
        Column("severity"),
        Column("tenants", figures=True),
        Column("first seen", spare=True),
        Column("id"),
    )
    rows = []
    for view in changes:
        gone = Text(" resolved " + age(view.resolved, now), "green") if view.resolved else Text()
        what = Text(_what(view.change)).append(gone)
        rows.append(
            (what, _severity(view.change), f"{view.tenants:,}", short_age(view.first_seen, now), view.change.id)
        )
    print_table(console, columns, rows)


def _print_tenants(console: Console, tenants: Iterable[TenantView], now: dt.datetime) -> None:
    listed = tuple(tenants)
    columns = [
        Column("tenant", folds=True),
        Column("status"),
        Column("changes", figures=True),
        Column("since"),
        Column("last read"),
        Column("drift group", spare=True),
        Column("schema", spare=True),
    ]
    labelled = any(tenant.labels for tenant in listed)
    if labelled:
        columns.append(Column("labels", folds=True, spare=True))
    rows = []
    for tenant in listed:
        known = tenant.known
        row = (
            Text(visible(tenant.tenant)),
            Text(STATUS_WORDS[tenant.status], STATUS_STYLES[tenant.status]),
            NONE if tenant.known_changes is None else f"{tenant.known_changes:,}",
            short_age(tenant.since, now),
            short_age(tenant.last_good, now),
            (known.group if known else tenant.group) or NONE,
            (tenant.shape or (known.shape if known else ""))[:8] or NONE,
        )
        rows.append((*row, Text(_labels(tenant) or NONE)) if labelled else row)
    print_table(console, columns, rows)


def _labels(tenant: TenantView) -> str:
    return visible(" ".join(f"{name}={value}" for name, value in sorted(tenant.labels.items())))


def _print_lives(console: Console, changes: Iterable[tuple[FleetChange, ChangeLife]]) -> None:
    columns = (
        Column("change", folds=True),
        Column("severity"),
        Column("first seen"),
        Column("resolved"),
        Column("id"),
        Column("flaps", figures=True, spare=True),
    )
    rows = []
    for change, life in changes:
        resolved = Text(moment(life.resolved), "green") if life.resolved else Text("open", "bold")
        what = Text(_what(change))
        rows.append((what, _severity(change), moment(life.first_seen), resolved, change.id, str(life.flaps)))
    print_table(console, columns, rows)


def _print_timeline(console: Console, history: TenantHistory) -> None:
    columns = (
        Column("from"),
        Column("to"),
        Column("status"),
        Column("version", folds=True),
        Column("drift group", spare=True),
        Column("schema", spare=True),
    )
    rows = []
    for stay in history.stays:
        row = stay.result
        versions = ", ".join(f"{version.version} ({version.tool})" for version in row.versions)
        rows.append(
            (
                moment(stay.since),
                moment(stay.until) if stay.until else "now",
                Text(STATUS_WORDS[row.status], STATUS_STYLES[row.status]),
                Text(visible(versions) or NONE),
                row.group or NONE,
                row.shape[:8] or NONE,
            )
        )
    print_table(console, columns, rows)


def _severity(change: FleetChange) -> Text:
    return Text(change.severity.value, _SEVERITY_STYLES[change.severity])


def _what(change: FleetChange) -> str:
    match change.subject:
        case ChangeSubject.VERSION | ChangeSubject.TENANCY:
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
