"""The two things a scan needs somebody to do: read every tenant, and analyse every distinct shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from shared.analysis.analysis import Analysis
from shared.contracts.contract import Contract
from shared.schema.schema import Snapshot, Spec
from shared.targets import Failure, Observation, Target

Reading = Observation | Failure
"""What became of one tenant."""

OnProgress = Callable[[int], None]
"""Called with the number of tenants that have a reading."""


class FleetReader(Protocol):
    """Done in this process by `check`, by Celery workers for `scan`: the answers are the same."""

    async def read(self, targets: Sequence[Target], on_progress: OnProgress) -> Mapping[str, Reading]:
        """Read every target; every tenant has exactly one reading when this returns."""
        ...

    async def snapshots(self, fingerprints: Sequence[str]) -> Mapping[str, Snapshot]:
        """Give the snapshot of each fingerprint that a reading named."""
        ...

    async def analyse(
        self, spec: Spec, snapshots: Mapping[str, Snapshot], contracts: tuple[Contract, ...]
    ) -> Mapping[str, Analysis]:
        """Analyse each distinct snapshot once; the answers are by fingerprint."""
        ...
