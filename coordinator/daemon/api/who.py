"""Routes about callers: who one is taken for, and who did what."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

import msgspec
from litestar import Request, Response, get
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import FromQuery, QueryParameter

from coordinator.access.audit import Action, AuditFilter
from coordinator.access.caller import Caller, Scope, Via
from coordinator.daemon.api.answers import Moment, moment_of, place, table_or_page
from coordinator.daemon.api.callers import Callers, needs
from coordinator.daemon.api.described import Tabular
from coordinator.daemon.api.fleets import OF_ALL_FLEETS, ServedFleet
from coordinator.daemon.api.problems import documented
from coordinator.records.documents import AuditPage
from coordinator.records.tables import audit_csv


class SessionView(msgspec.Struct, frozen=True, kw_only=True):
    """Who a client is taken for.

    Args:
        name: Of the token or the user; empty where nobody has to say it.
        via: How the client was recognised.
        scope: What it may do.
        fleets: In which fleets; empty for all.
        csrf: What a page sends as `X-CSRF-Token` with each request that changes something; empty without a session.
        expires: When the session ends; none without one.
    """

    name: str
    via: Via
    scope: Scope
    fleets: tuple[str, ...]
    csrf: str
    expires: dt.datetime | None


def who_routes(callers: Callers) -> list[BaseRouteHandler]:
    """Give the routes.

    Args:
        callers: Know the sessions.
    """

    @get("/session", responses=documented(), opt=OF_ALL_FLEETS)
    async def get_session(request: Request) -> SessionView:  # type: ignore[type-arg]  # any app
        """Say who the client is taken for, and give what a page needs to change something."""
        caller: Caller = request.user
        session = await callers.session(request) if caller.via is Via.SESSION else None
        return SessionView(
            name=caller.name,
            via=caller.via,
            scope=caller.scope,
            fleets=caller.fleets,
            csrf=callers.csrf_of(request) if session else "",
            expires=session.expires if session else None,
        )

    @get("/audit", responses=documented(), operation_class=Tabular, opt=needs(Scope.ADMIN))
    async def list_audit(
        *,
        served: NamedDependency[ServedFleet],
        request: Request,  # type: ignore[type-arg]  # any app
        who: FromQuery[str] = "",
        action: FromQuery[Action | None] = None,
        since: Moment = None,
        limit: Annotated[int, QueryParameter(ge=1, le=1000)] = 100,
        after: Annotated[str, place("[0-9]{1,18}")] = "",
    ) -> Response[AuditPage]:
        """List who did what, when and from where, newest first; as CSV for `Accept: text/csv`."""
        chosen = AuditFilter(who=who, action=action, since=moment_of(since, "since"))
        page = await served.records.audit(chosen, after=after, limit=limit)
        return table_or_page(request, page, audit_csv(page.entries))

    return [get_session, list_audit]
