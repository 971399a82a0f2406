"""Refuses a fleet that lost many of its tenants at once: rather a list that was cut off than customers that left."""

from __future__ import annotations

from coordinator.inventory.errors import InventoryError
from coordinator.inventory.load import Inventory
from coordinator.settings.model import Settings


def refuse_shrunk(inventory: Inventory, known: int, settings: Settings) -> None:
    """Make sure that no more tenants are gone than `[fleet] max_shrink` allows.

    Args:
        inventory: The fleet as it is listed now, excluded tenants included.
        known: Tenants of the last scan that is kept; 0 when there is none.
        settings: The configuration, and whether the loss was confirmed.

    Raises:
        InventoryError: When it has shrunk by more, and nobody has confirmed it.
    """
    listed = len(inventory.targets) + len(inventory.excluded)
    share = settings.file.fleet.max_shrink
    if settings.shrink_confirmed or listed >= known * (1 - share):
        return
    raise InventoryError(
        f"[fleet] lists {listed} tenants where the last scan knew {known}: more than the share of {share:g} that "
        "`[fleet] max_shrink` lets go at once. If they have left, confirm it once: fleetdrift scan --confirm-shrink"
    )
