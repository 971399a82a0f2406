"""Deletes from the store what is kept for long enough: by age and by count, as the configuration says."""

from __future__ import annotations

import datetime as dt
from typing import Any

import msgspec

from coordinator.settings.store import StoreTable
from coordinator.store.connection import query


class Retention(msgspec.Struct, frozen=True, kw_only=True):
    """How long the store keeps what. Where tenants and open changes are now stays for ever, with their first dates.

    Args:
        reports: How many of a fleet.
        reports_for: The age beyond which a report is deleted; the newest one stays.
        history_for: The same of where tenants stood, of tenants that left, of resolved changes and of scans.
        notices_for: The same of what was told.
        blobs_for: For how long a snapshot or an analysis is kept that nobody used.
    """

    reports: int
    reports_for: dt.timedelta
    history_for: dt.timedelta
    notices_for: dt.timedelta
    blobs_for: dt.timedelta


def retention_of(table: StoreTable) -> Retention:
    """Say what `[store]` says of how long things are kept."""
    return Retention(
        reports=table.keep_reports,
        reports_for=dt.timedelta(days=table.keep_reports_days),
        history_for=dt.timedelta(days=table.keep_history_days),
        notices_for=dt.timedelta(days=table.keep_notices_days),
        blobs_for=dt.timedelta(days=table.keep_blobs_days),
    )


DEFAULT_RETENTION = retention_of(StoreTable())


async def prune(connection: Any, fleet: str, retention: Retention) -> None:
    """Delete what is too old, or one too many.

    Args:
        connection: To the store, in a transaction.
        fleet: Whose.
        retention: How long to keep what.
    """
    for table in ("prune_ledger", "prune_ledger_marks", "prune_ledger_outcomes"):
        await connection.execute(query(table), fleet)
    await connection.execute(query("prune_reports"), fleet, retention.reports, retention.reports_for)
    await connection.execute(query("prune_skeletons"))
    await connection.execute(query("prune_groups"), fleet)
    await connection.execute(query("prune_notices"), fleet, retention.notices_for)
    await connection.execute(query("prune_blobs"), retention.blobs_for)
    await connection.execute(query("prune_leases"))
    if await connection.fetch(query("history_is_due"), fleet):
        await _prune_history(connection, fleet, retention.history_for)


async def _prune_history(connection: Any, fleet: str, age: dt.timedelta) -> None:
    """Delete old history; in a large fleet this reads all of it, so it is done once a day."""
    await connection.execute(query("prune_stays"), fleet, age)
    await connection.execute(query("prune_tenants"), fleet, age)
    await connection.execute(query("prune_standings"), fleet)
    await connection.execute(query("prune_standing_changes"))
    await connection.execute(query("prune_changes"), fleet, age)
    await connection.execute(query("prune_scans"), fleet, age)
    await connection.execute(query("prune_signs"), fleet, age)
