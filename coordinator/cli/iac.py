"""`fleetdrift iac`: reads declarations and prints what they come to."""

from __future__ import annotations

import asyncio
import os
import sys
from pathlib import Path
from typing import Any

import click

from coordinator.cli.exit_codes import ERROR, IN_SYNC
from coordinator.cli.scratch_option import scratch_option
from coordinator.cli.source_options import InOrder, given_variables
from coordinator.iac.assignment import Assignment
from coordinator.iac.source import SourceError
from coordinator.iac.terraform.plan import evaluate
from coordinator.iac.terraform.show import show_json


@click.group("iac")
def command() -> None:
    """Read infrastructure-as-code declarations."""


@command.command(cls=InOrder)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@given_variables
@click.option("--output", type=click.Choice(["json"]), default="json", show_default=True)
def show(folder: Path, *, given: tuple[Assignment, ...], **_output: Any) -> None:
    """Evaluate a Terraform configuration and print its planned values. Nothing is run."""
    try:
        click.echo(show_json(evaluate(folder, assignments=given, environment=os.environ)))
    except SourceError as error:
        click.echo(f"fleetdrift: {error}", err=True)
        sys.exit(1)


@command.command(cls=InOrder)
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@given_variables
@click.option("--output", type=click.Choice(["text", "json"]), default="text", show_default=True)
@scratch_option
def objects(source: Path, *, given: tuple[Assignment, ...], output: str) -> None:
    """List the objects that SOURCE declares, where, and what of it could not be read. Nothing is run."""
    from coordinator.compare.declared_objects import declared_objects  # lazy: cold start
    from coordinator.compare.objects_output import objects_json, objects_text

    found = asyncio.run(declared_objects(source, given))
    click.echo(objects_json(found) if output == "json" else objects_text(found), nl=False)
    raise click.exceptions.Exit(ERROR if found.errors else IN_SYNC)
