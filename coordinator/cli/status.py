"""`fleetdrift status`: how the fleet stands, in about ten lines."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from coordinator.cli.remembered import Asked, Form, ask, memory_options, print_json
from coordinator.memory.views import ChangeFilter, ChangeState, ChangeView, FleetStatus

_LARGEST_CHANGES = 5


@click.command("status")
@memory_options(Form.TEXT, Form.JSON)
def command(config: Path, output: str) -> None:
    """Say how the fleet stands: tenants by status, open changes, what is new. Reads the store, no tenant."""
    status, top = ask(config, _status)
    if output == Form.JSON:
        print_json(status)
        return
    from coordinator.cli.memory_text import status_text  # lazy: cold start

    click.echo(status_text(status, top, dt.datetime.now(dt.UTC)), nl=False)


async def _status(asked: Asked) -> tuple[FleetStatus, list[ChangeView]]:
    top, _ = await asked.memory.changes(asked.fleet, ChangeFilter(state=ChangeState.OPEN), limit=_LARGEST_CHANGES)
    return await asked.memory.status(asked.fleet, asked.stale_after), top
