"""`fleetdrift groups`: the drift groups that tenants are in now, each with its plan in a line."""

from __future__ import annotations

import click

from coordinator.cli.remembered import Form, Place, ask, memory_options, print_json


@click.command("groups")
@memory_options(Form.TEXT, Form.JSON, Form.CSV)
def command(place: Place, output: str) -> None:
    """List drift groups: tenants with the same set of changes, and so one plan. Reads no tenant."""
    found = ask(place, lambda records: records.groups())
    match output:
        case Form.JSON:
            print_json(found)
        case Form.CSV:
            from coordinator.records.tables import groups_csv  # lazy: cold start

            click.echo(groups_csv(found.groups), nl=False)
        case _:
            from coordinator.cli.records_text import groups_text  # lazy: cold start

            click.echo(groups_text(found), nl=False)
