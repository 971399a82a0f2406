"""`fleetdrift group ID`: one drift group in full: findings, broken queries, plan, patches."""

from __future__ import annotations

import click

from coordinator.cli.remembered import Form, Place, ask, memory_options, print_json


@click.command("group")
@click.argument("group", metavar="ID")
@memory_options(Form.TEXT, Form.JSON)
def command(group: str, place: Place, output: str) -> None:
    """Show a drift group: what its tenants differ in, and the plan. `fleetdrift tenants --group ID` lists them."""
    found = ask(place, lambda records: records.group(group))
    if found is None:
        raise click.ClickException(f"no tenant is known to be in drift group {group!r}; `fleetdrift groups` lists them")
    if output == Form.JSON:
        print_json(found)
        return
    from coordinator.cli.records_text import group_text  # lazy: cold start

    click.echo(group_text(found), nl=False)
