"""`fleetdrift snapshot SOURCE`: the canonical schema of a source, to keep or to read."""

from __future__ import annotations

import asyncio

import click

from coordinator.cli.scratch_option import scratch_option
from coordinator.cli.source_options import InOrder, given_variables, profile_option, source_help, tell_unread
from coordinator.compare.sources import read_source
from coordinator.iac.assignment import Assignment
from shared.schema.profile import Profile
from shared.schema.schema import Snapshot


@click.command("snapshot", cls=InOrder, epilog=source_help)
@click.argument("source")
@click.option("--output", type=click.Choice(["json", "sql"]), default="json", show_default=True)
@scratch_option
@given_variables
@profile_option
def command(
    source: str,
    output: str,
    *,
    profile: Profile,
    everything: bool,  # noqa: ARG001  # --all has two uses
    given: tuple[Assignment, ...],
) -> None:
    """Print the canonical schema of SOURCE; as JSON it is itself a source for `diff`."""
    found = asyncio.run(read_source(source, profile, given))
    _print(found.snapshot, output)
    raise click.exceptions.Exit(tell_unread(found.unread))


def _print(snapshot: Snapshot, output: str) -> None:
    if output == "json":
        from shared.formats import SNAPSHOT, label_json  # lazy: cold start
        from shared.schema.canonical import canonical_json

        click.echo(label_json(SNAPSHOT, canonical_json(snapshot)).decode())
        return
    from shared.remediation.planner import create_script  # lazy: cold start

    for statement in create_script(snapshot):
        click.echo(f"{statement.sql};\n")
