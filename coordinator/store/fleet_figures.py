"""Counts what the store remembers of a fleet, for its metrics."""

from __future__ import annotations

import datetime as dt

from coordinator.memory.figures import NAMED_TIERS, AlikeTenants, Figures, OpenChanges, Resolution, RunningScan, ToldBy
from coordinator.memory.views import ChangeFilter, ChangeState
from coordinator.report.model import TenantStatus
from coordinator.store.access import StoreAccess
from coordinator.store.fleet_memory import FleetMemory
from coordinator.store.signs import Signs

_WORST_CHANGES = 100
"""Open changes that are given one by one, from which metrics show a few."""


class FleetFigures(StoreAccess):
    """Counts. Every method raises StoreError when the store fails."""

    async def figures(
        self, fleet: str, stale_after: dt.timedelta, resolved_after: dt.datetime, tier_label: str = ""
    ) -> Figures:
        """Give a fleet in figures.

        Args:
            fleet: Name.
            stale_after: The age at which what is known of a tenant is stale.
            resolved_after: Changes that were resolved later are given one by one.
            tier_label: Name of the label that says a tenant's tier; empty where none does.
        """
        memory = FleetMemory(self._pool, self._patience)
        worst, _ = await memory.changes(fleet, ChangeFilter(state=ChangeState.OPEN), limit=_WORST_CHANGES)
        [known] = await self._rows("figures_of_changes", fleet)
        [scans] = await self._rows("failed_in_a_row", fleet)
        depths = await Signs(self._pool, self._patience).depths(fleet)
        return Figures(
            status=await memory.status(fleet, stale_after),
            alike=tuple(
                AlikeTenants(
                    status=TenantStatus(row["status"]),
                    tier=row["tier"],
                    severities=tuple(row["severities"]),
                    services=tuple(row["services"]),
                    tenants=row["tenants"],
                )
                for row in await self._rows("count_alike_tenants", fleet, stale_after, tier_label, NAMED_TIERS)
            ),
            changes=tuple(OpenChanges(**dict(row)) for row in await self._rows("count_changes_by_kind", fleet)),
            worst=tuple(worst),
            oldest_open=known["oldest_open"],
            resolutions=known["resolutions"],
            resolved=tuple(
                Resolution(**dict(row)) for row in await self._rows("resolved_after", fleet, resolved_after)
            ),
            failed_in_a_row=scans["failed"],
            told=tuple(ToldBy(**dict(row)) for row in await self._rows("count_deliveries", fleet)),
            depths=depths.tenants if depths else None,
            sign_mismatches=depths.mismatches if depths else 0,
        )

    async def running(self, fleet: str) -> RunningScan | None:
        """Say how far the scan has come that is not over; nothing when none is going on."""
        rows = await self._rows("running_scan", fleet)
        return RunningScan(**dict(rows[0])) if rows else None
