"""`fleetdrift status`: how the fleet stands, in about ten lines."""

from __future__ import annotations

import datetime as dt

import click

from coordinator.cli.remembered import Form, Place, ask, memory_options, print_json
from coordinator.memory.views import ChangeFilter, ChangeState, ChangeView, FleetStatus
from coordinator.records.fleet_records import FleetRecords

_LARGEST_CHANGES = 5
"""Open changes that are listed below the figures."""


@click.command("status")
@memory_options(Form.TEXT, Form.JSON)
def command(place: Place, output: str) -> None:
    """Say how the fleet stands: tenants by status, open changes, what is new. Reads no tenant."""
    status, top = ask(place, _status)
    if output == Form.JSON:
        print_json(status)
        return
    from coordinator.cli.memory_text import status_text  # lazy: cold start

    click.echo(status_text(status, top, dt.datetime.now(dt.UTC)), nl=False)


async def _status(records: FleetRecords) -> tuple[FleetStatus, tuple[ChangeView, ...]]:
    top = await records.changes(ChangeFilter(state=ChangeState.OPEN), limit=_LARGEST_CHANGES)
    return await records.status(), top.changes
