"""`[metrics]`: what metrics show of a fleet beyond what all fleets show."""

from __future__ import annotations

from coordinator.settings.table import Table


class MetricsTable(Table, frozen=True, kw_only=True):
    """`[metrics]`: what metrics show of a fleet beyond what all fleets show.

    Args:
        tier_label: Name of the label that says a tenant's tier: tenants are counted by its values too. Empty: they are
            not.
    """

    tier_label: str = "tier"
