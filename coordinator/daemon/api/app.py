"""The HTTP API put together: health and metrics for everybody, `/api/v1` for who has the token."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Annotated, cast

import msgspec
from litestar import Litestar, MediaType, Request, Response, Router, get
from litestar.config.compression import CompressionConfig
from litestar.connection import ASGIConnection
from litestar.exceptions import PermissionDeniedException, ValidationException
from litestar.handlers import BaseRouteHandler, HTTPRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.datastructures import ResponseSpec
from litestar.openapi.spec import Components, Reference, SecurityScheme
from litestar.params import QueryParameter
from litestar.serialization import default_serializer, encode_json
from litestar.types import Guard

from coordinator.access.caller import Caller
from coordinator.daemon.api.callers import CSRF_HEADER, READING, SESSION_COOKIE, Callers, Connection, scope_of
from coordinator.daemon.api.document import DocumentPlugin, complete
from coordinator.daemon.api.etags import tag
from coordinator.daemon.api.fleets import (
    FLEET_PARAMETER,
    Fleets,
    choosing,
    fleet_routes,
    is_of_all_fleets,
    refuse_foreign_fleet,
)
from coordinator.daemon.api.ignores import ignore_routes
from coordinator.daemon.api.memory import memory_routes
from coordinator.daemon.api.problems import HANDLERS
from coordinator.daemon.api.scans import scan_routes
from coordinator.daemon.api.schemas import schema_routes
from coordinator.daemon.api.who import who_routes
from coordinator.daemon.metrics.exposition import PageFormat
from coordinator.daemon.metrics.tenant_page import Shard, TenantPage
from coordinator.daemon.pages.app import asset_routes, build_pages
from coordinator.daemon.pages.login import login_routes
from coordinator.records.documents import ConfigurationState
from coordinator.store.credentials import Credentials

_BEARER, _SESSION, _CSRF = "bearer", "session", "csrf"

_SCHEMES: dict[str, SecurityScheme | Reference] = {
    _BEARER: SecurityScheme(
        type="http",
        scheme="bearer",
        description="A token of `fleetdrift tokens`, or that of `[serve] token`.",
    ),
    _SESSION: SecurityScheme(
        type="apiKey",
        name=SESSION_COOKIE,
        security_scheme_in="cookie",
        description="The session of a browser that logged in at `/login`; over TLS it is `__Host-fleetdrift`.",
    ),
    _CSRF: SecurityScheme(
        type="apiKey",
        name=CSRF_HEADER,
        security_scheme_in="header",
        description="Beside a session, with what changes something: `csrf` of `GET /api/v1/session`.",
    ),
}
"""The security schemes of the OpenAPI document."""


_BROKEN_CONFIGURATION = (
    "the configuration file has changed and cannot be used, so what was read before stays in force: "
    "GET /api/v1/fleets says why"
)


class Health(msgspec.Struct, frozen=True):
    """What /healthz and /readyz answer, in sentences: what keeps scans from being done, and what else is wrong."""

    status: str
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def build_api(
    fleets: Fleets,
    page: Callable[[PageFormat], bytes],
    callers: Callers,
    configuration: Callable[[], ConfigurationState] = ConfigurationState,
    tenants: TenantPage | None = None,
) -> Litestar:
    """Build the application.

    Args:
        fleets: Those of the coordinator; they may change while it runs.
        page: Gives what /metrics sends, in a format.
        callers: Recognise who asks for more than health and metrics.
        configuration: Says whether the configuration file is in force; by default it is.
        tenants: Gives what /metrics/tenants sends; without it there is no such page.
    """
    guard, guard_of_all = _guards(fleets, callers)
    of_a_fleet = [*scan_routes(), *memory_routes(), *schema_routes(), *ignore_routes()]
    routes = [*fleet_routes(fleets, configuration), *of_a_fleet, *who_routes(callers)]
    for route in routes:
        assert isinstance(route, HTTPRouteHandler)
        route.security = _security_of(route)
    guarded = Router(
        path="/api/v1",
        route_handlers=routes,
        dependencies={"served": choosing(fleets)},
        guards=[guard, _refuse_unknown_parameters],
        after_request=tag,
    )
    return Litestar(
        route_handlers=[
            *_health(fleets, configuration),
            *_metrics(page),
            *([] if tenants is None else _tenant_metrics(tenants, [guard_of_all])),
            *asset_routes(),
            *login_routes(callers),
            guarded,
            build_pages(fleets, guards=[guard]),
        ],
        openapi_config=_openapi(),
        exception_handlers=HANDLERS,
        compression_config=CompressionConfig(backend="gzip", exclude=["/events$"]),
        logging_config=None,  # Litestar would set up the root logger; shared.logs does
    )


def _guards(fleets: Fleets, callers: Callers) -> tuple[Guard, Guard]:
    """Give what lets requests pass that are about one fleet, and those that are about all.

    They are functions, because Litestar copies a bound method with all that its object holds.
    """

    async def guard(connection: Connection, route: BaseRouteHandler) -> None:
        await callers.guard(connection, route)
        if not is_of_all_fleets(route):
            refuse_foreign_fleet(fleets, connection)

    async def guard_of_all(connection: Connection, route: BaseRouteHandler) -> None:
        await callers.guard(connection, route)
        caller: Caller = connection.user
        if not all(map(caller.may_ask_for, fleets)):
            raise PermissionDeniedException(f"this is of all fleets; {caller.name} may ask for some")

    return guard, guard_of_all


def openapi_document() -> bytes:
    """Give the OpenAPI document of the API as JSON, without serving it."""
    api = build_api({}, lambda _: b"", Callers(cast("Credentials", None)))
    return encode_json(complete(api.openapi_schema.to_schema()), default_serializer)


def _openapi() -> OpenAPIConfig:
    return OpenAPIConfig(
        title="fleetdrift",
        version="1",
        path="/openapi",
        render_plugins=[DocumentPlugin()],
        components=Components(security_schemes=_SCHEMES),
    )


def _security_of(route: HTTPRouteHandler) -> list[dict[str, list[str]]]:
    """Say how one must be recognised for a route, and with which scope."""
    scope = [scope_of(route).value]
    by_session: dict[str, list[str]] = {_SESSION: scope}
    return [{_BEARER: scope}, by_session if route.http_methods <= READING else {**by_session, _CSRF: []}]


def _refuse_unknown_parameters(connection: ASGIConnection, handler: BaseRouteHandler) -> None:  # type: ignore[type-arg]  # any app
    """Refuse a parameter that a route does not have: a filter with a slip in its name would leave nothing out."""
    fields = handler.parsed_fn_signature.parameters.items()
    known = {getattr(field.kwarg_definition, "name", None) or name for name, field in fields} - {"request", "served"}
    if "served" in handler.parsed_fn_signature.parameters:
        known.add(FLEET_PARAMETER)
    unknown = sorted(set(connection.query_params) - known)
    if unknown:
        raise ValidationException(f"{unknown[0]}: there is no such parameter")


def _health(fleets: Fleets, configuration: Callable[[], ConfigurationState]) -> list[BaseRouteHandler]:
    @get("/healthz")
    async def healthz() -> Health:
        """Say that the process lives."""
        return Health("ok")

    @get("/readyz", responses={503: ResponseSpec(Health, generate_examples=False, description="Scans cannot be done.")})
    async def readyz() -> Response[Health]:
        """Say whether scans can be done: store, Redis and workers are there, and no scan waits for anything."""
        found = [problem for each in list(fleets.values()) for problem in await each.scans.problems()]
        problems = tuple(dict.fromkeys(found))
        warnings = (_BROKEN_CONFIGURATION,) if configuration().problem else ()
        health = Health("unavailable" if problems else "ok", problems, warnings)
        return Response(health, status_code=503 if problems else 200)

    return [healthz, readyz]


def _metrics(page: Callable[[PageFormat], bytes]) -> list[BaseRouteHandler]:
    @get("/metrics", sync_to_thread=False, media_type=MediaType.TEXT)
    def metrics(request: Request) -> Response[bytes]:  # type: ignore[type-arg]  # any app
        """Send what was rendered when something last happened, as Prometheus' text or as OpenMetrics."""
        form = PageFormat.wanted_by(request.headers.get("accept", ""))
        return Response(page(form), media_type=form.value)

    return [metrics]


def _tenant_metrics(tenants: TenantPage, guards: Sequence[Guard]) -> list[BaseRouteHandler]:
    @get("/metrics/tenants", guards=guards, include_in_schema=False)
    async def page(
        shard: Annotated[int, QueryParameter(ge=0)] = 0, shards: Annotated[int, QueryParameter(ge=1, le=100)] = 1
    ) -> Response[bytes]:
        """Send a share of the tenants one by one; a scraper for each shard asks for its number."""
        if shard >= shards:
            raise ValidationException("shard: expected a number below `shards`")
        return Response(await tenants.write(Shard(shard, shards)), media_type=PageFormat.TEXT.value)

    return [page]
