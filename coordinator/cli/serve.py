"""`fleetdrift serve`: the coordinator: takes scans, keeps the schedule, answers HTTP."""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

import click

from coordinator.cli.log_options import log_options
from coordinator.cli.report_output import settings_of
from coordinator.cli.scratch_option import scratch_option
from coordinator.cli.source_options import InOrder, given_variables
from coordinator.iac.assignment import Assignment
from coordinator.settings.load import refuse_open_api, refuse_open_queue
from coordinator.settings.model import Settings


@click.command("serve", cls=InOrder)
@click.option("-c", "--config", type=click.Path(path_type=Path), default=Path("fleetdrift.toml"), show_default=True)
@scratch_option
@given_variables
@log_options("info")
def command(config: Path, *, given: tuple[Assignment, ...]) -> None:
    """Run the coordinator until stopped: the API, /metrics, /healthz, /readyz, and scans on schedule."""
    settings = settings_of(config, given)
    refuse_open_api(settings)
    refuse_open_queue(settings)
    with contextlib.suppress(KeyboardInterrupt):  # SIGTERM and Ctrl-C are how a service ends: exit code 0
        asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    from coordinator.daemon.service import Coordinator  # lazy: cold start

    async with Coordinator.open(settings) as coordinator:
        await coordinator.serve(lambda port: announce(settings.file.serve.address, port))


def announce(address: str, port: int) -> None:
    """Say where the coordinator listens."""
    click.echo(f"listening on http://{address}:{port}: /api/v1/status, /metrics, /healthz, /readyz")
