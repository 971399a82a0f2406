"""`fleetdrift audit`: who did what, when and from where."""

from __future__ import annotations

import click

from coordinator.access.audit import Action, AuditFilter
from coordinator.cli.remembered import Form, Place, ask, memory_options, page_options, print_json


@click.command("audit")
@click.option("--who", default="", metavar="NAME", help="Only what this token or user did.")
@click.option("--action", type=click.Choice([action.value for action in Action]), help="Only this.")
@page_options
@memory_options(Form.TEXT, Form.JSON, Form.CSV)
def command(*, place: Place, output: str, limit: int, after: str, who: str, action: str | None) -> None:
    """List who did what, when and from where, newest first.

    Kept are: scans asked for, cancelled and confirmed; tokens and ignore rules made and taken away; browsers logged in.
    """
    chosen = AuditFilter(who=who, action=Action(action) if action else None)
    page = ask(place, lambda records: records.audit(chosen, after=after, limit=limit))
    match output:
        case Form.JSON:
            print_json(page)
        case Form.CSV:
            from coordinator.records.tables import audit_csv  # lazy: cold start

            click.echo(audit_csv(page.entries), nl=False)
        case _:
            from coordinator.cli.access_text import audit_text  # lazy: cold start

            click.echo(audit_text(page.entries, page.after), nl=False)
