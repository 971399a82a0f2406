"""The records that the store returns."""

from __future__ import annotations

import datetime as dt

import msgspec

from coordinator.ledger.batch import FinalOutcome, Mark
from shared.targets import Target


class ScanRecord(msgspec.Struct, frozen=True, kw_only=True):
    """One scan.

    Args:
        scan: Id.
        fleet: Name.
        state: `queued`, `running`, a ScanStatus' value, or `cancelled`.
        requested: When it was asked for.
        finished: When it ended.
        epoch: How often it began anew in Redis.
        tenants: How many targets it has; 0 before it began.
    """

    scan: str
    fleet: str
    state: str
    requested: dt.datetime
    finished: dt.datetime | None
    epoch: int
    tenants: int


class LedgerRow(msgspec.Struct, frozen=True, kw_only=True):
    """One tenant of one scan: its target, and what an earlier coordinator stored of it."""

    target: Target
    mark: Mark | None
    outcome: FinalOutcome | None


class TenantRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a tenant across scans."""

    tenant: str
    status: str
    shape: str
    scan: str
    last_success: dt.datetime | None
    drift_since: dt.datetime | None
