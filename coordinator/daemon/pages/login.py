"""The page where a browser turns a token into a session, and the way out."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any, Literal
from urllib.parse import quote

from litestar import Request, Response, get, post
from litestar.exceptions import PermissionDeniedException
from litestar.handlers import BaseRouteHandler
from litestar.params import QueryParameter
from litestar.response import Redirect

from coordinator.daemon.api.callers import CSRF_FIELD, Callers
from coordinator.daemon.api.forms import form_fields
from coordinator.daemon.pages.look import HEADERS, page

_SEE_OTHER: Literal[303] = 303
_MAX_PLACE = 2000
"""Characters of the address of a page to which a browser goes on."""


def login_routes(callers: Callers) -> list[BaseRouteHandler]:
    """Give the routes `/login` and `/logout`.

    Args:
        callers: Recognise tokens.
    """

    @get("/login", include_in_schema=False)
    async def show_login(goal: Annotated[str, QueryParameter(name="next")] = "/") -> Response[str]:
        """Show the form."""
        return _page(goal, "", HTTPStatus.OK)

    @post("/login", include_in_schema=False)
    async def log_in(request: Request) -> Response[Any]:  # type: ignore[type-arg]  # any app
        """Turn the token of the form into a session, and go on to the page that was asked for."""
        if not ("origin" in request.headers or "sec-fetch-site" in request.headers):
            raise PermissionDeniedException("a browser logs in here; programs send their token as a bearer token")
        fields = form_fields(await request.body())
        goal = _own_place(fields.get("next", ""))
        cookie = await callers.log_in(request, fields.get("token", "").strip())
        if cookie is None:
            return _page(goal, "This token is not known, or it is over.", HTTPStatus.UNAUTHORIZED)
        return Redirect(goal, status_code=_SEE_OTHER, cookies=[cookie])

    @post("/logout", include_in_schema=False)
    async def log_out(request: Request) -> Redirect:  # type: ignore[type-arg]  # any app
        """End the session."""
        if await callers.session(request) is not None:
            callers.check_page(request, form_fields(await request.body()).get(CSRF_FIELD, ""))
        return Redirect("/login", status_code=_SEE_OTHER, cookies=[await callers.log_out(request)])

    return [show_login, log_in, log_out]


def _own_place(goal: str) -> str:
    """Give the page to go on to: one of ours."""
    to_another_server = ("//", "/\\")  # as browsers read them
    is_ours = goal.startswith("/") and not goal.startswith(to_another_server) and len(goal) <= _MAX_PLACE
    return quote(goal, safe="/?&=%:@!$'()*+,;~-._#") if is_ours and goal.isprintable() else "/"


def _page(goal: str, problem: str, status: HTTPStatus) -> Response[str]:
    shown = {"goal": _own_place(goal), "problem": problem}
    return page("login", shown, status, HEADERS | {"Cache-Control": "no-store"})
