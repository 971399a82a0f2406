"""The I/O loop of one run: send batches, read answers, record outcomes, until every item has its final outcome.

It drives the ledger (which decides) and the journal (which persists).
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence

import msgspec
from redis.asyncio import Redis
from redis.exceptions import RedisError

from coordinator.engine.collect import AnswerStream, BlobsLostError, Entry, RunLostError
from coordinator.engine.dispatch import Dispatcher
from coordinator.engine.journal import Journal
from coordinator.engine.lookout import Lookout
from coordinator.engine.obstacles import Watch
from coordinator.engine.open_list import OpenLists
from coordinator.engine.outbox import Outbox
from coordinator.engine.permits import Permits
from coordinator.ledger.batch import Batch, FinalOutcome, ItemOutcome, Mark
from coordinator.ledger.lane import LedgerRules
from coordinator.ledger.ledger import Ledger
from coordinator.store.store import Store
from shared.events.event import RunEvent
from shared.events.run import (
    BlobLost,
    DeadlineReached,
    ObstacleKind,
    RedisBack,
    RedisLost,
    RedisUnreachable,
    RequeueReason,
    RunFinished,
    RunStarted,
)
from shared.hosts import Host, Secret
from shared.kinds.context import Recipe
from shared.logs import log
from shared.messages import Analysed, DeferReason, Deferred, Keys, Observed, Place
from shared.schema.profile import Profile
from shared.signing import KeyRing
from shared.targets import Failure, FailureKind, Limits
from workers.app import BrokerAwayError, build_app

_READ_TIMEOUT_SECONDS = 0.5  # how long to wait for an answer before leases are checked
_RETRY_REDIS_AFTER_SECONDS = 1.0


class EngineSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What a run through the workers needs to know.

    Args:
        fleet: Names queue and keys.
        redis_url: redis-py's spelling; Celery's is derived from it.
        hosts: By name.
        ring: The keys that sign what travels through Redis.
        profile: Which facets are read and compared.
        recipe: How plans do what writes every row of a table anew.
        slots: Worker slots to count on; 0 counts those that workers announce.
        rules: The ledger's numbers.
        rate: Most tenants that a scan begins in a second; 0 has no bound.
        deadline: Seconds after which a run ends, whatever is missing.
        blob_ttl: Seconds a blob stays in Redis.
        foreign_grace: Seconds that workers of other protocols or keys may be the only ones before a run is given up:
            time for an upgrade that replaces workers one after the other.
        look_every: Seconds after which workers are counted and Redis is looked at again; well below the lease.
        limits: Bounds on reading what servers say of their databases.
        remember: Seconds for which what was read in full may stand for a tenant of which nothing has changed; 0 reads
            every tenant.
        read_anyway: Share of the tenants of which nothing has changed that are read all the same, to see if that is so.
        unread_after: Seconds without any sign of life while messages lie in the queue, after which nobody reads it.
    """

    fleet: str
    redis_url: Secret
    hosts: Mapping[str, Host]
    ring: KeyRing = msgspec.field(default_factory=KeyRing)
    profile: Profile = Profile()
    recipe: Recipe = Recipe.SHORT
    slots: int = 0
    rules: LedgerRules = LedgerRules()
    rate: float = 0.0
    deadline: float = 3600.0
    blob_ttl: int = 6 * 3600
    foreign_grace: float = 30.0
    look_every: float = 2.0
    limits: Limits = Limits()
    remember: float = 0.0
    read_anyway: float = 0.01
    unread_after: float = 20.0


class Progress(msgspec.Struct, frozen=True):
    """How far a run is: items with an outcome, all items, worker slots counted on."""

    done: int
    total: int
    slots: int


class Facilities(msgspec.Struct, frozen=True):
    """The settings, the store and the Redis pool that every run uses, and what keeps runs from moving."""

    settings: EngineSettings
    store: Store
    redis: Redis
    watch: Watch = msgspec.field(default_factory=Watch)

    @property
    def keys(self) -> Keys:
        """Of the fleet."""
        return Keys(self.settings.fleet, self.settings.ring)

    def engine(
        self,
        *,
        run: str,
        task: str,
        ledger: Ledger,
        journal: Journal,
        message: Callable[[Batch, int], str],
        on_progress: Callable[[Progress], None],
        place: Callable[[str], Place] = lambda item: Place(item, ""),
    ) -> Engine:
        """Build the engine of one run; lanes named after hosts hold permits for their connections."""
        settings = self.settings
        dispatcher = Dispatcher(
            build_app(settings.redis_url, settings.fleet),
            self.redis,
            keys=self.keys,
            task=task,
            permits=Permits(self.redis, run, dict(settings.hosts)),
            slots=settings.slots,
            count_every=settings.look_every,
            foreign_grace=settings.foreign_grace,
        )
        lists = OpenLists(self.redis, self.keys, run, settings.hosts, place)
        return Engine(
            run=run,
            ledger=ledger,
            journal=journal,
            answers=AnswerStream(self.redis, self.keys, run),
            dispatcher=dispatcher,
            outbox=Outbox(run=run, ledger=ledger, journal=journal, dispatcher=dispatcher, lists=lists, message=message),
            lists=lists,
            watch=self.watch,
            settings=settings,
            on_progress=on_progress,
        )


class Engine:
    """Drives one run to its end.

    Args:
        run: Id, for the log.
        ledger: Decides.
        journal: Persists.
        answers: The stream of answers.
        dispatcher: Knows queue, workers and permits.
        outbox: Sends batches, and lays pieces open.
        lists: What lies open.
        watch: Told what keeps the run from moving.
        settings: Of the engine.
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
        outbox: Outbox,
        lists: OpenLists,
        watch: Watch,
        settings: EngineSettings,
        on_progress: Callable[[Progress], None],
    ) -> None:
        self._run = run
        self._ledger = ledger
        self._journal = journal
        self._answers = answers
        self._dispatcher = dispatcher
        self._outbox = outbox
        self._lists = lists
        self._deadline = settings.deadline
        self._on_progress = on_progress
        self._epoch = -1
        self._inbox: list[Entry] = []  # read, and not yet applied: Redis may go away in between
        self._redis_away = False
        self._clock = asyncio.get_running_loop().time
        self._lookout = Lookout(
            run, ledger, answers, dispatcher, watch,
            look_every=settings.look_every, unread_after=settings.unread_after, clock=self._clock,
        )  # fmt: skip

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
                    why = f"the scan ended after {self._deadline:g} seconds without it{self._lookout.reason}"
                    late = Failure(FailureKind.DEADLINE, why)
                    await self._record_outcomes(self._ledger.give_up(late))
                    break
                await self._surviving_redis(self._turn)
            self._ledger.end_batches()
            self._log_ledger()
        finally:
            self._lookout.end()
            with contextlib.suppress(RedisError):  # what remains there expires
                await self._dispatcher.adjust_permits({}, self._clock())
                await self._end_epoch()
        self._log(RunFinished(items=self._ledger.total))
        return self._ledger.outcomes()

    async def _surviving_redis(self, act: Callable[[], Awaitable[None]]) -> None:
        """Run `act`; when Redis is unreachable, wait and reset all leases; when it lost the run, requeue everything."""
        try:
            await act()
        except RunLostError:
            self._log(RedisLost(batches=len(self._ledger.in_flight())))
            self._begin_anew(RequeueReason.REDIS_LOST)
        except BlobsLostError as lost:
            self._log(BlobLost(blobs=lost.count, batches=len(self._ledger.in_flight())))
            self._lookout.note_lost_blobs()
            with contextlib.suppress(RedisError):
                await self._end_epoch()  # its workers stop
            self._begin_anew(RequeueReason.BLOB_LOST)
            await asyncio.sleep(_RETRY_REDIS_AFTER_SECONDS)
        except (RedisError, BrokerAwayError) as error:
            obstacle = await self._lookout.explain(error)
            if obstacle.kind is ObstacleKind.REDIS_AWAY and not self._redis_away:
                self._redis_away = True
                self._log(RedisUnreachable(error=type(error).__name__))
            await asyncio.sleep(_RETRY_REDIS_AFTER_SECONDS)
            self._ledger.reset_leases(self._clock())
        else:
            if self._redis_away:
                self._redis_away = False
                self._log(RedisBack())

    def _begin_anew(self, reason: RequeueReason) -> None:
        """Have the next turn begin another epoch, in which everything unfinished is sent again."""
        self._epoch = -1
        self._inbox.clear()
        self._ledger.requeue_all(reason)
        self._log_ledger()

    async def _read_old_epoch(self, epoch: int) -> None:
        """Apply what workers answered while no coordinator was running, then end that epoch."""
        self._answers.attach(epoch)
        self._lists.attach(epoch)
        with contextlib.suppress(RunLostError):
            while sets := await self._answers.read(0):
                self._inbox += sets
                await self._apply_inbox()
        await self._end_epoch()
        await self._dispatcher.forget_permits()

    async def _end_epoch(self) -> None:
        await self._answers.close()
        await self._lists.remove()

    async def _turn(self) -> None:
        if not await self._lookout.redis_takes_work(self._outbox.refused):
            self._ledger.reset_leases(self._clock())
            await asyncio.sleep(_RETRY_REDIS_AFTER_SECONDS)
            return
        if self._epoch < 0:
            await self._begin_epoch()
        slots, runners = await self._dispatcher.count_slots(self._clock())
        if slots:
            await self._outbox.send(self._clock(), self._epoch, slots, runners)
        self._inbox += await self._answers.read(_READ_TIMEOUT_SECONDS)
        silent = not self._inbox
        if not silent:
            self._lookout.hear()
        await self._apply_inbox()
        now = self._clock()
        empty = silent and await self._dispatcher.queue_empty()
        if silent:
            await self._find_lost_pieces()
        await self._record_outcomes(self._ledger.tick(now, queue_empty=empty))
        await self._dispatcher.adjust_permits(self._ledger.peaks(runners), now)
        self._on_progress(Progress(self._ledger.finished, self._ledger.total, slots))

    async def _find_lost_pieces(self) -> None:
        """Have pieces wait again that Redis lost: neither do they lie open, nor does any entry say who has them."""
        if not (empty := await self._lists.are_empty(self._ledger.open_lanes())):
            return
        while more := await self._answers.read(0):  # claims that came before the lists were looked at
            self._inbox += more
        await self._apply_inbox()
        for lane in empty:
            self._ledger.lose_open(lane)

    async def _begin_epoch(self) -> None:
        epoch = await self._journal.next_epoch()
        await self._journal.prepare()
        await self._answers.open(epoch, await self._journal.known())
        self._lists.attach(epoch)
        self._epoch = epoch
        self._log(RunStarted(epoch=epoch, items=self._ledger.total, finished=self._ledger.finished))

    async def _apply_inbox(self) -> None:
        """Fetch and store the blobs that the answers name, then apply the answers whose blobs there are.

        Raises:
            BlobsLostError: When some are not there, nor what `prepare` had put into Redis.
        """
        answers = [answer for each in self._inbox for answer in each.answers]
        wanted = {name for answer in answers if (name := _blob_of(answer.outcome)) and self._journal.lacks(name)}
        if wanted:
            await self._journal.keep(await self._answers.blobs(wanted))
        lost = {name for name in wanted if self._journal.lacks(name)}
        inbox, self._inbox, now = self._inbox, [], self._clock()
        ended: list[ItemOutcome] = []
        marks: list[Mark] = []
        for each in inbox:
            kept = tuple(answer for answer in each.answers if _blob_of(answer.outcome) not in lost)
            marks += self._ledger.claim(each.batch, await self._lists.items_of(each.claimed)) if each.claimed else ()
            ended += self._ledger.answer(each.batch, kept, now, each.claiming)
        await self._journal.sent(marks)
        await self._record_outcomes(ended)
        deferred = sum(answer.outcome == Deferred(DeferReason.BLOB) for answer in answers)
        if lost or deferred:
            raise BlobsLostError(len(lost) + deferred)

    async def _record_outcomes(self, outcomes: Sequence[ItemOutcome]) -> None:
        self._log_ledger()
        if outcomes:
            await self._journal.record(outcomes)

    def _log(self, event: RunEvent) -> None:
        log(msgspec.structs.replace(event, run=self._run))

    def _log_ledger(self) -> None:
        for event in self._ledger.drain_events():
            self._log(event)


def _blob_of(outcome: object) -> str:
    match outcome:
        case Observed(fingerprint=name) | Analysed(analysis=name):
            return name
        case _:
            return ""
