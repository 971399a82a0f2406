"""`fleetdrift mcp`: answers a coding agent's questions about the fleet over the Model Context Protocol."""

from __future__ import annotations

import click

from coordinator.cli.remembered import Place, place_options
from coordinator.cli.report_output import insist_on


@click.command("mcp")
@place_options
def command(place: Place) -> None:
    """Answer a coding agent over standard input and output (Model Context Protocol). Its tools read and change nothing.

    Needs the package `mcp`: pip install 'fleetdrift[mcp]'.
    """
    if not place.server:
        insist_on(place.config)
    try:
        from coordinator.cli.mcp_tools import serve  # lazy: an optional package, and slow to import
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] not in {"mcp", "mcp_types"}:
            raise
        raise click.ClickException(
            "`fleetdrift mcp` needs the package mcp, which is not installed: pip install 'fleetdrift[mcp]'"
        ) from None
    serve(place)
