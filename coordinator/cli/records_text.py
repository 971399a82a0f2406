"""Scans and drift groups as text for a terminal. Names cannot move the cursor, colour or forge lines."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

from rich.text import Text

from coordinator.cli.memory_text import NONE, age, moment, print_more, short_age
from coordinator.cli.table_text import Column, print_table
from coordinator.records.documents import GroupDocument, GroupsList, GroupSummary, WorkersList, WorkerView
from coordinator.report.renderers.group_text import print_finding, print_plan, print_verdict
from coordinator.report.renderers.presentation import plural
from coordinator.report.renderers.text import Terminal, close_console, open_console
from coordinator.report.renderers.visible import visible
from coordinator.store.records import ScanRecord, ScanState
from shared.remediation.plan import ProofStatus

_STATES = {
    ScanState.QUEUED: "dim",
    ScanState.RUNNING: "cyan",
    ScanState.IN_SYNC: "green",
    ScanState.DRIFT: "bold red",
    ScanState.INCOMPLETE: "magenta",
    ScanState.FAILED: "bold magenta",
    ScanState.CANCELLED: "yellow",
}

_PROOFS = {
    ProofStatus.PROVEN: "proven",
    ProofStatus.UNPROVEN: "not proven",
    ProofStatus.NOT_ATTEMPTED: "proof not tried",
}


def scans_text(
    scans: Iterable[ScanRecord], after: str | None, now: dt.datetime, terminal: Terminal | None = None
) -> str:
    """List scans, one a line."""
    console = open_console(terminal or Terminal.of_stdout())
    rows = tuple(scans)
    if rows:
        columns = (
            Column("scan"),
            Column("state"),
            Column("tenants", figures=True),
            Column("asked for"),
            Column("why", folds=True),
            Column("by", folds=True, spare=True),
            Column("took", spare=True),
        )
        print_table(console, columns, [_scan_row(record, now) for record in rows])
    else:
        console.print("No scans.")
    print_more(console, after)
    return close_console(console)


def scan_text(record: ScanRecord, now: dt.datetime, terminal: Terminal | None = None) -> str:
    """Write all that is kept of one scan for a terminal."""
    console = open_console(terminal or Terminal.of_stdout())
    console.print(Text.assemble(("scan ", "bold"), record.scan, ": ", (record.state.value, _STATES[record.state])))
    lines = {
        "asked for": f"{moment(record.requested)}, {age(record.requested, now)}",
        "by": record.requested_by,
        "because": record.purpose,
        "ended": f"{moment(record.finished)}, after {_took(record)}" if record.finished else "",
        "tenants": _tenants(record),
        "only": record.selection.sentence if record.selection else "",
        "no report": record.reason,
    }
    for name, value in lines.items():
        if value:
            console.print(Text.assemble((f"  {name:<10}", "dim"), visible(value)), soft_wrap=True)
    return close_console(console)


def scan_line(record: ScanRecord) -> str:
    """Say in one line where a scan stands."""
    reason = f": {visible(record.reason)}" if record.reason else ""
    return f"{record.scan} {record.state.value}, {_tenants(record)} tenants{reason}"


def groups_text(found: GroupsList, terminal: Terminal | None = None) -> str:
    """List drift groups, one a line."""
    console = open_console(terminal or Terminal.of_stdout())
    if not found.groups:
        console.print("No tenant is known to be in a drift group.")
        return close_console(console)
    columns = (
        Column("group"),
        Column("severity"),
        Column("tenants", figures=True),
        Column("changes", figures=True),
        Column("plan", folds=True),
        Column("version", folds=True, spare=True),
        Column("broken queries", figures=True, spare=True),
        Column("schema", spare=True),
    )
    print_table(console, columns, [_group_row(group) for group in found.groups])
    return close_console(console)


def workers_text(found: WorkersList, terminal: Terminal | None = None) -> str:
    """List the workers of a fleet, one a line, and what waits for them."""
    console = open_console(terminal or Terminal.of_stdout())
    if found.workers:
        columns = (
            Column("worker", folds=True),
            Column("slots", figures=True),
            Column("protocol", figures=True),
            Column("problem", folds=True),
        )
        print_table(console, columns, [_worker_row(each) for each in found.workers])
    elif not found.problem:
        console.print("No worker of this fleet was announced: start some with `fleetdrift worker`.")
    if found.waiting is not None:
        console.print(f"{plural(found.slots, 'slot')}; messages that wait: {found.waiting:,}")
    return close_console(console)


def group_text(found: GroupDocument, terminal: Terminal | None = None) -> str:
    """Tell what the tenants of a drift group differ in, and how to bring them back."""
    console = open_console(terminal or Terminal.of_stdout())
    group = found.group
    console.print(Text.assemble(("drift group ", "bold"), group.id, f": {plural(found.tenants, 'tenant')}"))
    console.print(Text(f"  fleetdrift tenants --group {group.id}", "dim"))
    for finding in group.findings:
        print_finding(console, finding)
    for verdict in group.verdicts:
        print_verdict(console, verdict)
    if group.plan is not None:
        print_plan(console, group.plan)
    return close_console(console)


def _scan_row(record: ScanRecord, now: dt.datetime) -> tuple[Text | str, ...]:
    only = f"only {record.selection.sentence}" if record.selection else ""
    return (
        record.scan,
        Text(record.state.value, _STATES[record.state]),
        _tenants(record),
        short_age(record.requested, now),
        Text(visible("; ".join(filter(None, (record.reason or record.purpose, only))))),
        Text(visible(record.requested_by) or NONE),
        _took(record),
    )


def _group_row(group: GroupSummary) -> tuple[Text | str, ...]:
    return (
        group.id,
        group.severity.value if group.severity else NONE,
        f"{group.tenants:,}",
        f"{group.changes:,}",
        _plan(group),
        Text(visible(", ".join(version.version for version in group.versions)) or NONE),
        f"{group.broken_queries:,}",
        group.shape[:8] or NONE,
    )


def _worker_row(worker: WorkerView) -> tuple[Text | str, ...]:
    name, problem = Text(visible(worker.worker) or NONE), Text(visible(worker.problem) or NONE)
    return name, str(worker.slots), str(worker.protocol), problem


def _plan(group: GroupSummary) -> str:
    if group.statements is None or group.proof is None:
        return NONE
    return f"{plural(group.statements, 'statement')}, {_PROOFS[group.proof]}"


def _tenants(record: ScanRecord) -> str:
    if record.finished is None and record.answered is not None and record.tenants:
        return f"{record.answered:,} of {record.tenants:,}"
    return f"{record.tenants:,}" if record.tenants else NONE


def _took(record: ScanRecord) -> str:
    if record.finished is None:
        return NONE
    seconds = (record.finished - record.requested).total_seconds()
    return f"{seconds:.1f} s" if seconds < 120 else f"{seconds / 60:.0f} min"  # noqa: PLR2004  # two minutes
