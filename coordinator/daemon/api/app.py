"""The routes of the HTTP API. Thin: a route asks the ScanService or the metrics, and turns nothing into a dict."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from typing import Annotated

import msgspec
from litestar import Litestar, Response, Router, get, post
from litestar.connection import ASGIConnection
from litestar.exceptions import NotAuthorizedException, NotFoundException
from litestar.handlers import BaseRouteHandler
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.params import FromPath, QueryParameter

from coordinator.daemon.metrics import CONTENT_TYPE, FleetMetrics
from coordinator.daemon.scan_service import ScanService
from coordinator.report.renderers.json import ReportDocument, document
from coordinator.store.connection import StoreError
from coordinator.store.records import ScanRecord
from shared.formats import FormatError
from shared.hosts import Secret

_MAX_SCANS_PER_LIST = 1000


class Health(msgspec.Struct, frozen=True):
    """What /healthz and /readyz answer; `problems` are sentences."""

    status: str
    problems: tuple[str, ...] = ()


def build_api(service: ScanService, metrics: FleetMetrics, token: Secret | None = None) -> Litestar:
    """Build the application.

    Args:
        service: Takes and gives scans.
        metrics: Holds the page that /metrics sends.
        token: When given, everything but health and metrics asks for `Authorization: Bearer TOKEN`.
    """
    guards = [] if token is None else [_bearer(token)]
    guarded = Router(path="/", route_handlers=[*_scans(service), *_reports(service)], guards=guards)
    return Litestar(
        route_handlers=[*_health(service), *_metrics(metrics), guarded],
        openapi_config=OpenAPIConfig(
            title="fleetdrift", version="1", path="/openapi", render_plugins=[JsonRenderPlugin()]
        ),
        exception_handlers={StoreError: _store_away, FormatError: _unreadable},
        logging_config=None,  # Litestar would set up the root logger; shared.logs does
    )


def _bearer(token: Secret) -> Callable[[ASGIConnection, BaseRouteHandler], None]:  # type: ignore[type-arg]  # any app
    def guard(connection: ASGIConnection, _: BaseRouteHandler) -> None:  # type: ignore[type-arg]  # any app
        given = connection.headers.get("authorization", "")
        if not hmac.compare_digest(given.encode(), f"Bearer {token.reveal()}".encode()):
            raise NotAuthorizedException("a bearer token is needed")

    return guard


def _store_away(_: object, error: Exception) -> Response[Health]:
    return Response(Health("unavailable", (str(error),)), status_code=503)


def _unreadable(_: object, error: Exception) -> Response[Health]:
    return Response(Health("unreadable", (str(error),)), status_code=500)


def _health(service: ScanService) -> list[BaseRouteHandler]:
    @get("/healthz")
    async def healthz() -> Health:
        """Say that the process lives."""
        return Health("ok")

    @get("/readyz")
    async def readyz() -> Response[Health]:
        """Say whether scans can be done: store, Redis and workers are there, and no scan waits for anything."""
        problems = tuple(await service.problems())
        health = Health("unavailable" if problems else "ok", problems)
        return Response(health, status_code=503 if problems else 200)

    return [healthz, readyz]


def _metrics(metrics: FleetMetrics) -> list[BaseRouteHandler]:
    @get("/metrics", sync_to_thread=False)
    def page() -> Response[bytes]:
        """Send the Prometheus exposition as it was rendered when something last happened."""
        return Response(metrics.page, media_type=CONTENT_TYPE)

    return [page]


def _scans(service: ScanService) -> list[BaseRouteHandler]:
    @post("/scans", status_code=202)
    async def enqueue() -> ScanRecord:
        """Ask for a scan of the whole fleet; one that waits already is given instead of a second."""
        return await service.enqueue()

    @get("/scans")
    async def list_scans(limit: Annotated[int, QueryParameter(ge=1, le=_MAX_SCANS_PER_LIST)] = 50) -> list[ScanRecord]:
        """List scans, newest first."""
        return await service.list_scans(limit)

    @get("/scans/{scan:str}")
    async def get_scan(scan: FromPath[str]) -> ScanRecord:
        """Give one scan."""
        record = await service.get_scan(scan)
        if record is None:
            raise NotFoundException("there is no such scan")
        return record

    return [enqueue, list_scans, get_scan]


def _reports(service: ScanService) -> list[BaseRouteHandler]:
    @get("/reports/latest")
    async def latest() -> ReportDocument:
        """Give the newest report, as `report.json` has it."""
        report = await service.latest_report()
        if report is None:
            raise NotFoundException("no scan has ended yet")
        return document(report)

    @get("/reports/{scan:str}")
    async def of_scan(scan: FromPath[str]) -> ReportDocument:
        """Give the report of one scan."""
        report = await service.get_report(scan)
        if report is None:
            raise NotFoundException("this scan has no report")
        return document(report)

    return [latest, of_scan]
