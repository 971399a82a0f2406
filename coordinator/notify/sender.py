"""Deliver what is written down to be told: each notice to each sink, again until it is taken or too old."""

from __future__ import annotations

import asyncio
import datetime as dt
import random
from collections.abc import Sequence

import msgspec

from coordinator.memory.notices import Notice, NoticeEvent
from coordinator.notify.sinks import SendError, send
from coordinator.settings.notify import NotifyTable, Sink
from coordinator.store.connection import StoreError
from coordinator.store.leases import LeaseRules, LeaseTakenError, holding
from coordinator.store.records import Delivery
from coordinator.store.store import Store
from shared.events.notify import NoticeDelivered, NoticeGivenUp, NoticeNotTaken
from shared.findings.finding import Severity
from shared.formats import FormatError
from shared.logs import log

_AT_ONCE = 20
"""Deliveries that are taken from the store at once."""

_LOOK_EVERY_SECONDS = 2.0
_FIRST_RETRY_SECONDS = 5.0
_LONGEST_RETRY_SECONDS = 1800.0
_GIVE_UP_AFTER = dt.timedelta(hours=24)


class Sender:
    """Delivers the notices of a fleet.

    Args:
        store: Where they are written down.
        fleet: Name.
        sinks: Who is told.
    """

    def __init__(self, store: Store, fleet: str, sinks: Sequence[Sink]) -> None:
        self._store = store
        self._fleet = fleet
        self._sinks = {sink.table.name: sink for sink in sinks}

    async def run(self, leases: LeaseRules) -> None:
        """Deliver until cancelled. Of several processes of a fleet one does it at a time."""
        while True:
            try:
                await holding(self._store, f"notify:{self._fleet}", leases, self._deliver_for_ever)
            except (LeaseTakenError, StoreError, FormatError):  # the last: a newer release has written a notice
                await asyncio.sleep(leases.look_every)

    async def _deliver_for_ever(self) -> None:
        while True:
            if not await self.deliver():
                await asyncio.sleep(_LOOK_EVERY_SECONDS)

    async def deliver(self) -> int:
        """Deliver what is due; say how many deliveries that were.

        Raises:
            StoreError: When the store fails.
        """
        due = await self._store.due_deliveries(self._fleet, _AT_ONCE)
        for delivery in due:
            await self._deliver(delivery)
        return len(due)

    async def _deliver(self, delivery: Delivery) -> None:
        sink = self._sinks.get(delivery.sink)
        wanted = what_is_wanted(delivery.notice, sink.table) if sink else None
        if sink is None or wanted is None:
            await self._store.end_delivery(delivery, "nothing of it is asked for" if sink else "no such sink")
            return
        try:
            await asyncio.to_thread(send, wanted, sink)
        except SendError as error:
            await self._not_taken(delivery, str(error))
        else:
            await self._store.end_delivery(delivery)
            log(NoticeDelivered(fleet=self._fleet, scan=wanted.scan, sink=delivery.sink, events=len(wanted.events)))

    async def _not_taken(self, delivery: Delivery, reason: str) -> None:
        scan = delivery.notice.scan
        if dt.datetime.now(dt.UTC) - delivery.created > _GIVE_UP_AFTER:
            await self._store.end_delivery(delivery, reason)
            log(NoticeGivenUp(fleet=self._fleet, scan=scan, sink=delivery.sink, reason=reason))
            return
        pause = min(_LONGEST_RETRY_SECONDS, _FIRST_RETRY_SECONDS * 2**delivery.tries)
        await self._store.delay_delivery(delivery, pause * random.uniform(0.5, 1.0), reason)  # noqa: S311  # no secret
        log(NoticeNotTaken(fleet=self._fleet, scan=scan, sink=delivery.sink, reason=reason))


def what_is_wanted(notice: Notice, table: NotifyTable) -> Notice | None:
    """Leave out of a notice what one of those who are told does not ask for; nothing when nothing is left."""
    events = tuple(event for event in notice.events if _is_wanted(event, table))
    return msgspec.structs.replace(notice, events=events) if events else None


def _is_wanted(event: NoticeEvent, table: NotifyTable) -> bool:
    order = list(Severity)
    return (not table.on or event.kind in table.on) and order.index(event.severity) <= order.index(table.severity)
