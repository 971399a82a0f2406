"""A store that is away for a while costs time, not the scan."""

from __future__ import annotations

import asyncio

import msgspec
import pytest

from coordinator.engine.engine import Facilities
from coordinator.fleet.target_runs import read_targets
from coordinator.store.connection import StoreAwayError
from coordinator.store.patience import StorePatience
from coordinator.store.store import Store
from shared.hosts import Secret

from .conftest import Wire

pytestmark = pytest.mark.anyio


class CutInTheMiddle:
    """Cuts the wire to the store when a quarter of the fleet is read, and joins it after a while."""

    def __init__(self, wire: Wire, seconds: float) -> None:
        self._wire = wire
        self._seconds = seconds
        self.task: asyncio.Task[None] | None = None

    def __call__(self, progress) -> None:
        if self.task is None and progress.done >= progress.total / 4:
            self.task = asyncio.create_task(self._cut())

    async def _cut(self) -> None:
        await self._wire.cut()
        await asyncio.sleep(self._seconds)
        await self._wire.join()


async def test_a_scan_whose_store_is_away_for_a_while_goes_on_and_loses_nothing(engine, wire, far_dsn, capfd):
    engine.worker(slots=2, slow=0.1)
    cut = CutInTheMiddle(wire, 2.0)
    patience = StorePatience("f", seconds=30, pause=0.1)
    async with engine.facilities() as facilities, Store.open(Secret(far_dsn)) as store:
        far = Facilities(facilities.settings, store.patient(patience), facilities.redis)
        outcome = await read_targets(far, engine.fleet.targets, on_progress=cut)
        assert cut.task is not None
        await cut.task
        rows = await store.load_ledger(outcome.scan)
    assert {tenant: read.fingerprint for tenant, read in outcome.results.items()} == engine.fleet.truth
    assert all(row.outcome for row in rows)
    assert "Traceback" not in capfd.readouterr().err


async def test_a_store_that_stays_away_ends_the_reading_with_a_sentence_and_the_scan_is_resumed(engine, wire, far_dsn):
    engine.worker(slots=2, slow=0.1)
    cut = CutInTheMiddle(wire, 1.5)
    async with engine.facilities() as facilities, Store.open(Secret(far_dsn)) as store:
        far = msgspec.structs.replace(facilities, store=store.patient(StorePatience("f", seconds=0.3, pause=0.1)))
        with pytest.raises(StoreAwayError, match=r"^the store cannot be reached.*, for 0\.3 seconds$"):
            await read_targets(far, engine.fleet.targets, scan="s", on_progress=cut)
        assert cut.task is not None
        await cut.task
        before = sum(row.outcome is not None for row in await store.load_ledger("s"))
        outcome = await read_targets(far, engine.fleet.targets, scan="s")
    assert 0 < before < len(engine.fleet.targets)
    assert {tenant: read.fingerprint for tenant, read in outcome.results.items()} == engine.fleet.truth
