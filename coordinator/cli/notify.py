"""`fleetdrift notify test`: send everybody who is told a notice that says it is a test."""

from __future__ import annotations

import datetime as dt
import uuid
from pathlib import Path

import click

from coordinator.cli.fleet_option import fleet_option
from coordinator.cli.report_output import settings_of


@click.group("notify")
def command() -> None:
    """Those who are told what has become different: `[[notify]]` of fleetdrift.toml."""


@command.command("test")
@click.option("-c", "--config", type=click.Path(path_type=Path), default=Path("fleetdrift.toml"), show_default=True)
@fleet_option
@click.option("--name", default="", metavar="NAME", help="Only the one of this name.")
def test(config: Path, name: str) -> None:
    """Send a notice that says it is a test. Exit code 1 when somebody does not take it."""
    from coordinator.memory.notices import sample_notice  # lazy: cold start
    from coordinator.notify.sinks import SendError, send

    settings = settings_of(config)
    chosen = [sink for sink in settings.sinks if not name or sink.table.name == name]
    if not chosen:
        raise click.ClickException("there is no such [[notify]] table in the configuration")
    sample = sample_notice(settings.file.fleet.name, str(uuid.uuid4()), dt.datetime.now(dt.UTC))
    failed = False
    for sink in chosen:
        try:
            send(sample, sink)
        except SendError as error:
            failed = True
            click.echo(f"{sink.table.name}: {error}", err=True)
        else:
            click.echo(f"{sink.table.name}: taken")
    if failed:
        raise click.exceptions.Exit(1)
