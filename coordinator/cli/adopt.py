"""`fleetdrift adopt REPORT`: the patch of the declaration that keeps what tenants have."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from coordinator.cli.exit_codes import ERROR, IN_SYNC
from coordinator.cli.fleet_option import fleet_option
from coordinator.cli.report_output import settings_of
from coordinator.cli.scratch_option import scratch_option
from coordinator.cli.source_options import InOrder, given_variables, profile_option
from coordinator.iac.assignment import Assignment
from coordinator.report.model import Patch
from coordinator.settings.model import Settings
from shared.schema.profile import Profile


@click.command("adopt", cls=InOrder)
@click.argument("report")
@click.option("--group", default="", metavar="ID", help="Drift group of the report, or the beginning of its id.")
@click.option("-c", "--config", type=click.Path(path_type=Path), default=Path("fleetdrift.toml"), show_default=True)
@fleet_option
@click.option(
    "--source",
    type=click.Path(exists=True, path_type=Path),
    help="The declaration, where REPORT is the JSON of `fleetdrift diff`.",
)
@scratch_option
@given_variables
@profile_option
def command(
    report: str,
    group: str,
    config: Path,
    source: Path | None,
    *,
    given: tuple[Assignment, ...],
    profile: Profile,
    everything: bool,
) -> None:
    """Print a patch for `git apply` after which the declaration says what the database has.

    REPORT is a saved report.json, the JSON of `fleetdrift diff`, or the id of a drift group of the newest report. The
    patched declaration was evaluated and compiled, and comes to the observed schema. Nothing is changed. Exit code 0
    with a patch, 1 where there is none: then the reason is said, and what to declare by hand.
    """
    del everything  # it is part of the profile
    if source is not None:
        patch = asyncio.run(_for_source(source, Path(report), group, profile, given))
    else:
        settings = settings_of(config)
        path, wanted = _saved_report(settings, report, group)
        patch = asyncio.run(_for_fleet(settings, path, wanted))
    _print(patch)
    raise click.exceptions.Exit(IN_SYNC if patch.diff else ERROR)


def _saved_report(settings: Settings, report: str, group: str) -> tuple[Path, str]:
    """Return the file that REPORT means, and the group: REPORT may be the id of one of the newest report."""
    path = Path(report)
    if not path.exists() and settings.file.report.directory:
        return Path(settings.root, settings.file.report.directory, "report.json"), report
    return path, group


async def _for_source(source: Path, report: Path, group: str, profile: Profile, given: tuple[Assignment, ...]) -> Patch:
    from coordinator.scan.adopting import adopt_in_source, read_drift  # lazy: cold start
    from shared.analysis.scratch_server import scratch_server

    drift = read_drift(report, group)
    async with scratch_server(None) as scratch:
        return await adopt_in_source(source, scratch, drift, profile, given)


async def _for_fleet(settings: Settings, report: Path, group: str) -> Patch:
    from coordinator.scan.adopting import adopt_in_fleet, read_drift  # lazy: cold start
    from shared.analysis.scratch_server import scratch_server

    drift = read_drift(report, group)
    async with scratch_server(
        settings.scratch_dsn, settings.file.scratch.binaries, wanted=settings.file.scratch.major
    ) as scratch:
        return await adopt_in_fleet(settings, scratch, drift)


def _print(patch: Patch) -> None:
    """Print the patch alone on standard output, for `git apply`; what people should know goes to standard error."""
    from coordinator.report.renderers.visible import visible  # lazy: cold start

    click.echo(f"fleetdrift: {visible(patch.summary)}", err=True)
    for note in patch.notes:
        click.echo(f"fleetdrift: {visible(note)}", err=True)
    if patch.diff:
        click.echo(patch.diff, nl=False)
    elif patch.block:
        click.echo(patch.block, err=True, nl=False)
