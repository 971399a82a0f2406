"""Routes of ignore rules: list them, make one, and take one away."""

from __future__ import annotations

from http import HTTPStatus

from litestar import Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath

from coordinator.access.caller import Scope
from coordinator.daemon.api.answers import decoded, found, table_or_page
from coordinator.daemon.api.callers import needs
from coordinator.daemon.api.described import Tabular, taking
from coordinator.daemon.api.fleets import ServedFleet
from coordinator.daemon.api.problems import documented
from coordinator.records.ignores import IgnoresList, IgnoreView
from coordinator.records.tables import ignores_csv
from shared.findings.ignore import CHOOSING_FIELDS, EVERYTHING, IgnoreRule

_SAYS_WHAT = [{"required": [field], "properties": {field: {"not": {"const": EVERYTHING}}}} for field in CHOOSING_FIELDS]
"""A rule must say what it ignores, as JSON Schema."""


def ignore_routes() -> list[BaseRouteHandler]:
    """Give the routes."""
    return [_listing(), *_writing()]


def _listing() -> BaseRouteHandler:
    @get("/ignores", responses=documented(), operation_class=Tabular)
    async def list_ignores(
        served: NamedDependency[ServedFleet],
        request: Request,  # type: ignore[type-arg]  # any app
    ) -> Response[IgnoresList]:
        """List the ignore rules: those of the configuration, which count first, then those of the store."""
        rules = await served.ignores(request.user).ignores()
        return table_or_page(request, rules, ignores_csv(rules.ignores))

    return list_ignores


def _writing() -> list[BaseRouteHandler]:
    @post(
        "/ignores",
        status_code=HTTPStatus.CREATED,
        responses=documented(409),
        opt=needs(Scope.ADMIN),
        operation_class=taking(IgnoreRule, required=True, also={"anyOf": _SAYS_WHAT}),
    )
    async def create_ignore(
        served: NamedDependency[ServedFleet],
        request: Request,  # type: ignore[type-arg]  # any app
    ) -> Response[IgnoreView]:
        """Make an ignore rule, of the keys of an `[[ignore]]` table as JSON. It counts from the next scan on."""
        rule = decoded(await request.body(), IgnoreRule)
        return Response(await served.ignores(request.user).create_ignore(rule), status_code=HTTPStatus.CREATED)

    @delete(
        "/ignores/{ignore:str}",
        status_code=HTTPStatus.NO_CONTENT,
        responses=documented(404, 409),
        opt=needs(Scope.ADMIN),
    )
    async def delete_ignore(
        served: NamedDependency[ServedFleet],
        ignore: FromPath[str],
        request: Request,  # type: ignore[type-arg]  # any app
    ) -> Response[None]:
        """Take away an ignore rule of the store: from the next scan on, what it ignored is drift again."""
        found(await served.ignores(request.user).delete_ignore(ignore) or None, "ignore rule")
        return Response(None, status_code=HTTPStatus.NO_CONTENT)

    return [create_ignore, delete_ignore]
