"""What the command line and the API give of the memory, as JSON documents for programs."""

from __future__ import annotations

import msgspec

from coordinator.memory.views import ChangeView, FleetStatus, TenantHistory, TenantView
from shared.formats import CHANGES_PAGE, FLEET_STATUS, TENANT_HISTORY, TENANTS_PAGE, Format


class TenantsPage(msgspec.Struct, frozen=True, kw_only=True):
    """Tenants of a fleet, by name.

    Args:
        fleet: Name.
        tenants: Of this page.
        after: What to ask the next page with; none when this is the last.
    """

    fleet: str
    tenants: tuple[TenantView, ...]
    after: str | None


class ChangesPage(msgspec.Struct, frozen=True, kw_only=True):
    """Changes of a fleet: open ones first, the worst first, then those that most tenants have.

    Args:
        fleet: Name.
        changes: Of this page.
        after: What to ask the next page with; none when this is the last.
    """

    fleet: str
    changes: tuple[ChangeView, ...]
    after: str | None


Document = FleetStatus | TenantsPage | TenantHistory | ChangesPage

FORMATS: dict[type[Document], Format] = {
    FleetStatus: FLEET_STATUS,
    TenantsPage: TENANTS_PAGE,
    TenantHistory: TENANT_HISTORY,
    ChangesPage: CHANGES_PAGE,
}
"""The format of each."""
