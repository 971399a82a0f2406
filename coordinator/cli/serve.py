"""`fleetdrift serve`: the coordinator: takes scans, keeps the schedule, answers HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import functools
from collections.abc import Callable
from pathlib import Path

import click

from coordinator.cli.fleet_option import chosen_fleet, fleet_option
from coordinator.cli.log_options import log_options
from coordinator.cli.report_output import insist_on, settings_of_fleets
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

    It does so for every fleet of the configuration, or for the one that --fleet names. A changed configuration counts
    from the next scan on; SIGHUP reads it at once.
    """
    insist_on(config)
    fleets = settings_of_fleets(config, given, chosen_fleet())
    refuse_open_queue(fleets[0])
    with contextlib.suppress(KeyboardInterrupt):  # SIGTERM and Ctrl-C are how a service ends: exit code 0
        asyncio.run(_serve(config, fleets, functools.partial(settings_of_fleets, config, given, chosen_fleet())))


async def _serve(config: Path, fleets: tuple[Settings, ...], read: Callable[[], tuple[Settings, ...]]) -> None:
    from coordinator.daemon.configuration import Configuration  # lazy: cold start
    from coordinator.daemon.service import Coordinator
    from coordinator.daemon.serving import serve_fleets

    first, *others = fleets
    async with Coordinator.open(first) as coordinator:
        refuse_open_api(first, has_tokens=await coordinator.store.credentials.has_tokens())
        coordinators = [coordinator, *map(coordinator.beside, others)]
        configuration = Configuration(config, fleets, read)
        await serve_fleets(coordinators, lambda port: announce(first.file.serve.address, port), configuration)


def announce(address: str, port: int) -> None:
    """Say where the coordinator listens."""
    click.echo(
        f"listening on http://{address}:{port}: pages for a browser, /api/v1/status, /metrics, /healthz, /readyz"
    )
