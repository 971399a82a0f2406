"""What can be asked of what is kept of one fleet. The store answers it, and so does a coordinator over HTTP."""

from __future__ import annotations

import datetime as dt
from typing import Protocol

from coordinator.access.audit import AuditFilter
from coordinator.memory.views import ChangeFilter, ChangeView, FleetHistory, FleetStatus, TenantFilter, TenantHistory
from coordinator.records.documents import AuditPage, ChangesPage, GroupDocument, GroupsList, ScansPage, TenantsPage
from coordinator.report.files import ReportForm
from coordinator.store.records import ScanRecord

NEWEST = "latest"
"""Stands for the newest scan that has a report, where a scan's id is asked for."""


class FleetRecords(Protocol):
    """Every question about what is kept of one fleet; a store or a coordinator answers."""

    async def status(self) -> FleetStatus:
        """Give the fleet in a few figures."""
        ...

    async def history(self, since: dt.datetime) -> FleetHistory:
        """Give how the fleet stood over time.

        Args:
            since: From when.
        """
        ...

    async def tenants(self, chosen: TenantFilter, *, after: str = "", limit: int = 100) -> TenantsPage:
        """Give a page of tenants, by name.

        Args:
            chosen: Which.
            after: The name after which to begin.
            limit: How many at most.
        """
        ...

    async def tenant(self, name: str) -> TenantHistory | None:
        """Give all that is remembered of a tenant; nothing when the fleet has none of this name."""
        ...

    async def changes(self, chosen: ChangeFilter, *, after: str = "", limit: int = 100) -> ChangesPage:
        """Give a page of changes, the worst first.

        Args:
            chosen: Which.
            after: Where an earlier page ended.
            limit: How many at most.

        Raises:
            CursorError: When no page ends at `after`.
        """
        ...

    async def change(self, change: str) -> ChangeView | None:
        """Give one change; nothing when the fleet remembers none of this id."""
        ...

    async def groups(self) -> GroupsList:
        """Give the drift groups that any tenant is known to be in now, in a line each."""
        ...

    async def group(self, group: str) -> GroupDocument | None:
        """Give one drift group in full; nothing when the fleet remembers none of this id."""
        ...

    async def scans(self, *, after: str = "", limit: int = 50) -> ScansPage:
        """Give a page of scans, newest first.

        Args:
            after: The scan after which to go on.
            limit: How many at most.
        """
        ...

    async def scan(self, scan: str) -> ScanRecord | None:
        """Give one scan; nothing when the fleet has none of this id."""
        ...

    async def cancel(self, scan: str, reason: str) -> ScanRecord | None:
        """Ask for the end of a scan that is not over, and give it as it is now; nothing when there is none of this id.

        Args:
            scan: Id.
            reason: Why, in a sentence.
        """
        ...

    async def confirm(self, scan: str) -> bool:
        """Believe a suspicious scan: what was held back is told. Says whether the scan was suspicious.

        Args:
            scan: Id.
        """
        ...

    async def audit(self, chosen: AuditFilter, *, after: str = "", limit: int = 100) -> AuditPage:
        """Give a page of who did what, newest first.

        Args:
            chosen: Which lines.
            after: Where an earlier page ended.
            limit: How many at most.

        Raises:
            CursorError: When no page ends at `after`.
        """
        ...

    async def report(self, scan: str, form: ReportForm) -> str | None:
        """Give the report of a scan in one of the forms; nothing when it has none.

        Args:
            scan: Id, or `latest`.
            form: In which.
        """
        ...


class CursorError(ValueError):
    """What was given as the end of an earlier page is none; the message is a sentence."""
