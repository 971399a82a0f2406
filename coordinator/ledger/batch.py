"""The records of the ledger: a batch, an item's final outcome, and what is remembered of an item and of a batch."""

from __future__ import annotations

import math

import msgspec

from coordinator.ledger.lane import Lane
from shared.events.run import BatchAnswered, BatchExpired
from shared.messages import Analysed, Claiming, Failed, Observed

FinalOutcome = Observed | Analysed | Failed
"""How an item ended; it does not change any more."""

ItemOutcome = tuple[str, FinalOutcome]
"""An item and how it ended."""


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """What one message asks for.

    Args:
        id: Unique in the ledger.
        lane: Host.
        items: Tenants, in the order they are to be read.
        attempt: How often the most often sent of them has been sent.
        connections: How many may be held at once.
        careful: One after the other.
        open: Its worker may claim pieces that lie open.
    """

    id: str
    lane: str
    items: tuple[str, ...]
    attempt: int
    connections: int
    careful: bool = False
    open: bool = False


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """How often an item was sent and struck, stored so that another coordinator can finish the scan.

    Args:
        item: Tenant.
        attempt: How often it has been sent.
        strikes: How often it was the one being read when a worker died.
        batch: The batch it was sent in last.
    """

    item: str
    attempt: int
    strikes: int
    batch: str


class ItemState:
    """What the ledger knows of one item.

    Args:
        lane: The lane of the item's host.
    """

    __slots__ = ("attempt", "batch", "busy_since", "lane", "outcome", "retries", "sent_in", "strikes")

    def __init__(self, lane: Lane) -> None:
        self.lane = lane
        self.attempt = 0
        self.strikes = 0
        self.retries = 0
        self.busy_since = math.inf  # when it first was busy
        self.batch = ""  # id of the batch in flight that holds it; empty: in none
        self.sent_in: tuple[str, ...] = ()  # ids of all batches it was sent in: only their answers count
        self.outcome: FinalOutcome | None = None

    def send_in(self, batch: str) -> None:
        """Note the batch in which it is sent now."""
        self.batch = batch
        self.sent_in += (batch,)

    def restore(self, mark: Mark) -> None:
        """Take over what an earlier coordinator stored; its batch may still be answered."""
        self.attempt, self.strikes = mark.attempt, mark.strikes
        self.sent_in += (mark.batch,)


class BatchInFlight:
    """A batch that was sent and is not over: something of it is not answered, or its worker claims more.

    Args:
        batch: What was sent.
        number: Counts the ledger's batches, in the order they were sent.
        now: When it was sent, in seconds.
        probe: It tries a host whose breaker is open.
    """

    __slots__ = (
        "batch", "claimed", "claiming", "excused", "last_heard", "left_queue_at", "number", "probe", "started",
        "unanswered",
    )  # fmt: skip

    def __init__(self, batch: Batch, number: int, now: float, *, probe: bool) -> None:
        self.batch = batch
        self.number = number
        self.last_heard = now
        self.started = False
        self.excused = False  # its worker may be silent because Redis was away, not because it died
        self.left_queue_at: float | None = None  # when it became known that the message is no longer in the queue
        self.unanswered = dict.fromkeys(batch.items)  # in the order in which they are read
        self.claiming = Claiming.NEVER
        self.claimed = 0  # items
        self.probe = probe

    @property
    def over(self) -> bool:
        """Everything is answered, and nothing is claimed any more."""
        return not self.unanswered and self.claiming is not Claiming.ON

    def missing(self) -> tuple[str, ...]:
        """Give the items without an answer, in the order they are read."""
        return tuple(self.unanswered)

    def answered(self) -> BatchAnswered:
        """Say that it is over."""
        items = len(self.batch.items) + self.claimed
        return BatchAnswered(batch=self.batch.id, host=self.batch.lane, items=items)

    def expired(self) -> BatchExpired:
        """Say that its lease has ended."""
        return BatchExpired(
            batch=self.batch.id, host=self.batch.lane, missing=len(self.unanswered), started=self.started
        )
