"""A store that is away for a while costs time, not the scan."""

from __future__ import annotations

import asyncio
import contextlib
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import msgspec
import pytest

from coordinator.engine.engine import Facilities
from coordinator.fleet.target_runs import read_targets
from coordinator.store.connection import StoreAwayError
from coordinator.store.patience import StorePatience
from coordinator.store.store import Store
from shared.embedded.postgres import EmbeddedPostgres
from shared.embedded.process import unprivileged_user
from shared.hosts import Secret
from tests.acceptance.engine.conftest import Engine
from tests.acceptance.middle import InTheMiddle
from tests.acceptance.verdict import assert_nothing_lost
from tests.breakable import BreakablePostgres

from .conftest import Wire

pytestmark = pytest.mark.anyio


@pytest.fixture
def near_dsn(store_name, postgres) -> str:
    """The store's DSN without the wire."""
    return postgres.dsn(store_name)


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


async def test_a_scan_whose_store_is_away_for_a_while_goes_on_and_loses_nothing(engine, wire, far_dsn, near_dsn, capfd):
    engine.worker(slots=2, slow=0.1)
    cut = CutInTheMiddle(wire, 2.0)
    patience = StorePatience("f", seconds=30, pause=0.1)
    async with engine.facilities() as facilities, Store.open(Secret(far_dsn)) as store:
        far = Facilities(facilities.settings, store.patient(patience), facilities.redis)
        outcome = await read_targets(far, engine.fleet.targets, on_progress=cut)
        assert cut.task is not None
        await cut.task
        rows = await store.load_ledger(outcome.scan)
    assert all(row.outcome for row in rows)
    await assert_nothing_lost(near_dsn, outcome, engine.fleet.undisturbed)
    assert "Traceback" not in capfd.readouterr().err


async def test_a_store_that_stays_away_ends_the_reading_with_a_sentence_and_the_scan_is_resumed(
    engine, wire, far_dsn, near_dsn
):
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
    await assert_nothing_lost(near_dsn, outcome, engine.fleet.undisturbed)


class PatientStore:
    """A scan that writes to a store which something happens to, and waits for it for half a minute."""

    def __init__(self, engine: Engine, dsn: str) -> None:
        self._engine = engine
        self._dsn = dsn

    async def scan(self, on_progress=lambda _: None, before=lambda: None) -> None:
        """Scan, after something that is done once the store is open; nothing is lost."""
        patience = StorePatience("f", seconds=60, pause=0.1)
        async with self._engine.facilities() as facilities:
            async with Store.open(Secret(self._dsn)) as store:
                before()
                far = msgspec.structs.replace(facilities, store=store.patient(patience))
                outcome = await read_targets(far, self._engine.fleet.targets, on_progress=on_progress)
            await assert_nothing_lost(self._dsn, outcome, self._engine.fleet.undisturbed)


async def test_a_store_that_is_stopped_and_started_again_costs_a_scan_nothing_but_time(engine):
    engine.worker(slots=2, slow=0.1)
    with BreakablePostgres() as server:

        async def stop_and_start() -> None:
            await asyncio.to_thread(server.halt)
            await asyncio.sleep(3)
            await asyncio.to_thread(server.resume)

        stopping: list[asyncio.Task[None]] = []
        middle = InTheMiddle(lambda: stopping.append(asyncio.create_task(stop_and_start())))
        await PatientStore(engine, server.dsn()).scan(middle)
        await stopping[0]


@pytest.fixture
def small_disk() -> Iterator[Path]:
    """A disk of 16 MB. Who is not root needs `sudo` without a password, as runners of CI have it."""
    place = Path(tempfile.mkdtemp(prefix="fd-disk-"))
    user = unprivileged_user()  # root runs servers as somebody else
    owner = user.pw_uid if user else os.geteuid()
    as_root("mount", "-t", "tmpfs", "-o", f"size=16m,mode=0755,uid={owner}", "fleetdrift-test", str(place))
    try:
        yield place
    finally:
        as_root("umount", "-l", str(place))
        place.rmdir()


def as_root(*argv: str) -> None:
    """Run a command as root, or fail the test: a claim that was not tried is not kept."""
    sudo = () if os.geteuid() == 0 else ("sudo", "-n")
    try:
        done = subprocess.run([*sudo, *argv], capture_output=True, text=True, check=False)
        words = done.stderr.strip() if done.returncode else ""
    except FileNotFoundError:
        words = "there is no sudo"
    if words:
        pytest.fail(f"this test mounts a disk of 16 MB, and only root may: run it as root or with sudo ({words})")


async def test_a_store_whose_disk_is_full_costs_a_scan_nothing_but_time_once_there_is_room(engine, small_disk):
    engine.worker(slots=2)
    ballast = small_disk / "ballast"
    with EmbeddedPostgres() as server:
        admin = await asyncpg.connect(server.dsn())
        await admin.execute(f"CREATE TABLESPACE small LOCATION '{small_disk}'")
        await admin.execute("CREATE DATABASE store TABLESPACE small STRATEGY file_copy")

        def fill() -> None:
            with contextlib.suppress(OSError), ballast.open("wb", buffering=0) as file:
                while True:
                    file.write(bytes(4096))

        scanning = asyncio.create_task(PatientStore(engine, server.dsn("store")).scan(before=fill))
        await asyncio.sleep(3)
        assert not scanning.done()
        assert await admin.fetchval("SELECT count(*) = 0 FROM pg_stat_activity WHERE state = 'idle in transaction'")
        ballast.unlink()
        await scanning
        await admin.close()
