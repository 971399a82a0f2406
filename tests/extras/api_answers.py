"""What the HTTP API of a coordinator answers at one moment, of everything that the dashboards show."""

from __future__ import annotations

import datetime as dt
from typing import Any, TypeVar

import httpx
import msgspec

from coordinator.memory.model import ChangeSubject
from coordinator.memory.views import ChangeView, FleetStatus, TenantView
from coordinator.records.documents import ChangesPage, FleetsList, ScansPage, TenantsPage, WorkersList
from coordinator.records.ignores import IgnoresList
from coordinator.report.model import TenantStatus
from coordinator.report.renderers.json import ReportDocument
from coordinator.store.records import ScanRecord
from shared.findings.finding import Severity

_Answer = TypeVar("_Answer")
_ALL = 1000
"""More than the fleet of the test has of anything: no list has a second page."""

UNKNOWN = frozenset(
    {
        TenantStatus.UNREACHABLE,
        TenantStatus.ERROR,
        TenantStatus.STALE,
        TenantStatus.NEVER_SCANNED,
        TenantStatus.UNVERIFIED,
    }
)


class Answers(msgspec.Struct, frozen=True, kw_only=True):
    """What the API has answered.

    Args:
        status: `/status`.
        tenants: `/tenants`.
        open, resolved: `/changes`.
        tenants_of: Names of the tenants that have each open change, by its id: `/tenants?change=ID`.
        report: `/scans/latest/report`.
        scans: `/scans`.
        fleets: `/fleets`.
        workers: `/workers`.
        ignores: `/ignores`.
    """

    status: FleetStatus
    tenants: tuple[TenantView, ...]
    open: tuple[ChangeView, ...]
    resolved: tuple[ChangeView, ...]
    tenants_of: dict[str, frozenset[str]]
    report: ReportDocument
    scans: tuple[ScanRecord, ...]
    fleets: FleetsList
    workers: WorkersList
    ignores: IgnoresList

    @property
    def severities(self) -> dict[str, frozenset[str]]:
        """The severities of the open changes of each tenant, by its name."""
        return self._of_each_tenant({view.change.id: view.change.severity.value for view in self.open})

    @property
    def services(self) -> dict[str, frozenset[str]]:
        """The services that break in each tenant, by its name."""
        broken = (view.change for view in self.open if view.change.subject is ChangeSubject.CONTRACT)
        return self._of_each_tenant({change.id: change.service for change in broken})

    def _of_each_tenant(self, said: dict[str, str]) -> dict[str, frozenset[str]]:
        return {
            each.tenant: frozenset(word for change, word in said.items() if each.tenant in self.tenants_of[change])
            for each in self.tenants
        }

    @property
    def scanned(self) -> float:
        """When the newest scan of the fleet ended, in seconds since the epoch."""
        return dt.datetime.fromisoformat(self.report.started).timestamp() + self.report.duration


def worst(severities: frozenset[str]) -> str:
    """Name the worst of some severities."""
    return min(severities, key=[each.value for each in Severity].index, default="unknown")


async def ask_everything(client: httpx.AsyncClient) -> Answers:
    """Ask a coordinator that has a report for all that it says of its fleet."""

    async def ask(path: str, kind: type[_Answer], **chosen: Any) -> _Answer:
        answer = await client.get(f"/api/v1{path}", params=chosen)
        assert answer.is_success, answer.text
        return msgspec.json.decode(answer.content, type=kind)

    found = (await ask("/changes", ChangesPage, state="open", limit=_ALL)).changes
    having = {view.change.id: await ask("/tenants", TenantsPage, change=view.change.id, limit=_ALL) for view in found}
    return Answers(
        status=await ask("/status", FleetStatus),
        tenants=(await ask("/tenants", TenantsPage, limit=_ALL)).tenants,
        open=found,
        resolved=(await ask("/changes", ChangesPage, state="resolved", limit=_ALL)).changes,
        tenants_of={change: frozenset(each.tenant for each in page.tenants) for change, page in having.items()},
        report=await ask("/scans/latest/report", ReportDocument),
        scans=(await ask("/scans", ScansPage, limit=_ALL)).scans,
        fleets=await ask("/fleets", FleetsList),
        workers=await ask("/workers", WorkersList),
        ignores=await ask("/ignores", IgnoresList),
    )
