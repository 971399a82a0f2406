"""`fleetdrift check`: a one-shot scan in this process, for CI and laptops."""

from __future__ import annotations

import asyncio
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click
import msgspec

from coordinator.cli.log_options import log_options
from coordinator.cli.progress import progress
from coordinator.cli.recipe_option import recipe_option, with_recipe
from coordinator.cli.report_output import Wanted, deliver, earlier_report, hand_out, scan_options, settings_of
from coordinator.cli.scratch_option import scratch_option
from coordinator.cli.selection_options import named_selection_options
from coordinator.cli.source_options import InOrder, given_variables
from coordinator.iac.assignment import Assignment
from coordinator.report.exit_code import exit_code
from coordinator.report.model import ScanReport, Selection
from coordinator.settings.model import Settings
from shared.kinds.context import Recipe

if TYPE_CHECKING:
    from coordinator.scan.gate import GateList


@click.command("check", cls=InOrder)
@scratch_option
@scan_options
@recipe_option("[scan] recipe")
@click.option(
    "--write-baseline",
    "accepting",
    is_flag=True,
    help="Accept what the tenancy rules find: write it to the file that [tenancy] baseline names.",
)
@named_selection_options
@click.option(
    "--gate",
    "gating",
    is_flag=True,
    help="Say whether a migration of these tenants may begin: 0 only when none has drifted and all are known; "
    "tenants that wait for the migration pass. Each --tenants must fit somebody.",
)
@given_variables
@log_options("warning")
def command(
    config: Path,
    wanted: Wanted,
    *,
    given: tuple[Assignment, ...],
    recipe: Recipe | None,
    accepting: bool,
    selection: Selection | None,
    gating: bool,
) -> None:
    """Scan the fleet, or some of it, once, without Redis or workers. Exit code 0 in sync, 2 drift, 3 incomplete."""
    if accepting and selection:
        raise click.UsageError("--write-baseline is about the whole fleet: leave out --tenants and --label")
    settings = with_recipe(settings_of(config, given), recipe)
    if gating:
        _gate(settings, wanted, selection or Selection())
    before = earlier_report(wanted)
    report = _accept(settings) if accepting else asyncio.run(_check(settings, selection))
    deliver(report, settings, wanted, before)


def _gate(settings: Settings, wanted: Wanted, selection: Selection) -> NoReturn:
    """Scan, hand out the report, and say on standard error whether a migration may begin."""
    from coordinator.report.renderers.gate import gate_answer  # lazy: cold start
    from coordinator.scan.gate import GateList

    if wanted.since or wanted.fail_on_pending:
        raise click.UsageError(
            "--gate asks how tenants stand now, and lets pending ones pass: leave out --since and --fail-on-pending"
        )
    tenants = GateList(selection)
    report = asyncio.run(_check(settings, selection if selection != Selection() else None, tenants))
    hand_out(report, settings, wanted)
    answer = gate_answer(report, tenants.excluded)
    for line in answer.lines:
        click.echo(line, err=True)
    raise click.exceptions.Exit(exit_code(answer.status))


def _accept(settings: Settings) -> ScanReport:
    """Scan as if nothing were accepted, and accept what the tenancy rules found."""
    from coordinator.scan.tenancy_baseline import write_baseline  # lazy: cold start

    tenancy = settings.file.tenancy
    if not tenancy.baseline:
        raise click.UsageError('--write-baseline needs a file: [tenancy] baseline = "tenancy-baseline.toml"')
    bare = msgspec.structs.replace(settings.file, tenancy=msgspec.structs.replace(tenancy, baseline=""))
    report = asyncio.run(_check(msgspec.structs.replace(settings, file=bare)))
    accepted = write_baseline(Path(settings.root), tenancy.baseline, report.body)
    click.echo(f"{tenancy.baseline}: {accepted} findings of the tenancy rules are accepted", err=True)
    return report


async def _check(settings: Settings, selection: Selection | None = None, tenants: GateList | None = None) -> ScanReport:
    from coordinator.fleet.local import LocalFleet  # lazy: cold start
    from coordinator.inventory.choose import Choice
    from coordinator.scan.logged import logged_scan
    from coordinator.scan.pipeline import run_scan, tell_nobody
    from shared.analysis.scratch_server import scratch_server
    from shared.events.event import LogLevel

    scan = str(uuid.uuid4())
    async with scratch_server(
        settings.scratch_dsn, settings.file.scratch.binaries, wanted=settings.file.scratch.major
    ) as scratch:
        with progress("tenants read") as on_progress:
            fleet = LocalFleet(settings, scratch, scan=scan)
            return await logged_scan(
                scan,
                settings.file.fleet.name,
                lambda: run_scan(
                    settings,
                    scratch,
                    fleet,
                    on_progress,
                    choice=Choice(selection=selection) if selection else None,
                    on_listed=tenants.on_listed if tenants else tell_nobody,
                ),
                failure_level=LogLevel.INFO,
            )
