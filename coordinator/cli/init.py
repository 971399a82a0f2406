"""`fleetdrift init URL`: a first fleetdrift.toml, from what a server says of itself."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import click


@click.command("init")
@click.argument("url")
@click.option("-c", "--config", type=click.Path(path_type=Path), default=Path("fleetdrift.toml"), show_default=True)
@click.option("--source", default="", metavar="PATH", help="The declaration, relative to the configuration's folder.")
def command(url: str, config: Path, source: str) -> None:
    """Ask the server at URL what looks like tenants, and write a first fleetdrift.toml.

    URL is postgresql://USER@HOST:PORT/DATABASE; where tenants are namespaces, it names their database. Nothing is
    changed there, and a configuration that exists is left as it is.
    """
    from coordinator.setup.first_configuration import (  # lazy: cold start
        NoTenantsError,
        ask_server,
        first_configuration,
        host_of_url,
    )

    if config.exists():
        raise click.ClickException(f"{config} exists, and is left as it is: name another file with --config")
    try:
        host, database = host_of_url(url, os.environ)
    except ValueError as error:
        raise click.ClickException(f"URL {error}") from None
    says = asyncio.run(ask_server(host, database))
    try:
        first = first_configuration(host, database, says, config.parent, source)
    except NoTenantsError as error:
        raise click.ClickException(str(error)) from None
    with config.open("x", encoding="utf-8") as file:
        file.write(first.text)
    click.echo(f"{config} is written")
    for step in first.steps:
        click.echo(f"- {step}")
