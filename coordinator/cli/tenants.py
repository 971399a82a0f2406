"""`fleetdrift tenants`: where each tenant stands, as the store remembers it."""

from __future__ import annotations

import datetime as dt

import click

from coordinator.cli.remembered import Form, Place, ask, memory_options, page_options, print_json
from coordinator.memory.views import LabelError, TenantFilter, label_of
from coordinator.report.model import TenantStatus


class Label(click.ParamType[tuple[str, str]]):
    """A label and its value: `tier=gold`."""

    name = "label"

    def convert(
        self, value: str | tuple[str, str], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, str]:
        """Read a label given as NAME=VALUE."""
        if isinstance(value, tuple):
            return value
        try:
            return label_of(value)
        except LabelError as error:
            self.fail(str(error), param, ctx)


@click.command("tenants")
@click.option("--name", default="", metavar="GLOB", help="Only tenants of such a name: 'eu-*'.")
@click.option("--status", type=click.Choice([status.value for status in TenantStatus]), help="Only these.")
@click.option("--change", default="", metavar="ID", help="Only tenants that have this change.")
@click.option("--shape", default="", metavar="HASH", help="Only tenants whose schema hash begins so.")
@click.option("--group", default="", metavar="ID", help="Only tenants of this drift group.")
@click.option(
    "--label",
    "labels",
    type=Label(),
    multiple=True,
    metavar="NAME=VALUE",
    help="Only those with this label; repeatable.",
)
@page_options
@memory_options(Form.TEXT, Form.JSON, Form.CSV)
def command(
    *,
    place: Place,
    output: str,
    name: str,
    status: str | None,
    change: str,
    shape: str,
    group: str,
    labels: tuple[tuple[str, str], ...],
    limit: int,
    after: str,
) -> None:
    """List tenants: status, changes, since when, when last read. Reads no tenant."""
    chosen = TenantFilter(
        name=name,
        status=TenantStatus(status) if status else None,
        change=change,
        shape=shape,
        group=group,
        labels=labels,
    )
    page = ask(place, lambda records: records.tenants(chosen, after=after, limit=limit))
    match output:
        case Form.JSON:
            print_json(page)
        case Form.CSV:
            from coordinator.records.tables import tenants_csv  # lazy: cold start

            click.echo(tenants_csv(page.tenants), nl=False)
        case _:
            from coordinator.cli.memory_text import tenants_text  # lazy: cold start

            click.echo(tenants_text(page.tenants, page.after, dt.datetime.now(dt.UTC)), nl=False)
