"""`fleetdrift sentinel create|remove`: a tenant of our own with planted drift, which every scan has to find."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path
from typing import Any

import click
import msgspec

from coordinator.cli.fleet_option import fleet_option
from coordinator.cli.report_output import settings_of


@click.group("sentinel")
def command() -> None:
    """The sentinel: a tenant of our own with planted drift, where `[sentinel]` of fleetdrift.toml says.

    Every scan has to find its drift; `fleetdrift_sentinel_detected` and a notice say when one does not. It is in no
    count and no status of the fleet. It is made and removed with the credential of `[apply.hosts.NAME]`.
    """


_config = click.option(
    "-c", "--config", type=click.Path(path_type=Path), default=Path("fleetdrift.toml"), show_default=True
)


@command.command("create")
@_config
@fleet_option
def create(config: Path) -> None:
    """Make the sentinel's database or namespace, and plant its drift."""
    from shared.postgres.writing.sentinel import create_sentinel  # lazy: cold start

    click.echo(f"made {_do(config, create_sentinel)}; the next scan has to find its drift")


@command.command("remove")
@_config
@fleet_option
def remove(config: Path) -> None:
    """Remove the sentinel; what is there in its place and is none is left alone."""
    from shared.postgres.writing.sentinel import remove_sentinel  # lazy: cold start

    click.echo(f"removed {_do(config, remove_sentinel)}; take [sentinel] out of the configuration too")


def _do(config: Path, act: Any) -> str:
    """Do something to the sentinel with the writing credential; say where it lives."""
    from coordinator.scan.sentinel import sentinel_target  # lazy: cold start
    from coordinator.settings.resolve import resolve_writer
    from shared.postgres.writing.sentinel import SentinelError

    settings = settings_of(config)
    table = settings.file.sentinel
    if not table.host:
        raise click.ClickException('expected a table [sentinel] with host = "NAME" in the configuration, found none')
    try:
        host = resolve_writer(settings, table.host, os.environ)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
    limits = msgspec.structs.replace(settings.file.limits, allow_unsafe_role=settings.file.apply.allow_unsafe_role)
    try:
        asyncio.run(act(host, sentinel_target(table), limits))
    except SentinelError as error:
        raise click.ClickException(str(error)) from None
    where = f"{table.database}.{table.namespace}" if table.namespace else table.database
    return f"the sentinel {where} on host {table.host}"
