"""The ledger of one run: which items still have to be read, which batches are in flight, and how each item ended.

A pure state machine: no clock, no network, no randomness. The coordinator tells it the time (any monotonic number of
seconds) and what arrived; it says what to send. Completion is derived from it and from nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import msgspec

from coordinator.ledger.batch import Batch, BatchInFlight, ItemOutcome, ItemState, Mark
from coordinator.ledger.books import Books
from coordinator.ledger.lane import RETRIED, Held, Lane, Window
from shared.events.run import (
    BatchStarted,
    BreakerClosed,
    BreakerOpened,
    HostFailed,
    PiecesLost,
    RequeueReason,
    TenantHeld,
    TenantStruck,
)
from shared.messages import (
    HOST_DOWN,
    Analysed,
    Answer,
    Claiming,
    DeferReason,
    Deferred,
    Failed,
    Observed,
    host_down,
)
from shared.targets import Failure, FailureKind


class Ledger(Books):
    """Decides, for one run, what to send to the workers and what their answers and their silence mean.

    The arguments are those of `Books`.
    """

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
                if (most := self._rate.left(now)) < 1:
                    return tuple(batches)
                draft = lane.draft_batch(now, msgspec.structs.replace(window, most=most), self._finished)
                if draft is not None:
                    batches.append(self._register(lane, draft, now))
                    still.append(lane)
                if len(batches) >= room:
                    break
            active = still
        return tuple(batches)

    def claim(self, batch_id: str, pieces: Iterable[tuple[str, ...]]) -> tuple[Mark, ...]:
        """Note that a batch has grown: its worker took pieces off what lay open.

        What a batch claimed that was given up in the meantime waits again. Its answers count all the same, as do those
        to what an earlier coordinator laid open.

        Returns:
            What must be stored of the items.
        """
        flight, marks = self._in_flight.get(batch_id), []
        for piece in pieces:
            lane = self._items[piece[0]].lane if piece[0] in self._items else None
            was_open = lane is not None and lane.open.pieces.pop(piece[0], None) == piece
            for item in piece:
                if item not in self._items or self._items[item].outcome is not None:
                    continue
                entry = self._items[item]
                entry.sent_in += (batch_id,)
                if was_open and flight is None:
                    entry.lane.push((item,), front=True)
                elif was_open and flight is not None:
                    entry.attempt += 1
                    entry.batch = batch_id
                    flight.unanswered[item] = None
                    flight.claimed += 1
                    marks.append(self._mark(item, batch_id))
        return tuple(marks)

    def answer(
        self, batch_id: str, answers: Iterable[Answer], now: float, claiming: Claiming = Claiming.NEVER
    ) -> list[ItemOutcome]:
        """Apply the answers to a batch; the first final answer to an item wins.

        Args:
            batch_id: The batch they came from, which may have been given up in the meantime.
            answers: None at all is a heartbeat.
            now: Seconds.
            claiming: Whether its worker claims more.

        Returns:
            The items that are finished by this, and how they ended.
        """
        flight = self._in_flight.get(batch_id)
        if flight is not None:
            flight.last_heard, flight.excused = now, False
            if not flight.started:
                self._mark_started(flight, now)
            if claiming is Claiming.ON:
                flight.claiming = claiming
                self._note_claiming(self._lanes[flight.batch.lane])
        before = len(self._finished)
        fresh: list[ItemOutcome] = []
        for answer in answers:
            entry = self._items.get(answer.item)
            if entry is not None and entry.outcome is None and batch_id in entry.sent_in:
                fresh += self._apply_answer(answer, entry, batch_id, now)
        assert len(self._finished) - before == len(fresh)
        if claiming is Claiming.OVER and (flight := self._in_flight.get(batch_id)) is not None:
            self._end_claiming(flight)
        return fresh

    def _note_claiming(self, lane: Lane) -> None:
        """Note that workers claim: what they do on one host they do on the others."""
        if not lane.open.claimed:
            for each in self._lanes.values():
                each.open.claimed = True

    def _end_claiming(self, flight: BatchInFlight) -> None:
        """End a batch whose worker says that it has answered for all that it claimed.

        What is missing was taken off for it by a Redis whose answer never reached it: nobody reads that.
        """
        if flight.missing():
            self._requeue(flight, RequeueReason.CLAIM_LOST)
        else:
            self._remove(flight)
            self._events.append(flight.answered())

    def end_batches(self) -> None:
        """End the batches of which everything is answered: whether their workers would claim more matters no longer."""
        for flight in tuple(self._in_flight.values()):
            if not flight.unanswered:
                self._end_claiming(flight)

    def lay_open(self, limits: Mapping[str, int] = {}) -> dict[str, list[tuple[str, ...]]]:  # not written
        """Give the pieces that are to lie open from now on, for the workers that claim some, by lane.

        Args:
            limits: As in `next_batches`.
        """
        laid = {name: lane.lay_open(_limit(lane, limits), self._finished) for name, lane in self._lanes.items()}
        return {name: pieces for name, pieces in laid.items() if pieces}

    def lanes_to_close(self, limits: Mapping[str, int] = {}) -> tuple[str, ...]:  # not written
        """Name the lanes of which nothing may lie open now: what is still there is taken back (`close`)."""
        return tuple(name for name, lane in self._lanes.items() if lane.must_close(_limit(lane, limits)))

    def open_lanes(self) -> tuple[str, ...]:
        """Name the lanes of which something lies open."""
        return tuple(name for name, lane in self._lanes.items() if lane.open.pieces)

    def close(self, lane_name: str, pieces: Iterable[tuple[str, ...]]) -> None:
        """Note that pieces of a lane that nobody had claimed do not lie open any more: they wait again."""
        lane = self._lanes[lane_name]
        for piece in reversed(tuple(pieces)):
            lane.push(lane.open.pieces.pop(piece[0], ()), front=True)

    def lose_open(self, lane_name: str) -> None:
        """Note that Redis lost all that lay open of a lane: it waits again, and nobody is to blame."""
        lane = self._lanes[lane_name]
        if lane.open.pieces:
            self._events.append(PiecesLost(host=lane_name, pieces=len(lane.open.pieces)))
            self.close(lane_name, tuple(lane.open.pieces.values()))

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

    def _handle_crash(self, flight: BatchInFlight) -> list[ItemOutcome]:
        """Requeue carefully what a dead worker left; when it was careful already, the item being read gets a strike.

        A careful batch reads one item after the other and answers each at once: its first missing item is the one that
        was being read.
        """
        lane, items = self._lanes[flight.batch.lane], flight.missing()
        self._take_back(flight, items)
        lane.open.claimed = False  # until the next worker says that it claims
        if not items:
            return []
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
        for lane in self._lanes.values():
            self.close(lane.name, tuple(lane.open.pieces.values()))

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


def _limit(lane: Lane, limits: Mapping[str, int]) -> int:
    return min(lane.capacity, limits.get(lane.name, lane.capacity))
