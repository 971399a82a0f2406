"""What is known of every item of a run: where it waits, which batch has it, how it ended. Pure bookkeeping.

What is to be sent, and what answers and silence mean, is decided in `coordinator.ledger.ledger`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from coordinator.ledger.batch import Batch, BatchInFlight, FinalOutcome, ItemOutcome, ItemState, Mark
from coordinator.ledger.groups import ALONE, Groups
from coordinator.ledger.lane import BatchDraft, Lane, LedgerRules
from coordinator.ledger.rate import Rate
from shared.events.event import RunEvent
from shared.events.run import BatchRequeued, RequeueReason


class Books:
    """Books on the items, batches and hosts of one run.

    Args:
        items: (item, lane) pairs; items are unique.
        capacities: Connections per lane.
        rules: See LedgerRules.
        prefix: Begins every batch's id, so that ids of a resumed run never meet those of its first life.
        groups: Which items are read together.
        open_pieces: Most pieces of a host that lie open for the workers to claim; 0 has each batch be what it names.
        rate: Most items that are begun in a second, over all lanes; 0 has no bound. What lies open is begun by
            whoever claims it, so with a rate nothing does.

    Raises:
        ValueError: When an item occurs twice.
    """

    def __init__(
        self,
        items: Iterable[tuple[str, str]],
        capacities: Mapping[str, int],
        rules: LedgerRules,
        prefix: str = "0",
        groups: Groups = ALONE,
        *,
        open_pieces: int = 0,
        rate: float = 0.0,
    ) -> None:
        self._rules = rules
        self._rate = Rate(rate)
        self._prefix = prefix
        self._lanes: dict[str, Lane] = {}
        self._items: dict[str, ItemState] = {}
        self._in_flight: dict[str, BatchInFlight] = {}
        self._finished: set[str] = set()
        self._sent = 0
        self._events: list[RunEvent] = []
        for item, name in items:
            if item in self._items:
                raise ValueError(f"{item} is in the fleet twice")
            if name not in self._lanes:
                self._lanes[name] = Lane(name, capacities[name], rules, groups, open_pieces=0 if rate else open_pieces)
            self._items[item] = ItemState(self._lanes[name])
        self._pieces = groups.count_pieces(self._items)
        for item in groups.side_by_side(tuple(self._items)):
            self._items[item].lane.push((item,))

    @property
    def done(self) -> bool:
        """Say whether every item has its final outcome."""
        return len(self._finished) == len(self._items)

    @property
    def total(self) -> int:
        """Count the items."""
        return len(self._items)

    @property
    def finished(self) -> int:
        """Count the items that have their final outcome."""
        return len(self._finished)

    def in_flight(self) -> tuple[Batch, ...]:
        """Give the batches that were sent and are not completely answered, oldest first."""
        return tuple(flight.batch for flight in self._in_flight.values())

    def outcomes(self) -> dict[str, FinalOutcome]:
        """Give the final outcome of each finished item, in the order the items were given."""
        return {item: entry.outcome for item, entry in self._items.items() if entry.outcome is not None}

    def is_probe(self, batch: Batch) -> bool:
        """Say whether a batch in flight tries a host whose breaker is open."""
        return self._in_flight[batch.id].probe

    def drain_events(self) -> list[RunEvent]:
        """Give what happened since the last call, for the log; the run is not filled in."""
        events, self._events = self._events, []
        return events

    def restore(self, item: str, mark: Mark | None, outcome: FinalOutcome | None) -> None:
        """Take over what an earlier coordinator stored of an item, before the first batch is sent."""
        entry = self._items[item]
        if mark is not None:
            entry.restore(mark)
        if outcome is not None:
            self._set_outcome(item, entry, outcome)

    def peaks(self, runners: int) -> dict[str, int]:
        """Give, for each lane with batches in flight, how many connections can be open at once."""
        return {name: lane.peak(runners) for name, lane in self._lanes.items() if lane.in_flight}

    def _register(self, lane: Lane, draft: BatchDraft, now: float) -> Batch:
        self._sent += 1
        self._rate.take(len(draft.items))
        attempt = 0
        for item in draft.items:
            entry = self._items[item]
            entry.attempt += 1
            attempt = max(attempt, entry.attempt)
            if lane.held.pop(item, None) is not None:
                entry.retries += 1
        batch = Batch(
            id=f"{self._prefix}-{self._sent}",
            lane=lane.name,
            items=draft.items,
            attempt=attempt,
            connections=draft.connections,
            careful=draft.careful,
            open=draft.open,
        )
        for item in draft.items:
            self._items[item].send_in(batch.id)
        lane.in_flight.append(batch.connections)
        lane.open_batches += batch.open
        self._in_flight[batch.id] = BatchInFlight(batch, self._sent, now, probe=draft.probe)
        return batch

    def withdraw(self, batch: Batch) -> None:
        """Take back a batch that could not be sent: its items wait again, and the attempt does not count."""
        self._rate.take(-len(batch.items))
        for item in batch.items:
            self._items[item].attempt -= 1
        self._requeue(self._in_flight[batch.id], None)

    def marks(self, batch: Batch) -> tuple[Mark, ...]:
        """Give what must be stored of a batch before it is sent."""
        return tuple(self._mark(item, batch.id) for item in batch.items)

    def _mark(self, item: str, batch: str) -> Mark:
        entry = self._items[item]
        return Mark(item=item, attempt=entry.attempt, strikes=entry.strikes, batch=batch)

    def _set_outcome(self, item: str, entry: ItemState, outcome: FinalOutcome) -> ItemOutcome:
        entry.outcome = outcome
        self._finished.add(item)
        entry.lane.held.pop(item, None)
        self._clear_in_flight(item, entry)
        return item, outcome

    def _clear_in_flight(self, item: str, entry: ItemState) -> None:
        flight = self._in_flight.get(entry.batch)
        entry.batch = ""
        if flight is not None:
            flight.unanswered.pop(item, None)
            if flight.over:
                self._remove(flight)
                self._events.append(flight.answered())

    def _remove(self, flight: BatchInFlight) -> None:
        lane = self._lanes[flight.batch.lane]
        del self._in_flight[flight.batch.id]
        lane.in_flight.remove(flight.batch.connections)
        lane.open_batches -= flight.batch.open

    def _note_requeued(self, batch: Batch, items: tuple[str, ...], reason: RequeueReason, *, careful: bool) -> None:
        self._events.append(
            BatchRequeued(batch=batch.id, host=batch.lane, items=len(items), reason=reason, careful=careful)
        )

    def _requeue(self, flight: BatchInFlight, reason: RequeueReason | None) -> None:
        """Queue what is missing of a batch again, without a strike; without a reason it was never sent."""
        lane, items = self._lanes[flight.batch.lane], flight.missing()
        self._take_back(flight, items)
        if reason is not None:
            self._note_requeued(flight.batch, items, reason, careful=flight.batch.careful)
        if flight.batch.careful:
            lane.push_careful(items)
        else:
            lane.push(items, front=True)

    def _take_back(self, flight: BatchInFlight, items: tuple[str, ...]) -> None:
        for item in items:
            self._items[item].batch = ""
        self._remove(flight)
