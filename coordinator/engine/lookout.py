"""Look, every so often, for what keeps a run from moving although no tenant is at fault."""

from __future__ import annotations

from collections.abc import Callable
from collections.abc import Set as AbstractSet

from coordinator.engine.collect import AnswerStream
from coordinator.engine.dispatch import Dispatcher
from coordinator.engine.obstacles import (
    BLOB_MISSING,
    QUEUE_UNREAD,
    Obstacle,
    Watch,
    held_connections,
    obstacle_among_workers,
    obstacle_of,
)
from coordinator.ledger.ledger import Ledger


class Lookout:
    """Finds what keeps one run from moving, and tells the watch.

    Args:
        run: Id.
        ledger: Of the run.
        answers: Its stream.
        dispatcher: Knows the queue and the workers.
        watch: Remembers and logs.
        look_every: Seconds after which Redis and the workers are looked at again.
        unread_after: Seconds without any sign of life while messages lie in the queue, after which nobody reads it.
        clock: Gives the time in seconds.
    """

    def __init__(
        self,
        run: str,
        ledger: Ledger,
        answers: AnswerStream,
        dispatcher: Dispatcher,
        watch: Watch,
        *,
        look_every: float,
        unread_after: float,
        clock: Callable[[], float],
    ) -> None:
        self._run = run
        self._ledger = ledger
        self._answers = answers
        self._dispatcher = dispatcher
        self._watch = watch
        self._look_every = look_every
        self._unread_after = unread_after
        self._clock = clock
        self._heard = clock()
        self._looked = float("-inf")

    def hear(self) -> None:
        """Note that a worker gave a sign of life."""
        self._heard = self._clock()

    async def redis_takes_work(self, refused: AbstractSet[str]) -> bool:
        """Say whether workers can be sent anything, and answer.

        Args:
            refused: Hosts whose connections other scans hold.

        Raises:
            ForeignWorkersError: See `Dispatcher.count_slots`.
        """
        now = self._clock()
        if now - self._looked >= self._look_every:
            found = await self._dispatcher.find_obstacle(*self._answers.keys) or await self._among_workers(now, refused)
            self._looked = now
            self._watch.see(self._run, found, now)
        current = self._watch.current(self._run)
        return current is None or not current.stops_redis

    async def _among_workers(self, now: float, refused: AbstractSet[str]) -> Obstacle | None:
        await self._dispatcher.count_slots(now)
        if self._heard >= self._looked > float("-inf"):
            return None
        in_flight = self._ledger.in_flight()
        if refused and not in_flight:
            return held_connections(min(refused))
        absent = obstacle_among_workers(self._dispatcher.crew)
        if absent or not in_flight or now - self._heard < self._unread_after:
            return absent
        return None if await self._dispatcher.queue_empty() else QUEUE_UNREAD

    async def explain(self, error: Exception) -> Obstacle:
        """Find out why Redis failed."""
        obstacle = await self._dispatcher.find_obstacle(*self._answers.keys) or obstacle_of(error)
        self._watch.see(self._run, obstacle, self._clock())
        return obstacle

    def note_lost_blobs(self) -> None:
        """Note that Redis dropped values; that is what keeps the run until the next look."""
        self._looked = self._clock()
        self._watch.see(self._run, BLOB_MISSING, self._looked)

    @property
    def reason(self) -> str:
        """Say what keeps the run from moving now, after a colon; nothing when it moves."""
        obstacle = self._watch.current(self._run)
        return f": {obstacle.sentence}" if obstacle else ""

    def end(self) -> None:
        """Note that the run has ended."""
        self._watch.forget(self._run)
