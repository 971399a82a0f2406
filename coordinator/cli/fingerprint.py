"""`fleetdrift fingerprint SOURCE`: the hash that names a schema."""

from __future__ import annotations

import asyncio

import click

from coordinator.cli.source_options import profile_option, source_help
from coordinator.compare.sources import read_source
from shared.schema.canonical import schema_hash
from shared.schema.profile import Profile


@click.command("fingerprint", epilog=source_help)
@click.argument("source")
@profile_option
def command(source: str, *, profile: Profile, everything: bool) -> None:  # noqa: ARG001  # --all has two uses
    """Print the schema hash of SOURCE: equal hashes, the same schema."""
    click.echo(schema_hash(asyncio.run(read_source(source, profile)).schema))
