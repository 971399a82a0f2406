"""Pages of tenants: all of them with filters, and one with its timeline."""

from __future__ import annotations

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, FromQuery

from coordinator.daemon.api.answers import found
from coordinator.daemon.pages.asked import chosen
from coordinator.daemon.pages.look import ShownFleet
from coordinator.memory.views import TenantFilter
from coordinator.report.model import TenantStatus

_ROWS = 100


def tenant_pages() -> list[BaseRouteHandler]:
    """Give the pages."""

    @get("/tenants")
    async def list_tenants(
        *,
        shown: NamedDependency[ShownFleet],
        name: FromQuery[str] = "",
        status: FromQuery[str] = "",
        change: FromQuery[str] = "",
        shape: FromQuery[str] = "",
        group: FromQuery[str] = "",
        after: FromQuery[str] = "",
    ) -> Response[str]:
        """List tenants by name."""
        asked = TenantFilter(
            name=name, status=chosen("status", status, TenantStatus), change=change, shape=shape, group=group
        )
        page = await shown.records.tenants(asked, after=after, limit=_ROWS)
        form = {"name": name, "status": status, "change": change, "shape": shape, "group": group}
        return shown.page("tenants", "/tenants", page=page, form=form)

    @get("/tenants/{tenant:str}")
    async def show_tenant(shown: NamedDependency[ShownFleet], tenant: FromPath[str]) -> Response[str]:
        """Show one tenant: where it stands, its changes, its timeline."""
        return shown.page("tenant", "/tenants", history=found(await shown.records.tenant(tenant), "tenant"))

    return [list_tenants, show_tenant]
