"""The lane of one host: the items that wait for it, and its circuit breaker. Pure: times are numbers given."""

from __future__ import annotations

import math
import sys
from collections import deque
from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from hashlib import blake2b

import msgspec

from coordinator.ledger.groups import ALONE, Groups
from shared.messages import FAILURES_TO_OPEN_BREAKER, HOST_DOWN, Failed
from shared.targets import FailureKind

_TIMED_OUT = frozenset({FailureKind.TIMEOUT, FailureKind.CONNECT_TIMEOUT})

RETRIED = frozenset({FailureKind.BUSY, FailureKind.REFUSED, FailureKind.LOST}) | _TIMED_OUT
"""Failures that may be gone later: tried again when the rest of the host is done."""

BUSY_SHARE_OF_DEADLINE = 0.1
"""For so much of a run's deadline a tenant that is busy is tried again."""

_MAX_PAUSE_SECONDS = 30.0


class LedgerRules(msgspec.Struct, frozen=True, kw_only=True):
    """Numbers the ledger decides by; times are seconds.

    Args:
        lease: A batch whose worker is silent for longer is taken to be lost. Workers send a heartbeat every second.
        batch_size: Most pieces of work in a batch: tenants, or namespaces of a database that are read together.
        batch_items: Most tenants in a batch whose pieces are many tenants each.
        batch_connections: Most connections one batch holds.
        breaker: Failed connections in a row that open a host's breaker.
        max_strikes: A tenant that was being read so many times when a worker died ends as `crashed`.
        retries: How often a tenant that refused or lost the connection is tried again.
        retry_after: How long to wait before that, and about how long before a busy tenant is tried for the second time.
        busy_for: How long a tenant that is busy (locked, or its server is full) is tried again, since it first was.
        timeouts_retried: How many tenants of a host that did not answer in time are tried a second time; where more
            are that slow, reading them again would only make the host slower.
    """

    lease: float = 20.0
    batch_size: int = 50
    batch_items: int = 1000
    batch_connections: int = 16
    breaker: int = FAILURES_TO_OPEN_BREAKER
    max_strikes: int = 3
    retries: int = 2
    retry_after: float = 1.0
    busy_for: float = 360.0
    timeouts_retried: int = 20


class Held(msgspec.Struct, frozen=True):
    """A failure that is not final yet, and when the item may be tried again (infinity: not any more)."""

    outcome: Failed
    retry_at: float


class BatchDraft(msgspec.Struct, frozen=True):
    """What goes into a host's next batch.

    Args:
        items: Tenants, in order.
        connections: How many are read at once.
        careful: One after the other, because a worker died while it had them.
        probe: Tries a host whose breaker is open.
        open: Its worker may claim pieces that lie open.
    """

    items: tuple[str, ...]
    connections: int
    careful: bool = False
    probe: bool = False
    open: bool = False


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """What the run as a whole allows at this moment.

    Args:
        runners: How many batches can run at once, over all hosts.
        share: How many batches of one host should run side by side.
        size: About how many pieces of work a batch should have.
        may_probe: Whether a host whose breaker is open may be tried now.
        limits: Connections that may be held to a host now, where that may be less than its capacity.
        most: Pieces of work that may be begun now, over all hosts.
    """

    runners: int
    share: int
    size: int
    may_probe: bool
    limits: Mapping[str, int] = {}
    most: int = sys.maxsize


class OpenPieces:
    """What lies open of one host, for whichever connection of a worker is free first.

    Args:
        most: Pieces at most; 0 where nothing may.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.pieces: dict[str, tuple[str, ...]] = {}  # by their first item
        self.claimed = False  # workers claim here, as far as is known

    def give_back(self) -> Iterator[str]:
        """Give every item, and hold none any more."""
        pieces, self.pieces = self.pieces, {}
        for piece in pieces.values():
            yield from piece


class Lane:
    """The queue of one host.

    Args:
        name: The host.
        capacity: Connections that may be held to it.
        rules: See LedgerRules.
        groups: Which of its items are read together.
        open_pieces: Most pieces that lie open for the workers to claim.
    """

    def __init__(
        self, name: str, capacity: int, rules: LedgerRules, groups: Groups = ALONE, *, open_pieces: int = 0
    ) -> None:
        self.name = name
        self.capacity = capacity
        self.in_flight: list[int] = []  # connections of each batch that is with the workers
        self.open_batches = 0  # how many of those may claim pieces
        self.open = OpenPieces(open_pieces)
        self.held: dict[str, Held] = {}
        self.opened_by: FailureKind | None = None  # the failure that opened the breaker; None while it is closed
        self._rules = rules
        self._groups = groups
        self._queue: deque[str] = deque()
        self._careful_groups: deque[tuple[str, ...]] = deque()
        self._failures_in_a_row = 0
        self._timed_out: set[str] = set()  # items that have their second try, or had it

    def push(self, items: tuple[str, ...], *, front: bool = False) -> None:
        """Queue items for normal batches."""
        if front:
            self._queue.extendleft(reversed(items))
        else:
            self._queue.extend(items)

    def push_careful(self, items: tuple[str, ...]) -> None:
        """Queue items of a batch whose worker died: they form one batch again, read one after the other."""
        if items:
            self._careful_groups.append(items)

    @property
    def waiting(self) -> bool:
        """Something is queued or lies open (it may turn out to be finished already)."""
        return bool(self._queue or self._careful_groups or self.open.pieces)

    @property
    def busy(self) -> bool:
        """Something is queued or in flight."""
        return bool(self.waiting or self.in_flight)

    def drain(self) -> Iterator[str]:
        """Empty the queues."""
        while self._queue:
            yield self._queue.popleft()
        while self._careful_groups:
            yield from self._careful_groups.popleft()
        yield from self.open.give_back()

    def count_answer(self, kind: FailureKind | None) -> None:
        """Count an answer for the breaker; None, or a failure that says nothing of the host, closes it.

        Args:
            kind: How the item failed; None when it did not.
        """
        if kind not in HOST_DOWN:
            self._failures_in_a_row, self.opened_by = 0, None
            return
        self._failures_in_a_row += 1
        if self._failures_in_a_row >= self._rules.breaker:
            self.opened_by = kind

    def open_breaker(self) -> None:
        """Open the breaker because a worker's own breaker for this host opened."""
        if self.opened_by is None:
            self.opened_by = FailureKind.REFUSED

    def peak(self, runners: int) -> int:
        """Give the most connections that can be open at once: no more than `runners` batches run at the same time."""
        return sum(self._largest(runners))

    def _largest(self, runners: int) -> list[int]:
        """Give the connections of the batches that can cost most at once, largest first."""
        return sorted(self.in_flight, reverse=True)[:runners]

    def _free(self, runners: int, capacity: int) -> int:
        """Give the most connections another batch may have without the peak passing the capacity.

        A batch beyond `runners` only waits in the queue, and begins when another has ended: it is free up to that
        one's connections. So a worker's next batch is there when it asks, however few hosts there are.
        """
        largest = self._largest(runners)
        replaced = largest[-1] if len(largest) == runners else 0
        return capacity - sum(largest) + replaced

    def retry_at(self, item: str, kind: FailureKind, retries: int, busy_since: float, now: float) -> float:
        """Say when an item that failed may be tried again; infinity when it may not.

        The pauses before a busy tenant double, up to half a minute, and differ from tenant to tenant by a factor of up
        to three: those that a full server refused do not all come back in the same moment.

        Args:
            item: Tenant.
            kind: How it failed.
            retries: How often it was tried again so far.
            busy_since: When it was first busy.
            now: Seconds.
        """
        if kind is FailureKind.BUSY:
            spread = 0.5 + int.from_bytes(blake2b(f"{item} {retries}".encode(), digest_size=4).digest()) / 2**32
            due = now + min(_MAX_PAUSE_SECONDS, self._rules.retry_after * 2 ** min(retries, 10)) * spread
            return due if due - busy_since <= self._rules.busy_for else math.inf
        if kind in _TIMED_OUT and not self._may_try_late(item):
            return math.inf
        if kind in RETRIED and retries < self._rules.retries:
            return now + self._rules.retry_after
        return math.inf

    def _may_try_late(self, item: str) -> bool:
        """Give an item that timed out its second try, unless it had it or the host's are used up."""
        if item in self._timed_out or len(self._timed_out) >= self._rules.timeouts_retried:
            return False
        self._timed_out.add(item)
        return True

    def draft_batch(self, now: float, window: Window, finished: AbstractSet[str]) -> BatchDraft | None:
        """Take the items of the next batch out of the queues; None when there are none or no connection is free.

        Args:
            now: Seconds.
            window: What the whole run allows.
            finished: Items that need no work any more.
        """
        capacity = min(self.capacity, window.limits.get(self.name, self.capacity))
        free = self._free(window.runners, capacity)
        if free < 1:
            return None
        if self.opened_by is not None:
            alone = window.may_probe and not self.in_flight and not self.open.pieces
            items = self._pop(1, finished, ALONE) if alone else ()
            return BatchDraft(items, 1, probe=True) if items else None
        while self._careful_groups:
            group = tuple(item for item in self._careful_groups.popleft() if item not in finished)
            if group:
                return BatchDraft(group, 1, careful=True)
        most = min(capacity // window.share, self._rules.batch_connections, self._rules.batch_size, free)
        if self.open.most and (self._queue or self.open.pieces):
            return self._draft_open(most, window.share, finished)
        fair = math.ceil(self._groups.count_pieces(self._queue or self.held) / window.share)
        connections = max(1, min(most, fair, window.most))
        # A multiple of the connections: none of them is idle while the last tenants are read.
        rounds = min(math.ceil(window.size / connections), self._rules.batch_size // connections)
        pieces = min(rounds * connections, window.most)
        items = self._pop(pieces, finished, self._groups) or self._due_retries(now, pieces)
        return BatchDraft(items, min(connections, len(items))) if items else None

    def _draft_open(self, most: int, share: int, finished: AbstractSet[str]) -> BatchDraft | None:
        """Draft a batch that begins with one piece for each connection, and goes on with what lies open.

        One that only waits in the queue would keep pieces from those that run, so there are no more than can run.

        Args:
            most: Connections at most.
            share: How many batches of the host should run side by side.
            finished: Items that need no work any more.
        """
        others = share - self.open_batches
        if others < 1:
            return None
        left = self._groups.count_pieces(self._queue) + len(self.open.pieces)
        connections = max(1, min(most, math.ceil(left / others)))
        items = self._pop(connections, finished, self._groups)
        if not items and not self.open.pieces:
            return None
        return BatchDraft(items, connections, open=bool(self._queue or self.open.pieces))

    def lay_open(self, limit: int, finished: AbstractSet[str]) -> list[tuple[str, ...]]:
        """Take pieces out of the queue that are to lie open from now on; none before half of the earlier are claimed.

        Args:
            limit: Connections that may be held to the host now.
            finished: Items that need no work any more.
        """
        pieces: list[tuple[str, ...]] = []
        may = self.opened_by is None and self.open.claimed and self.open_batches and sum(self.in_flight) <= limit
        if may and len(self.open.pieces) <= self.open.most // 2:
            while len(self.open.pieces) < self.open.most and (piece := self._pop(1, finished, self._groups)):
                piece = self._with_neighbours(piece)
                self.open.pieces[piece[0]] = piece
                pieces.append(piece)
        return pieces

    def _with_neighbours(self, piece: tuple[str, ...]) -> tuple[str, ...]:
        """Add to a piece what follows it and is better read with it: the less, the less there is left to share."""
        most = min(self._rules.batch_size, len(self._queue) // (4 * self.capacity))
        while len(piece) < most and self._queue and self._groups.beside(piece[0], self._queue[0]):
            piece += (self._queue.popleft(),)
        return piece

    def must_close(self, limit: int) -> bool:
        """Say whether what lies open must be taken back: the host is down, others have their share, nobody claims."""
        beyond = sum(self.in_flight) > limit
        return bool(self.open.pieces) and (self.opened_by is not None or beyond or not self.open.claimed)

    def _pop(self, pieces: int, finished: AbstractSet[str], groups: Groups) -> tuple[str, ...]:
        """Take so many pieces of work out of the queue."""
        taken: list[str] = []
        group, in_piece = "", 0
        while self._queue and len(taken) < max(self._rules.batch_items, pieces):
            item = self._queue[0]
            if item in finished:
                self._queue.popleft()
                continue
            if not group or groups.of(item) != group or in_piece == groups.most:
                if not pieces:
                    break
                pieces, group, in_piece = pieces - 1, groups.of(item), 0
            in_piece += 1
            taken.append(self._queue.popleft())
        if not taken and self.opened_by is not None:
            return self._pop_careful(finished)
        return tuple(taken)

    def _pop_careful(self, finished: AbstractSet[str]) -> tuple[str, ...]:
        """Take one item out of the careful groups: a probe is always a single item."""
        for group in tuple(self._careful_groups):
            rest = tuple(item for item in group if item not in finished)
            self._careful_groups.popleft()
            if rest:
                self.push_careful(rest[1:])
                return rest[:1]
        return ()

    def _due_retries(self, now: float, size: int) -> tuple[str, ...]:
        """Give held items whose time has come, once nothing else of the host is in flight."""
        if self.in_flight:
            return ()
        due = [item for item, held in self.held.items() if held.retry_at <= now]
        return tuple(due[:size])
