"""Lists the tenants of the fleet: from the configuration, a pattern, a query or the declaration."""

from coordinator.inventory.choose import Choice
from coordinator.inventory.errors import InventoryError
from coordinator.inventory.load import Inventory, asked_hosts, load_targets

__all__ = ["Choice", "Inventory", "InventoryError", "asked_hosts", "load_targets"]
