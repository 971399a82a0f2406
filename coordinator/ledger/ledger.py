"""The ledger of one run: which items still have to be read, which batches are in flight, and how each item ended.

A pure state machine: no clock, no network, no randomness. The coordinator tells it the time (any monotonic number of
seconds) and what arrived; it says what to send. Completion is derived from it and from nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

from coordinator.ledger.batch import Batch, BatchInFlight, FinalOutcome, ItemOutcome, ItemState, Mark
from coordinator.ledger.groups import ALONE, Groups
from coordinator.ledger.lane import RETRIED, BatchDraft, Held, Lane, LedgerRules, Window
from shared.events.event import RunEvent
from shared.events.run import (
    BatchAnswered,
    BatchRequeued,
    BatchStarted,
    BreakerClosed,
    BreakerOpened,
    HostFailed,
    RequeueReason,
    TenantHeld,
    TenantStruck,
)
from shared.messages import HOST_DOWN, Analysed, Answer, DeferReason, Deferred, Failed, Observed, host_down
from shared.targets import Failure, FailureKind


class Ledger:
    """Decides, for one run, what to send to the workers and what their answers and their silence mean.

    Args:
        items: (item, lane) pairs; items are unique.
        capacities: Connections per lane.
        rules: See LedgerRules.
        prefix: Begins every batch's id, so that ids of a resumed run never meet those of its first life.
        groups: Which items are read together.

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
    ) -> None:
        self._rules = rules
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
            lane = self._lanes.get(name) or self._lanes.setdefault(name, Lane(name, capacities[name], rules, groups))
            self._items[item] = ItemState(lane)
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

    def next_batches(
        self,
        now: float,
        slots: int,
        runners: int = 0,
        limits: Mapping[str, int] = {},  # not written
    ) -> tuple[Batch, ...]:
        """Give the batches to send now: at most two per slot in flight, and per lane within its capacity.

        Args:
            now: Seconds.
            slots: Worker slots to plan for.
            runners: How many batches can really run at once, when that may be more.
            limits: Connections that a lane may hold now, where that may be less than its capacity.
        """
        room = 2 * slots - len(self._in_flight)
        active = [lane for lane in self._lanes.values() if lane.waiting or lane.held]
        window = Window(
            runners=max(slots, runners),
            share=max(1, math.ceil(slots / max(1, len(active)))),
            size=max(1, min(self._rules.batch_size, math.ceil(self._pieces / (4 * slots)))),
            may_probe=not any(lane.opened_by is None and lane.busy for lane in self._lanes.values()),
            limits=limits,
        )
        batches: list[Batch] = []
        while active and len(batches) < room:
            still: list[Lane] = []  # one batch per lane and round: no host is served before another
            for lane in active:
                draft = lane.draft_batch(now, window, self._finished)
                if draft is not None:
                    batches.append(self._register(lane, draft, now))
                    still.append(lane)
                if len(batches) >= room:
                    break
            active = still
        return tuple(batches)

    def peaks(self, runners: int) -> dict[str, int]:
        """Give, for each lane with batches in flight, how many connections can be open at once."""
        return {name: lane.peak(runners) for name, lane in self._lanes.items() if lane.in_flight}

    def _register(self, lane: Lane, draft: BatchDraft, now: float) -> Batch:
        self._sent += 1
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
        )
        for item in draft.items:
            self._items[item].send_in(batch.id)
        lane.in_flight.append(batch.connections)
        self._in_flight[batch.id] = BatchInFlight(batch, self._sent, now, probe=draft.probe)
        return batch

    def withdraw(self, batch: Batch) -> None:
        """Take back a batch that could not be sent: its items wait again, and the attempt does not count."""
        for item in batch.items:
            self._items[item].attempt -= 1
        self._requeue(self._in_flight[batch.id], None)

    def marks(self, batch: Batch) -> tuple[Mark, ...]:
        """Give what must be stored of a batch before it is sent."""
        return tuple(
            Mark(item=item, attempt=entry.attempt, strikes=entry.strikes, batch=batch.id)
            for item, entry in ((item, self._items[item]) for item in batch.items)
        )

    def answer(self, batch_id: str, answers: Iterable[Answer], now: float) -> list[ItemOutcome]:
        """Apply the answers to a batch; the first final answer to an item wins.

        Args:
            batch_id: The batch they came from, which may have been given up in the meantime.
            answers: None at all is a heartbeat.
            now: Seconds.

        Returns:
            The items that are finished by this, and how they ended.
        """
        flight = self._in_flight.get(batch_id)
        if flight is not None:
            flight.last_heard, flight.excused = now, False
            if not flight.started:
                self._mark_started(flight, now)
        before = len(self._finished)
        fresh: list[ItemOutcome] = []
        for answer in answers:
            entry = self._items.get(answer.item)
            if entry is not None and entry.outcome is None and batch_id in entry.sent_in:
                fresh += self._apply_answer(answer, entry, batch_id, now)
        assert len(self._finished) - before == len(fresh)
        return fresh

    def _mark_started(self, flight: BatchInFlight, now: float) -> None:
        """Note that a worker started this batch: the queue keeps order, so every earlier message has left it too."""
        flight.started = True
        self._events.append(BatchStarted(batch=flight.batch.id, host=flight.batch.lane))
        for other in self._in_flight.values():
            if not other.started and other.number < flight.number and other.left_queue_at is None:
                other.left_queue_at = now

    def _apply_answer(self, answer: Answer, entry: ItemState, batch_id: str, now: float) -> list[ItemOutcome]:
        lane, ours = entry.lane, batch_id in self._in_flight and entry.batch == batch_id
        match answer.outcome:
            case Deferred(reason=reason):
                if ours:
                    if reason is DeferReason.BREAKER:
                        before = lane.opened_by
                        lane.open_breaker()
                        self._note_breaker(lane, before)
                    self._clear_in_flight(answer.item, entry)
                    lane.push((answer.item,))
                return []
            case Failed(failure=failure) as outcome if failure.kind in HOST_DOWN | RETRIED:
                probe = ours and self._in_flight[batch_id].probe
                self._count_answer(lane, failure.kind)
                if not ours:
                    return []  # from a batch that was given up: the newer attempt decides
                self._clear_in_flight(answer.item, entry)
                if failure.kind is FailureKind.BUSY:
                    entry.busy_since = min(entry.busy_since, now)
                due = lane.retry_at(answer.item, failure.kind, entry.retries, entry.busy_since, now)
                lane.held[answer.item], again = Held(outcome, due), due < math.inf
                self._events.append(TenantHeld(tenant=answer.item, host=lane.name, kind=failure.kind, retried=again))
                return self._fail_host(lane, failure.kind) if probe and failure.kind in HOST_DOWN else []
            case Observed() | Analysed() | Failed() as outcome:
                self._count_answer(lane, None)
                return [self._set_outcome(answer.item, entry, outcome)]

    def _count_answer(self, lane: Lane, kind: FailureKind | None) -> None:
        before = lane.opened_by
        lane.count_answer(kind)
        self._note_breaker(lane, before)

    def _note_breaker(self, lane: Lane, before: FailureKind | None) -> None:
        if before is None and lane.opened_by is not None:
            self._events.append(BreakerOpened(host=lane.name, kind=lane.opened_by))
        elif before is not None and lane.opened_by is None:
            self._events.append(BreakerClosed(host=lane.name))

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
            flight.unanswered.discard(item)
            if not flight.unanswered:
                self._remove(flight)
                self._events.append(BatchAnswered(batch=flight.batch.id, host=flight.batch.lane))

    def _remove(self, flight: BatchInFlight) -> None:
        del self._in_flight[flight.batch.id]
        self._lanes[flight.batch.lane].in_flight.remove(flight.batch.connections)

    def _fail_host(self, lane: Lane, kind: FailureKind) -> list[ItemOutcome]:
        """End every item of a host whose probe failed: those that wait, and those whose failure was held."""
        down = Failed(host_down(lane.name, kind))
        waiting = [item for item in dict.fromkeys(lane.drain()) if item not in self._finished]
        ended = [self._set_outcome(item, self._items[item], down) for item in waiting]
        for item, held in tuple(lane.held.items()):
            outcome = down if held.outcome.failure.kind in HOST_DOWN else held.outcome
            ended.append(self._set_outcome(item, self._items[item], outcome))
        self._events.append(HostFailed(host=lane.name, kind=kind, tenants=len(ended)))
        return ended

    def tick(self, now: float, *, queue_empty: bool) -> list[ItemOutcome]:
        """Expire leases: requeue or fail batches that stopped answering; then end held failures that are not retried.

        Args:
            now: Seconds.
            queue_empty: The queue was seen empty after everything sent so far had been put into it.

        Returns:
            The items that are finished by this, and how they ended.
        """
        ended: list[ItemOutcome] = []
        for flight in tuple(self._in_flight.values()):
            if flight.started:
                if now - flight.last_heard > self._rules.lease:
                    self._events.append(flight.expired())
                    if flight.excused:
                        self._requeue(flight, RequeueReason.REDIS_AWAY)
                    else:
                        ended += self._handle_crash(flight)
            elif flight.left_queue_at is None:
                flight.left_queue_at = now if queue_empty else None
            elif now - flight.left_queue_at > self._rules.lease:
                self._events.append(flight.expired())
                self._requeue(flight, RequeueReason.MESSAGE_LOST)  # on its way: nobody is to blame
        return ended + self._end_held_failures()

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

    def _handle_crash(self, flight: BatchInFlight) -> list[ItemOutcome]:
        """Requeue carefully what a dead worker left; when it was careful already, the item being read gets a strike.

        A careful batch reads one item after the other and answers each at once: its first missing item is the one that
        was being read.
        """
        lane, items = self._lanes[flight.batch.lane], flight.missing()
        self._take_back(flight, items)
        if not flight.batch.careful:
            self._note_requeued(flight.batch, items, RequeueReason.WORKER_LOST, careful=True)
            lane.push_careful(items)
            return []
        suspect, entry = items[0], self._items[items[0]]
        entry.strikes += 1
        self._events.append(TenantStruck(tenant=suspect, host=lane.name, strikes=entry.strikes))
        if entry.strikes >= self._rules.max_strikes and len(flight.batch.items) == 1:
            failure = Failure(FailureKind.CRASHED, "every worker that read it died; it is left out of this scan")
            return [self._set_outcome(suspect, entry, Failed(failure))]
        self._note_requeued(flight.batch, items, RequeueReason.WORKER_LOST, careful=True)
        lane.push_careful((suspect,))
        lane.push_careful(items[1:])
        return []

    def _take_back(self, flight: BatchInFlight, items: tuple[str, ...]) -> None:
        for item in items:
            self._items[item].batch = ""
        self._remove(flight)

    def _end_held_failures(self) -> list[ItemOutcome]:
        """End held failures that are not retried, on hosts that are done and whose breaker is closed."""
        ended: list[ItemOutcome] = []
        for lane in self._lanes.values():
            if lane.opened_by is not None and not lane.busy and lane.held:
                self._requeue_probe(lane)
            if lane.opened_by is not None or lane.busy:
                continue
            for item, held in tuple(lane.held.items()):
                if held.retry_at == math.inf:
                    ended.append(self._set_outcome(item, self._items[item], held.outcome))
        return ended

    def _requeue_probe(self, lane: Lane) -> None:
        """Queue one held item again, so that a host whose breaker is open can be probed with it."""
        item = next(iter(lane.held))
        lane.held.pop(item)
        lane.push((item,))

    def reset_leases(self, now: float) -> None:
        """Start every lease again: workers could not be heard while Redis was away or stored nothing."""
        for flight in self._in_flight.values():
            flight.last_heard, flight.left_queue_at, flight.excused = now, None, True

    def requeue_all(self, reason: RequeueReason = RequeueReason.REDIS_LOST) -> None:
        """Queue the items of every batch in flight again, without a strike: Redis lost what they need."""
        for flight in tuple(self._in_flight.values()):
            self._requeue(flight, reason)

    def give_up(self, failure: Failure) -> list[ItemOutcome]:
        """End every unfinished item: a held failure becomes final, the rest get this one."""
        for flight in tuple(self._in_flight.values()):
            self._take_back(flight, flight.missing())
        ended: list[ItemOutcome] = []
        for item, entry in self._items.items():
            if entry.outcome is None:
                held = entry.lane.held.get(item)
                ended.append(self._set_outcome(item, entry, held.outcome if held else Failed(failure)))
        return ended
