"""`fleetdrift tokens`: who may ask a coordinator over HTTP, and for what."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import click

from coordinator.access.audit import Action, Deed
from coordinator.access.caller import Scope
from coordinator.cli.report_output import insist_on, settings_of_fleets
from coordinator.settings.load import required
from coordinator.settings.user import who_commands
from coordinator.store.credentials import Credentials

T = TypeVar("T")

_MAX_NAME = 100

config_option = click.option(
    "-c", "--config", type=click.Path(path_type=Path), default=Path("fleetdrift.toml"), show_default=True
)


@click.group("tokens")
def command() -> None:
    """Tokens with which programs and browsers ask a coordinator. They are kept in the store, as hashes."""


@command.command("create")
@config_option
@click.option("--name", required=True, metavar="NAME", help="By which lists and the audit log name it.")
@click.option(
    "--scope",
    type=click.Choice([scope.value for scope in Scope]),
    default=Scope.READ.value,
    show_default=True,
    help="read sees what is kept; scan asks for scans too; admin decides what counts, and sees who did what.",
)
@click.option("--fleet", "fleets", multiple=True, metavar="NAME", help="Only for this fleet. Repeat for several.")
@click.option("--days", type=click.IntRange(1, 3650), help="After so many days it ends; without, it does not.")
def create(config: Path, name: str, scope: str, fleets: tuple[str, ...], days: int | None) -> None:
    """Make a token and print it. It is shown this once."""
    from coordinator.access.tokens import new_token  # lazy: cold start

    if not 0 < len(name.strip()) <= _MAX_NAME or not name.isprintable():
        raise click.UsageError(f"--name: expected at most {_MAX_NAME} printable characters")
    made = new_token()
    deed = Deed(
        caller=who_commands(),
        action=Action.TOKEN_CREATED,
        subject=name,
        detail=f"scope {scope}, {', '.join(fleets) or 'every fleet'}",
    )
    _ask(
        config,
        lambda kept: kept.create_token(
            made, name, Scope(scope), fleets=tuple(sorted(set(fleets))), days=days, deed=deed
        ),
    )
    click.echo(made.secret.reveal())
    click.echo("This token is shown once: keep it where you keep secrets.", err=True)


@command.command("list")
@config_option
def list_tokens(config: Path) -> None:
    """List tokens: what each may do, since when, and when it was last used."""
    from coordinator.cli.access_text import tokens_text  # lazy: cold start

    click.echo(tokens_text(_ask(config, lambda kept: kept.tokens()), dt.datetime.now(dt.UTC)), nl=False)


@command.command("revoke")
@click.argument("name")
@config_option
def revoke(name: str, config: Path) -> None:
    """Refuse the token NAME from now on, and end the sessions of browsers that logged in with it."""
    deed = Deed(caller=who_commands(), action=Action.TOKEN_REVOKED, subject=name)
    if not _ask(config, lambda kept: kept.revoke_token(name, deed)):
        raise click.ClickException(f"no token {name!r} is in use; `fleetdrift tokens list` lists them")
    click.echo(f"token {name} is revoked")


def _ask(config: Path, question: Callable[[Credentials], Awaitable[T]]) -> T:
    return asyncio.run(_ask_store(config, question))


async def _ask_store(config: Path, question: Callable[[Credentials], Awaitable[T]]) -> T:
    from coordinator.store.store import Store  # lazy: cold start

    insist_on(config)
    async with Store.open(required(settings_of_fleets(config, (), "")[0].store_dsn, "store.dsn")) as store:
        return await question(store.credentials)
