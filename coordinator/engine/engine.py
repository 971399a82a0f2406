"""The I/O loop of one run: send batches, read answers, record outcomes, until every item has its final outcome.

It drives the ledger (which decides) and the journal (which persists).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError

from coordinator.engine.collect import AnswerStream, RunLostError
from coordinator.engine.dispatch import Dispatcher
from coordinator.engine.permits import Permits
from coordinator.ledger.batch import Batch, FinalOutcome, ItemOutcome, Mark
from coordinator.ledger.lane import LedgerRules
from coordinator.ledger.ledger import Ledger
from coordinator.store.store import Store
from shared.events.event import RunEvent
from shared.events.run import (
    BatchSent,
    BreakerProbed,
    DeadlineReached,
    PermitsGranted,
    PermitsRefused,
    RedisBack,
    RedisLost,
    RedisUnreachable,
    RunFinished,
    RunStarted,
)
from shared.hosts import Host, Secret
from shared.logs import log
from shared.messages import Analysed, AnswerSet, DeferReason, Deferred, Keys, Observed
from shared.schema.profile import Profile
from shared.targets import Failure, FailureKind
from workers.app import BrokerAwayError, build_app

_READ_TIMEOUT_SECONDS = 0.5  # how long to wait for an answer before leases are checked
_RETRY_REDIS_AFTER_SECONDS = 1.0


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
        foreign_grace: Seconds that workers of other protocols may be the only ones before a run is given up: time for
            an upgrade that replaces workers one after the other.
    """

    fleet: str
    redis_url: Secret
    hosts: Mapping[str, Host]
    profile: Profile = Profile()
    slots: int = 0
    rules: LedgerRules = LedgerRules()
    deadline: float = 3600.0
    blob_ttl: int = 6 * 3600
    foreign_grace: float = 30.0


class Progress(msgspec.Struct, frozen=True):
    """How far a run is: items with an outcome, all items, worker slots counted on."""

    done: int
    total: int
    slots: int


class Journal(Protocol):
    """Persists a run: its blobs, which batches were sent, and the outcomes; what is stored survives the coordinator."""

    async def next_epoch(self) -> int:
        """Give a number never used before by this run."""
        ...

    async def known(self) -> Sequence[str]:
        """Give the names of stored blobs, which workers need not send again."""
        ...

    async def prepare(self) -> None:
        """Put into Redis what the workers need; called whenever an epoch begins."""
        ...

    def lacks(self, name: str) -> bool:
        """Say whether a blob that an answer names has still to be fetched."""
        ...

    async def keep(self, blobs: Mapping[str, bytes]) -> None:
        """Store blobs; when this returns they survive a crash."""
        ...

    async def sent(self, marks: Sequence[Mark]) -> None:
        """Store the marks of batches that are about to be sent."""
        ...

    async def record(self, outcomes: Sequence[ItemOutcome]) -> None:
        """Store outcomes."""
        ...


class Facilities(msgspec.Struct, frozen=True):
    """The settings, the store and the Redis pool that every run uses."""

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
            run=run,
            ledger=ledger,
            journal=journal,
            answers=AnswerStream(self.redis, self.keys, run),
            dispatcher=Dispatcher(
                build_app(settings.redis_url, settings.fleet),
                self.redis,
                keys=self.keys,
                task=task,
                permits=Permits(self.redis, run, dict(settings.hosts)),
                slots=settings.slots,
                foreign_grace=settings.foreign_grace,
            ),
            message=message,
            deadline=settings.deadline,
            on_progress=on_progress,
        )


class Engine:
    """Drives one run to its end.

    Args:
        run: Id, for the log.
        ledger: Decides.
        journal: Persists.
        answers: The stream of answers.
        dispatcher: Sends batches.
        message: Turns (batch, epoch) into the message's text.
        deadline: Seconds the run may take.
        on_progress: Called after every change.
    """

    def __init__(
        self,
        *,
        run: str,
        ledger: Ledger,
        journal: Journal,
        answers: AnswerStream,
        dispatcher: Dispatcher,
        message: Callable[[Batch, int], str],
        deadline: float,
        on_progress: Callable[[Progress], None],
    ) -> None:
        self._run = run
        self._ledger = ledger
        self._journal = journal
        self._answers = answers
        self._dispatcher = dispatcher
        self._message = message
        self._deadline = deadline
        self._on_progress = on_progress
        self._epoch = -1
        self._inbox: list[AnswerSet] = []  # read, and not yet applied: Redis may go away in between
        self._redis_away = False
        self._refused: set[str] = set()  # lanes whose host granted no permits when last asked
        self._clock = asyncio.get_running_loop().time

    async def run(self, *, previous_epoch: int | None = None) -> dict[str, FinalOutcome]:
        """Run until every item has its final outcome, and give the outcomes by item.

        Args:
            previous_epoch: Where an earlier coordinator left off; its stream, if it is still there, is read first.
        """
        until = self._clock() + self._deadline
        if previous_epoch is not None:
            await self._surviving_redis(lambda: self._read_old_epoch(previous_epoch))
        try:
            while not self._ledger.done:
                if self._clock() >= until:
                    self._log(DeadlineReached(missing=self._ledger.total - self._ledger.finished))
                    late = Failure(FailureKind.DEADLINE, f"the scan ended after {self._deadline:g} seconds without it")
                    await self._record_outcomes(self._ledger.give_up(late))
                    break
                await self._surviving_redis(self._turn)
        finally:
            with contextlib.suppress(RedisError):  # what remains there expires
                await self._dispatcher.adjust_permits({}, self._clock())
                await self._answers.close()
        self._log(RunFinished(items=self._ledger.total))
        return self._ledger.outcomes()

    async def _surviving_redis(self, act: Callable[[], Awaitable[None]]) -> None:
        """Run `act`; when Redis is unreachable, wait and reset all leases; when it lost the run, requeue everything."""
        try:
            await act()
        except RunLostError:
            self._log(RedisLost(batches=len(self._ledger.in_flight())))
            self._epoch = -1
            self._inbox.clear()
            self._ledger.requeue_all()
            self._log_ledger()
        except (RedisError, BrokerAwayError) as error:
            task = asyncio.current_task()
            if task is not None and task.cancelling():  # redis-py can turn a cancellation into an error of its own
                raise asyncio.CancelledError from error
            if not self._redis_away:
                self._redis_away = True
                self._log(RedisUnreachable(error=type(error).__name__))
            await asyncio.sleep(_RETRY_REDIS_AFTER_SECONDS)
            self._ledger.reset_leases(self._clock())
        else:
            if self._redis_away:
                self._redis_away = False
                self._log(RedisBack())

    async def _read_old_epoch(self, epoch: int) -> None:
        """Apply what workers answered while no coordinator was running, then end that epoch."""
        self._answers.attach(epoch)
        with contextlib.suppress(RunLostError):
            while sets := await self._answers.read(0):
                self._inbox += sets
                await self._apply_inbox()
        await self._answers.close()
        await self._dispatcher.forget_permits()

    async def _turn(self) -> None:
        if self._epoch < 0:
            await self._begin_epoch()
        slots, runners = await self._dispatcher.count_slots(self._clock())
        await self._dispatch(slots, runners)
        self._inbox += await self._answers.read(_READ_TIMEOUT_SECONDS)
        silent = not self._inbox
        await self._apply_inbox()
        now = self._clock()
        empty = silent and await self._dispatcher.queue_empty()
        await self._record_outcomes(self._ledger.tick(now, queue_empty=empty))
        await self._dispatcher.adjust_permits(self._ledger.peaks(runners), now)
        self._on_progress(Progress(self._ledger.finished, self._ledger.total, slots))

    async def _begin_epoch(self) -> None:
        epoch = await self._journal.next_epoch()
        await self._journal.prepare()
        await self._answers.open(epoch, await self._journal.known())
        self._epoch = epoch
        self._log(RunStarted(epoch=epoch, items=self._ledger.total, finished=self._ledger.finished))

    async def _dispatch(self, slots: int, runners: int) -> None:
        offered = self._ledger.next_batches(self._clock(), slots, runners)
        try:
            batches = await self._with_permits(offered, runners)
            await self._journal.sent([mark for batch in batches for mark in self._ledger.marks(batch)])
            await self._dispatcher.send(batches, lambda batch: self._message(batch, self._epoch))
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

    async def _apply_inbox(self) -> None:
        """Fetch and store the blobs that the answers name, then apply the answers."""
        answers = [answer for each in self._inbox for answer in each.answers]
        missing = {name for answer in answers if (name := _blob_of(answer.outcome)) and self._journal.lacks(name)}
        if missing:
            await self._journal.keep(await self._answers.blobs(missing))
            if any(self._journal.lacks(name) for name in missing):
                raise RunLostError  # what lies there is not what its name says: it is read, and stored, once more
        inbox, self._inbox, now = self._inbox, [], self._clock()
        await self._record_outcomes(
            [done for each in inbox for done in self._ledger.answer(each.batch, each.answers, now)]
        )
        if any(answer.outcome == Deferred(DeferReason.BLOB) for answer in answers):
            raise RunLostError  # what `prepare` put into Redis is not there any more

    async def _record_outcomes(self, outcomes: Sequence[ItemOutcome]) -> None:
        self._log_ledger()
        if outcomes:
            await self._journal.record(outcomes)

    def _log(self, event: RunEvent) -> None:
        log(msgspec.structs.replace(event, run=self._run))

    def _log_ledger(self) -> None:
        for event in self._ledger.drain_events():
            self._log(event)

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
        if withheld and lane not in self._refused:
            self._refused.add(lane)
            self._log(PermitsRefused(host=lane, batches=withheld))
        elif not withheld and lane in self._refused:
            self._refused.discard(lane)
            self._log(PermitsGranted(host=lane))


def _blob_of(outcome: object) -> str:
    match outcome:
        case Observed(fingerprint=name) | Analysed(analysis=name):
            return name
        case _:
            return ""
