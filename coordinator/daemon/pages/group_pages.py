"""Pages of drift groups: all of them, and one with what differs, what breaks and the way back."""

from __future__ import annotations

import datetime as dt

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath

from coordinator.daemon.api.answers import found
from coordinator.daemon.pages.look import ShownFleet
from coordinator.memory.views import TenantFilter
from coordinator.report.renderers.group_page import group_page

_TENANTS_NAMED = 200


def group_pages() -> list[BaseRouteHandler]:
    """Give the pages."""

    @get("/groups")
    async def list_groups(shown: NamedDependency[ShownFleet]) -> Response[str]:
        """List the drift groups that any tenant is known to be in."""
        return shown.page("groups", "/groups", groups=(await shown.records.groups()).groups)

    @get("/groups/{group:str}")
    async def show_group(shown: NamedDependency[ShownFleet], group: FromPath[str]) -> Response[str]:
        """Show one drift group."""
        document = found(await shown.records.group(group), "drift group")
        return shown.page(
            "group_page",
            "/groups",
            document=document,
            page=group_page(document.group, dt.datetime.now(dt.UTC).date(), document.group.expected_version),
            having=await shown.records.tenants(TenantFilter(group=group), limit=_TENANTS_NAMED),
        )

    return [list_groups, show_group]
