"""The pages put together: each group of pages in a module of its own."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from litestar import HttpMethod, Request, Response, Router, get
from litestar.di import Provide
from litestar.exceptions import HTTPException, NotFoundException
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from litestar.types import Guard

from coordinator.daemon.api.fleets import Fleets
from coordinator.daemon.pages.change_pages import change_pages
from coordinator.daemon.pages.contract_pages import contract_pages
from coordinator.daemon.pages.declaration_pages import declaration_pages
from coordinator.daemon.pages.group_pages import group_pages
from coordinator.daemon.pages.ignore_pages import ignore_pages
from coordinator.daemon.pages.look import ShownFleet, asset, asset_url, page, show_fleet
from coordinator.daemon.pages.overview import overview_pages
from coordinator.daemon.pages.scan_pages import scan_pages
from coordinator.daemon.pages.settings_pages import settings_pages
from coordinator.daemon.pages.tenant_pages import tenant_pages
from coordinator.daemon.pages.version_pages import version_pages
from coordinator.daemon.pages.worker_pages import worker_pages
from coordinator.records.fleet_records import CursorError
from coordinator.records.kept_ignores import IgnoreError
from coordinator.store.connection import StoreError
from shared.formats import FormatError

_MEDIA = {"pages.css": "text/css", "pages.js": "text/javascript", "icon.svg": "image/svg+xml"}
_KEPT_BY_BROWSERS = "public, max-age=31536000, immutable"


def build_pages(fleets: Fleets, guards: Sequence[Guard]) -> Router:
    """Give the pages.

    Args:
        fleets: Those of the coordinator; they may change while it runs.
        guards: Say who may see them.
    """
    return Router(
        path="/",
        route_handlers=[
            *overview_pages(fleets),
            *change_pages(),
            *ignore_pages(),
            *contract_pages(),
            *declaration_pages(),
            *version_pages(),
            *tenant_pages(),
            *group_pages(),
            *scan_pages(),
            *worker_pages(),
            *settings_pages(),
        ],
        dependencies={"shown": _choosing(fleets)},
        guards=guards,
        exception_handlers=_HANDLERS,
        include_in_schema=False,
    )


def _choosing(fleets: Fleets) -> Provide:
    """Make what gives a page the fleet that it is about."""

    async def shown(request: Request, fleet: FromQuery[str] = "") -> ShownFleet:  # type: ignore[type-arg]  # any app
        return show_fleet(fleets, fleet, request.user, request.auth)

    return Provide(shown)


def asset_routes() -> list[BaseRouteHandler]:
    """Give the routes of the files that pages load; they hold nothing of any fleet."""

    @get("/static/{digest:str}/{name:str}", include_in_schema=False, sync_to_thread=False)
    def static(digest: FromPath[str], name: FromPath[str]) -> Response[bytes]:
        """Send a file."""
        if name not in _MEDIA or asset_url(name) != f"/static/{digest}/{name}":
            raise NotFoundException("there is no such file")
        headers = {"Cache-Control": _KEPT_BY_BROWSERS, "X-Content-Type-Options": "nosniff"}
        return Response(asset(name), media_type=_MEDIA[name], headers=headers)

    return [static]


def _answer(status: int, detail: str) -> Response[str]:
    return page("problem", {"title": HTTPStatus(status).phrase, "detail": detail}, status)


def _of_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """Answer what Litestar found; a browser that is not recognised is asked to log in, and comes back afterwards."""
    if error.status_code == HTTPStatus.UNAUTHORIZED and request.method == HttpMethod.GET:
        goal = f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path
        return Redirect(f"/login?{urlencode({'next': goal})}", status_code=303)
    return _answer(error.status_code, error.detail)


def _of_cursor(_: Request[Any, Any, Any], error: Exception) -> Response[str]:
    return _answer(HTTPStatus.BAD_REQUEST, str(error))


def _of_ignore(_: Request[Any, Any, Any], error: Exception) -> Response[str]:
    return _answer(HTTPStatus.CONFLICT, str(error))


def _of_store(_: Request[Any, Any, Any], error: Exception) -> Response[str]:
    return _answer(HTTPStatus.SERVICE_UNAVAILABLE, str(error))


def _of_bug(_: Request[Any, Any, Any], error: Exception) -> Response[str]:
    """Answer what nobody foresaw: its type, because its text may quote a secret."""
    return _answer(HTTPStatus.INTERNAL_SERVER_ERROR, f"internal error ({type(error).__name__})")


_HANDLERS: dict[int | type[Exception], Any] = {
    HTTPException: _of_http,
    CursorError: _of_cursor,
    IgnoreError: _of_ignore,
    StoreError: _of_store,
    FormatError: _of_store,
    Exception: _of_bug,
}
"""What answers each error."""
