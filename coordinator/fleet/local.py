"""Read and analyse a fleet in this process: no Redis, no workers. What `check` uses, on laptops and in CI."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from coordinator.fleet.in_process import InProcess
from coordinator.fleet.reader import OnProgress, ReadResult
from coordinator.ledger.lane import BUSY_SHARE_OF_DEADLINE
from coordinator.settings.model import Settings
from shared.analysis.analysis import Analysis
from shared.analysis.known_shapes import lasting_shapes
from shared.analysis.lasting_memory import lasting_memory
from shared.analysis.pipeline import analyse
from shared.analysis.request import AnalysisRequest
from shared.contracts.contract import Contract
from shared.events.analysis import AnalysesAsked, AnalysisReceived
from shared.logs import log
from shared.postgres.scratch import ScratchServer
from shared.schema.schema import Snapshot, Spec
from shared.targets import Target


class LocalFleet:
    """A FleetReader on one event loop, bounded by `[scan] concurrency` and by each host's connections."""

    def __init__(self, settings: Settings, scratch: ScratchServer, *, scan: str = "") -> None:
        file = settings.file
        self._scan = scan
        self._profile = file.compare
        self._recipe = file.scan.recipe
        self._scratch = scratch
        self._contract_memory = lasting_memory()
        self._shapes = lasting_shapes()
        self._reader = InProcess(
            settings.hosts,
            file.limits,
            file.compare,
            concurrency=file.scan.concurrency,
            run=scan,
            busy_for=file.scan.deadline * BUSY_SHARE_OF_DEADLINE,
            rate=file.scan.rate,
        )

    async def read(self, targets: Sequence[Target], on_progress: OnProgress) -> Mapping[str, ReadResult]:
        """Read every target; the first of each fingerprint brings its snapshot along."""
        return await self._reader.read(targets, on_progress)

    async def snapshots(self, fingerprints: Sequence[str]) -> Mapping[str, Snapshot]:
        """Give the snapshots that `read` has kept, by fingerprint."""
        return {fingerprint: self._reader.snapshots[fingerprint] for fingerprint in fingerprints}

    async def analyse(
        self, spec: Spec, snapshots: Mapping[str, Snapshot], contracts: tuple[Contract, ...]
    ) -> Mapping[str, Analysis]:
        """Analyse one shape after the other."""
        log(AnalysesAsked(run=self._scan, scan=self._scan, shapes=len(snapshots), stored=0))
        analyses: dict[str, Analysis] = {}
        for fingerprint, snapshot in snapshots.items():
            request = AnalysisRequest(
                spec=spec, snapshot=snapshot, contracts=contracts, profile=self._profile, recipe=self._recipe
            )
            analyses[fingerprint] = await analyse(
                self._scratch, request, memory=self._contract_memory, shapes=self._shapes
            )
            log(AnalysisReceived(run=self._scan, analysis=analyses[fingerprint].id))
        return analyses
