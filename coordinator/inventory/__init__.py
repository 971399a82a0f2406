"""Who is in the fleet: the configuration's tenants, a pattern, a query or the spec's own list → sorted Targets."""

from coordinator.inventory.errors import InventoryError
from coordinator.inventory.load import Inventory, load_targets

__all__ = ["Inventory", "InventoryError", "load_targets"]
