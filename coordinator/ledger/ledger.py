"""Who is still to be read, who has what, and what an answer or a silence means.

A pure state machine: no clock, no network, no randomness. The coordinator tells it the time (any monotonic number of
seconds) and what arrived; it says what to send. Completion is derived from it and from nothing else.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import msgspec

from coordinator.ledger.lane import RETRIED, Held, Lane, LedgerRules, Load, Window
from shared.messages import HOST_DOWN, Analysed, Answer, Deferred, Failed, Observed, host_down
from shared.targets import Failure, FailureKind

Final = Observed | Analysed | Failed
Settled = tuple[str, Final]


class Batch(msgspec.Struct, frozen=True, kw_only=True):
    """What one message asks for.

    Args:
        id: Unique in the ledger.
        lane: Host.
        items: Tenants, in the order they are to be read.
        attempt: How often the most often sent of them has been sent.
        connections: How many may be held at once.
        careful: One after the other.
    """

    id: str
    lane: str
    items: tuple[str, ...]
    attempt: int
    connections: int
    careful: bool = False


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """What must be remembered of one item beside its outcome, for a coordinator that takes over."""

    item: str
    attempt: int
    strikes: int
    batch: str


class _Entry:
    __slots__ = ("attempt", "flight", "lane", "outcome", "strikes", "tries")

    def __init__(self, lane: Lane) -> None:
        self.lane = lane
        self.attempt = 0
        self.strikes = 0
        self.tries = 0
        self.flight = ""
        self.outcome: Final | None = None


class _Flight:
    __slots__ = ("batch", "begun", "overtaken", "pending", "probe", "seen", "sent")

    def __init__(self, batch: Batch, number: int, now: float, *, probe: bool) -> None:
        self.batch = batch
        self.sent = number
        self.seen = now
        self.begun = False
        self.overtaken: float | None = None  # when it became known that this message is no longer in the queue
        self.pending = set(batch.items)
        self.probe = probe


class Ledger:
    """One run's book.

    Args:
        items: (item, lane) pairs; items are unique.
        capacities: Connections per lane.
        rules: See LedgerRules.
        prefix: Begins every batch's id, so that ids of a resumed run never meet those of its first life.

    Raises:
        ValueError: When an item occurs twice.
    """

    def __init__(
        self, items: Iterable[tuple[str, str]], capacities: Mapping[str, int], rules: LedgerRules, prefix: str = "0"
    ) -> None:
        self._rules = rules
        self._prefix = prefix
        self._lanes: dict[str, Lane] = {}
        self._entries: dict[str, _Entry] = {}
        self._flights: dict[str, _Flight] = {}
        self._settled: set[str] = set()
        self._sent = 0
        for item, name in items:
            if item in self._entries:
                raise ValueError(f"{item} is in the fleet twice")
            lane = self._lanes.get(name) or self._lanes.setdefault(name, Lane(name, capacities[name], rules))
            self._entries[item] = _Entry(lane)
            lane.push((item,))

    # -- what it knows -------------------------------------------------------------------------------------------

    @property
    def done(self) -> bool:
        """Every item has its final outcome."""
        return len(self._settled) == len(self._entries)

    @property
    def total(self) -> int:
        """Number of items."""
        return len(self._entries)

    @property
    def settled(self) -> int:
        """How many have their final outcome."""
        return len(self._settled)

    def flights(self) -> tuple[Batch, ...]:
        """What is with the workers, oldest first."""
        return tuple(flight.batch for flight in self._flights.values())

    def outcomes(self) -> dict[str, Final]:
        """Give the final outcome of each settled item, in the order the items were given."""
        return {item: entry.outcome for item, entry in self._entries.items() if entry.outcome is not None}

    def restore(self, item: str, mark: Mark | None, outcome: Final | None) -> None:
        """Take over what an earlier coordinator wrote down."""
        entry = self._entries[item]
        if mark is not None:
            entry.attempt, entry.strikes = mark.attempt, mark.strikes
        if outcome is not None:
            self._settle(item, entry, outcome)

    # -- what to send --------------------------------------------------------------------------------------------

    def offer(self, now: float, slots: int, runners: int = 0) -> tuple[Batch, ...]:
        """Give the batches to send now: at most two per slot in flight, and per lane within its capacity.

        Args:
            now: Seconds.
            slots: Worker slots to plan for.
            runners: How many batches can really run at once, when that may be more.
        """
        room = 2 * slots - len(self._flights)
        active = [lane for lane in self._lanes.values() if lane.waiting or lane.held]
        window = Window(
            runners=max(slots, runners),
            share=max(1, math.ceil(slots / max(1, len(active)))),
            size=max(1, min(self._rules.batch_size, math.ceil(self.total / (4 * slots)))),
            probing=not any(lane.tripped is None and (lane.waiting or lane.flying) for lane in self._lanes.values()),
        )
        batches: list[Batch] = []
        while active and len(batches) < room:
            still: list[Lane] = []  # one batch per lane and round: no host is served before another
            for lane in active:
                load = lane.load(now, window, self._settled)
                if load is not None:
                    batches.append(self._send(lane, load, now))
                    still.append(lane)
                if len(batches) >= room:
                    break
            active = still
        return tuple(batches)

    def peaks(self, runners: int) -> dict[str, int]:
        """Give, for each lane with batches in flight, how many connections can be open at once."""
        return {name: lane.peak(runners) for name, lane in self._lanes.items() if lane.flying}

    def _send(self, lane: Lane, load: Load, now: float) -> Batch:
        self._sent += 1
        attempt = 0
        for item in load.items:
            entry = self._entries[item]
            entry.attempt += 1
            attempt = max(attempt, entry.attempt)
            if lane.held.pop(item, None) is not None:
                entry.tries += 1
        batch = Batch(
            id=f"{self._prefix}-{self._sent}",
            lane=lane.name,
            items=load.items,
            attempt=attempt,
            connections=load.connections,
            careful=load.careful,
        )
        for item in load.items:
            self._entries[item].flight = batch.id
        lane.flying.append(batch.connections)
        self._flights[batch.id] = _Flight(batch, self._sent, now, probe=load.probe)
        return batch

    def withdraw(self, batch: Batch) -> None:
        """Take back a batch that could not be sent; its items wait again, and nobody is blamed."""
        for item in batch.items:
            self._entries[item].attempt -= 1
        self._return(self._flights[batch.id])

    def marks(self, batch: Batch) -> tuple[Mark, ...]:
        """Give what must be written down of a batch that is being sent."""
        return tuple(
            Mark(item=item, attempt=entry.attempt, strikes=entry.strikes, batch=batch.id)
            for item, entry in ((item, self._entries[item]) for item in batch.items)
        )

    # -- what arrived --------------------------------------------------------------------------------------------

    def answer(self, batch_id: str, answers: Iterable[Answer], now: float) -> list[Settled]:
        """Take answers (none at all is a sign of life) and give what they settled. The first answer to an item wins."""
        flight = self._flights.get(batch_id)
        if flight is not None:
            flight.seen = now
            if not flight.begun:
                self._begin(flight, now)
        before = len(self._settled)
        fresh: list[Settled] = []
        for answer in answers:
            entry = self._entries.get(answer.item)
            if entry is not None and entry.outcome is None:
                fresh += self._take(answer, entry, batch_id, now)
        assert len(self._settled) - before == len(fresh)
        return fresh

    def _begin(self, flight: _Flight, now: float) -> None:
        """Note that this message, and by the queue's order every earlier one, has left the queue."""
        flight.begun = True
        for other in self._flights.values():
            if not other.begun and other.sent < flight.sent and other.overtaken is None:
                other.overtaken = now

    def _take(self, answer: Answer, entry: _Entry, batch_id: str, now: float) -> list[Settled]:
        lane, ours = entry.lane, batch_id in self._flights and entry.flight == batch_id
        match answer.outcome:
            case Deferred(reason=reason):
                if ours:
                    if reason == "breaker":
                        lane.trip()
                    self._land(answer.item, entry)
                    lane.push((answer.item,))
                return []
            case Failed(failure=failure) as outcome if failure.kind in HOST_DOWN | RETRIED:
                probe = ours and self._flights[batch_id].probe
                lane.record(failure.kind)
                if not ours:
                    return []  # an answer from a batch given up for lost; the newer try will tell
                self._land(answer.item, entry)
                again = failure.kind in RETRIED and entry.tries < self._rules.late_tries
                lane.held[answer.item] = Held(outcome, now + self._rules.late_pause if again else math.inf)
                return self._close(lane, failure.kind) if probe and failure.kind in HOST_DOWN else []
            case Observed() | Analysed() | Failed() as outcome:
                lane.record(None)
                return [self._settle(answer.item, entry, outcome)]

    def _settle(self, item: str, entry: _Entry, outcome: Final) -> Settled:
        entry.outcome = outcome
        self._settled.add(item)
        entry.lane.held.pop(item, None)
        self._land(item, entry)
        return item, outcome

    def _land(self, item: str, entry: _Entry) -> None:
        flight = self._flights.get(entry.flight)
        entry.flight = ""
        if flight is not None:
            flight.pending.discard(item)
            if not flight.pending:
                self._finish(flight)

    def _finish(self, flight: _Flight) -> None:
        del self._flights[flight.batch.id]
        self._lanes[flight.batch.lane].flying.remove(flight.batch.connections)

    def _close(self, lane: Lane, kind: FailureKind) -> list[Settled]:
        """Settle everything that waits for a host whose last probe failed."""
        down = Failed(host_down(lane.name, kind))
        waiting = [item for item in dict.fromkeys(lane.drain()) if item not in self._settled]
        settled = [self._settle(item, self._entries[item], down) for item in waiting]
        for item, held in tuple(lane.held.items()):
            outcome = down if held.outcome.failure.kind in HOST_DOWN else held.outcome
            settled.append(self._settle(item, self._entries[item], outcome))
        return settled

    # -- what did not arrive -------------------------------------------------------------------------------------

    def tick(self, now: float, *, queue_empty: bool) -> list[Settled]:
        """Draw conclusions from silence, and give what they settled.

        Args:
            now: Seconds.
            queue_empty: The queue was seen empty after everything sent so far had been put into it.
        """
        settled: list[Settled] = []
        for flight in tuple(self._flights.values()):
            if flight.begun:
                if now - flight.seen > self._rules.lease:
                    settled += self._crashed(flight)
            elif flight.overtaken is None:
                flight.overtaken = now if queue_empty else None
            elif now - flight.overtaken > self._rules.lease:
                self._return(flight)  # the message was lost on its way: nobody is to blame
        return settled + self._exhausted()

    def _unanswered(self, flight: _Flight) -> tuple[str, ...]:
        return tuple(item for item in flight.batch.items if item in flight.pending)

    def _return(self, flight: _Flight) -> None:
        lane, items = self._lanes[flight.batch.lane], self._unanswered(flight)
        for item in items:
            self._entries[item].flight = ""
        self._finish(flight)
        if flight.batch.careful:
            lane.push_careful(items)
        else:
            lane.push(items, front=True)

    def _crashed(self, flight: _Flight) -> list[Settled]:
        """Blame nobody for a first crash: its rest goes one after the other, so a second one points at a tenant."""
        lane, items = self._lanes[flight.batch.lane], self._unanswered(flight)
        if not flight.batch.careful:
            self._release(flight, items)
            lane.push_careful(items)
            return []
        suspect, entry = items[0], self._entries[items[0]]
        entry.strikes += 1
        if entry.strikes >= self._rules.strikes and len(flight.batch.items) == 1:
            failure = Failure(FailureKind.CRASHED, "every worker that read it died; it is left out of this scan")
            return [self._settle(suspect, entry, Failed(failure))]
        self._release(flight, items)
        lane.push_careful((suspect,))
        lane.push_careful(items[1:])
        return []

    def _release(self, flight: _Flight, items: tuple[str, ...]) -> None:
        for item in items:
            self._entries[item].flight = ""
        self._finish(flight)

    def _exhausted(self) -> list[Settled]:
        """Settle failures that will not be tried again, where the host's own fate is known."""
        settled: list[Settled] = []
        for lane in self._lanes.values():
            if lane.tripped is not None and not lane.waiting and not lane.flying and lane.held:
                self._reopen(lane)
            if lane.tripped is not None or lane.waiting or lane.flying:
                continue
            for item, held in tuple(lane.held.items()):
                if held.eligible == math.inf:
                    settled.append(self._settle(item, self._entries[item], held.outcome))
        return settled

    def _reopen(self, lane: Lane) -> None:
        """Give a closed host something to be probed with, when all its tenants have failed already."""
        item = next(iter(lane.held))
        lane.held.pop(item)
        lane.push((item,))

    def touch(self, now: float) -> None:
        """Begin every lease anew: after an outage of Redis the workers' silence means nothing."""
        for flight in self._flights.values():
            flight.seen, flight.overtaken = now, None

    def recall(self) -> None:
        """Take everything back that is with the workers: Redis lost its memory. Nobody is blamed."""
        for flight in tuple(self._flights.values()):
            self._return(flight)

    def give_up(self, failure: Failure) -> list[Settled]:
        """End the run: what failed keeps its failure, the rest gets this one."""
        settled: list[Settled] = []
        for item, entry in self._entries.items():
            if entry.outcome is None:
                held = entry.lane.held.get(item)
                settled.append(self._settle(item, entry, held.outcome if held else Failed(failure)))
        return settled
