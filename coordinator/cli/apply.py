"""`fleetdrift apply PLAN`: run a proven plan on tenants. The only command that writes to a tenant."""

from __future__ import annotations

import asyncio
import csv
import sys
from pathlib import Path

import click

from coordinator.cli.exit_codes import ERROR, IN_SYNC, INCOMPLETE
from coordinator.cli.fleet_option import fleet_option
from coordinator.cli.log_options import log_options
from coordinator.cli.report_output import settings_of
from coordinator.cli.scratch_option import scratch_option
from coordinator.report.renderers.presentation import plural


@click.command("apply")
@click.argument("plan", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--group", default="", metavar="ID", help="Drift group of the report, or the beginning of its id.")
@click.option(
    "--tenants",
    multiple=True,
    metavar="A,B",
    help="Whom to apply it to; the first one is the canary. A name with a comma stands in double quotes.",
)
@click.option("--all-of-group", is_flag=True, help="Apply it to every tenant of the group.")
@click.option("-c", "--config", type=click.Path(path_type=Path), default=Path("fleetdrift.toml"), show_default=True)
@fleet_option
@click.option("--execute", "really", is_flag=True, help="Change the tenants; without it, only say what would be done.")
@click.option("--script", is_flag=True, help="Print the plan as SQL for psql, with its guard, and connect to nobody.")
@click.option("--yes", is_flag=True, help="Do not ask before changing them.")
@click.option("--destructive", is_flag=True, help="Run the statements that lose something too.")
@click.option("--tenant-code", is_flag=True, help="Let a superuser run what calls functions that tenants wrote.")
@click.option("--unproven", is_flag=True, help="Apply a plan that was not seen to work on a copy.")
@click.option(
    "--progress", type=click.Path(path_type=Path, dir_okay=False), help="Progress file; default: beside PLAN."
)
@scratch_option
@log_options("warning")
def command(
    plan: Path,
    group: str,
    tenants: tuple[str, ...],
    config: Path,
    progress: Path | None,
    *,
    all_of_group: bool,
    really: bool,
    script: bool,
    yes: bool,
    destructive: bool,
    unproven: bool,
    tenant_code: bool,
) -> None:
    """Apply PLAN (a saved report, or the JSON of `fleetdrift diff`) to tenants: a canary first, then in waves.

    A dry run unless --execute is given. Run it again to take up where a run broke off. Exit code 0 when every tenant
    is done (of a dry run: when nothing is in the way), 1 when one failed, 3 when some were not reached or refused.
    """
    if really and not yes and not sys.stdin.isatty():
        raise click.UsageError("nobody is here to ask; --yes applies it without asking")
    from coordinator.apply.admission import Permissions  # lazy: cold start
    from coordinator.apply.execute import ApplyOptions, UserIO, execute, psql_script
    from coordinator.apply.outcome import OutcomeKind, exit_code

    options = ApplyOptions(
        plan=plan,
        group=group,
        tenants=tuple(name for entry in tenants for name in _names(entry)),
        whole_group=all_of_group,
        permissions=Permissions(unproven=unproven, destructive=destructive, tenant_code=tenant_code),
        execute=really,
        progress=progress,
    )
    if script:
        known = settings_of(config) if config.exists() else None
        click.echo(asyncio.run(psql_script(known, options)), nl=False)
        return
    user = UserIO(say=click.echo, confirm=lambda count: yes or _confirm(count))
    outcomes = asyncio.run(execute(settings_of(config), options, user))
    if not really:
        click.echo("Dry run: nothing was changed. --execute applies it.")
        outcomes = tuple(outcome for outcome in outcomes if outcome.kind is not OutcomeKind.UNTOUCHED)
    raise click.exceptions.Exit(exit_code(outcomes, done=IN_SYNC, failed=ERROR, incomplete=INCOMPLETE))


def _names(entry: str) -> list[str]:
    """Split names at commas; between double quotes a comma, and a line end, are part of a name (RFC 4180)."""
    try:
        return [name for name in next(csv.reader([entry], strict=True), []) if name]
    except csv.Error as error:
        raise click.UsageError(f"--tenants: expected names between commas, found {entry!r} ({error})") from None


def _confirm(count: int) -> bool:
    said = f"This changes {plural(count, 'tenant')}. Type their number to go on"
    answer = click.prompt(said, default="", show_default=False)
    return bool(answer.strip() == str(count))
