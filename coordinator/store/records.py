"""The records that the store returns."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Annotated, Any, Self

import msgspec

from coordinator.ledger.batch import FinalOutcome, Mark
from coordinator.memory.notices import Notice
from coordinator.report.model import Selection
from shared.formats import NOTICE, decode_json
from shared.targets import Target

MAX_REQUEST_TEXT = 500
"""Characters that a purpose, a name or an idempotency key may have."""


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
    CANCELLED = "cancelled"  # somebody wanted it ended, or it was too old to be resumed


class ScanRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What somebody says who asks for a scan.

    Args:
        purpose: Why it is asked for, in a sentence; shown wherever the scan is.
        requested_by: Who asks; nobody checks it.
        selection: Which tenants are to be scanned; without it, or without anything in it, the whole fleet.
    """

    purpose: Annotated[str, msgspec.Meta(max_length=MAX_REQUEST_TEXT)] = ""
    requested_by: Annotated[str, msgspec.Meta(max_length=MAX_REQUEST_TEXT)] = ""
    selection: Selection | None = None

    @property
    def chosen(self) -> Selection | None:
        """The selection; none where it leaves nobody out."""
        return None if self.selection == Selection() else self.selection


NOBODY_SAYS = ScanRequest()
"""A request of which nothing is said."""


class ScanRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What the store keeps of one scan: its state, and who asked for it when and why.

    Args:
        scan: Id.
        fleet: Name.
        state: Where it stands.
        requested: When it was asked for.
        finished: When it ended.
        epoch: How often it began anew in Redis.
        tenants: How many targets it has; 0 before it began.
        answered: How many of them were read, or were given up with a reason; none when that is not known any more.
        reason: Why it ended without a report, in a sentence; empty when it has one.
        purpose: Why it was asked for.
        requested_by: Who asked.
        selection: Which tenants it is for; none for the whole fleet.
    """

    scan: str
    fleet: str
    state: ScanState
    requested: dt.datetime
    finished: dt.datetime | None
    epoch: int
    tenants: int
    answered: int | None = None
    reason: str = ""
    purpose: str = ""
    requested_by: str = ""
    selection: Selection | None = None

    @classmethod
    def from_row(cls, row: Any) -> Self:
        """Read a row of `fleetdrift.scans_now`."""
        text = row["selection"]
        selection = msgspec.json.decode(text, type=Selection) if text is not None else None
        return cls(**{**dict(row), "state": ScanState(row["state"]), "selection": selection})


class LedgerRow(msgspec.Struct, frozen=True, kw_only=True):
    """One tenant of one scan: its target, and what an earlier coordinator stored of it."""

    target: Target
    mark: Mark | None
    outcome: FinalOutcome | None


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """A notice on its way to one who is told.

    Args:
        notice: What is to be sent.
        sink: Name of who is told.
        tries: How often it was sent in vain.
        created: When the notice was written down.
    """

    notice: Notice
    sink: str
    tries: int
    created: dt.datetime

    @classmethod
    def from_row(cls, row: Any) -> Self:
        """Read a row of `due_deliveries.sql`."""
        return cls(
            notice=decode_json(NOTICE, row["document"], Notice),
            sink=row["sink"],
            tries=row["tries"],
            created=row["created"],
        )
