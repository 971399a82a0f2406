"""The options of the verbs that ask store or coordinator what is kept of a fleet, and how they print the answer."""

from __future__ import annotations

import asyncio
import datetime as dt
import functools
import os
from collections.abc import Awaitable, Callable
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from coordinator.cli.fleet_option import chosen_fleet, fleet_option
from coordinator.cli.report_output import settings_of
from coordinator.records.documents import FORMATS, Document
from coordinator.records.fleet_records import FleetRecords
from coordinator.settings.load import required
from coordinator.settings.model import Settings
from coordinator.settings.user import who_commands
from shared.formats import encode_json
from shared.hosts import Secret

T = TypeVar("T")

TOKEN_VARIABLE = "FLEETDRIFT_TOKEN"  # noqa: S105  # the name of an environment variable


class Form(StrEnum):
    """In which form an answer is printed."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where what is kept of a fleet can be asked for.

    Args:
        config: fleetdrift.toml, which names the store.
        server: URL of a running coordinator, asked instead; empty for none.
        fleet: Which of its fleets; empty for the only one.
    """

    config: Path
    server: str
    fleet: str


def place_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--config`, `--server` and `--fleet`, and hand them on as `place`."""

    @functools.wraps(function)
    def with_place(config: Path, server: str, **rest: Any) -> Any:
        return function(place=Place(config=config, server=server, fleet=chosen_fleet()), **rest)

    config = click.option(
        "-c", "--config", type=click.Path(path_type=Path), default=Path("fleetdrift.toml"), show_default=True
    )
    server = click.option(
        "--server",
        envvar="FLEETDRIFT_SERVER",
        default="",
        metavar="URL",
        help=f"Ask the coordinator at this URL instead of the store, with the token in {TOKEN_VARIABLE}.",
    )
    return config(server(fleet_option(with_place)))


def memory_options(*forms: Form) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add `--config` and `--server`, handed on as `place`, and `--output`."""
    output = click.option(
        "--output", type=click.Choice([form.value for form in forms]), default=Form.TEXT.value, show_default=True
    )
    return lambda function: place_options(output(function))


def page_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--limit` and `--after`."""
    limit = click.option(
        "--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="At most so many."
    )
    after = click.option("--after", default="", help="Go on where an earlier page ended, with what it says there.")
    return limit(after(function))


def ask(place: Place, question: Callable[[FleetRecords], Awaitable[T]]) -> T:
    """Ask a question about what is kept of a fleet.

    Args:
        place: Where it is kept.
        question: What to ask.

    Raises:
        SettingsError: When the configuration names no store.
        StoreError, ServerError: When store or coordinator cannot be used.
    """
    return asyncio.run(answer_of(place, question))


async def answer_of(place: Place, question: Callable[[FleetRecords], Awaitable[T]]) -> T:
    """Ask a question on an event loop that runs; see `ask`."""
    if place.server:
        from coordinator.records.remote import RemoteRecords  # lazy: cold start

        token = os.environ.get(TOKEN_VARIABLE)
        return await question(RemoteRecords(place.server, Secret(token) if token else None, place.fleet))
    return await _ask_store(settings_of(place.config), question)


async def _ask_store(settings: Settings, question: Callable[[FleetRecords], Awaitable[T]]) -> T:
    from coordinator.records.stored import StoredRecords  # lazy: cold start
    from coordinator.store.store import Store

    async with Store.open(required(settings.store_dsn, "store.dsn")) as store:
        stale_after = dt.timedelta(seconds=settings.file.memory.stale_after)
        return await question(StoredRecords(store, settings.file.fleet.name, stale_after, who_commands()))


def print_json(document: Document) -> None:
    """Print a document, indented, with its format first."""
    text = encode_json(FORMATS[type(document)], document)
    click.echo(msgspec.json.format(text, indent=2).decode())
