"""`fleetdrift doctor`: what the scratch server in use has, what stands in, and what is missing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from coordinator.cli.fleet_option import chosen_fleet, fleet_option
from coordinator.cli.scratch_option import scratch_option

if TYPE_CHECKING:  # cold start
    from coordinator.settings.model import Settings
    from shared.analysis.abilities import Abilities


@click.command("doctor")
@click.option("-c", "--config", type=click.Path(path_type=Path), default=Path("fleetdrift.toml"), show_default=True)
@fleet_option
@scratch_option
def command(config: Path) -> None:
    """Say what of the scratch server is real, what is a stand-in, and what is missing.

    The configuration is read where there is one; the scratch server is the one that `check` would use.
    """
    from coordinator.settings.load import load_settings  # lazy: cold start

    settings = load_settings(config, fleet=chosen_fleet()) if config.exists() else None
    for line in _told(asyncio.run(_asked(settings))):
        click.echo(line)


async def _asked(settings: Settings | None) -> Abilities:
    from coordinator.settings.model import ScratchTable
    from shared.analysis.abilities import abilities_of
    from shared.analysis.scratch_server import scratch_server

    named = settings.file.scratch if settings else ScratchTable()
    dsn = settings.scratch_dsn if settings else None
    async with scratch_server(dsn, named.binaries, wanted=named.major) as scratch:
        return await abilities_of(scratch)


def _told(found: Abilities) -> Iterator[str]:
    yield f"scratch server: PostgreSQL {found.version}"
    for feature, there in found.features.items():
        yield f"{feature}: {'there' if there else found.instead(feature)}"
    yield f"extensions of its own: {_listed(found.real)}"
    yield f"stand-ins (real names and types, hollow bodies): {_listed(found.stand_ins)}"
    yield f"missing: {_listed(found.missing)}"
    if found.missing:
        yield (
            "A declaration that creates a missing extension is refused; of a tenant, what depends on one is "
            "unverified. Name a server that has it: --scratch, FLEETDRIFT_SCRATCH, [scratch] dsn or [scratch] binaries."
        )


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "none"
