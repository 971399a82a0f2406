"""Routes of scans: ask for one, list, show, watch and cancel them, and their reports."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

import msgspec
from litestar import MediaType, Request, Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIResponse, OpenAPIType, Operation, Schema
from litestar.params import FromPath, FromQuery, HeaderParameter, QueryParameter
from litestar.response import ServerSentEvent, ServerSentEventMessage

from coordinator.access.audit import Action
from coordinator.access.caller import Scope
from coordinator.daemon.api.answers import decoded, found, table_or_page
from coordinator.daemon.api.callers import needs
from coordinator.daemon.api.described import Streaming, Tabular, taking
from coordinator.daemon.api.fleets import ServedFleet
from coordinator.daemon.api.problems import documented, problem_response
from coordinator.memory.views import FleetStatus
from coordinator.records.documents import ScansPage
from coordinator.records.fleet_records import FleetRecords
from coordinator.records.tables import scans_csv
from coordinator.report.files import ReportForm
from coordinator.store.records import MAX_REQUEST_TEXT, ScanRecord, ScanRequest

_LOOK_EVERY_SECONDS = 0.5
_STREAM_SECONDS = 50.0
"""A stream of events ends after so long, before the server's bound on an answer; a browser asks again by itself."""

_ASK_AGAIN_AFTER_MS = 1000
"""What a browser whose stream has ended is told to wait, in milliseconds."""

_MEDIA = {
    ReportForm.TEXT: "text/plain",
    ReportForm.FULL_TEXT: "text/plain",
    ReportForm.JSON: "application/json",
    ReportForm.HTML: "text/html",
    ReportForm.MARKDOWN: "text/markdown",
    ReportForm.SARIF: "application/sarif+json",
    ReportForm.JUNIT: "application/xml",
    ReportForm.CSV: "text/csv",
}
_DOCUMENTS = ("application/json", "application/sarif+json")


@dataclass
class _ReportOperation(Operation):
    """Describes the route of reports: in which forms they come."""

    def __post_init__(self) -> None:
        text = Schema(type=OpenAPIType.STRING)
        for status, response in (self.responses or {}).items():
            if status == "200" and isinstance(response, OpenAPIResponse):
                response.content = {media: OpenAPIMediaType(schema=text) for media in sorted({*_MEDIA.values()})}
                document = Schema(type=OpenAPIType.OBJECT)
                response.content |= {media: OpenAPIMediaType(schema=document) for media in _DOCUMENTS}


class CancelRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody says who wants a scan to end.

    Args:
        reason: Why, in a sentence; shown wherever the scan is.
    """

    reason: Annotated[str, msgspec.Meta(max_length=MAX_REQUEST_TEXT)] = ""


def scan_routes() -> list[BaseRouteHandler]:
    """Give the routes."""
    return [*_asking(), *_reading(), *_ending(), *_reports()]


def _asking() -> list[BaseRouteHandler]:
    @post(
        "/scans",
        status_code=202,
        responses=documented(),
        opt=needs(Scope.SCAN),
        operation_class=taking(ScanRequest),
    )
    async def ask_for_scan(
        served: NamedDependency[ServedFleet],
        request: Request,  # type: ignore[type-arg]  # any app
        idempotency_key: Annotated[
            str | None, HeaderParameter(name="Idempotency-Key", min_length=1, max_length=MAX_REQUEST_TEXT)
        ] = None,
    ) -> ScanRecord:
        """Ask for a scan; one that waits already, and is for the same tenants or for all, is given instead of a second.

        The body may be empty, or a JSON object with `purpose`, `requested_by` and `selection`: an object that says with
        `tenants`, `labels`, `statuses` and `changed_since` which tenants are scanned; all of them where it is left out.
        A request that bears the same `Idempotency-Key` as an earlier one gets the scan of that one.
        """
        asked = decoded(await request.body(), ScanRequest)
        if not asked.requested_by:
            asked = msgspec.structs.replace(asked, requested_by=request.user.name[:MAX_REQUEST_TEXT])
        record = await served.scans.enqueue(asked, idempotency_key)
        await served.note(request, Action.SCAN_REQUESTED, record.scan, asked.purpose)
        return record

    return [ask_for_scan]


def _reading() -> list[BaseRouteHandler]:
    @get("/scans", responses=documented(), operation_class=Tabular)
    async def list_scans(
        served: NamedDependency[ServedFleet],
        request: Request,  # type: ignore[type-arg]  # any app
        limit: Annotated[int, QueryParameter(ge=1, le=1000)] = 50,
        after: FromQuery[str] = "",
    ) -> Response[ScansPage]:
        """List scans, newest first; as CSV for `Accept: text/csv`."""
        page = await served.records.scans(after=after, limit=limit)
        return table_or_page(request, page, scans_csv(page.scans))

    @get("/scans/{scan:str}", responses=documented(404))
    async def get_scan(served: NamedDependency[ServedFleet], scan: FromPath[str]) -> ScanRecord:
        """Give one scan: where it stands, and how many tenants have answered."""
        return found(await served.records.scan(scan), "scan")

    @get("/scans/{scan:str}/events", responses=documented(404), operation_class=Streaming)
    async def follow_scan(
        served: NamedDependency[ServedFleet],
        scan: FromPath[str],
        last_event_id: Annotated[str, HeaderParameter(name="Last-Event-ID")] = "",
    ) -> ServerSentEvent:
        """Follow a scan as server-sent events until it ends: the scan, whenever it has changed.

        A client that was cut off sends the id of the last event that it saw, and is told only what is new.
        """
        found(await served.records.scan(scan), "scan")
        return ServerSentEvent(_events(served.records, scan, last_event_id))

    return [list_scans, get_scan, follow_scan]


async def _events(records: FleetRecords, scan: str, seen: str) -> AsyncIterator[ServerSentEventMessage]:
    clock = asyncio.get_running_loop().time
    end = clock() + _STREAM_SECONDS
    while clock() < end:
        record = await records.scan(scan)
        if record is None:
            return
        place = f"{record.state.value}-{record.epoch}-{record.answered or 0}"
        over = record.finished is not None
        if place != seen:
            name = "finished" if over else "progress"
            text = msgspec.json.encode(record).decode()
            yield ServerSentEventMessage(event=name, id=place, data=text, retry=_ASK_AGAIN_AFTER_MS)
            seen = place
        if over:
            return
        await asyncio.sleep(_LOOK_EVERY_SECONDS)


def _ending() -> list[BaseRouteHandler]:
    @post(
        "/scans/{scan:str}/cancel",
        status_code=202,
        responses=documented(404, 409),
        opt=needs(Scope.SCAN),
        operation_class=taking(CancelRequest),
    )
    async def cancel_scan(
        served: NamedDependency[ServedFleet],
        scan: FromPath[str],
        request: Request,  # type: ignore[type-arg]  # any app
    ) -> Response[ScanRecord]:
        """End a scan that waits or runs, within seconds. The body may be empty, or a JSON object with `reason`."""
        asked = decoded(await request.body(), CancelRequest)
        before = found(await served.records.scan(scan), "scan")
        if before.finished is not None:
            return problem_response(HTTPStatus.CONFLICT, f"the scan is over: it is {before.state.value}")
        by = f"{request.user.name or 'somebody'} cancelled it"
        reason = f"{by}: {asked.reason}" if asked.reason else by
        record = found(await served.records.cancel(scan, reason), "scan")
        await served.note(request, Action.SCAN_CANCELLED, scan, asked.reason)
        return Response(record, status_code=HTTPStatus.ACCEPTED)

    @post("/scans/{scan:str}/confirm", status_code=202, responses=documented(404))
    async def confirm_scan(
        served: NamedDependency[ServedFleet],
        scan: FromPath[str],
        request: Request,  # type: ignore[type-arg]  # any app
    ) -> FleetStatus:
        """Believe a suspicious scan: what it found is told to all who are told. 404 where it is not suspicious."""
        found(await served.records.confirm(scan) or None, "suspicious scan")
        await served.note(request, Action.SCAN_CONFIRMED, scan)
        return await served.records.status()

    return [cancel_scan, confirm_scan]


def _reports() -> list[BaseRouteHandler]:
    @get(
        "/scans/{scan:str}/report",
        responses=documented(404),
        media_type=MediaType.JSON,
        operation_class=_ReportOperation,
    )
    async def get_report(
        served: NamedDependency[ServedFleet], scan: FromPath[str], form: FromQuery[ReportForm] = ReportForm.JSON
    ) -> Response[str]:
        """Give the report of one scan, or of the newest (`latest`), in one of its forms."""
        report = found(await served.records.report(scan, form), "report")
        return Response(report, media_type=_MEDIA[form])

    return [get_report]
