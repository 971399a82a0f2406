"""`[store]` and `[memory]`: where the coordinator keeps what outlives it, for how long, and what it makes of it."""

from __future__ import annotations

from typing import Annotated

import msgspec

from coordinator.settings.table import Count, Seconds, SecretReference, Share, Table

Days = Annotated[float, msgspec.Meta(gt=0, le=36500)]


class StoreTable(Table, frozen=True, kw_only=True):
    """`[store]`: the PostgreSQL database that keeps scans, ledger and reports.

    Args:
        dsn: Its URL.
        wait: Seconds that a scan waits for a store that goes away in the middle.
        keep_reports: How many reports of a fleet are kept.
        keep_reports_days: For how long a report is kept; the newest one stays.
        keep_history_days: The same for where tenants stood, tenants that left, resolved changes and scans. What is so
            now stays, with its first date.
        keep_notices_days: For how long it is kept what was told to whom.
        keep_blobs_days: For how long a snapshot or an analysis is kept that nobody used.
    """

    dsn: str | SecretReference = ""
    wait: Seconds = 60.0
    keep_reports: Count = 500
    keep_reports_days: Days = 400.0
    keep_history_days: Days = 400.0
    keep_notices_days: Days = 7.0
    keep_blobs_days: Days = 90.0


class MemoryTable(Table, frozen=True, kw_only=True):
    """`[memory]`: what the store remembers of the fleet.

    Args:
        stale_after: Seconds after which what is known of a tenant that was not read again is shown as stale.
        suspicious: Share of the fleet of which one scan may find that it has drifted; a larger one holds the scan back.
        spread: Share of the fleet beyond which a change that spreads is told again.
    """

    stale_after: Seconds = 24 * 3600.0
    suspicious: Share = 0.2
    spread: Share = 0.1
