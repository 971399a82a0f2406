"""Reads the fleet's memory: what is known of each tenant and of each change across scans."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from coordinator.memory.lives import lives
from coordinator.memory.model import FleetChange, Standing, Stay
from coordinator.memory.views import (
    ChangeFilter,
    ChangeView,
    FleetMoment,
    FleetStatus,
    FoundByScan,
    Known,
    LastKnown,
    ShapeShare,
    StayView,
    SuspiciousScan,
    TenantFilter,
    TenantHistory,
    TenantView,
)
from coordinator.report.model import DriftGroup, ScanStatus, TenantResult, TenantStatus
from coordinator.store.access import StoreAccess
from coordinator.store.connection import query
from shared.blobs import unpack
from shared.findings.finding import Severity
from shared.formats import FLEET_CHANGE, GROUP, STANDING, decode_json

_LIKE = str.maketrans({"\\": r"\\", "%": r"\%", "_": r"\_", "*": "%", "?": "_"})


class FleetMemory(StoreAccess):
    """Answers what is known now, and what was. Every method raises StoreError when the store fails."""

    async def status(self, fleet: str, stale_after: dt.timedelta) -> FleetStatus:
        """Give a fleet in a few figures.

        Args:
            fleet: Name.
            stale_after: The age at which what is known of a tenant is stale.
        """
        rows = await self._rows("fleet_status", fleet)
        counted = await self._rows("count_tenants", fleet, stale_after)
        tenants = {row["status"]: row["tenants"] for row in counted}
        changes = {row["severity"]: row["changes"] for row in await self._rows("count_open_changes", fleet)}
        known: Any = (
            rows[0] if rows else {"scanned": None, "new": 0, "resolved": 0, "suspicious_scan": None, "outcome": None}
        )
        return FleetStatus(
            fleet=fleet,
            oldest_good=min((row["oldest_good"] for row in counted if row["oldest_good"]), default=None),
            tenants=tuple((status, tenants.get(status.value, 0)) for status in TenantStatus),
            changes=tuple((severity.value, changes.get(severity.value, 0)) for severity in Severity),
            scanned=known["scanned"],
            new=known["new"],
            resolved=known["resolved"],
            suspicious=_suspicious(known) if known["suspicious_scan"] else None,
            outcome=ScanStatus(known["outcome"]) if known["outcome"] else None,
        )

    async def tenants(
        self, fleet: str, chosen: TenantFilter, *, stale_after: dt.timedelta, after: str = "", limit: int = 100
    ) -> list[TenantView]:
        """Give the tenants of a fleet, by name.

        Args:
            fleet: Name.
            chosen: Which.
            stale_after: The age at which what is known of a tenant is stale.
            after: The name after which to begin.
            limit: How many at most.
        """
        status = chosen.status.value if chosen.status else ""
        shape = chosen.shape and chosen.shape.translate(_LIKE) + "%"

        labels = msgspec.json.encode(dict(chosen.labels)).decode()

        async def find(connection: Any) -> list[Any]:
            async with connection.transaction(readonly=True):
                await connection.execute(
                    "SET LOCAL plan_cache_mode = force_custom_plan"
                )  # each filter has its own plan
                asked = (fleet, status, chosen.change, shape, chosen.group, stale_after)
                places = await connection.fetchrow(query("find_places"), *asked)
                page = (fleet, stale_after, after, limit, chosen.name.translate(_LIKE), status, *places, labels)
                found: list[Any] = await connection.fetch(query("list_tenants"), *page)
                return found

        rows = await self._do(find)
        return [_tenant(row) for row in rows]

    async def last_known(self, fleet: str, stale_after: dt.timedelta) -> dict[str, LastKnown]:
        """Say where every tenant of a fleet is known to stand, by name.

        Args:
            fleet: Name.
            stale_after: The age at which what is known of a tenant is stale.
        """
        rows = await self._rows("last_known", fleet, stale_after)
        return {row["tenant"]: LastKnown(TenantStatus(row["status"]), row["since"]) for row in rows}

    async def tenant(self, fleet: str, name: str, stale_after: dt.timedelta) -> TenantHistory | None:
        """Give all that is remembered of a tenant; nothing when the fleet has none of this name."""
        found = await self._rows("find_tenant", fleet, stale_after, name)
        if not found:
            return None
        rows = await self._rows("list_stays", found[0]["number"])
        changes = await self._changes_of({row["standing"] for row in rows})
        stays = [
            Stay(
                standing=Standing(
                    result=decode_json(STANDING, row["document"], TenantResult),
                    changes=tuple(change.id for change in changes[row["standing"]]),
                    is_compared=row["decided"],
                ),
                since=row["since"],
                until=row["until"],
            )
            for row in rows
        ]
        known = {change.id: change for had in changes.values() for change in had}
        return TenantHistory(
            now=_tenant(found[0]),
            stays=tuple(
                StayView(since=stay.since, until=stay.until, result=stay.standing.result) for stay in reversed(stays)
            ),
            changes=tuple((known[life.change], life) for life in lives(stays)),
        )

    async def _changes_of(self, standings: Iterable[int]) -> defaultdict[int, list[FleetChange]]:
        found: defaultdict[int, list[FleetChange]] = defaultdict(list)
        for row in await self._rows("changes_of_standings", sorted(standings)):
            found[row["standing"]].append(decode_json(FLEET_CHANGE, row["document"], FleetChange))
        return found

    async def groups(self, fleet: str, group: str = "") -> list[tuple[str, int]]:
        """Name the drift groups that tenants are known to be in now, each with how many those are.

        Args:
            fleet: Name.
            group: The one that is asked for; empty gives all.

        Returns:
            (name for `load_groups`, tenants). Groups with the same name are the same in everything but their tenants.
        """
        return [(row["name"], row["tenants"]) for row in await self._rows("groups_now", fleet, group)]

    async def load_groups(self, names: Sequence[str]) -> dict[str, DriftGroup]:
        """Load drift groups, without their tenants, by the names that `groups` gave; those that are there."""
        blobs = await self._rows("get_blobs", GROUP.label, list(names))
        return {blob["name"]: unpack(GROUP, blob["data"], DriftGroup) for blob in blobs}

    async def changes(
        self, fleet: str, chosen: ChangeFilter, *, after: str | None = None, limit: int = 100
    ) -> tuple[list[ChangeView], str | None]:
        """Give the changes of a fleet: open ones first, the worst first, then those that most tenants have.

        Args:
            fleet: Name.
            chosen: Which.
            after: Where an earlier page ended.
            limit: How many at most.

        Returns:
            The changes, and where this page ends; none when it is the last.
        """
        rows = await self._rows(
            "list_changes",
            fleet,
            after,
            limit + 1,
            chosen.state.value if chosen.state else "",
            chosen.since,
            chosen.subject,
            chosen.severity,
            chosen.object,
            chosen.tenant,
        )
        page = rows[:limit]
        if len(rows) <= limit:
            return [_change(row) for row in page], None
        last = page[-1]
        place = msgspec.json.encode((last["gone"], last["rank"], -last["tenants"], last["id"])).decode()
        return [_change(row) for row in page], place

    async def change(self, fleet: str, change: str) -> ChangeView | None:
        """Give one change; nothing when the fleet remembers none of this id."""
        rows = await self._rows("find_change", fleet, change)
        return _change(rows[0]) if rows else None

    async def found_by_scan(self, scan: str, limit: int) -> FoundByScan | None:
        """Give what became different with a scan; nothing when its report is not kept.

        Args:
            scan: Its id.
            limit: How many changes at most.
        """
        rows = await self._rows("found_by_scan", scan, limit)
        if not rows:
            return None
        found = [(row["is_new"], _change(row)) for row in rows if row["id"] is not None]
        return FoundByScan(
            new=tuple(view for is_new, view in found if is_new),
            resolved=tuple(view for is_new, view in found if not is_new),
        )

    async def first_seen(self, fleet: str, changes: Sequence[str]) -> dict[str, dt.datetime]:
        """Say when each of some changes was first found, by id; those that are remembered.

        Args:
            fleet: Name.
            changes: Their ids.
        """
        rows = await self._rows("first_seen", fleet, list(changes))
        return {row["id"]: row["first_seen"] for row in rows}

    async def shares(self, fleet: str, stale_after: dt.timedelta) -> list[ShapeShare]:
        """Count the tenants of a fleet by the schema that they are known to have and by status.

        Args:
            fleet: Name.
            stale_after: The age at which what is known of a tenant is stale.

        Returns:
            Schemas that most tenants have first, tenants of which no schema is known last.
        """
        return [
            ShapeShare(shape=row["shape"], status=TenantStatus(row["status"]), tenants=row["tenants"])
            for row in await self._rows("count_shapes", fleet, stale_after)
        ]

    async def course(self, fleet: str, since: dt.datetime) -> list[FleetMoment]:
        """Give how a fleet stood, for every moment at which any tenant moved, or a change began or ended.

        Args:
            fleet: Name.
            since: What came before it is summed up as one moment, the first.

        Returns:
            Oldest first. Statuses are as they were found: none of them is `stale`.
        """
        moves: defaultdict[dt.datetime, list[tuple[TenantStatus, int]]] = defaultdict(list)
        for row in await self._rows("course_of_statuses", fleet, since):
            moves[row["at"]].append((TenantStatus(row["status"]), row["moved"]))
        changed = {
            row["at"]: (row["new"], row["resolved"]) for row in await self._rows("course_of_changes", fleet, since)
        }
        counts: Counter[TenantStatus] = Counter()
        course = []
        for at in sorted(moves.keys() | changed.keys()):
            for status, moved in moves.get(at, ()):
                counts[status] += moved
            new, resolved = changed.get(at, (0, 0))
            stood = tuple((status, counts[status]) for status in TenantStatus if counts[status])
            course.append(FleetMoment(at=at, tenants=stood, new=new, resolved=resolved))
        return course


def _suspicious(row: Any) -> SuspiciousScan:
    return SuspiciousScan(
        scan=row["suspicious_scan"],
        reason=row["suspicious_reason"],
        tenants=msgspec.json.decode(row["suspicious_before"], type=tuple[tuple[TenantStatus, int], ...]),
    )


def _tenant(row: Any) -> TenantView:
    result: TenantResult = decode_json(STANDING, row["document"], TenantResult)
    known = None
    if row["known"] is not None and row["known"] != row["standing"]:
        known = Known(status=TenantStatus(row["known_status"]), shape=row["known_shape"], group=row["known_group"])
    return TenantView(
        tenant=row["tenant"],
        status=TenantStatus(row["shown"]),
        since=row["since"],
        shape=result.shape,
        group=result.group,
        versions=result.versions,
        failure=result.failure,
        known=known,
        last_good=row["last_good"],
        changes=row["changes"],
        labels=msgspec.json.decode(row["labels"], type=dict[str, str]),
    )


def _change(row: Any) -> ChangeView:
    return ChangeView(
        change=decode_json(FLEET_CHANGE, row["document"], FleetChange),
        first_seen=row["first_seen"],
        last_seen=row["last_seen"],
        resolved=row["resolved"],
        flaps=row["flaps"],
        tenants=row["tenants"],
        most_tenants=row["most_tenants"],
    )
