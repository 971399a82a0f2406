"""The engine without a queue: the same ledger, read by this process. What `check` needs to answer as `scan` does."""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Callable, Mapping, Sequence

from coordinator.fleet.readings import reading_of
from coordinator.ledger.lane import LedgerRules
from coordinator.ledger.ledger import Batch, Ledger
from shared.hosts import Host
from shared.messages import Answer, Deferred, Failed, Observed, Outcome
from shared.postgres.reading.observe import observe as observe_target
from shared.schema.profile import Profile
from shared.schema.schema import Snapshot
from shared.targets import Failure, Limits, Observation, Target, Wanted
from workers.scan import Observe, Reader, Scanned, scan_batch

_PAUSE = 0.2  # seconds between looks at what may be tried again
_RULES = LedgerRules(lease=math.inf)  # nobody can die but all of us


class InProcess:
    """Reads a fleet on this event loop.

    Args:
        hosts: By name.
        limits: Bounds for each tenant.
        profile: Which facets are read.
        concurrency: Tenants read at once, over all hosts.
        observe: Reads one target.
    """

    def __init__(
        self,
        hosts: Mapping[str, Host],
        limits: Limits,
        profile: Profile,
        *,
        concurrency: int,
        observe: Observe = observe_target,
    ) -> None:
        self.snapshots: dict[str, Snapshot] = {}
        self._hosts = hosts
        self._concurrency = concurrency
        self._places = asyncio.Semaphore(concurrency)
        self._observe = observe
        self._reader = Reader(observe=self._bounded, limits=limits, known=self.snapshots, profile=profile)
        self._answers: asyncio.Queue[tuple[str, Answer]] = asyncio.Queue()

    async def _bounded(self, host: Host, target: Target, wanted: Wanted) -> Observation:
        async with self._places:
            return await self._observe(host, target, wanted)

    async def read(
        self, targets: Sequence[Target], on_progress: Callable[[int], None] = lambda _: None
    ) -> dict[str, Observation | Failure]:
        """Read every target; new snapshots are in `snapshots` afterwards.

        Returns:
            Exactly one reading for each target: dead hosts are given up, busy tenants tried again, as `run_scan` does.
        """
        clock = asyncio.get_running_loop().time
        by_name = {target.tenant: target for target in targets}
        capacities = {name: host.max_connections for name, host in self._hosts.items()}
        ledger = Ledger(((target.tenant, target.host) for target in targets), capacities, _RULES)
        async with asyncio.TaskGroup() as group:
            while not ledger.done:
                for batch in ledger.offer(clock(), self._concurrency):
                    group.create_task(self._perform(batch, [by_name[item] for item in batch.items]))
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_PAUSE):
                        batch_id, answer = await self._answers.get()
                        ledger.answer(batch_id, [answer], clock())
                ledger.tick(clock(), queue_empty=False)
                on_progress(ledger.settled)
        return {tenant: reading_of(outcome) for tenant, outcome in ledger.outcomes().items()}

    async def _perform(self, batch: Batch, targets: Sequence[Target]) -> None:
        results = scan_batch(targets, self._hosts[batch.lane], self._reader, connections=batch.connections)
        async with contextlib.aclosing(results):
            async for scanned in results:
                await self._answers.put((batch.id, Answer(scanned.target.tenant, self._outcome(scanned))))

    def _outcome(self, scanned: Scanned) -> Outcome:
        match scanned.result:
            case Observation() as seen:
                if seen.snapshot is not None:
                    self.snapshots.setdefault(seen.fingerprint, seen.snapshot)
                return Observed(seen.fingerprint, seen.server_version, seen.rows_scanned, seen.versions)
            case Failure() as failure:
                return Failed(failure)
            case Deferred() as deferred:
                return deferred
