"""Routes of ignore rules: list them, make one, and take one away."""

from __future__ import annotations

import datetime as dt
import secrets
from http import HTTPStatus

from litestar import Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath

from coordinator.access.audit import Action
from coordinator.access.caller import Scope
from coordinator.daemon.api.answers import decoded, found, table_or_page
from coordinator.daemon.api.callers import needs
from coordinator.daemon.api.described import Tabular, taking
from coordinator.daemon.api.fleets import ServedFleet
from coordinator.daemon.api.problems import documented, problem_response
from coordinator.records.ignores import IgnoresList, IgnoreSource, IgnoreView, shown_ignores
from coordinator.records.tables import ignores_csv
from shared.findings.ignore import CHOOSING_FIELDS, EVERYTHING, IgnoreRule, KeptIgnoreRule

_ID_BYTES = 6
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
        rules = await _shown(served)
        return table_or_page(request, IgnoresList(fleet=served.name, ignores=rules), ignores_csv(rules))

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
        if rule.until < _today():
            return problem_response(HTTPStatus.CONFLICT, f"until: {rule.until} is over")
        kept = KeptIgnoreRule.named(secrets.token_hex(_ID_BYTES), rule)
        deed = served.deed(request, Action.IGNORE_CREATED, kept.id, f"until {rule.until}, {rule.owner}: {rule.reason}")
        await served.ignores.create(served.name, kept, deed)
        view = next((each for each in await _shown(served) if each.id == kept.id), None)
        return Response(found(view, "ignore rule"), status_code=HTTPStatus.CREATED)

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
        view = found(next((each for each in await _shown(served) if each.id == ignore), None), "ignore rule")
        if view.source is IgnoreSource.CONFIGURATION:
            return problem_response(HTTPStatus.CONFLICT, "this rule stands in fleetdrift.toml: take it away there")
        deed = served.deed(request, Action.IGNORE_DELETED, ignore, f"{view.rule.owner}: {view.rule.reason}")
        await served.ignores.delete(served.name, ignore, deed)
        return Response(None, status_code=HTTPStatus.NO_CONTENT)

    return [create_ignore, delete_ignore]


async def _shown(served: ServedFleet) -> tuple[IgnoreView, ...]:
    return shown_ignores(served.rules, await served.ignores.of(served.name), _today())


def _today() -> dt.date:
    return dt.datetime.now(dt.UTC).date()
