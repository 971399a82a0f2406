"""`fleetdrift report SCAN`: the report of a scan that is over, made again from what is remembered."""

from __future__ import annotations

import click

from coordinator.cli.remembered import Place, ask, place_options
from coordinator.records.fleet_records import NEWEST
from coordinator.report.files import ReportForm


@click.command("report")
@click.argument("scan", default=NEWEST)
@click.option(
    "--output",
    type=click.Choice([form.value for form in ReportForm]),
    default=ReportForm.TEXT.value,
    show_default=True,
)
@place_options
def command(scan: str, place: Place, output: str) -> None:
    """Print the report of a SCAN (an id of `fleetdrift scans`; by default the newest). Reads no tenant."""
    found = ask(place, lambda records: records.report(scan, ReportForm(output)))
    if found is None:
        which = "no scan has ended with a report yet" if scan == NEWEST else f"scan {scan!r} has no report"
        raise click.ClickException(f"{which}; `fleetdrift scans` lists scans")
    click.echo(found, nl=False)
