"""`fleetdrift fingerprint SOURCE`: the hash that names a schema."""

from __future__ import annotations

import asyncio

import click

from coordinator.cli.scratch_option import scratch_option
from coordinator.cli.source_options import (
    InOrder,
    assignments_of,
    profile_option,
    source_help,
    tell_unread,
    variable_options,
)
from coordinator.compare.sources import shape_of_source
from shared.schema.profile import Profile


@click.command("fingerprint", cls=InOrder, epilog=source_help)
@click.argument("source")
@scratch_option
@variable_options
@profile_option
@click.pass_context
def command(
    ctx: click.Context,
    /,
    source: str,
    *,
    profile: Profile,
    everything: bool,  # noqa: ARG001  # --all has two uses
    variables: tuple[str, ...],
    variable_files: tuple[str, ...],
) -> None:
    """Print the schema hash of SOURCE, as a scan computes it: equal hashes, the same schema."""
    given = assignments_of(ctx, variables, variable_files)
    shape, unread = asyncio.run(shape_of_source(source, profile, given))
    click.echo(shape.hash)
    if shape.unverified:
        from coordinator.report.renderers.visible import visible  # lazy: cold start

        why = visible(shape.unverified)
        click.echo(f"fleetdrift: what cannot be rebuilt is hashed as it was read: {why}", err=True)
    raise click.exceptions.Exit(tell_unread(unread))
