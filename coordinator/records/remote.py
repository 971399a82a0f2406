"""What is kept of a fleet, from a running coordinator over HTTP (docs/api.md)."""

from __future__ import annotations

import asyncio
import datetime as dt
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping
from http import HTTPStatus
from http.client import HTTPException
from typing import Any, TypeVar

import msgspec

from coordinator.access.audit import AuditFilter
from coordinator.memory.views import ChangeFilter, ChangeView, FleetHistory, FleetStatus, TenantFilter, TenantHistory
from coordinator.records.documents import (
    AuditPage,
    ChangesPage,
    GroupDocument,
    GroupsList,
    ScansPage,
    TenantsPage,
    WorkersList,
)
from coordinator.records.fleet_records import FleetRecords
from coordinator.records.ignores import IgnoresList, IgnoreView
from coordinator.records.kept_ignores import IgnoreRecords
from coordinator.report.files import ReportForm
from coordinator.store.records import ScanRecord
from shared.findings.ignore import IgnoreRule
from shared.hosts import Secret

T = TypeVar("T")

_Values = str | list[str]
"""Of one parameter of a URL; a list gives it several times."""

_API = "/api/v1"
_ANSWER_TIMEOUT_SECONDS = 60.0
_MAX_ANSWER_BYTES = 512 * 1024 * 1024
"""Of one answer: the report of 100,000 tenants as HTML has some 30 MB."""


class ServerError(Exception):
    """The coordinator did not answer as asked; the message is one sentence."""


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect would take the token to another server."""

    def redirect_request(self, *_: Any) -> None:
        return None


class RemoteRecords(FleetRecords, IgnoreRecords):
    """Asks a coordinator. Every method raises ServerError when it does not answer as asked.

    Args:
        server: URL of the coordinator, `https://drift.example:9187`.
        token: Its bearer token, where it has one.
        fleet: Which of its fleets; empty for the only one.

    Raises:
        ServerError: When `server` is no URL of HTTP.
    """

    def __init__(self, server: str, token: Secret | None = None, fleet: str = "") -> None:
        parts = urllib.parse.urlsplit(server)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.query:
            raise ServerError(f"expected the coordinator's URL as https://HOST:PORT, found {server!r}")
        self._base = server.rstrip("/") + _API
        self._token = token
        self._fleet = fleet
        self._opener = urllib.request.build_opener(_NoRedirects)

    async def status(self) -> FleetStatus:
        """GET /status."""
        return await self._expect("/status", FleetStatus)

    async def workers(self) -> WorkersList:
        """GET /workers."""
        return await self._expect("/workers", WorkersList)

    async def history(self, since: dt.datetime) -> FleetHistory:
        """GET /history."""
        return await self._expect("/history", FleetHistory, {"since": since.isoformat()})

    async def tenants(self, chosen: TenantFilter, *, after: str = "", limit: int = 100) -> TenantsPage:
        """GET /tenants."""
        return await self._expect("/tenants", TenantsPage, {**_asked_for(chosen), "after": after, "limit": str(limit)})

    async def tenant(self, name: str) -> TenantHistory | None:
        """GET /tenants/NAME."""
        return await self._find(f"/tenants/{_quoted(name)}", TenantHistory)

    async def changes(self, chosen: ChangeFilter, *, after: str = "", limit: int = 100) -> ChangesPage:
        """GET /changes."""
        return await self._expect("/changes", ChangesPage, {**_asked_for(chosen), "after": after, "limit": str(limit)})

    async def change(self, change: str) -> ChangeView | None:
        """GET /changes/ID."""
        return await self._find(f"/changes/{_quoted(change)}", ChangeView)

    async def groups(self) -> GroupsList:
        """GET /groups."""
        return await self._expect("/groups", GroupsList)

    async def group(self, group: str) -> GroupDocument | None:
        """GET /groups/ID."""
        return await self._find(f"/groups/{_quoted(group)}", GroupDocument)

    async def scans(self, *, after: str = "", limit: int = 50) -> ScansPage:
        """GET /scans."""
        return await self._expect("/scans", ScansPage, {"after": after, "limit": str(limit)})

    async def scan(self, scan: str) -> ScanRecord | None:
        """GET /scans/ID."""
        return await self._find(f"/scans/{_quoted(scan)}", ScanRecord)

    async def cancel(self, scan: str, reason: str) -> ScanRecord | None:
        """POST /scans/ID/cancel."""
        body = msgspec.json.encode({"reason": reason})
        answer = await self._ask(f"/scans/{_quoted(scan)}/cancel", {}, body)
        return None if answer is None else self._decode(answer, ScanRecord)

    async def confirm(self, scan: str) -> bool:
        """POST /scans/ID/confirm."""
        return await self._ask(f"/scans/{_quoted(scan)}/confirm", {}, b"") is not None

    async def audit(self, chosen: AuditFilter, *, after: str = "", limit: int = 100) -> AuditPage:
        """GET /audit."""
        return await self._expect("/audit", AuditPage, {**_asked_for(chosen), "after": after, "limit": str(limit)})

    async def ignores(self) -> IgnoresList:
        """GET /ignores."""
        return await self._expect("/ignores", IgnoresList)

    async def create_ignore(self, rule: IgnoreRule) -> IgnoreView:
        """POST /ignores."""
        answer = await self._ask("/ignores", {}, msgspec.json.encode(rule))
        if answer is None:
            raise ServerError(f"{self._base}/ignores: there is no such page: is this a fleetdrift coordinator?")
        return self._decode(answer, IgnoreView)

    async def delete_ignore(self, ignore: str) -> bool:
        """DELETE /ignores/ID."""
        return await self._ask(f"/ignores/{_quoted(ignore)}", {}, method="DELETE") is not None

    async def report(self, scan: str, form: ReportForm) -> str | None:
        """GET /scans/ID/report."""
        answer = await self._ask(f"/scans/{_quoted(scan)}/report", {"form": form.value})
        return None if answer is None else answer.decode()

    async def _expect(self, path: str, kind: type[T], parameters: Mapping[str, _Values] = {}) -> T:  # not written
        answer = await self._ask(path, parameters)
        if answer is None:
            raise ServerError(f"{self._base}{path}: there is no such page: is this a fleetdrift coordinator?")
        return self._decode(answer, kind)

    async def _find(self, path: str, kind: type[T]) -> T | None:
        answer = await self._ask(path, {})
        return None if answer is None else self._decode(answer, kind)

    def _decode(self, answer: bytes, kind: type[T]) -> T:
        try:
            return msgspec.json.decode(answer, type=kind)
        except (msgspec.MsgspecError, ValueError, RecursionError) as error:
            raise ServerError(f"{self._base} answers what this release does not read: {error}") from None

    async def _ask(
        self, path: str, parameters: Mapping[str, _Values], body: bytes | None = None, method: str | None = None
    ) -> bytes | None:
        """Send a request; nothing when what is asked for does not exist."""
        wanted = {**parameters, "fleet": self._fleet}
        given = urllib.parse.urlencode({name: value for name, value in wanted.items() if value}, doseq=True)
        request = urllib.request.Request(f"{self._base}{path}{'?' * bool(given)}{given}", data=body, method=method)  # noqa: S310  # checked: http
        if body is not None:
            request.add_header("Content-Type", "application/json")
        if self._token is not None:
            request.add_unredirected_header("Authorization", f"Bearer {self._token.reveal()}")
        return await asyncio.to_thread(self._send, request)

    def _send(self, request: urllib.request.Request) -> bytes | None:
        try:
            with self._opener.open(request, timeout=_ANSWER_TIMEOUT_SECONDS) as answer:
                content: bytes = answer.read(_MAX_ANSWER_BYTES + 1)
        except urllib.error.HTTPError as error:
            with error:
                if error.code == HTTPStatus.NOT_FOUND:
                    return None
                raise ServerError(self._refusal(error)) from None
        except (urllib.error.URLError, OSError, HTTPException) as error:
            reason = error.reason if isinstance(error, urllib.error.URLError) else error
            raise ServerError(f"{self._base} cannot be reached: {reason}") from None
        if len(content) > _MAX_ANSWER_BYTES:
            raise ServerError(f"{self._base} answers more than {_MAX_ANSWER_BYTES // 1024**2} MB")
        return content

    def _refusal(self, error: urllib.error.HTTPError) -> str:
        """Say why the coordinator refuses."""
        try:
            detail = msgspec.json.decode(error.read(_MAX_ANSWER_BYTES), type=_Refusal).detail
        except (msgspec.MsgspecError, ValueError, OSError):
            detail = ""
        if error.code == HTTPStatus.UNAUTHORIZED:
            detail = f"{detail}: the token in FLEETDRIFT_TOKEN is sent"
        return f"{self._base} answers {error.code}: {detail or error.reason}"


class _Refusal(msgspec.Struct):
    detail: str


def _quoted(part: str) -> str:
    return urllib.parse.quote(part, safe="")


def _asked_for(chosen: TenantFilter | ChangeFilter | AuditFilter) -> dict[str, _Values]:
    """Give a filter as the parameters of a URL, which have the names of its fields."""
    fields: dict[str, Any] = msgspec.to_builtins(chosen)
    labels = [f"{name}={value}" for name, value in fields.pop("labels", ())]
    return {"label": labels} | {name: str(value) for name, value in fields.items() if value is not None}
