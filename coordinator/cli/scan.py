"""`fleetdrift scan`: the same scan as `check`, read and analysed by Celery workers."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click
import msgspec

from coordinator.cli.log_options import log_options
from coordinator.cli.progress import progress
from coordinator.cli.recipe_option import recipe_option, with_recipe
from coordinator.cli.report_output import Wanted, deliver, earlier_report, scan_options, settings_of
from coordinator.cli.scratch_option import scratch_option
from coordinator.cli.selection_options import selection_options
from coordinator.cli.source_options import InOrder, given_variables
from coordinator.iac.assignment import Assignment
from coordinator.report.model import ScanReport, Selection
from coordinator.settings.load import refuse_open_queue
from coordinator.settings.model import Settings
from shared.kinds.context import Recipe


@click.command("scan", cls=InOrder)
@scratch_option
@scan_options
@click.option(
    "--confirm-shrink",
    is_flag=True,
    help="Scan although more tenants are gone than [fleet] max_shrink lets go at once.",
)
@selection_options
@recipe_option("[scan] recipe")
@given_variables
@log_options("warning")
def command(
    config: Path,
    wanted: Wanted,
    *,
    given: tuple[Assignment, ...],
    confirm_shrink: bool,
    recipe: Recipe | None,
    selection: Selection | None,
) -> None:
    """Scan the fleet, or some of its tenants, once through the workers. Exit code 0 in sync, 2 drift, 3 incomplete."""
    known = with_recipe(settings_of(config, given), recipe)
    settings = msgspec.structs.replace(known, shrink_confirmed=confirm_shrink)
    refuse_open_queue(settings)
    before = earlier_report(wanted)
    deliver(asyncio.run(_scan(settings, selection)), settings, wanted, before)


async def _scan(settings: Settings, selection: Selection | None) -> ScanReport:
    from coordinator.daemon.service import Coordinator  # lazy: cold start

    async with Coordinator.open(settings) as coordinator:
        with progress("tenants scanned") as on_progress:
            return await coordinator.scan(on_progress, selection)
