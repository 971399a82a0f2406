"""Pages of scans: all of them, one while it runs and after, and the forms that ask for, end and believe one."""

from __future__ import annotations

from litestar import Request, Response, get, post
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from coordinator.access.audit import Action
from coordinator.access.caller import Scope
from coordinator.daemon.api.answers import found
from coordinator.daemon.api.callers import needs
from coordinator.daemon.api.forms import form_fields
from coordinator.daemon.pages.look import HEADERS, ShownFleet
from coordinator.report.files import ReportForm
from coordinator.report.renderers.html import own_sources
from coordinator.store.records import MAX_REQUEST_TEXT, ScanRequest

_ROWS = 50
_CHANGES_SHOWN = 50
_NAME_OF_AN_UNKNOWN_CALLER = "somebody at the pages"
_REPORT_POLICY = f"default-src 'none'; {own_sources()}; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
"""A report is one file that bears its own style and its own script, and nothing else in it runs."""


def scan_pages() -> list[BaseRouteHandler]:
    """Give the pages."""
    return [*_reading(), *_asking()]


def _reading() -> list[BaseRouteHandler]:
    @get("/scans")
    async def list_scans(shown: NamedDependency[ShownFleet], after: FromQuery[str] = "") -> Response[str]:
        """List scans, newest first."""
        page = await shown.records.scans(after=after, limit=_ROWS)
        return shown.page("scans", "/scans", page=page, problems=await shown.served.scans.problems())

    @get("/scans/{scan:str}")
    async def show_scan(shown: NamedDependency[ShownFleet], scan: FromPath[str]) -> Response[str]:
        """Show one scan: how far it is, or how it ended."""
        record = found(await shown.records.scan(scan), "scan")
        status = await shown.records.status()
        suspicious = status.suspicious if status.suspicious and status.suspicious.scan == scan else None
        return shown.page(
            "scan",
            "/scans",
            scan=record,
            suspicious=suspicious,
            problems=await shown.served.scans.problems(),
            found=await shown.records.found_by_scan(scan, _CHANGES_SHOWN) if record.finished else None,
        )

    @get("/scans/{scan:str}/report")
    async def show_report(shown: NamedDependency[ShownFleet], scan: FromPath[str]) -> Response[str]:
        """Show the report of a scan, or of the newest (`latest`)."""
        report = found(await shown.records.report(scan, ReportForm.HTML), "report")
        headers = {**HEADERS, "Content-Security-Policy": _REPORT_POLICY}
        return Response(report, media_type="text/html", headers=headers)

    return [list_scans, show_scan, show_report]


def _asking() -> list[BaseRouteHandler]:
    @post("/scans", opt=needs(Scope.SCAN))
    async def ask_for_scan(shown: NamedDependency[ShownFleet], request: Request) -> Redirect:  # type: ignore[type-arg]  # any app
        """Ask for a scan of the whole fleet, and show it."""
        purpose = form_fields(await request.body()).get("purpose", "").strip()[:MAX_REQUEST_TEXT]
        by = request.user.name[:MAX_REQUEST_TEXT] or _NAME_OF_AN_UNKNOWN_CALLER
        record = await shown.served.scans.enqueue(ScanRequest(purpose=purpose, requested_by=by))
        await shown.served.note(request, Action.SCAN_REQUESTED, record.scan, purpose)
        return Redirect(shown.to(f"/scans/{record.scan}"), status_code=303)

    @post("/scans/{scan:str}/cancel", opt=needs(Scope.SCAN))
    async def cancel_scan(shown: NamedDependency[ShownFleet], scan: FromPath[str], request: Request) -> Redirect:  # type: ignore[type-arg]  # any app
        """End a scan that waits or runs; one that is over stays as it is."""
        record = found(await shown.records.scan(scan), "scan")
        if record.finished is None:
            await shown.records.cancel(scan, f"{request.user.name or _NAME_OF_AN_UNKNOWN_CALLER} cancelled it")
            await shown.served.note(request, Action.SCAN_CANCELLED, scan)
        return Redirect(shown.to(f"/scans/{scan}"), status_code=303)

    @post("/scans/{scan:str}/confirm")
    async def confirm_scan(shown: NamedDependency[ShownFleet], scan: FromPath[str], request: Request) -> Redirect:  # type: ignore[type-arg]  # any app
        """Believe a suspicious scan."""
        found(await shown.records.scan(scan), "scan")
        if await shown.records.confirm(scan):
            await shown.served.note(request, Action.SCAN_CONFIRMED, scan)
        return Redirect(shown.to(f"/scans/{scan}"), status_code=303)

    return [ask_for_scan, cancel_scan, confirm_scan]
