"""Read a fleet without Redis: the same ledger as the workers' engine, so `check` answers as `scan`.

The bytes of a tenant's server are read in a process of their own (`workers.isolated`), never in this one.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Callable, Mapping, Sequence

import msgspec

from coordinator.fleet.read_results import read_result_of
from coordinator.ledger.batch import Batch
from coordinator.ledger.groups import databases_of
from coordinator.ledger.lane import LedgerRules
from coordinator.ledger.ledger import Ledger
from shared.events.run import RunFinished, RunStarted
from shared.hosts import Host
from shared.logs import log
from shared.messages import Answer, Deferred, Failed, Observed, Outcome
from shared.schema.profile import Profile
from shared.schema.schema import Snapshot
from shared.targets import Failure, Limits, Observation, ReadRequest, Sighting, Target
from workers.isolated.readers import Readers
from workers.scan import Observe, ObserveNamespaces, ReadSettings, Scanned, read_batch

_TICK_EVERY_SECONDS = 0.2  # how long to wait for an answer before due retries are looked for


class InProcess:
    """Reads a fleet on this event loop.

    Args:
        hosts: By name.
        limits: Bounds for each tenant.
        profile: Which facets are read.
        concurrency: Tenants read at once, over all hosts.
        run: Id of the scan, for the log.
        busy_for: Seconds for which a tenant that is busy is tried again.
        rate: Most tenants that are begun in a second; 0 has no bound.
        observe: Reads one target, in this process; None reads in another one, which a hanging server cannot stop.
    """

    def __init__(
        self,
        hosts: Mapping[str, Host],
        limits: Limits,
        profile: Profile,
        *,
        concurrency: int,
        run: str = "",
        busy_for: float = LedgerRules().busy_for,
        rate: float = 0.0,
        observe: Observe | None = None,
    ) -> None:
        self.snapshots: dict[str, Snapshot] = {}
        self._hosts = hosts
        self._concurrency = concurrency
        self._run = run
        self._rate = rate
        self._rules = LedgerRules(lease=math.inf, busy_for=busy_for)  # a reader cannot die without this process
        self._slots = asyncio.Semaphore(concurrency)
        self._observe = observe
        self._observe_namespaces: ObserveNamespaces | None = None
        self._names: dict[str, str] = {}
        self._limits = limits
        self._read_settings = ReadSettings(
            observe=self._bounded,
            limits=limits,
            known=self.snapshots,
            names=self._names,
            profile=profile,
            keeps_time=True,
        )
        self._together = msgspec.structs.replace(self._read_settings, observe_namespaces=self._bounded_together)
        self._answers: asyncio.Queue[tuple[str, Answer]] = asyncio.Queue()

    async def _bounded(self, host: Host, target: Target, wanted: ReadRequest) -> Observation:
        assert self._observe is not None, "`read` sets it"
        async with self._slots:
            return await self._observe(host, target, wanted)

    async def _bounded_together(
        self, host: Host, targets: Sequence[Target], wanted: ReadRequest, earlier: Mapping[str, Sighting]
    ) -> Mapping[str, Observation | Failure]:
        assert self._observe_namespaces is not None, "`read` sets it"
        async with self._slots:
            return await self._observe_namespaces(host, targets, wanted, earlier)

    async def read(
        self, targets: Sequence[Target], on_progress: Callable[[int], None] = lambda _: None
    ) -> dict[str, Observation | Failure]:
        """Read every target; new snapshots are in `snapshots` afterwards.

        Returns:
            Exactly one result for each target: dead hosts are given up, busy tenants retried, as by `read_targets`.
        """
        if self._observe is not None:
            return await self._read(targets, on_progress)
        async with Readers(self._limits) as readers:
            self._observe, self._observe_namespaces = readers.observe, readers.observe_namespaces
            alone, self._read_settings = self._read_settings, self._together
            try:
                return await self._read(targets, on_progress)
            finally:
                self._observe = self._observe_namespaces = None
                self._read_settings = alone

    async def _read(
        self, targets: Sequence[Target], on_progress: Callable[[int], None]
    ) -> dict[str, Observation | Failure]:
        clock = asyncio.get_running_loop().time
        by_name = {target.tenant: target for target in targets}
        capacities = {name: host.max_connections for name, host in self._hosts.items()}
        items = ((target.tenant, target.host) for target in targets)
        ledger = Ledger(items, capacities, self._rules, groups=databases_of(targets), rate=self._rate)
        log(RunStarted(run=self._run, epoch=1, items=ledger.total, finished=0))
        async with asyncio.TaskGroup() as group:
            while not ledger.done:
                for batch in ledger.next_batches(clock(), self._concurrency):
                    group.create_task(self._read_batch(batch, [by_name[item] for item in batch.items]))
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_TICK_EVERY_SECONDS):
                        batch_id, answer = await self._answers.get()
                        ledger.answer(batch_id, [answer], clock())
                ledger.tick(clock(), queue_empty=False)
                for event in ledger.drain_events():
                    log(msgspec.structs.replace(event, run=self._run))
                on_progress(ledger.finished)
        log(RunFinished(run=self._run, items=ledger.total))
        return {tenant: read_result_of(outcome) for tenant, outcome in ledger.outcomes().items()}

    async def _read_batch(self, batch: Batch, targets: Sequence[Target]) -> None:
        results = read_batch(targets, self._hosts[batch.lane], self._read_settings, connections=batch.connections)
        async with contextlib.aclosing(results):
            async for scanned in results:
                await self._answers.put((batch.id, Answer(scanned.target.tenant, self._outcome(scanned))))

    def _outcome(self, scanned: Scanned) -> Outcome:
        match scanned.result:
            case Observation() as seen:
                if seen.snapshot is not None:
                    self.snapshots.setdefault(seen.fingerprint, seen.snapshot)
                if seen.statement:
                    self._names[seen.statement] = seen.fingerprint
                return Observed(
                    seen.fingerprint, seen.server_version, seen.rows_scanned, seen.versions, seen.running, seen.depth
                )
            case Failure() as failure:
                return Failed(failure)
            case Deferred() as deferred:
                return deferred
