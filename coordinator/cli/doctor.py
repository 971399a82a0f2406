"""`fleetdrift doctor`: a setup in plain words, from the servers of the tenants to the scratch server."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from coordinator.cli.exit_codes import ERROR, IN_SYNC
from coordinator.cli.fleet_option import chosen_fleet, fleet_option
from coordinator.cli.scratch_option import scratch_option

if TYPE_CHECKING:  # cold start
    from coordinator.settings.model import Settings
    from coordinator.setup.remark import Remark

_INDENT = " " * 6


@click.command("doctor")
@click.option("-c", "--config", type=click.Path(path_type=Path), default=Path("fleetdrift.toml"), show_default=True)
@fleet_option
@scratch_option
@click.option("--output", type=click.Choice(["text", "json"]), default="text", show_default=True)
def command(config: Path, output: str) -> None:
    """Look at a setup and say in plain words what is in the way, and what to do.

    Each host (does it answer, as whom, how encrypted, with which clock), the fleet, Redis and its workers, the store,
    and the scratch server that `check` would use. No schema of a tenant is read, and nothing is changed. Each line is
    ok, warn (it works, and will surprise somebody) or fail. Exit code 1 when a line is fail, else 0.
    """
    from coordinator.settings.load import load_settings  # lazy: cold start

    settings = load_settings(config, fleet=chosen_fleet()) if config.exists() else None
    raise click.exceptions.Exit(asyncio.run(_examine(settings, config, as_text=output == "text")))


async def _examine(settings: Settings | None, config: Path, *, as_text: bool) -> int:
    """Print each remark as it is made, or all of them as JSON; give the exit code."""
    from coordinator.setup.examine import examine  # lazy: cold start
    from coordinator.setup.remark import Level, RemarksList
    from shared.formats import REMARKS_LIST, encode_json

    remarks: list[Remark] = []
    async for remark in examine(settings, config):
        remarks.append(remark)
        if as_text:
            _print(remark)
    if not as_text:
        text = encode_json(REMARKS_LIST, RemarksList(tuple(remarks)))
        click.echo(msgspec.json.format(text, indent=2).decode())
    return ERROR if any(remark.level is Level.FAIL for remark in remarks) else IN_SYNC


def _print(remark: Remark) -> None:
    from coordinator.report.renderers.visible import visible  # lazy: cold start
    from coordinator.setup.remark import Level

    styles = {Level.OK: "green", Level.WARN: "yellow", Level.FAIL: "red"}
    level = click.style(f"{remark.level.value:<6}", styles[remark.level])
    click.echo(f"{level}{visible(remark.about)}: {visible(remark.found)}")
    if remark.advice:
        click.echo(f"{_INDENT}→ {visible(remark.advice)}")
