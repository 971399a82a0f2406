"""The options of the verbs that read the fleet's memory, and how they open it and print what it answers."""

from __future__ import annotations

import asyncio
import csv
import datetime as dt
import io
from collections.abc import Awaitable, Callable, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Any, TypeVar

import click
import msgspec

from coordinator.cli.report_output import settings_of
from coordinator.memory.documents import FORMATS, Document
from coordinator.report.renderers.visible import visible
from coordinator.settings.load import required
from coordinator.settings.model import Settings
from coordinator.store.fleet_memory import FleetMemory
from shared.formats import encode_json

T = TypeVar("T")


class Form(StrEnum):
    """In which form an answer is printed."""

    TEXT = "text"
    JSON = "json"
    CSV = "csv"


def memory_options(*forms: Form) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Add `--config` and `--output`."""
    config = click.option(
        "-c", "--config", type=click.Path(path_type=Path), default=Path("fleetdrift.toml"), show_default=True
    )
    output = click.option(
        "--output", type=click.Choice([form.value for form in forms]), default=Form.TEXT.value, show_default=True
    )
    return lambda function: config(output(function))


def page_options(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add `--limit` and `--after`."""
    limit = click.option(
        "--limit", type=click.IntRange(1, 10_000), default=50, show_default=True, help="At most so many."
    )
    after = click.option("--after", default="", help="Go on where an earlier page ended, with what it says there.")
    return limit(after(function))


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a verb needs to ask the memory about its fleet.

    Args:
        fleet: Name.
        stale_after: The age at which what is known of a tenant is stale.
        memory: Of the store.
    """

    fleet: str
    stale_after: dt.timedelta
    memory: FleetMemory


def ask(config: Path, question: Callable[[Asked], Awaitable[T]]) -> T:
    """Open the store that a configuration names, and ask its memory.

    Raises:
        SettingsError: When the configuration names no store.
        StoreError: When the store cannot be used.
    """
    return asyncio.run(_ask(settings_of(config), question))


async def _ask(settings: Settings, question: Callable[[Asked], Awaitable[T]]) -> T:
    from coordinator.store.store import Store  # lazy: cold start

    async with Store.open(required(settings.store_dsn, "store.dsn")) as store:
        stale_after = dt.timedelta(seconds=settings.file.memory.stale_after)
        return await question(Asked(fleet=settings.file.fleet.name, stale_after=stale_after, memory=store.memory))


def print_json(document: Document) -> None:
    """Print a document, indented, with its format first."""
    text = encode_json(FORMATS[type(document)], document)
    click.echo(msgspec.json.format(text, indent=2).decode())


def print_csv(heading: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows as CSV (RFC 4180).

    What does not print is escaped, and a cell that a spreadsheet would run as a formula begins with an apostrophe
    (OWASP, CSV injection): names of tenants are anybody's.
    """
    page = io.StringIO()
    writer = csv.writer(page)
    writer.writerow(heading)
    writer.writerows([[_harmless(cell) for cell in row] for row in rows])
    click.echo(page.getvalue(), nl=False)


def _harmless(cell: object) -> str:
    text = visible(cell.isoformat() if isinstance(cell, dt.datetime) else "" if cell is None else str(cell))
    return f"'{text}" if text[:1] in {"=", "+", "-", "@"} and text else text
