"""Pages of drift groups: all of them, and one with what differs, what breaks and the way back."""

from __future__ import annotations

import datetime as dt
import re

from litestar import Response, get
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath

from coordinator.daemon.api.answers import found
from coordinator.daemon.pages.look import ShownFleet, download
from coordinator.memory.views import TenantFilter
from coordinator.report.renderers.group_page import group_page
from shared.remediation.plan import Plan

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
            script=plan_text(document.group.plan),
            page=group_page(document.group, dt.datetime.now(dt.UTC).date(), document.group.expected_version),
            having=await shown.records.tenants(TenantFilter(group=group), limit=_TENANTS_NAMED),
        )

    @get("/groups/{group:str}/plan.sql")
    async def download_plan(shown: NamedDependency[ShownFleet], group: FromPath[str]) -> Response[str]:
        """Send the statements of a plan; destructive ones are commented out."""
        plan = found(await shown.records.group(group), "drift group").group.plan
        return download(found(plan_text(plan) or None, "plan of this drift group"), f"plan-{group[:8]}.sql")

    @get("/groups/{group:str}/keep.patch")
    async def download_patch(shown: NamedDependency[ShownFleet], group: FromPath[str]) -> Response[str]:
        """Send the patch of the declaration that keeps the drift."""
        patches = found(await shown.records.group(group), "drift group").group.patches
        diff = "\n".join(patch.diff for patch in patches if patch.diff)
        return download(found(diff or None, "patch of this drift group"), f"keep-{group[:8]}.patch")

    return [list_groups, show_group, download_plan, download_patch]


def plan_text(plan: Plan | None) -> str:
    """Write the statements of a plan as one script; destructive ones are commented out, for they are by choice."""
    return "".join(
        f"-- destructive, only by choice:\n-- {_commented(statement.sql)};\n"
        if statement.destructive
        else f"{statement.sql};\n"
        for statement in (plan.statements if plan else ())
    )


def _commented(sql: str) -> str:
    """Comment every line out; for PostgreSQL a carriage return ends a line too, and a name may contain one."""
    return re.sub("([\r\n])", r"\1-- ", sql)
