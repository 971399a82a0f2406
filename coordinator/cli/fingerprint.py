"""`fleetdrift fingerprint SOURCE`: the hash that names a schema."""

from __future__ import annotations

import asyncio

import click

from coordinator.cli.scratch_option import scratch_option
from coordinator.cli.source_options import InOrder, given_variables, profile_option, source_help, tell_unread
from coordinator.compare.sources import shape_of_source
from coordinator.iac.assignment import Assignment
from shared.schema.profile import Profile


@click.command("fingerprint", cls=InOrder, epilog=source_help)
@click.argument("source")
@scratch_option
@given_variables
@profile_option
def command(
    source: str,
    *,
    profile: Profile,
    everything: bool,  # noqa: ARG001  # --all has two uses
    given: tuple[Assignment, ...],
) -> None:
    """Print the schema hash of SOURCE, as a scan computes it: equal hashes, the same schema."""
    shape, unread = asyncio.run(shape_of_source(source, profile, given))
    click.echo(shape.hash)
    if shape.unverified:
        from coordinator.report.renderers.visible import visible  # lazy: cold start

        why = visible(shape.unverified)
        click.echo(f"fleetdrift: what cannot be rebuilt is hashed as it was read: {why}", err=True)
    raise click.exceptions.Exit(tell_unread(unread))
