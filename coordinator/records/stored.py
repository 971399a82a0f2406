"""What is kept of a fleet, from the store."""

from __future__ import annotations

import datetime as dt

import msgspec

from coordinator.access.audit import Action, AuditFilter, Deed
from coordinator.access.caller import Caller
from coordinator.memory.figures import Figures, RunningScan
from coordinator.memory.first_seen import ids_of_changes, with_first_seen
from coordinator.memory.model import worst_of
from coordinator.memory.views import (
    ChangeFilter,
    ChangeView,
    FleetHistory,
    FleetMoment,
    FleetStatus,
    FoundByScan,
    ShapeShare,
    TenantFilter,
    TenantHistory,
)
from coordinator.records.documents import (
    AuditPage,
    ChangesPage,
    GroupDocument,
    GroupsList,
    GroupSummary,
    ScansPage,
    TenantsPage,
)
from coordinator.records.fleet_records import NEWEST, CursorError, FleetRecords
from coordinator.report.files import ReportForm, render
from coordinator.report.model import DriftGroup
from coordinator.store.ignores import KeptIgnore
from coordinator.store.records import ScanRecord
from coordinator.store.store import Store
from shared.diff.compare import headline

_MAX_DIGITS = 18  # of the number of a line of the audit log


class StoredRecords(FleetRecords):
    """Asks the store. Every method raises StoreError when the store fails.

    Args:
        store: Open.
        fleet: Name.
        stale_after: The age at which what is known of a tenant is stale.
        caller: Who asks, for the audit log; none where somebody else writes it.
    """

    def __init__(self, store: Store, fleet: str, stale_after: dt.timedelta, caller: Caller | None = None) -> None:
        self._caller = caller
        self._store = store
        self._memory = store.memory
        self._fleet = fleet
        self._stale_after = stale_after
        self._summaries: dict[str, GroupSummary] = {}  # of the groups that tenants are in now, by name of the blob

    async def status(self) -> FleetStatus:
        """Count."""
        return await self._memory.status(self._fleet, self._stale_after)

    async def figures(self, resolved_after: dt.datetime, tier_label: str = "") -> Figures:
        """Count what metrics are made of.

        Args:
            resolved_after: Changes that were resolved later are given one by one.
            tier_label: Name of the label that says a tenant's tier; empty where none does.
        """
        return await self._store.figures.figures(self._fleet, self._stale_after, resolved_after, tier_label)

    async def kept_ignores(self) -> list[KeptIgnore]:
        """Give the ignore rules that were made while the coordinator ran."""
        return await self._store.ignores.of(self._fleet)

    async def running_scan(self) -> RunningScan | None:
        """Say how far the scan has come that is going on; nothing when none is."""
        return await self._store.figures.running(self._fleet)

    async def tenants(self, chosen: TenantFilter, *, after: str = "", limit: int = 100) -> TenantsPage:
        """Ask for one more than the page has, to know whether another follows."""
        found = await self._memory.tenants(
            self._fleet, chosen, stale_after=self._stale_after, after=after, limit=limit + 1
        )
        page = tuple(found[:limit])
        return TenantsPage(fleet=self._fleet, tenants=page, after=page[-1].tenant if len(found) > limit else None)

    async def tenant(self, name: str) -> TenantHistory | None:
        """Look the tenant up by its name."""
        return await self._memory.tenant(self._fleet, name, self._stale_after)

    async def changes(self, chosen: ChangeFilter, *, after: str = "", limit: int = 100) -> ChangesPage:
        """Give a page; raises CursorError when no page ends at `after`."""
        if after:
            _check_place(after)
        changes, more = await self._memory.changes(self._fleet, chosen, after=after or None, limit=limit)
        return ChangesPage(fleet=self._fleet, changes=tuple(changes), after=more)

    async def change(self, change: str) -> ChangeView | None:
        """Look the change up by its id."""
        return await self._memory.change(self._fleet, change)

    async def found_by_scan(self, scan: str, limit: int) -> FoundByScan | None:
        """Give what became different with a scan; see `FleetMemory.found_by_scan`."""
        return await self._memory.found_by_scan(scan, limit)

    async def groups(self) -> GroupsList:
        """Count the tenants of each, and take the rest from the group itself, which is loaded once."""
        found = await self._memory.groups(self._fleet)
        new = [name for name, _ in found if name not in self._summaries]
        loaded = await self._memory.load_groups(new) if new else {}
        known = self._summaries | {name: summary_of(group, 0) for name, group in loaded.items()}
        self._summaries = {name: known[name] for name, _ in found if name in known}
        rows = [
            msgspec.structs.replace(self._summaries[name], tenants=tenants)
            for name, tenants in found
            if name in self._summaries
        ]
        return GroupsList(fleet=self._fleet, groups=tuple(sorted(rows, key=lambda row: (-row.tenants, row.id))))

    async def group(self, group: str) -> GroupDocument | None:
        """Load one group."""
        found = dict(await self._memory.groups(self._fleet, group))
        for name, loaded in (await self._memory.load_groups(list(found))).items():
            return GroupDocument(fleet=self._fleet, tenants=found[name], group=loaded)
        return None

    async def shares(self) -> list[ShapeShare]:
        """Count the tenants by schema and status; see `FleetMemory.shares`."""
        return await self._memory.shares(self._fleet, self._stale_after)

    async def course(self, since: dt.datetime) -> list[FleetMoment]:
        """Give how the fleet stood at each moment, oldest first; see `FleetMemory.course`."""
        return await self._memory.course(self._fleet, since)

    async def history(self, since: dt.datetime) -> FleetHistory:
        """Turn the course round."""
        moments = await self.course(since)
        return FleetHistory(fleet=self._fleet, since=since, moments=tuple(reversed(moments)))

    async def scans(self, *, after: str = "", limit: int = 50) -> ScansPage:
        """Ask for one more than the page has, to know whether another follows."""
        found = await self._store.list_scans(self._fleet, limit + 1, after)
        page = tuple(found[:limit])
        return ScansPage(fleet=self._fleet, scans=page, after=page[-1].scan if len(found) > limit else None)

    async def scan(self, scan: str) -> ScanRecord | None:
        """Look the scan up; one of another fleet is none."""
        record = await self._store.get_scan(scan)
        return record if record and record.fleet == self._fleet else None

    async def cancel(self, scan: str, reason: str) -> ScanRecord | None:
        """Record the wish; whoever performs the scan looks for it every second."""
        if await self.scan(scan) is None:
            return None
        await self._store.ask_to_cancel(scan, reason)
        await self._note(Action.SCAN_CANCELLED, scan, reason)
        return await self.scan(scan)

    async def confirm(self, scan: str) -> bool:
        """End the suspicion, and let what was held back go out."""
        confirmed = await self._store.confirm(self._fleet, scan)
        if confirmed:
            await self._note(Action.SCAN_CONFIRMED, scan)
        return confirmed

    async def _note(self, action: Action, subject: str, detail: str = "") -> None:
        if self._caller is not None:
            deed = Deed(caller=self._caller, action=action, fleet=self._fleet, subject=subject, detail=detail)
            await self._store.credentials.write(deed)

    async def audit(self, chosen: AuditFilter, *, after: str = "", limit: int = 100) -> AuditPage:
        """Give a page; raises CursorError when no page ends at `after`."""
        if after and not (after.isascii() and after.isdigit() and len(after) <= _MAX_DIGITS):
            raise CursorError("after: expected what an earlier page gave as `after`")
        found = await self._store.credentials.audit(self._fleet, chosen, after=int(after or 0), limit=limit + 1)
        page = tuple(found[:limit])
        more = str(page[-1].id) if len(found) > limit else None
        return AuditPage(fleet=self._fleet, entries=page, after=more)

    async def report(self, scan: str, form: ReportForm) -> str | None:
        """Make the report again from what is remembered, say since when what it says is known, and render it."""
        if scan == NEWEST:
            report = await self._store.latest_report(self._fleet)
        else:
            report = await self._store.get_report(scan) if await self.scan(scan) else None
        if report is None:
            return None
        known = await self._memory.first_seen(self._fleet, ids_of_changes(report.body))
        return render(with_first_seen(report, known), form)


def _check_place(after: str) -> None:
    """Make sure that a place in the list of changes is one, before PostgreSQL reads it."""
    try:
        msgspec.json.decode(after, type=tuple[int, int, int, str])
    except (msgspec.MsgspecError, ValueError) as error:
        raise CursorError("after: expected what an earlier page gave as `after`") from error


def summary_of(group: DriftGroup, tenants: int) -> GroupSummary:
    """Put a drift group into a line.

    Args:
        group: In full.
        tenants: How many are known to be in it now.
    """
    worst = worst_of(group.findings)
    return GroupSummary(
        id=group.id,
        tenants=tenants,
        shape=group.shape,
        versions=group.versions,
        changes=len(headline(group.diff).changes),
        broken_queries=sum(verdict.status.counts for verdict in group.verdicts),
        severity=worst.severity if worst else None,
        statements=len(group.plan.statements) if group.plan else None,
        proof=group.plan.proof.status if group.plan else None,
    )
