"""`fleetdrift ignores`: which drift is accepted, by whom, why and until when."""

from __future__ import annotations

import asyncio
import datetime as dt
import os
from collections.abc import Awaitable, Callable
from typing import TypeVar

import click

from coordinator.cli.remembered import TOKEN_VARIABLE, Form, Place, memory_options, place_options, print_json
from coordinator.cli.report_output import settings_of
from coordinator.cli.selection_options import labels_of
from coordinator.cli.tenants import Label
from coordinator.records.kept_ignores import IgnoreRecords
from coordinator.settings.load import required
from coordinator.settings.user import who_commands
from shared.findings.ignore import EVERYTHING, IgnoreRule
from shared.hosts import Secret

T = TypeVar("T")

_CHOICES = {
    "kind": "Of the object: table, index, constraint, …",
    "namespace": "Of the object.",
    "parent": "Table of a column, constraint, trigger or policy.",
    "name": "Of the object.",
    "signature": "Arguments of a routine.",
    "of": "For a comment, owner or privileges: the kind that carries it.",
    "change": "missing, unexpected, altered or unverified.",
    "attribute": "Field of an altered object.",
    "rule": "Id of the rule that made the finding.",
    "tenant": "Its name.",
}
"""What a rule may choose by, with the help of the option."""


def _choosing(function: Callable[..., None]) -> Callable[..., None]:
    for name, said in reversed(_CHOICES.items()):
        function = click.option(f"--{name}", default=EVERYTHING, metavar="GLOB", help=said)(function)
    return function


@click.group("ignores", invoke_without_command=True)
@click.pass_context
def command(context: click.Context) -> None:
    """List ignore rules, make one, or take one away. A coordinator that runs follows them in its next scan."""
    if context.invoked_subcommand is None:
        context.invoke(list_ignores)


@command.command("list")
@memory_options(Form.TEXT, Form.JSON, Form.CSV)
def list_ignores(place: Place, output: str) -> None:
    """List the rules of fleetdrift.toml, which count first, then those of the store."""
    found = asyncio.run(_ask(place, lambda rules: rules.ignores()))
    match output:
        case Form.JSON:
            print_json(found)
        case Form.CSV:
            from coordinator.records.tables import ignores_csv  # lazy: cold start

            click.echo(ignores_csv(found.ignores), nl=False)
        case _:
            from coordinator.cli.ignores_text import ignores_text  # lazy: cold start

            click.echo(ignores_text(found.ignores), nl=False)


@command.command("add")
@click.option("--reason", required=True, help="Why the drift is allowed.")
@click.option("--owner", required=True, help="Who decided.")
@click.option("--until", required=True, type=click.DateTime(["%Y-%m-%d"]), metavar="DAY", help="Last day: 2027-01-31.")
@_choosing
@click.option("--label", "labels", type=Label(), multiple=True, metavar="NAME=VALUE", help="Only tenants with it.")
@place_options
def add(*, place: Place, until: dt.datetime, labels: tuple[tuple[str, str], ...], **said: str) -> None:
    """Make a rule: drift that matches every option is left out from the next scan on."""
    try:
        rule = IgnoreRule(until=until.date(), labels=labels_of(labels), **said)
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    view = asyncio.run(_ask(place, lambda rules: rules.create_ignore(rule)))
    click.echo(f"ignore rule {view.id} counts from the next scan on, until {view.rule.until}")


@command.command("remove")
@click.argument("ignore")
@place_options
def remove(ignore: str, place: Place) -> None:
    """Take the rule IGNORE of the store away: what it ignored is drift again from the next scan on."""
    if not asyncio.run(_ask(place, lambda rules: rules.delete_ignore(ignore))):
        raise click.ClickException(f"there is no ignore rule {ignore!r}; `fleetdrift ignores` lists them")
    click.echo(f"ignore rule {ignore} is gone")


async def _ask(place: Place, question: Callable[[IgnoreRecords], Awaitable[T]]) -> T:
    if place.server:
        from coordinator.records.remote import RemoteRecords  # lazy: cold start

        token = os.environ.get(TOKEN_VARIABLE)
        return await question(RemoteRecords(place.server, Secret(token) if token else None, place.fleet))
    from coordinator.records.kept_ignores import StoredIgnores  # lazy: cold start
    from coordinator.store.store import Store

    settings = settings_of(place.config)
    async with Store.open(required(settings.store_dsn, "store.dsn")) as store:
        fleet, configured = settings.file.fleet.name, settings.file.ignore
        return await question(StoredIgnores(store.ignores, fleet, configured, who_commands()))
