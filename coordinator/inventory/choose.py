"""Chooses the tenants of a fleet that a scan is for."""

from __future__ import annotations

import fnmatch
from collections.abc import Mapping

import msgspec

from coordinator.inventory.errors import InventoryError
from coordinator.inventory.load import Inventory
from coordinator.memory.views import LastKnown
from coordinator.report.model import Selection, TenantStatus
from shared.targets import Target


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """Which tenants a scan is for, with what must be known to say so.

    Args:
        selection: What somebody asked for.
        known: Where the tenants of the fleet are known to stand, by name; whoever is not in it was never scanned.
    """

    selection: Selection
    known: Mapping[str, LastKnown] = {}

    def of(self, inventory: Inventory) -> Inventory:
        """Give the part of an inventory that a scan is for; excluded tenants are never in it.

        Args:
            inventory: The whole fleet.

        Raises:
            InventoryError: When nobody is.
        """
        chosen = tuple(target for target in inventory.targets if self._fits(target))
        if not chosen:
            raise InventoryError(
                f"the selection ({self.selection.sentence}) fits none of the {len(inventory.targets)} tenants of the "
                "fleet"
            )
        return Inventory(chosen, unread=inventory.unread)

    def _fits(self, target: Target) -> bool:
        wanted, labels = self.selection, dict(target.labels)
        return (
            (not wanted.tenants or any(fnmatch.fnmatchcase(target.tenant, pattern) for pattern in wanted.tenants))
            and all(
                name in labels and fnmatch.fnmatchcase(labels[name], pattern) for name, pattern in wanted.labels.items()
            )
            and self._stands(target.tenant)
        )

    def _stands(self, tenant: str) -> bool:
        wanted, known = self.selection, self.known.get(tenant)
        status = known.status if known else TenantStatus.NEVER_SCANNED
        moved = wanted.changed_since is None or known is None or known.since >= wanted.changed_since
        return moved and (not wanted.statuses or status in wanted.statuses)


def unknown_patterns(selection: Selection, inventory: Inventory) -> tuple[str, ...]:
    """Give the names and patterns that fit no tenant of a fleet, not even an excluded one.

    Args:
        selection: What somebody asked for.
        inventory: The whole fleet.
    """
    names = [*(target.tenant for target in inventory.targets), *inventory.excluded]
    return tuple(
        pattern for pattern in selection.tenants if not any(fnmatch.fnmatchcase(name, pattern) for name in names)
    )


def excluded_but_wanted(selection: Selection, inventory: Inventory) -> tuple[str, ...]:
    """Give the excluded tenants that a selection names: a scan never reads them.

    Args:
        selection: What somebody asked for; one that names nobody asks for no excluded tenant.
        inventory: The whole fleet.
    """
    return tuple(
        tenant
        for tenant in inventory.excluded
        if any(fnmatch.fnmatchcase(tenant, pattern) for pattern in selection.tenants)
    )
