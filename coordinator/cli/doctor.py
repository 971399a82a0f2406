"""`fleetdrift doctor`: a setup in plain words, from the servers of the tenants to the scratch server."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coordinator.cli.exit_codes import ERROR, IN_SYNC
from coordinator.cli.fleet_option import chosen_fleet, fleet_option
from coordinator.cli.scratch_option import scratch_option

if TYPE_CHECKING:  # cold start
    from coordinator.settings.model import Settings

_INDENT = " " * 6


@click.command("doctor")
@click.option("-c", "--config", type=click.Path(path_type=Path), default=Path("fleetdrift.toml"), show_default=True)
@fleet_option
@scratch_option
def command(config: Path) -> None:
    """Look at a setup and say in plain words what is in the way, and what to do.

    Each host (does it answer, as whom, how encrypted, with which clock), the fleet, Redis and its workers, the store,
    and the scratch server that `check` would use. No schema of a tenant is read, and nothing is changed. Each line is
    ok, warn (it works, and will surprise somebody) or fail. Exit code 1 when a line is fail, else 0.
    """
    from coordinator.settings.load import load_settings  # lazy: cold start

    settings = load_settings(config, fleet=chosen_fleet()) if config.exists() else None
    if asyncio.run(_print(settings, config)):
        raise click.exceptions.Exit(ERROR)
    raise click.exceptions.Exit(IN_SYNC)


async def _print(settings: Settings | None, config: Path) -> bool:
    """Print each remark as it is made; say whether one is a failure."""
    from coordinator.report.renderers.visible import visible  # lazy: cold start
    from coordinator.setup.examine import examine
    from coordinator.setup.remark import Level

    styles = {Level.OK: "green", Level.WARN: "yellow", Level.FAIL: "red"}
    failed = False
    async for remark in examine(settings, config):
        level = click.style(f"{remark.level.value:<6}", styles[remark.level])
        click.echo(f"{level}{visible(remark.about)}: {visible(remark.found)}")
        if remark.advice:
            click.echo(f"{_INDENT}→ {visible(remark.advice)}")
        failed |= remark.level is Level.FAIL
    return failed
