"""Read and analyse a fleet through Celery workers: what `scan` and `serve` use."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Callable, Mapping, Sequence

from coordinator.engine.engine import EngineSettings, Facilities, Progress
from coordinator.engine.obstacles import Watch
from coordinator.fleet.reader import OnProgress, ReadResult
from coordinator.fleet.shape_runs import run_analyses
from coordinator.fleet.target_runs import load_snapshots, read_targets
from coordinator.store.store import Store
from shared.analysis.analysis import Analysis
from shared.contracts.contract import Contract
from shared.schema.schema import Snapshot, Spec
from shared.targets import Target
from workers.redis_pool import connect_redis


class QueuedFleet:
    """A FleetReader whose work is done by workers.

    Args:
        facilities: Settings, store and Redis.
        scan: Id of the scan, which an earlier process may have begun; made up when empty.
    """

    def __init__(self, facilities: Facilities, *, scan: str = "") -> None:
        self._facilities = facilities
        self._scan = scan

    @classmethod
    @contextlib.asynccontextmanager
    async def open(
        cls, settings: EngineSettings, store: Store, *, scan: str, watch: Watch
    ) -> AsyncIterator[QueuedFleet]:
        """Connect to Redis for the life of one scan; what keeps it from moving is told to the watch."""
        redis = connect_redis(settings.redis_url)
        try:
            yield cls(Facilities(settings, store, redis, watch), scan=scan)
        finally:
            await redis.aclose()

    async def read(self, targets: Sequence[Target], on_progress: OnProgress) -> Mapping[str, ReadResult]:
        """Read every target; see `read_targets`."""
        results = await read_targets(self._facilities, targets, scan=self._scan, on_progress=_counted(on_progress))
        return results.results

    async def snapshots(self, fingerprints: Sequence[str]) -> Mapping[str, Snapshot]:
        """Load what the workers sent."""
        return await load_snapshots(self._facilities.store, fingerprints)

    async def analyse(
        self, spec: Spec, snapshots: Mapping[str, Snapshot], contracts: tuple[Contract, ...]
    ) -> Mapping[str, Analysis]:
        """Analyse each distinct snapshot once (see `run_analyses`), and note where their shapes can be looked up."""
        found = await run_analyses(self._facilities, spec, snapshots, contracts, scan=self._scan)
        places = {found[name].shape: name for name in sorted(found, reverse=True)}
        await self._facilities.store.schemas.remember(self._facilities.settings.fleet, places)
        return found


def _counted(on_progress: OnProgress) -> Callable[[Progress], None]:
    return lambda progress: on_progress(progress.done)
