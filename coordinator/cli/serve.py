"""`fleetdrift serve`: the coordinator: takes scans, keeps the schedule, answers HTTP."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

import click

from coordinator.cli.fleet_option import fleet_option
from coordinator.cli.log_options import log_options
from coordinator.cli.report_output import settings_of_fleets
from coordinator.cli.scratch_option import scratch_option
from coordinator.cli.source_options import InOrder, given_variables
from coordinator.iac.assignment import Assignment
from coordinator.settings.load import refuse_open_api, refuse_open_queue
from coordinator.settings.model import Settings


@click.command("serve", cls=InOrder)
@click.option("-c", "--config", type=click.Path(path_type=Path), default=Path("fleetdrift.toml"), show_default=True)
@fleet_option
@scratch_option
@given_variables
@log_options("info")
def command(config: Path, *, given: tuple[Assignment, ...]) -> None:
    """Run the coordinator until stopped: the API, /metrics, /healthz, /readyz, and scans on schedule.

    It does so for every fleet of the configuration, or for the one that --fleet names.
    """
    fleets = settings_of_fleets(config, given)
    refuse_open_api(fleets[0])
    refuse_open_queue(fleets[0])
    with contextlib.suppress(KeyboardInterrupt):  # SIGTERM and Ctrl-C are how a service ends: exit code 0
        asyncio.run(_serve(fleets))


async def _serve(fleets: tuple[Settings, ...]) -> None:
    from coordinator.daemon.service import Coordinator  # lazy: cold start
    from coordinator.daemon.serving import serve_fleets

    first, *others = fleets
    async with Coordinator.open(first) as coordinator:
        coordinators = [coordinator, *map(coordinator.beside, others)]
        await serve_fleets(coordinators, lambda port: announce(first.file.serve.address, port))


def announce(address: str, port: int) -> None:
    """Say where the coordinator listens."""
    click.echo(
        f"listening on http://{address}:{port}: pages for a browser, /api/v1/status, /metrics, /healthz, /readyz"
    )
