"""The HTTP API put together: health and metrics for everybody, `/api/v1` for who has the token."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Sequence
from typing import Annotated

import msgspec
from litestar import Litestar, Request, Response, Router, get
from litestar.config.compression import CompressionConfig
from litestar.connection import ASGIConnection
from litestar.exceptions import NotAuthorizedException, ValidationException
from litestar.handlers import BaseRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.params import QueryParameter
from litestar.serialization import default_serializer, encode_json

from coordinator.daemon.api.etags import tag
from coordinator.daemon.api.fleets import FLEET_PARAMETER, Fleets, choosing, fleet_routes
from coordinator.daemon.api.memory import memory_routes
from coordinator.daemon.api.problems import HANDLERS
from coordinator.daemon.api.scans import scan_routes
from coordinator.daemon.metrics.exposition import PageFormat
from coordinator.daemon.metrics.tenant_page import Shard, TenantPage
from coordinator.daemon.pages.app import asset_routes, build_pages
from coordinator.records.documents import ConfigurationState
from shared.hosts import Secret

_BEARER = "bearer"
"""Name of the security scheme in the OpenAPI document."""


_BROKEN_CONFIGURATION = (
    "the configuration file has changed and cannot be used, so what was read before stays in force: "
    "GET /api/v1/fleets says why"
)
_Guard = Callable[[ASGIConnection, BaseRouteHandler], None]  # type: ignore[type-arg]  # any app


class Health(msgspec.Struct, frozen=True):
    """What /healthz and /readyz answer, in sentences: what keeps scans from being done, and what else is wrong."""

    status: str
    problems: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def build_api(
    fleets: Fleets,
    page: Callable[[PageFormat], bytes],
    token: Secret | None = None,
    configuration: Callable[[], ConfigurationState] = ConfigurationState,
    tenants: TenantPage | None = None,
) -> Litestar:
    """Build the application.

    Args:
        fleets: Those of the coordinator; they may change while it runs.
        page: Gives what /metrics sends, in a format.
        token: When given, everything but health and metrics asks for `Authorization: Bearer TOKEN`.
        configuration: Says whether the configuration file is in force; by default it is.
        tenants: Gives what /metrics/tenants sends; without it there is no such page.
    """
    guards = [] if token is None else [_bearer(token)]
    guarded = Router(
        path="/api/v1",
        route_handlers=[*fleet_routes(fleets, configuration), *scan_routes(), *memory_routes()],
        dependencies={"served": choosing(fleets)},
        guards=[*guards, _refuse_unknown_parameters],
        after_request=tag,
        security=[{_BEARER: []}],
    )
    return Litestar(
        route_handlers=[
            *_health(fleets, configuration),
            *_metrics(page),
            *([] if tenants is None else _tenant_metrics(tenants, guards)),
            *asset_routes(),
            guarded,
            build_pages(fleets, guards=guards),
        ],
        openapi_config=_openapi(),
        exception_handlers=HANDLERS,
        compression_config=CompressionConfig(backend="gzip", exclude=["/events$"]),
        logging_config=None,  # Litestar would set up the root logger; shared.logs does
    )


def openapi_document() -> bytes:
    """Give the OpenAPI document of the API as JSON, without serving it."""
    return encode_json(build_api({}, lambda _: b"").openapi_schema.to_schema(), default_serializer)


def _openapi() -> OpenAPIConfig:
    scheme = SecurityScheme(type="http", scheme="bearer", description="The token of `[serve] token`, where one is set.")
    return OpenAPIConfig(
        title="fleetdrift",
        version="1",
        path="/openapi",
        render_plugins=[JsonRenderPlugin()],
        components=Components(security_schemes={_BEARER: scheme}),
    )


def _bearer(token: Secret) -> _Guard:
    def guard(connection: ASGIConnection, _: BaseRouteHandler) -> None:  # type: ignore[type-arg]  # any app
        given = connection.headers.get("authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {token.reveal()}".encode()):
            raise NotAuthorizedException("a bearer token is needed", headers={"WWW-Authenticate": "Bearer"})

    return guard


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

    @get("/readyz")
    async def readyz() -> Response[Health]:
        """Say whether scans can be done: store, Redis and workers are there, and no scan waits for anything."""
        found = [problem for each in list(fleets.values()) for problem in await each.scans.problems()]
        problems = tuple(dict.fromkeys(found))
        warnings = (_BROKEN_CONFIGURATION,) if configuration().problem else ()
        health = Health("unavailable" if problems else "ok", problems, warnings)
        return Response(health, status_code=503 if problems else 200)

    return [healthz, readyz]


def _metrics(page: Callable[[PageFormat], bytes]) -> list[BaseRouteHandler]:
    @get("/metrics", sync_to_thread=False)
    def metrics(request: Request) -> Response[bytes]:  # type: ignore[type-arg]  # any app
        """Send what was rendered when something last happened, as Prometheus' text or as OpenMetrics."""
        form = PageFormat.wanted_by(request.headers.get("accept", ""))
        return Response(page(form), media_type=form.value)

    return [metrics]


def _tenant_metrics(tenants: TenantPage, guards: Sequence[_Guard]) -> list[BaseRouteHandler]:
    @get("/metrics/tenants", guards=guards, include_in_schema=False)
    async def page(
        shard: Annotated[int, QueryParameter(ge=0)] = 0, shards: Annotated[int, QueryParameter(ge=1, le=100)] = 1
    ) -> Response[bytes]:
        """Send a share of the tenants one by one; a scraper for each shard asks for its number."""
        if shard >= shards:
            raise ValidationException("shard: expected a number below `shards`")
        return Response(await tenants.write(Shard(shard, shards)), media_type=PageFormat.TEXT.value)

    return [page]
