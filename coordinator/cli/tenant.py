"""`fleetdrift tenant NAME`: all that is remembered of one tenant."""

from __future__ import annotations

import datetime as dt

import click

from coordinator.cli.remembered import Form, Place, ask, memory_options, print_json


@click.command("tenant")
@click.argument("name")
@memory_options(Form.TEXT, Form.JSON)
def command(name: str, place: Place, output: str) -> None:
    """Tell where a tenant stands, its changes with their lives, its timeline. Reads no tenant."""
    history = ask(place, lambda records: records.tenant(name))
    if history is None:
        raise click.ClickException(f"no tenant {name!r} is remembered in this fleet; `fleetdrift tenants` lists them")
    if output == Form.JSON:
        print_json(history)
        return
    from coordinator.cli.memory_text import tenant_text  # lazy: cold start

    click.echo(tenant_text(history, dt.datetime.now(dt.UTC)), nl=False)
