"""`fleetdrift changes`: every difference of the fleet, with its life and in how many tenants it is."""

from __future__ import annotations

import datetime as dt
import re

import click
import msgspec

from coordinator.cli.remembered import Form, Place, ask, memory_options, page_options, print_json
from coordinator.memory.model import ChangeSubject
from coordinator.memory.views import ChangeFilter, ChangeState
from coordinator.records.documents import ChangesPage
from coordinator.records.fleet_records import FleetRecords
from shared.findings.finding import Severity

_UNITS = {"m": "minutes", "h": "hours", "d": "days"}
_ALL = "all"


class Since(click.ParamType[dt.datetime]):
    """A moment: `36h`, `7d`, or a date with or without a time (UTC where it names no zone)."""

    name = "when"

    def convert(
        self, value: str | dt.datetime, param: click.Parameter | None, ctx: click.Context | None
    ) -> dt.datetime:
        """Read a moment or an age such as `3d`."""
        if isinstance(value, dt.datetime):
            return value
        if found := re.fullmatch(r"(\d{1,5})([mhd])", value):
            return dt.datetime.now(dt.UTC) - dt.timedelta(**{_UNITS[found[2]]: int(found[1])})
        try:
            moment = dt.datetime.fromisoformat(value)
        except ValueError:
            self.fail(
                f"{value!r} is no moment: give 90m, 36h, 7d, or a date like 2026-03-01 or 2026-03-01T12:00", param, ctx
            )
        return moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)


@click.command("changes")
@click.option(
    "--state",
    type=click.Choice([*(state.value for state in ChangeState), _ALL]),
    default=ChangeState.OPEN.value,
    show_default=True,
)
@click.option("--new", "only_new", is_flag=True, help="Only those that the newest scan found first.")
@click.option("--since", type=Since(), help="Only those first seen since: 90m, 36h, 7d, or a date.")
@click.option("--severity", type=click.Choice([severity.value for severity in Severity]), help="Only these.")
@click.option("--subject", type=click.Choice([subject.value for subject in ChangeSubject]), help="Only these.")
@click.option("--tenant", default="", metavar="NAME", help="Only those that this tenant has now.")
@click.option("--object", default="", metavar="TEXT", help="Only objects with this in their names.")
@page_options
@memory_options(Form.TEXT, Form.JSON, Form.CSV)
def command(
    *,
    place: Place,
    output: str,
    state: str,
    only_new: bool,
    since: dt.datetime | None,
    severity: str | None,
    subject: str | None,
    tenant: str,
    object: str,  # noqa: A002  # the option's name
    limit: int,
    after: str,
) -> None:
    """List changes, the worst first: in how many tenants, since when. Reads no tenant."""
    chosen = ChangeFilter(
        state=None if state == _ALL else ChangeState(state),
        since=since,
        subject=subject or "",
        severity=severity or "",
        tenant=tenant,
        object=object,
    )
    page = ask(place, lambda records: _page(records, chosen, after, limit, only_new=only_new))
    match output:
        case Form.JSON:
            print_json(page)
        case Form.CSV:
            from coordinator.records.tables import changes_csv  # lazy: cold start

            click.echo(changes_csv(page.changes), nl=False)
        case _:
            from coordinator.cli.memory_text import changes_text  # lazy: cold start

            status = None if page.changes else ask(place, lambda records: records.status())
            click.echo(changes_text(page.changes, page.after, dt.datetime.now(dt.UTC), status=status), nl=False)


async def _page(records: FleetRecords, chosen: ChangeFilter, after: str, limit: int, *, only_new: bool) -> ChangesPage:
    if only_new:
        chosen = msgspec.structs.replace(chosen, since=(await records.status()).scanned)
    return await records.changes(chosen, after=after, limit=limit)
