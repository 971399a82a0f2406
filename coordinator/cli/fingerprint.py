"""`fleetdrift fingerprint SOURCE`: the hash that names a schema."""

from __future__ import annotations

import asyncio

import click

from coordinator.cli.scratch_option import scratch_option
from coordinator.cli.source_options import profile_option, source_help
from coordinator.compare.sources import shape_of_source
from shared.schema.profile import Profile


@click.command("fingerprint", epilog=source_help)
@click.argument("source")
@scratch_option
@profile_option
def command(source: str, *, profile: Profile, everything: bool) -> None:  # noqa: ARG001  # --all has two uses
    """Print the schema hash of SOURCE, as a scan computes it: equal hashes, the same schema."""
    shape = asyncio.run(shape_of_source(source, profile))
    click.echo(shape.hash)
    if shape.unverified:
        from coordinator.report.renderers.visible import visible  # lazy: cold start

        why = visible(shape.unverified)
        click.echo(f"fleetdrift: what cannot be rebuilt is hashed as it was read: {why}", err=True)
