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
from coordinator.cli.source_options import InOrder, assignments_of, variable_options
from coordinator.iac.source import SourceError
from coordinator.iac.terraform.plan import evaluate
from coordinator.iac.terraform.show import show_json


@click.group("iac")
def command() -> None:
    """Read infrastructure-as-code declarations."""


@command.command(cls=InOrder)
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path))
@variable_options
@click.option("--output", type=click.Choice(["json"]), default="json", show_default=True)
@click.pass_context
def show(
    ctx: click.Context, /, folder: Path, variables: tuple[str, ...], variable_files: tuple[str, ...], **_output: Any
) -> None:
    """Evaluate a Terraform configuration and print its planned values. Nothing is run."""
    try:
        assignments = assignments_of(ctx, variables, variable_files)
        click.echo(show_json(evaluate(folder, assignments=assignments, environment=os.environ)))
    except SourceError as error:
        click.echo(f"fleetdrift: {error}", err=True)
        sys.exit(1)


@command.command(cls=InOrder)
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@variable_options
@click.option("--output", type=click.Choice(["text", "json"]), default="text", show_default=True)
@scratch_option
@click.pass_context
def objects(
    ctx: click.Context, /, source: Path, variables: tuple[str, ...], variable_files: tuple[str, ...], output: str
) -> None:
    """List the objects that SOURCE declares, where, and what of it could not be read. Nothing is run."""
    from coordinator.compare.declared_objects import declared_objects  # lazy: cold start
    from coordinator.compare.objects_output import objects_json, objects_text

    found = asyncio.run(declared_objects(source, assignments_of(ctx, variables, variable_files)))
    click.echo(objects_json(found) if output == "json" else objects_text(found), nl=False)
    raise click.exceptions.Exit(ERROR if found.errors else IN_SYNC)
