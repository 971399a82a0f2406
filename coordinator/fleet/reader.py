"""The protocol of whoever reads every tenant of a scan and analyses every distinct shape."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from shared.analysis.analysis import Analysis
from shared.contracts.contract import Contract
from shared.schema.schema import Snapshot, Spec
from shared.targets import Failure, Observation, Target

ReadResult = Observation | Failure
"""What became of one tenant."""

OnProgress = Callable[[int], None]
"""Called with the number of tenants that have a result."""


class FleetReader(Protocol):
    """Reads tenants and analyses shapes: in this process for `check`, by workers for `scan`, with the same answers."""

    async def read(self, targets: Sequence[Target], on_progress: OnProgress) -> Mapping[str, ReadResult]:
        """Read every target; every tenant has exactly one result when this returns."""
        ...

    async def snapshots(self, fingerprints: Sequence[str]) -> Mapping[str, Snapshot]:
        """Give the snapshot of each fingerprint that a result named."""
        ...

    async def analyse(
        self, spec: Spec, snapshots: Mapping[str, Snapshot], contracts: tuple[Contract, ...]
    ) -> Mapping[str, Analysis]:
        """Analyse each distinct snapshot once; the answers are by fingerprint."""
        ...
