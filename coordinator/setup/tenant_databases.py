"""Names the databases of the tenants that live on a host."""

from __future__ import annotations

from coordinator.scan.listing import list_fleet
from coordinator.settings.model import Settings
from shared.postgres.failures import TargetError


async def tenant_databases(settings: Settings, host: str) -> tuple[str, ...]:
    """List the distinct databases of a host's tenants, sorted; none where nobody can list them yet.

    Args:
        settings: The configuration.
        host: Name of one of its hosts.

    Raises:
        SourceError, InventoryError: As `list_fleet`.
    """
    try:
        _, inventory = await list_fleet(settings)
    except TargetError:
        return ()
    return tuple(sorted({target.database for target in inventory.targets if target.host == host}))
