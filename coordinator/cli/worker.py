"""`fleetdrift worker`: reads tenants and analyses shapes, for as long as it runs."""

from __future__ import annotations

import os
from pathlib import Path

import click

from coordinator.cli.fleet_option import chosen_fleet, fleet_option
from coordinator.cli.log_options import log_options
from coordinator.cli.report_output import insist_on
from coordinator.cli.scratch_option import scratch_option
from coordinator.settings.load import load_worker_settings, refuse_open_queue, required
from shared.signing import KeyRing


@click.command("worker")
@click.option("-c", "--config", type=click.Path(path_type=Path), default=Path("fleetdrift.toml"), show_default=True)
@fleet_option
@click.option("--concurrency", type=click.IntRange(min=1), default=None, help="Processes; default: one per core.")
@click.option("--name", default="", help="Name of this worker, unique in the fleet.")
@scratch_option
@log_options("info")
def command(config: Path, concurrency: int | None, name: str) -> None:
    """Take work from the queues of all fleets until stopped, of one with --fleet. SIGTERM finishes what is begun."""
    from workers.app import run_worker  # lazy: Celery is slow to import
    from workers.settings import WorkedFleet, WorkerSettings

    insist_on(config)
    all_settings = load_worker_settings(config, fleet=chosen_fleet())
    settings = all_settings[0]  # what a worker uses beside a fleet's name is common to all
    refuse_open_queue(settings)
    code = run_worker(
        WorkerSettings(
            fleets=tuple(WorkedFleet(one.file.fleet.name, one.file.scan.remember) for one in all_settings),
            redis_url=required(settings.redis_url, "redis.url"),
            ring=KeyRing(settings.redis_keys),
            hosts=tuple(settings.hosts.values()),
            limits=settings.file.limits,
            scratch_dsn=settings.scratch_dsn,
            scratch_binaries=settings.file.scratch.binaries,
            scratch_major=settings.file.scratch.major,
        ),
        concurrency=concurrency or os.cpu_count() or 1,
        hostname=name,
    )
    raise click.exceptions.Exit(code)
