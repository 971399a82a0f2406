"""The first page: how the fleet stands, what is new, what is open, and the scan that runs."""

from __future__ import annotations

import datetime as dt

from litestar import Request, Response, get
from litestar.handlers import BaseRouteHandler
from litestar.params import FromQuery

from coordinator.access.caller import Caller
from coordinator.daemon.api.fleets import Fleets
from coordinator.daemon.pages.course import draw_course
from coordinator.daemon.pages.heat_map import draw_map
from coordinator.daemon.pages.look import ShownFleet, page, show_fleet
from coordinator.memory.model import ChangeSubject
from coordinator.memory.views import ChangeFilter, ChangeState

_LISTED = 8
"""Changes in one list of the page."""

_COUNTED = 100
"""Changes that are looked at for one figure or list."""

_NEW_WITHIN = dt.timedelta(days=1)
_COURSE_OF = dt.timedelta(days=30)


def overview_pages(fleets: Fleets) -> list[BaseRouteHandler]:
    """Give the first page.

    Args:
        fleets: Those of the coordinator: where they are several, the first page lists them.
    """

    @get("/")
    async def overview(request: Request, fleet: FromQuery[str] = "") -> Response[str]:  # type: ignore[type-arg]  # any app
        """Show the fleet."""
        if not fleet and len(fleets) > 1:
            return await _all(fleets, request.user)
        return await _one(show_fleet(fleets, fleet, request.user, request.auth))

    return [overview]


async def _all(fleets: Fleets, caller: Caller) -> Response[str]:
    shown = [show_fleet(fleets, name, caller) for name in filter(caller.may_ask_for, fleets)]
    rows = [(each, await each.records.status(), await each.served.scans.problems()) for each in shown]
    return page("fleets", {"rows": rows})


async def _one(shown: ShownFleet) -> Response[str]:
    now = dt.datetime.now(dt.UTC)
    recent = ChangeFilter(state=ChangeState.OPEN, since=now - _NEW_WITHIN)
    broken = ChangeFilter(state=ChangeState.OPEN, subject=ChangeSubject.CONTRACT)
    open_now = (await shown.records.changes(ChangeFilter(state=ChangeState.OPEN), limit=_COUNTED)).changes
    scans = (await shown.records.scans(limit=1)).scans
    return shown.page(
        "overview",
        "/",
        status=await shown.records.status(),
        new=(await shown.records.changes(recent, limit=_LISTED)).changes,
        older=[view for view in open_now if view.first_seen < now - _NEW_WITHIN][:_LISTED],
        broken=await shown.records.changes(broken, limit=_COUNTED),
        map=draw_map(await shown.records.shares()),
        course=draw_course(await shown.records.course(now - _COURSE_OF), now - _COURSE_OF, now),
        problems=await shown.served.scans.problems(),
        scan=scans[0] if scans else None,
    )
