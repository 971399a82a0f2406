"""A scan has one owner, and a fleet one acting coordinator; when it is gone, another takes over."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import signal
from collections.abc import AsyncIterator, Sequence

import msgspec
import pytest

from coordinator.daemon.metrics import FleetMetrics, MetricsPage
from coordinator.daemon.scan_service import QueuedScans
from coordinator.daemon.service import end_orphans
from coordinator.fleet.target_runs import read_targets
from coordinator.report.model import ScanReport
from coordinator.store.leases import LeaseRules, LeaseTakenError, holding
from coordinator.store.records import ScanState
from coordinator.store.store import NotOwnerError, Store, coordinator_lease, scan_lease
from shared.hosts import Secret
from shared.targets import Target
from tests.acceptance.middle import BEFORE_EACH_TENANT_SECONDS, InTheMiddle
from tests.reports import demo

pytestmark = pytest.mark.anyio

FLEET = demo().body.fleet
QUICK = LeaseRules(seconds=0.6, renew_every=0.1, look_every=0.1)
SOON = 20.0  # seconds that a thing is waited for before the test fails


class Serve:
    """One `serve`: its loop over the store, with a scan that takes a moment."""

    def __init__(self, dsn: str, seconds: float = 0.2) -> None:
        self.performed: list[str] = []
        self.metrics = FleetMetrics(FLEET)
        self._dsn = dsn
        self._seconds = seconds
        self._task: asyncio.Task[None] | None = None

    @contextlib.asynccontextmanager
    async def running(self) -> AsyncIterator[QueuedScans]:
        async with Store.open(Secret(self._dsn)) as store:
            service = QueuedScans(FLEET, store, self.metrics, perform=self._perform, check=self._check, leases=QUICK)
            self._task = asyncio.create_task(service.run(interval=0))
            try:
                yield service
            finally:
                self._task.cancel()
                await asyncio.gather(self._task, return_exceptions=True)

    async def _perform(self, scan: str) -> ScanReport:
        self.performed.append(scan)
        await asyncio.sleep(self._seconds)
        return demo()

    async def _check(self) -> list[str]:
        return []


async def ended(store: Store, scans: Sequence[str]) -> None:
    async with asyncio.timeout(SOON):
        while not all([(found := await store.get_scan(scan)) and found.finished for scan in scans]):  # noqa: ASYNC110  # the store makes it true
            await asyncio.sleep(0.02)


@pytest.fixture
def dsn(store_name, postgres) -> str:
    return postgres.dsn(store_name)


async def test_of_two_coordinators_one_says_that_it_leads_and_the_other_that_it_lives(dsn):
    leads, waits = b'fleetdrift_leader{fleet="demo"} 1.0', b'fleetdrift_leader{fleet="demo"} 0.0'
    one, two = Serve(dsn), Serve(dsn)
    async with one.running(), asyncio.timeout(SOON):
        while leads not in MetricsPage(one.metrics).write():  # noqa: ASYNC110  # another task makes it true
            await asyncio.sleep(0.02)
        async with two.running():
            await asyncio.sleep(5 * QUICK.look_every)
            assert waits in MetricsPage(two.metrics).write()
            assert b"process_resident_memory_bytes " in MetricsPage(two.metrics).write()
            assert leads in MetricsPage(one.metrics).write()


async def test_two_coordinators_perform_each_scan_once(store, dsn):
    one, two = Serve(dsn), Serve(dsn)
    async with one.running() as first, two.running() as second:
        asked = [(await first.enqueue()).scan]
        await ended(store, asked)
        asked.append((await second.enqueue()).scan)
        await ended(store, asked)
        await asyncio.sleep(2 * QUICK.look_every)
    assert sorted(one.performed + two.performed) == sorted(asked)
    assert not (one.performed and two.performed)  # one of them leads, whichever was asked


async def test_another_coordinator_takes_over_from_one_that_ends(store, dsn):
    one, two = Serve(dsn), Serve(dsn)
    async with two.running() as second:
        async with one.running():
            await store.create_scan("first", FLEET)
            await ended(store, ["first"])
        asked = await second.enqueue()
        await ended(store, [asked.scan])
    assert asked.scan in one.performed + two.performed
    assert two.performed


async def test_another_coordinator_resumes_what_one_was_at_that_died(store, dsn):
    """A process that is killed releases nothing: its leases end."""
    await store.create_scan("s", FLEET)
    await store.begin_ledger("s", [])
    assert await store.take_lease(coordinator_lease(FLEET), 0.5)
    assert await store.take_lease(scan_lease("s"), 0.5)
    two = Serve(dsn)
    async with two.running():
        await asyncio.sleep(0.2)
        assert two.performed == []
        await ended(store, ["s"])
    assert two.performed == ["s"]


async def test_a_coordinator_that_was_asleep_leaves_the_scan_to_whoever_took_it(store, dsn):
    """As after SIGSTOP and SIGCONT: what it holds ended meanwhile, and its next writing is refused."""
    async with Store.open(Secret(dsn)) as sleeper:
        await store.create_scan("s", FLEET)
        assert await sleeper.take_lease(scan_lease("s"), 0.0)
        assert await store.take_lease(scan_lease("s"), 60)
        with pytest.raises(NotOwnerError, match="scan s was taken over by another process, which finishes it"):
            await sleeper.begin_ledger("s", [])
        with pytest.raises(NotOwnerError):
            await sleeper.record_report("s", demo())


async def test_work_is_cancelled_when_its_lease_is_taken(store, dsn):
    begun, broken_off = asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        try:
            await asyncio.sleep(SOON)
        finally:
            broken_off.set()

    async with Store.open(Secret(dsn)) as other:
        slow = LeaseRules(seconds=0.0, renew_every=0.2)
        doing = asyncio.create_task(holding(store, "x", slow, work))
        async with asyncio.timeout(SOON):
            await begun.wait()
            while not await other.take_lease("x", 60):  # noqa: ASYNC110  # the store makes it true
                await asyncio.sleep(0.02)
        with pytest.raises(LeaseTakenError):
            await doing
    assert broken_off.is_set()


async def test_serve_leaves_the_scan_of_a_command_alone_and_does_not_repeat_it(store, dsn):
    serve = Serve(dsn)

    async def command() -> None:
        await store.create_scan("by hand", FLEET)
        await asyncio.sleep(5 * QUICK.look_every)
        await store.begin_ledger("by hand", [])
        await asyncio.sleep(5 * QUICK.look_every)
        await store.record_report("by hand", demo())

    async with serve.running():
        await holding(store, scan_lease("by hand"), QUICK, command)
        await asyncio.sleep(3 * QUICK.look_every)
    assert serve.performed == []


async def test_the_ledger_of_a_scan_is_begun_by_one_of_two_and_never_breaks_on_a_key(store, dsn):
    fleet = [Target(tenant="t", host="h", database="d")]
    async with Store.open(Secret(dsn)) as other:
        await store.create_scan("s", FLEET)
        await store.begin_ledger("s", fleet)
        await other.begin_ledger("s", fleet)  # nobody has the lease: it is begun anew
        assert len(await store.load_ledger("s")) == 1


async def test_what_a_command_left_unfinished_is_recorded_as_failed_when_nobody_can_resume_it(store, dsn):
    async with Store.open(Secret(dsn)) as command:
        await command.create_scan("left", FLEET)
        await command.begin_ledger("left", [])
        await command.take_lease(scan_lease("left"), 0.0)
        await command.take_lease(coordinator_lease(FLEET), 60)
        await end_orphans(store, FLEET)  # a coordinator lives
        assert (await store.get_scan("left")).finished is None
        await command.release_lease(coordinator_lease(FLEET))
        await asyncio.sleep(0.01)
        await end_orphans(store, FLEET)
    record = await store.get_scan("left")
    assert record.state is ScanState.FAILED
    assert record.reason == "the process that performed it ended, and no coordinator was there to resume it"


async def test_two_coordinators_at_one_scan_of_which_one_was_asleep_lose_nothing_and_record_nothing_twice(engine):
    """The sleeper wakes up when another has taken the scan over, and is at it still."""
    engine.worker(slots=1, slow=BEFORE_EACH_TENANT_SECONDS)
    rules = LeaseRules(seconds=1.0, renew_every=0.2)
    sleeper = engine.coordinator("s", owner=msgspec.to_builtins(rules))
    waking: list[int] = []

    def wake() -> None:
        sleeper.send_signal(signal.SIGCONT)
        waking.append(sleeper.pid)

    async with engine.facilities() as facilities:
        store = facilities.store
        async with asyncio.timeout(SOON * 3):
            while not any(row.outcome for row in await store.load_ledger("s")):  # noqa: ASYNC110  # the sleeper makes it true
                await asyncio.sleep(0.05)
            sleeper.send_signal(signal.SIGSTOP)
            while not await store.take_lease(scan_lease("s"), 60):  # noqa: ASYNC110  # time makes it true
                await asyncio.sleep(0.05)
        read = functools.partial(
            read_targets, facilities, engine.fleet.targets, scan="s", on_progress=InTheMiddle(wake)
        )
        outcome = await holding(store, scan_lease("s"), rules, read)
    assert waking
    assert await asyncio.to_thread(sleeper.wait, 30) != 0
    await engine.assert_nothing_lost(outcome)
