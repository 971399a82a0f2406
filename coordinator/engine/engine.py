"""The loop that turns: offer, send, read, record, conclude, until the ledger says that every item has its outcome.

What is decided is the ledger's business, what is kept is the journal's; this module only lets them meet the world.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError

from coordinator.engine.collect import Collector, RunLostError
from coordinator.engine.dispatch import Dispatcher
from coordinator.engine.permits import Permits
from coordinator.ledger.lane import LedgerRules
from coordinator.ledger.ledger import Batch, Final, Ledger, Mark, Settled
from coordinator.store.store import Store
from shared.hosts import Host, Secret
from shared.messages import Analysed, AnswerSet, Deferred, Keys, Observed
from shared.schema.profile import Profile
from shared.targets import Failure, FailureKind
from workers.app import BrokerAwayError, build_app

_log = logging.getLogger(__name__)

_WAIT = 0.5  # seconds for an answer, before silence is looked into
_AWAY = 1.0  # seconds between tries while Redis is away


class EngineSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What a run through the workers needs to know.

    Args:
        fleet: Names queue and keys.
        redis_url: redis-py's spelling; Celery's is derived from it.
        hosts: By name.
        profile: Which facets are read and compared.
        slots: Worker slots to count on; 0 counts those that workers announce.
        rules: The ledger's numbers.
        deadline: Seconds after which a run ends, whatever is missing.
        blob_ttl: Seconds a blob stays in Redis.
    """

    fleet: str
    redis_url: Secret
    hosts: Mapping[str, Host]
    profile: Profile = Profile()
    slots: int = 0
    rules: LedgerRules = LedgerRules()
    deadline: float = 3600.0
    blob_ttl: int = 6 * 3600


class Progress(msgspec.Struct, frozen=True):
    """How far a run is: items with an outcome, all items, worker slots counted on."""

    done: int
    total: int
    slots: int


class Journal(Protocol):
    """What outlives the coordinator, and whatever must be safe before an answer counts."""

    async def next_epoch(self) -> int:
        """Give a number never used before by this run."""
        ...

    async def known(self) -> Sequence[str]:
        """Names of blobs that need not be sent again."""
        ...

    async def prepare(self) -> None:
        """Put into Redis what the workers need; called at every beginning of an epoch."""
        ...

    def lacks(self, name: str) -> bool:
        """Say whether a blob that an answer names has still to be fetched."""
        ...

    async def keep(self, blobs: Mapping[str, bytes]) -> None:
        """Store blobs; when this returns they are safe."""
        ...

    async def sent(self, marks: Sequence[Mark]) -> None:
        """Remember who was sent."""
        ...

    async def settled(self, outcomes: Sequence[Settled]) -> None:
        """Remember outcomes."""
        ...


class Facilities(msgspec.Struct, frozen=True):
    """What every run works with: settings, the store, and a connection pool to Redis."""

    settings: EngineSettings
    store: Store
    redis: Redis

    @property
    def keys(self) -> Keys:
        """Of the fleet."""
        return Keys(self.settings.fleet)

    def engine(
        self,
        *,
        run: str,
        task: str,
        ledger: Ledger,
        journal: Journal,
        message: Callable[[Batch, int], str],
        on_progress: Callable[[Progress], None],
    ) -> Engine:
        """Build the engine of one run; lanes named after hosts hold permits for their connections."""
        settings = self.settings
        return Engine(
            ledger=ledger,
            journal=journal,
            collector=Collector(self.redis, self.keys, run),
            dispatcher=Dispatcher(
                build_app(settings.redis_url, settings.fleet),
                self.redis,
                keys=self.keys,
                task=task,
                permits=Permits(self.redis, run, dict(settings.hosts)),
                slots=settings.slots,
            ),
            message=message,
            deadline=settings.deadline,
            on_progress=on_progress,
        )


class Engine:
    """One run.

    Args:
        ledger: Who is to be done.
        journal: What is kept.
        collector: The answers.
        dispatcher: The queue.
        message: Turns (batch, epoch) into the message's text.
        deadline: Seconds the run may take.
        on_progress: Called after every change.
    """

    def __init__(
        self,
        *,
        ledger: Ledger,
        journal: Journal,
        collector: Collector,
        dispatcher: Dispatcher,
        message: Callable[[Batch, int], str],
        deadline: float,
        on_progress: Callable[[Progress], None],
    ) -> None:
        self._ledger = ledger
        self._journal = journal
        self._collector = collector
        self._dispatcher = dispatcher
        self._message = message
        self._deadline = deadline
        self._on_progress = on_progress
        self._epoch = -1
        self._inbox: list[AnswerSet] = []  # read, and not yet taken: Redis may go away in between
        self._clock = asyncio.get_running_loop().time

    async def run(self, *, previous_epoch: int | None = None) -> dict[str, Final]:
        """Let every item come to its outcome.

        Args:
            previous_epoch: Where an earlier coordinator left off; its stream, if it is still there, is read first.
        """
        until = self._clock() + self._deadline
        if previous_epoch is not None:
            await self._surviving(lambda: self._harvest(previous_epoch))
        try:
            while not self._ledger.done:
                if self._clock() >= until:
                    late = Failure(FailureKind.DEADLINE, f"the scan ended after {self._deadline:g} seconds without it")
                    await self._record(self._ledger.give_up(late))
                    break
                await self._surviving(self._turn)
        finally:
            with contextlib.suppress(RedisError):  # what remains there expires
                await self._dispatcher.settle({}, self._clock())
                await self._collector.close()
        return self._ledger.outcomes()

    async def _surviving(self, act: Callable[[], Awaitable[None]]) -> None:
        """Do something that Redis may fail under; afterwards every lease begins anew."""
        try:
            await act()
        except RunLostError:
            _log.warning("Redis lost the run; %d batches are sent again", len(self._ledger.flights()))
            self._epoch = -1
            self._inbox.clear()
            self._ledger.recall()
        except (RedisError, BrokerAwayError) as error:
            task = asyncio.current_task()
            if task is not None and task.cancelling():  # redis-py can turn a cancellation into an error of its own
                raise asyncio.CancelledError from error
            _log.warning("Redis is away (%s); trying again", type(error).__name__)
            await asyncio.sleep(_AWAY)
            self._ledger.touch(self._clock())

    async def _harvest(self, epoch: int) -> None:
        """Take what workers answered while no coordinator listened, then end that epoch."""
        self._collector.attach(epoch)
        with contextlib.suppress(RunLostError):
            while sets := await self._collector.read(0):
                self._inbox += sets
                await self._take()
        await self._collector.close()
        await self._dispatcher.forget()

    async def _turn(self) -> None:
        if self._epoch < 0:
            await self._begin()
        slots, runners = await self._dispatcher.census(self._clock())
        await self._dispatch(slots, runners)
        self._inbox += await self._collector.read(_WAIT)
        silent = not self._inbox
        await self._take()
        now = self._clock()
        empty = silent and await self._dispatcher.queue_empty()
        await self._record(self._ledger.tick(now, queue_empty=empty))
        await self._dispatcher.settle(self._ledger.peaks(runners), now)
        self._on_progress(Progress(self._ledger.settled, self._ledger.total, slots))

    async def _begin(self) -> None:
        epoch = await self._journal.next_epoch()
        await self._journal.prepare()
        await self._collector.open(epoch, await self._journal.known())
        self._epoch = epoch

    async def _dispatch(self, slots: int, runners: int) -> None:
        offered = self._ledger.offer(self._clock(), slots, runners)
        try:
            batches = await self._permitted(offered, runners)
            await self._journal.sent([mark for batch in batches for mark in self._ledger.marks(batch)])
            await self._dispatcher.send(batches, lambda batch: self._message(batch, self._epoch))
        except BaseException:
            flying = set(self._ledger.flights())
            for batch in offered:
                if batch in flying:
                    self._ledger.withdraw(batch)
            raise

    async def _permitted(self, offered: Sequence[Batch], runners: int) -> list[Batch]:
        """Withdraw batches, the last one first, until their host grants the rest its connections."""
        granted: list[Batch] = []
        for lane in dict.fromkeys(batch.lane for batch in offered):
            batches = [batch for batch in offered if batch.lane == lane]
            while batches and not await self._dispatcher.permitted(lane, self._ledger.peaks(runners)[lane]):
                self._ledger.withdraw(batches.pop())
            granted += batches
        return granted

    async def _take(self) -> None:
        """Let answers count once what they name is safe."""
        answers = [answer for each in self._inbox for answer in each.answers]
        missing = {name for answer in answers if (name := _blob_of(answer.outcome)) and self._journal.lacks(name)}
        if missing:
            await self._journal.keep(await self._collector.blobs(missing))
        inbox, self._inbox, now = self._inbox, [], self._clock()
        await self._record([done for each in inbox for done in self._ledger.answer(each.batch, each.answers, now)])
        if any(answer.outcome == Deferred("blob") for answer in answers):
            raise RunLostError  # what `prepare` put into Redis is not there any more

    async def _record(self, settled: Sequence[Settled]) -> None:
        if settled:
            await self._journal.settled(settled)


def _blob_of(outcome: object) -> str:
    match outcome:
        case Observed(fingerprint=name) | Analysed(analysis=name):
            return name
        case _:
            return ""
