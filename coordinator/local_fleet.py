"""Read and analyse a fleet in this process: no Redis, no workers. What `check` uses, on laptops and in CI."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Mapping, Sequence

from coordinator.fleet_reader import OnProgress, Reading
from coordinator.settings.model import Settings
from shared.analysis import Analysis
from shared.contracts.contract import Contract
from shared.postgres.connection import TargetError
from shared.postgres.contract_baseline import Baselines
from shared.postgres.observe import observe
from shared.postgres.scratch import ScratchServer
from shared.schema.schema import Snapshot, Spec
from shared.targets import Target
from workers.analyse import analyse


class LocalFleet:
    """A FleetReader on one event loop, bounded by `[scan] concurrency` and by each host's connections."""

    def __init__(self, settings: Settings, scratch: ScratchServer) -> None:
        self._settings = settings
        self._scratch = scratch
        self._baselines = Baselines(scratch)
        self._slots = asyncio.Semaphore(settings.file.scan.concurrency)
        self._hosts = {name: asyncio.Semaphore(host.max_connections) for name, host in settings.hosts.items()}
        self._snapshots: dict[str, Snapshot] = {}

    async def read(self, targets: Sequence[Target], on_progress: OnProgress) -> Mapping[str, Reading]:
        """Read every target; the first of each fingerprint brings its snapshot along."""
        readings: dict[str, Reading] = {}

        async def one(target: Target) -> None:
            # The host's place first: tenants of a slow host must not hold the places of the others.
            async with self._hosts[target.host], self._slots:
                readings[target.tenant] = await self._observe(target)
            on_progress(len(readings))

        await asyncio.gather(*(one(target) for target in _interleaved(targets)))
        return readings

    async def _observe(self, target: Target) -> Reading:
        file = self._settings.file
        host = self._settings.hosts[target.host]
        try:
            observation = await observe(host, target, file.limits, self._snapshots, file.compare)
        except TargetError as error:
            return error.failure
        if observation.snapshot is not None:
            self._snapshots.setdefault(observation.fingerprint, observation.snapshot)
        return observation

    async def snapshots(self, fingerprints: Sequence[str]) -> Mapping[str, Snapshot]:
        """Give what `read` kept."""
        return {fingerprint: self._snapshots[fingerprint] for fingerprint in fingerprints}

    async def analyse(
        self, spec: Spec, snapshots: Mapping[str, Snapshot], contracts: tuple[Contract, ...]
    ) -> Mapping[str, Analysis]:
        """Analyse one shape after the other."""
        return {
            fingerprint: await analyse(
                self._scratch, spec, snapshot, contracts, self._settings.file.compare, baselines=self._baselines
            )
            for fingerprint, snapshot in snapshots.items()
        }


def _interleaved(targets: Sequence[Target]) -> list[Target]:
    """Take one tenant of each host in turn, so that no host has to wait for another's last tenant."""
    queues: dict[str, list[Target]] = defaultdict(list)
    for target in reversed(targets):
        queues[target.host].append(target)
    ordered: list[Target] = []
    while queues:
        for host in list(queues):
            ordered.append(queues[host].pop())
            if not queues[host]:
                del queues[host]
    return ordered
