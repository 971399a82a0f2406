"""`[sentinel]`: a tenant of our own with planted drift, which every scan has to find."""

from __future__ import annotations

from coordinator.settings.table import Table


class SentinelTable(Table, frozen=True, kw_only=True):
    """`[sentinel]`: where the sentinel lives; `fleetdrift sentinel create` makes it there.

    Args:
        host: Name of the host; empty: there is no sentinel.
        database: Its database, which is made where it has no namespace.
        namespace: Its namespace in a database that is there; empty for a database of its own.
        tenant: Its name; no tenant of the fleet may have it.
    """

    host: str = ""
    database: str = "fleetdrift_sentinel"
    namespace: str = ""
    tenant: str = "fleetdrift-sentinel"
