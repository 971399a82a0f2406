"""`fleetdrift scans`: which scans there were, are and wait, and the end of one that is not over."""

from __future__ import annotations

import asyncio
import datetime as dt

import click

from coordinator.cli.remembered import Form, Place, ask, memory_options, page_options, place_options, print_json
from coordinator.records.fleet_records import FleetRecords
from coordinator.settings.user import user_name
from coordinator.store.records import MAX_REQUEST_TEXT, ScanRecord

_LOOK_EVERY_SECONDS = 0.5


@click.group("scans", invoke_without_command=True)
@click.pass_context
def command(context: click.Context) -> None:
    """List, show, watch, cancel or confirm scans; without a verb they are listed."""
    if context.invoked_subcommand is None:
        context.invoke(list_scans)


@command.command("list")
@page_options
@memory_options(Form.TEXT, Form.JSON, Form.CSV)
def list_scans(place: Place, output: str, limit: int, after: str) -> None:
    """List scans, newest first: state, tenants, who asked and why."""
    page = ask(place, lambda records: records.scans(after=after, limit=limit))
    match output:
        case Form.JSON:
            print_json(page)
        case Form.CSV:
            from coordinator.records.tables import scans_csv  # lazy: cold start

            click.echo(scans_csv(page.scans), nl=False)
        case _:
            from coordinator.cli.records_text import scans_text  # lazy: cold start

            click.echo(scans_text(page.scans, page.after, dt.datetime.now(dt.UTC)), nl=False)


@command.command("show")
@click.argument("scan")
@memory_options(Form.TEXT, Form.JSON)
def show(scan: str, place: Place, output: str) -> None:
    """Show one scan."""
    _print_scan(_found(ask(place, lambda records: records.scan(scan)), scan), output)


@command.command("cancel")
@click.argument("scan")
@click.option("--reason", default="", metavar="TEXT", help="Why; shown wherever the scan is.")
@memory_options(Form.TEXT, Form.JSON)
def cancel(scan: str, reason: str, place: Place, output: str) -> None:
    """End a scan that waits or runs. What it has read is dropped; the next scan reads the fleet again."""
    by = f"{user_name()} cancelled it"
    why = (f"{by}: {reason}" if reason else by)[:MAX_REQUEST_TEXT]
    _print_scan(_found(ask(place, lambda records: records.cancel(scan, why)), scan), output)


@command.command("confirm")
@click.argument("scan")
@place_options
def confirm(scan: str, place: Place) -> None:
    """Believe a suspicious SCAN: what it found is so, and is told to all who are told."""
    if not ask(place, lambda records: records.confirm(scan)):
        raise click.ClickException(f"scan {scan!r} is not suspicious; `fleetdrift status` names one that is")
    click.echo(f"scan {scan} is confirmed: what was held back is told now")


@command.command("watch")
@click.argument("scan", required=False)
@place_options
def watch(scan: str | None, place: Place) -> None:
    """Follow a scan (by default the newest) until it ends, a line for each step."""
    ask(place, lambda records: _follow(records, scan))


async def _follow(records: FleetRecords, scan: str | None) -> None:
    if scan is None:
        newest = (await records.scans(limit=1)).scans
        if not newest:
            raise click.ClickException("no scan was asked for yet")
        scan = newest[0].scan
    said = ""
    while True:
        record = _found(await records.scan(scan), scan)
        line = _line(record)
        if line != said:
            click.echo(line)
            said = line
        if record.finished is not None:
            return
        await asyncio.sleep(_LOOK_EVERY_SECONDS)


def _found(record: ScanRecord | None, scan: str) -> ScanRecord:
    if record is None:
        raise click.ClickException(f"there is no scan {scan!r}; `fleetdrift scans` lists them")
    return record


def _print_scan(record: ScanRecord, output: str) -> None:
    if output == Form.JSON:
        print_json(record)
        return
    from coordinator.cli.records_text import scan_text  # lazy: cold start

    click.echo(scan_text(record, dt.datetime.now(dt.UTC)), nl=False)


def _line(record: ScanRecord) -> str:
    from coordinator.cli.records_text import scan_line  # lazy: cold start

    return scan_line(record)
