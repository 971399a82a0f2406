"""`fleetdrift role-sql HOST`: the SQL of the least-privilege role as which a host is scanned."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from coordinator.cli.fleet_option import fleet_option
from coordinator.cli.report_output import settings_of


@click.command("role-sql")
@click.argument("host")
@click.option("-c", "--config", type=click.Path(path_type=Path), default=Path("fleetdrift.toml"), show_default=True)
@fleet_option
@click.option(
    "--database",
    "databases",
    multiple=True,
    metavar="NAME",
    help="A tenant's database; repeatable. Else those of the fleet, or all of a server that cannot be asked yet.",
)
def command(host: str, config: Path, databases: tuple[str, ...]) -> None:
    """Print a script for psql that makes the role as which HOST (a [hosts.HOST] table) is scanned.

    The role may connect and nothing else. For PostgreSQL 14 and later. Nothing is changed: read it, then run it.
    """
    from coordinator.setup.reading_role import reading_role_sql  # lazy: cold start
    from coordinator.setup.tenant_databases import tenant_databases

    settings = settings_of(config)
    if host not in settings.hosts:
        known = ", ".join(sorted(settings.hosts)) or "none"
        raise click.UsageError(f"{config} has no [hosts.{host}]; expected one of: {known}")
    chosen = databases or asyncio.run(tenant_databases(settings, host))
    try:
        click.echo(reading_role_sql(settings.hosts[host], chosen), nl=False)
    except ValueError as error:
        raise click.ClickException(str(error)) from None
