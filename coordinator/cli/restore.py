"""`fleetdrift restore FILE`: a store made again from a backup."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from coordinator.cli.report_output import settings_of
from coordinator.settings.load import required


@click.command("restore")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("-c", "--config", type=click.Path(path_type=Path), default=Path("fleetdrift.toml"), show_default=True)
@click.option("--force", is_flag=True, help="Replace a store that holds scans: all that it holds is lost.")
def command(file: Path, config: Path, *, force: bool) -> None:
    """Make a store from FILE, which `fleetdrift backup` wrote: all of it, or nothing when the file is damaged.

    It refuses a store that holds scans, and one that a coordinator is using.
    """
    from coordinator.store.backup import restore  # lazy: cold start

    manifest = asyncio.run(restore(required(settings_of(config).store_dsn, "store.dsn"), file, force=force))
    rows = sum(table.rows for table in manifest.tables)
    click.echo(
        f"{rows:,} rows of {len(manifest.tables)} tables, as they were at {manifest.taken:%Y-%m-%d %H:%M:%S} UTC"
    )
