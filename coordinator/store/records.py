"""The records that the store returns."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any, Self

import msgspec

from coordinator.ledger.batch import FinalOutcome, Mark
from shared.targets import Target


class ScanState(StrEnum):
    """Where a scan stands: `queued`, `running`, then a ScanStatus' value or `cancelled`.

    It is the column `state` of the store and the field `state` of the API.
    """

    QUEUED = "queued"
    RUNNING = "running"
    IN_SYNC = "in_sync"
    DRIFT = "drift"
    INCOMPLETE = "incomplete"
    FAILED = "failed"
    CANCELLED = "cancelled"  # it was too old to be resumed


class ScanRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One scan.

    Args:
        scan: Id.
        fleet: Name.
        state: Where it stands.
        requested: When it was asked for.
        finished: When it ended.
        epoch: How often it began anew in Redis.
        tenants: How many targets it has; 0 before it began.
        reason: Why it ended without a report, in a sentence; empty when it has one.
    """

    scan: str
    fleet: str
    state: ScanState
    requested: dt.datetime
    finished: dt.datetime | None
    epoch: int
    tenants: int
    reason: str = ""

    @classmethod
    def from_row(cls, row: Any) -> Self:
        """Read a row of `fleetdrift.scans`."""
        return cls(**{**dict(row), "state": ScanState(row["state"])})


class LedgerRow(msgspec.Struct, frozen=True, kw_only=True):
    """One tenant of one scan: its target, and what an earlier coordinator stored of it."""

    target: Target
    mark: Mark | None
    outcome: FinalOutcome | None
