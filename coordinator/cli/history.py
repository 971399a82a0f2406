"""`fleetdrift history`: how the fleet stood over time."""

from __future__ import annotations

import datetime as dt

import click

from coordinator.cli.changes import Since
from coordinator.cli.remembered import Form, Place, ask, memory_options, print_json


@click.command("history")
@click.option("--since", type=Since(), default="30d", show_default=True, help="From when: 90m, 36h, 7d, or a date.")
@memory_options(Form.TEXT, Form.JSON, Form.CSV)
def command(*, place: Place, output: str, since: dt.datetime) -> None:
    """Tell how the fleet stood over time, newest first: tenants by status, changes that began and ended.

    `fleetdrift tenant NAME` tells the same of one tenant. Reads no tenant.
    """
    found = ask(place, lambda records: records.history(since))
    match output:
        case Form.JSON:
            print_json(found)
        case Form.CSV:
            from coordinator.records.tables import history_csv  # lazy: cold start

            click.echo(history_csv(found), nl=False)
        case _:
            from coordinator.cli.history_text import history_text  # lazy: cold start

            click.echo(history_text(found), nl=False)
