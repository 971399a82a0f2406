"""The work that waits for one host, and what is known of the host's health. Pure: times are numbers given."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Iterator

import msgspec

from shared.messages import HOST_DOWN, Failed
from shared.targets import FailureKind

RETRIED = frozenset({FailureKind.BUSY, FailureKind.REFUSED})
"""Failures that may be gone a moment later: tried again when the rest of the host is done."""


class LedgerRules(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers the ledger decides by; times are seconds.

    Args:
        lease: Without a sign of life for so long, a batch is lost. Workers give one every second.
        batch_size: Most tenants in a batch.
        batch_connections: Most connections one batch holds.
        breaker: Failed connections in a row that close a host.
        strikes: How often a tenant must be the one being read when its worker dies before it is blamed.
        late_tries: How often a busy tenant is tried again.
        late_pause: How long to wait before that.
    """

    lease: float = 20.0
    batch_size: int = 50
    batch_connections: int = 16
    breaker: int = 3
    strikes: int = 3
    late_tries: int = 2
    late_pause: float = 1.0


class Held(msgspec.Struct, frozen=True):
    """A failure that is not final yet, and when the item may be tried again (infinity: not any more)."""

    outcome: Failed
    eligible: float


class Load(msgspec.Struct, frozen=True):
    """What goes into one batch."""

    items: tuple[str, ...]
    connections: int
    careful: bool = False
    probe: bool = False


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """What the run as a whole allows at this moment.

    Args:
        runners: How many batches can run at once, over all hosts.
        share: How many batches of one host should run side by side.
        size: About how many items a batch should have.
        probing: Whether a closed host may be tried now.
    """

    runners: int
    share: int
    size: int
    probing: bool


class Lane:
    """The queue of one host.

    Args:
        name: The host.
        capacity: Connections that may be held to it.
        rules: See LedgerRules.
    """

    def __init__(self, name: str, capacity: int, rules: LedgerRules) -> None:
        self.name = name
        self.capacity = capacity
        self.flying: list[int] = []  # connections of each batch that is with the workers
        self.held: dict[str, Held] = {}
        self.tripped: FailureKind | None = None
        self._rules = rules
        self._fresh: deque[str] = deque()
        self._groups: deque[tuple[str, ...]] = deque()
        self._streak = 0

    def push(self, items: tuple[str, ...], *, front: bool = False) -> None:
        """Queue items for normal batches."""
        if front:
            self._fresh.extendleft(reversed(items))
        else:
            self._fresh.extend(items)

    def push_careful(self, items: tuple[str, ...]) -> None:
        """Queue items that were in a batch that died: they go together again, one after the other."""
        if items:
            self._groups.append(items)

    @property
    def waiting(self) -> bool:
        """Something is queued (it may turn out to be settled already)."""
        return bool(self._fresh or self._groups)

    def drain(self) -> Iterator[str]:
        """Empty the queues."""
        while self._fresh:
            yield self._fresh.popleft()
        while self._groups:
            yield from self._groups.popleft()

    def record(self, kind: FailureKind | None) -> None:
        """Count an answer: None is a success; a failure that does not speak of the host counts as one."""
        if kind not in HOST_DOWN:
            self._streak, self.tripped = 0, None
            return
        self._streak += 1
        if self._streak >= self._rules.breaker:
            self.tripped = kind

    def trip(self) -> None:
        """Close the host because a worker's own breaker opened."""
        if self.tripped is None:
            self.tripped = FailureKind.REFUSED

    def peak(self, runners: int) -> int:
        """Give the most connections that can be open at once: no more than `runners` batches run at the same time."""
        return sum(sorted(self.flying, reverse=True)[:runners])

    def _free(self, runners: int) -> int:
        """Give the most connections another batch may have without the peak passing the capacity.

        A batch beyond `runners` only waits in the queue, and begins when another has ended: it is free up to that
        one's connections. So a worker's next batch is there when it asks, however few hosts there are.
        """
        largest = sorted(self.flying, reverse=True)[:runners]
        replaced = largest[-1] if len(largest) == runners else 0
        return self.capacity - sum(largest) + replaced

    def load(self, now: float, window: Window, settled: frozenset[str] | set[str]) -> Load | None:
        """Take the next batch's worth of work, or None when there is none or no connection is free.

        Args:
            now: Seconds.
            window: What the whole run allows.
            settled: Items that need no work any more.
        """
        free = self._free(window.runners)
        if free < 1:
            return None
        if self.tripped is not None:
            items = self._take(1, settled) if window.probing and not self.flying else ()
            return Load(items, 1, probe=True) if items else None
        while self._groups:
            group = tuple(item for item in self._groups.popleft() if item not in settled)
            if group:
                return Load(group, 1, careful=True)
        fair = math.ceil(len(self._fresh or self.held) / window.share)
        most = min(self._rules.batch_connections, self._rules.batch_size)
        connections = max(1, min(self.capacity // window.share, most, fair, free))
        # A multiple of the connections: none of them is idle while the last tenants are read.
        rounds = min(math.ceil(window.size / connections), self._rules.batch_size // connections)
        items = self._take(rounds * connections, settled) or self._late(now, rounds * connections)
        return Load(items, min(connections, len(items))) if items else None

    def _take(self, size: int, settled: frozenset[str] | set[str]) -> tuple[str, ...]:
        taken: list[str] = []
        while self._fresh and len(taken) < size:
            item = self._fresh.popleft()
            if item not in settled:
                taken.append(item)
        if not taken and self.tripped is not None:
            for group in tuple(self._groups):
                rest = tuple(item for item in group if item not in settled)
                self._groups.popleft()
                if rest:
                    self.push_careful(rest[1:])
                    return rest[:1]
        return tuple(taken)

    def _late(self, now: float, size: int) -> tuple[str, ...]:
        if self.flying:
            return ()
        ready = [
            item
            for item, held in self.held.items()
            if held.eligible <= now
        ]  # fmt: skip
        return tuple(ready[:size])
