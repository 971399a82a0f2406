"""`fleetdrift diff DESIRED OBSERVED`: two schema sources, and the way from the second to the first."""

from __future__ import annotations

import asyncio

import click

from coordinator.cli.exit_codes import DRIFT, IN_SYNC, INCOMPLETE
from coordinator.cli.recipe_option import recipe_option
from coordinator.cli.scratch_option import scratch_option
from coordinator.cli.source_options import InOrder, given_variables, profile_option, source_help, tell_unread
from coordinator.compare.sources import Comparison, compare_sources
from coordinator.iac.assignment import Assignment
from shared.diff.changes import Unverified
from shared.kinds.context import Recipe
from shared.schema.profile import Profile


@click.command("diff", cls=InOrder, epilog=source_help)
@click.argument("desired")
@click.argument("observed")
@click.option("--output", type=click.Choice(["text", "json", "sql"]), default="text", show_default=True)
@recipe_option(Recipe.SHORT.value)
@scratch_option
@given_variables
@profile_option
def command(
    desired: str,
    observed: str,
    output: str,
    *,
    recipe: Recipe | None,
    profile: Profile,
    everything: bool,
    given: tuple[Assignment, ...],
) -> None:
    """Compare two schema sources. `--output sql` prints the remediation that brings OBSERVED to DESIRED.

    Exit codes: 3 when something could not be read or decided, as in a scan; else 2 when they differ, else 0.
    """
    how = recipe or Recipe.SHORT
    compared = compare_sources(desired, observed, profile, destructive=everything, recipe=how, given=given)
    comparison = asyncio.run(compared)
    click.echo(_render(comparison, output, destructive=everything), nl=False)
    raise click.exceptions.Exit(tell_unread(comparison.unread) or exit_code_of(comparison))


def exit_code_of(comparison: Comparison) -> int:
    """Give the exit code for what was compared, as a scan judges a tenant: one certain difference is drift.

    Differences of which none could be decided, or that could only be compared as they were read, are incomplete.
    """
    if comparison.unverified:
        return INCOMPLETE
    if any(not isinstance(change, Unverified) for change in comparison.diff.changes):
        return DRIFT
    return INCOMPLETE if comparison.diff else IN_SYNC


def _render(comparison: Comparison, output: str, *, destructive: bool) -> str:
    if output == "sql":
        from shared.postgres.writing.guard import guard_sql  # lazy: cold start
        from shared.remediation.script import render_script

        guards = comparison.plan.guards
        guard = guard_sql(guards) if guards else ""
        return _renames(comparison) + render_script(
            comparison.plan, destructive=destructive, tenant_code=destructive, guard_sql=guard
        )
    if output == "json":
        from shared.formats import DIFF, label_json  # lazy: cold start
        from shared.schema.canonical import canonical_json

        return label_json(DIFF, canonical_json(comparison)).decode() + "\n"
    from coordinator.report.renderers.diff_text import render_diff  # lazy: cold start
    from coordinator.report.renderers.visible import visible

    why = f"unverified: {visible(comparison.unverified)}\n" if comparison.unverified else ""
    return render_diff(comparison.diff, comparison.plan, unread=len(comparison.unread)) + why


def _renames(comparison: Comparison) -> str:
    """Write what may only have been renamed as comments: whether it has, nobody but its owner knows."""
    from shared.diff.renames import possible_renames  # lazy: cold start
    from shared.remediation.psql import comment  # lazy: cold start

    told = (
        f"possible rename: {rename.desired} may be {rename.observed}: {rename.sql};"
        if not rename.label
        else f"possible rename of a label of {rename.desired}: {rename.sql};"
        for rename in possible_renames(comparison.diff)
    )
    return "".join(f"{comment(line)}\n" for line in told)
