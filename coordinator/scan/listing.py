"""Lists the fleet of a configuration: what is declared, and for whom."""

from __future__ import annotations

from collections.abc import Sequence

from coordinator.inventory import Inventory, load_targets
from coordinator.scan.wanted import DeclaredTable, read_tables
from coordinator.settings.maintenance import NOBODY_IS_CLOSED, Closed
from coordinator.settings.model import Settings
from shared.targets import Target


async def list_fleet(
    settings: Settings, closed: Closed = NOBODY_IS_CLOSED, known: Sequence[Target] = ()
) -> tuple[tuple[DeclaredTable, ...], Inventory]:
    """Read the declarations, which may enumerate the tenants, and list the fleet.

    Args:
        settings: The configuration.
        closed: The hosts in maintenance, which are not asked.
        known: The fleet as it was last listed, which counts where a host is not asked.

    Raises:
        SourceError: When a declaration cannot be read.
        InventoryError: When the fleet cannot be listed, or is empty.
        TargetError: When a server that has to be asked cannot be.
    """
    tables = read_tables(settings)
    declared = [entry for each in tables for entry in each.shares.tenants.values()]
    return tables, await load_targets(settings, declared, closed, known)
