"""The protocol of whoever persists a run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from coordinator.ledger.batch import ItemOutcome, Mark


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
