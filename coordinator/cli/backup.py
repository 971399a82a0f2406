"""`fleetdrift backup FILE`: the whole store in one file."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from coordinator.cli.output_file import is_replaceable
from coordinator.cli.report_output import settings_of
from coordinator.settings.load import required


@click.command("backup")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("-c", "--config", type=click.Path(path_type=Path), default=Path("fleetdrift.toml"), show_default=True)
def command(file: Path, config: Path) -> None:
    """Write the whole store to FILE, as it is at this moment; a running coordinator is not disturbed.

    `fleetdrift restore FILE` makes a store of it again. Keep it as safe as the store: it holds schemas and names of
    tenants.
    """
    from coordinator.store.backup import back_up  # lazy: cold start

    if not is_replaceable(file):
        raise click.UsageError(f"{file} is no file: the store is written to a new file, which takes its place")
    file = file.resolve()
    manifest = asyncio.run(back_up(required(settings_of(config).store_dsn, "store.dsn"), file))
    rows = sum(table.rows for table in manifest.tables)
    click.echo(f"{file}: {rows:,} rows of {len(manifest.tables)} tables, {file.stat().st_size / 1e6:,.1f} MB")
