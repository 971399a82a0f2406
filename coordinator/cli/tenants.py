"""`fleetdrift tenants`: where each tenant stands, as the store remembers it."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from coordinator.cli.remembered import Asked, Form, ask, memory_options, page_options, print_csv, print_json
from coordinator.memory.documents import TenantsPage
from coordinator.memory.views import TenantFilter
from coordinator.report.model import TenantStatus

_COLUMNS = ("tenant", "status", "changes", "since", "last_good", "shape", "group", "failure")


@click.command("tenants")
@click.option("--name", default="", metavar="GLOB", help="Only tenants of such a name: 'eu-*'.")
@click.option("--status", type=click.Choice([status.value for status in TenantStatus]), help="Only these.")
@click.option("--change", default="", metavar="ID", help="Only tenants that have this change.")
@click.option("--shape", default="", metavar="HASH", help="Only tenants whose schema hash begins so.")
@click.option("--group", default="", metavar="ID", help="Only tenants of this drift group.")
@page_options
@memory_options(Form.TEXT, Form.JSON, Form.CSV)
def command(
    *,
    config: Path,
    output: str,
    name: str,
    status: str | None,
    change: str,
    shape: str,
    group: str,
    limit: int,
    after: str,
) -> None:
    """List tenants: status, changes, since when, when last read. Reads the store, no tenant."""
    chosen = TenantFilter(
        name=name, status=TenantStatus(status) if status else None, change=change, shape=shape, group=group
    )
    page = ask(config, lambda asked: _page(asked, chosen, after, limit))
    match output:
        case Form.JSON:
            print_json(page)
        case Form.CSV:
            print_csv(_COLUMNS, [_row(page, number) for number in range(len(page.tenants))])
        case _:
            from coordinator.cli.memory_text import tenants_text  # lazy: cold start

            click.echo(tenants_text(page.tenants, page.after, dt.datetime.now(dt.UTC)), nl=False)


async def _page(asked: Asked, chosen: TenantFilter, after: str, limit: int) -> TenantsPage:
    found = await asked.memory.tenants(asked.fleet, chosen, stale_after=asked.stale_after, after=after, limit=limit + 1)
    tenants = tuple(found[:limit])
    return TenantsPage(fleet=asked.fleet, tenants=tenants, after=tenants[-1].tenant if len(found) > limit else None)


def _row(page: TenantsPage, number: int) -> tuple[object, ...]:
    tenant = page.tenants[number]
    shape = tenant.shape or (tenant.known.shape if tenant.known else "")
    group = tenant.group or (tenant.known.group if tenant.known else "")
    failure = f"{tenant.failure.kind}: {tenant.failure.message}" if tenant.failure else ""
    return tenant.tenant, tenant.status, tenant.changes, tenant.since, tenant.last_good, shape, group, failure
