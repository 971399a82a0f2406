"""Routes of what is remembered of tenants, changes and drift groups."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.openapi.spec import Schema
from litestar.params import FromPath, FromQuery, QueryParameter

from coordinator.daemon.api.answers import Moment, found, moment_of, place, table_or_page
from coordinator.daemon.api.described import Tabular
from coordinator.daemon.api.fleets import ServedFleet
from coordinator.daemon.api.problems import documented
from coordinator.memory.model import ChangeSubject
from coordinator.memory.views import (
    ChangeFilter,
    ChangeState,
    ChangeView,
    FleetHistory,
    FleetStatus,
    TenantFilter,
    TenantHistory,
    label_of,
)
from coordinator.records.documents import ChangesPage, GroupDocument, GroupsList, TenantsPage
from coordinator.records.tables import changes_csv, groups_csv, tenants_csv
from coordinator.report.model import TenantStatus
from shared.findings.finding import Severity

AFTER_CHANGE = r'\[[01],[123],(0|-?[1-9][0-9]{0,8}),"[0-9a-f]{16}"\]'
"""Where a page of changes ends."""
_HISTORY = dt.timedelta(days=30)

Limit = Annotated[int, QueryParameter(ge=1, le=1000)]
Labels = Annotated[
    list[str] | None, QueryParameter(schema_extra={"items": Schema(pattern=r"^[^=\u0000]+=[^\u0000]+$")})
]


def memory_routes() -> list[BaseRouteHandler]:
    """Give the routes."""
    return [*_fleet(), *_tenants(), *_changes(), *_groups()]


def _fleet() -> list[BaseRouteHandler]:
    @get("/status", responses=documented())
    async def fleet_status(served: NamedDependency[ServedFleet]) -> FleetStatus:
        """Give the fleet in a few figures: tenants by status, open changes, what the newest scan found."""
        return await served.records.status()

    @get("/history", responses=documented())
    async def fleet_history(served: NamedDependency[ServedFleet], since: Moment = None) -> FleetHistory:
        """Give how the fleet stood over time, newest first: each moment at which anything became different.

        `since` is thirty days ago where it is not given.
        """
        begin = moment_of(since, "since") or dt.datetime.now(dt.UTC) - _HISTORY
        return await served.records.history(begin)

    return [fleet_status, fleet_history]


def _tenants() -> list[BaseRouteHandler]:
    @get("/tenants", responses=documented(), operation_class=Tabular)
    async def list_tenants(
        *,
        served: NamedDependency[ServedFleet],
        request: Request,  # type: ignore[type-arg]  # any app
        name: FromQuery[str] = "",
        status: FromQuery[TenantStatus | None] = None,
        change: FromQuery[str] = "",
        shape: FromQuery[str] = "",
        group: FromQuery[str] = "",
        label: Labels = None,
        limit: Limit = 100,
        after: FromQuery[str] = "",
    ) -> Response[TenantsPage]:
        """List tenants by name, as they are known now; as CSV for `Accept: text/csv`.

        `name` is a pattern of shell wildcards, `change` and `group` are ids, `shape` is how a schema hash begins,
        `label` is NAME=VALUE and may be given several times: only tenants with all of them are listed.
        """
        labels = tuple(label_of(each) for each in label or ())
        chosen = TenantFilter(name=name, status=status, change=change, shape=shape, group=group, labels=labels)
        page = await served.records.tenants(chosen, after=after, limit=limit)
        return table_or_page(request, page, tenants_csv(page.tenants))

    @get("/tenants/{tenant:str}", responses=documented(404))
    async def get_tenant(served: NamedDependency[ServedFleet], tenant: FromPath[str]) -> TenantHistory:
        """Give all that is remembered of a tenant: now, its changes with their lives, its timeline."""
        return found(await served.records.tenant(tenant), "tenant")

    return [list_tenants, get_tenant]


def _changes() -> list[BaseRouteHandler]:
    @get("/changes", responses=documented(), operation_class=Tabular)
    async def list_changes(
        *,
        served: NamedDependency[ServedFleet],
        request: Request,  # type: ignore[type-arg]  # any app
        in_state: Annotated[ChangeState | None, QueryParameter(name="state")] = None,  # `state` is Litestar's own word
        since: Moment = None,
        subject: FromQuery[ChangeSubject | None] = None,
        severity: FromQuery[Severity | None] = None,
        tenant: FromQuery[str] = "",
        object: FromQuery[str] = "",  # noqa: A002  # the parameter's name
        limit: Limit = 100,
        after: Annotated[str, place(AFTER_CHANGE)] = "",
    ) -> Response[ChangesPage]:
        """List the differences of the fleet, the worst first, each with its life; as CSV for `Accept: text/csv`.

        `since` gives those first seen then or later, `tenant` those that a tenant has now, `object` those whose object
        has this in its name.
        """
        chosen = ChangeFilter(
            state=in_state,
            since=moment_of(since, "since"),
            subject=subject.value if subject else "",
            severity=severity.value if severity else "",
            tenant=tenant,
            object=object,
        )
        page = await served.records.changes(chosen, after=after, limit=limit)
        return table_or_page(request, page, changes_csv(page.changes))

    @get("/changes/{change:str}", responses=documented(404))
    async def get_change(served: NamedDependency[ServedFleet], change: FromPath[str]) -> ChangeView:
        """Give one difference with its life; `GET /tenants?change=ID` lists who has it."""
        return found(await served.records.change(change), "change")

    return [list_changes, get_change]


def _groups() -> list[BaseRouteHandler]:
    @get("/groups", responses=documented(), operation_class=Tabular)
    async def list_groups(
        served: NamedDependency[ServedFleet],
        request: Request,  # type: ignore[type-arg]  # any app
    ) -> Response[GroupsList]:
        """List the drift groups of now, each with its plan in figures; as CSV for `Accept: text/csv`."""
        found_groups = await served.records.groups()
        return table_or_page(request, found_groups, groups_csv(found_groups.groups))

    @get("/groups/{group:str}", responses=documented(404))
    async def get_group(served: NamedDependency[ServedFleet], group: FromPath[str]) -> GroupDocument:
        """Give a drift group in full: difference, findings, broken queries, plan, patches."""
        return found(await served.records.group(group), "drift group")

    return [list_groups, get_group]
