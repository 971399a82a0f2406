"""Holds the list of tenants that a migration is about to change against the fleet."""

from __future__ import annotations

from coordinator.inventory import Inventory, InventoryError
from coordinator.inventory.choose import excluded_but_wanted, unknown_patterns
from coordinator.report.model import Selection


class GateList:
    """The tenants that a migration is about to change; each name must be that of a tenant."""

    def __init__(self, selection: Selection) -> None:
        self._selection = selection
        self.excluded: tuple[str, ...] = ()

    async def on_listed(self, inventory: Inventory) -> None:
        """Look for the tenants in the fleet, before any of them is read.

        Args:
            inventory: The whole fleet.

        Raises:
            InventoryError: When a name or pattern fits nobody: a gate for nobody would always be open.
        """
        unknown = unknown_patterns(self._selection, inventory)
        if unknown:
            raise InventoryError(
                f"--tenants {', '.join(unknown)}: no tenant of the fleet has such a name; "
                "a gate is for tenants that are known by name"
            )
        self.excluded = excluded_but_wanted(self._selection, inventory)
