"""What one run sends: batches by the queue, with permits for their connections, and pieces that lie open."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import msgspec

from coordinator.engine.dispatch import Dispatcher
from coordinator.engine.journal import Journal
from coordinator.engine.open_list import OpenLists
from coordinator.ledger.batch import Batch
from coordinator.ledger.ledger import Ledger
from shared.events.event import RunEvent
from shared.events.run import BatchSent, BreakerProbed, PermitsGranted, PermitsRefused
from shared.logs import log


class Outbox:
    """Sends what the ledger says.

    Args:
        run: Id, for the log.
        ledger: Decides.
        journal: Persists.
        dispatcher: Puts messages into the queue.
        lists: What lies open.
        message: Turns (batch, epoch) into the message's text.
    """

    def __init__(
        self,
        *,
        run: str,
        ledger: Ledger,
        journal: Journal,
        dispatcher: Dispatcher,
        lists: OpenLists,
        message: Callable[[Batch, int], str],
    ) -> None:
        self._run = run
        self._ledger = ledger
        self._journal = journal
        self._dispatcher = dispatcher
        self._lists = lists
        self._message = message
        self.refused: set[str] = set()  # lanes whose host granted no permits when last asked

    async def send(self, now: float, epoch: int, slots: int, runners: int) -> None:
        """Send what may be sent now.

        Args:
            now: Seconds.
            epoch: Of the run.
            slots: See `Ledger.next_batches`.
            runners: Likewise.

        Raises:
            RedisError: When Redis fails.
            BrokerAwayError: When the queue cannot be reached.
        """
        limits = await self._dispatcher.fair_limits(now)
        for lane in self._ledger.lanes_to_close(limits):
            self._ledger.close(lane, await self._lists.take_back(lane))
        await self._send_batches(now, epoch, (slots, runners), limits)
        if pieces := self._ledger.lay_open(limits):
            await self._lists.lay(pieces)

    async def _send_batches(self, now: float, epoch: int, slots: tuple[int, int], limits: Mapping[str, int]) -> None:
        offered = self._ledger.next_batches(now, *slots, limits)
        try:
            batches = await self._with_permits(offered, slots[1])
            await self._journal.sent([mark for batch in batches for mark in self._ledger.marks(batch)])
            await self._dispatcher.send(batches, lambda batch: self._message(batch, epoch))
            self._log_sent(batches)
        except BaseException:
            in_flight = set(self._ledger.in_flight())
            for batch in offered:
                if batch in in_flight:
                    self._ledger.withdraw(batch)
            raise

    async def _with_permits(self, offered: Sequence[Batch], runners: int) -> list[Batch]:
        """Withdraw batches, the last one first, until their host grants the rest its connections."""
        granted: list[Batch] = []
        for lane in dict.fromkeys(batch.lane for batch in offered):
            batches = [batch for batch in offered if batch.lane == lane]
            asked = len(batches)
            while batches and not await self._dispatcher.get_permits(lane, self._ledger.peaks(runners)[lane]):
                self._ledger.withdraw(batches.pop())
            self._log_permits(lane, asked - len(batches))
            granted += batches
        return granted

    def _log(self, event: RunEvent) -> None:
        log(msgspec.structs.replace(event, run=self._run))

    def _log_sent(self, batches: Sequence[Batch]) -> None:
        for batch in batches:
            self._log(
                BatchSent(
                    batch=batch.id,
                    host=batch.lane,
                    items=len(batch.items),
                    attempt=batch.attempt,
                    connections=batch.connections,
                    careful=batch.careful,
                )
            )
            if self._ledger.is_probe(batch):
                self._log(BreakerProbed(batch=batch.id, host=batch.lane))

    def _log_permits(self, lane: str, withheld: int) -> None:
        """Log when a host begins to refuse permits, and when it ends."""
        if withheld and lane not in self.refused:
            self.refused.add(lane)
            self._log(PermitsRefused(host=lane, batches=withheld))
        elif not withheld and lane in self.refused:
            self.refused.discard(lane)
            self._log(PermitsGranted(host=lane))
