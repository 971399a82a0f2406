"""What remembering a large fleet costs: time and memory to record a scan, the size of the store, how fast it answers.

Answers are simulated; they go through the code that records real scans, from the ledger to the report. Prints each bar
with its figure, and ends with 1 when a figure is beyond its bar. `python -m tests.benchmarks.bench_memory SCANS` says
how many scans are recorded; the size after a thousand is worked out from their growth.
"""

from __future__ import annotations

import asyncio
import gc
import statistics
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import httpx

from coordinator.store.store import Store
from shared.embedded.postgres import EmbeddedPostgres
from shared.hosts import Secret
from tests.benchmarks.bars import Bars
from tests.benchmarks.large_fleet import LargeFleet
from tests.integration.engine.test_coordinator_api import FLEET, Scans, running

TENANTS = 100_000
CHANGES = 200
SHARE_THAT_MOVES = 0.05
SCANS = 60
SCANS_OF_THE_BAR = 1000
UNCHANGED_SCANS = 10
REQUESTS = 50
OUTCOMES_AT_ONCE = 1000

MAX_RECORD_SECONDS = 5.0
MAX_RECORD_MEGABYTES = 300.0
MAX_STORE_MEGABYTES = 2000.0
MAX_UNCHANGED_KILOBYTES = 16.0  # of a scan that found nothing new: its own row, and the envelope of its report
MAX_ANSWER_SECONDS = 0.1
MAX_PAGE_SECONDS = 1.0
MAX_EVENT_SECONDS = 1.0

MEGABYTE, KILOBYTE = 1e6, 1e3


def _memory(key: str) -> float:
    """Give a figure of this process's /proc/self/status in MB."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 / MEGABYTE for line in lines if line.startswith(f"{key}:"))


def _forget_highest_memory() -> None:
    """Let this process's highest mark of resident memory (VmHWM) begin anew."""
    Path("/proc/self/clear_refs").write_text("5")


class Recording:
    """Records scans of a fleet, and what that costs this process, which holds no server but is the one that records.

    Args:
        store: Open.
        fleet: Simulated.
    """

    def __init__(self, store: Store, fleet: LargeFleet) -> None:
        self._store = store
        self._fleet = fleet
        self._scans = 0
        self.seconds: list[float] = []
        self.megabytes: list[float] = []

    async def scan(self) -> None:
        """Take a scan from its ledger to its recorded report."""
        self._scans += 1
        scan = f"scan-{self._scans:04}"
        await self._store.create_scan(scan, FLEET)
        await self._store.begin_ledger(scan, self._fleet.targets)
        answers = self._fleet.answers()
        for start in range(0, len(answers), OUTCOMES_AT_ONCE):
            await self._store.record_outcomes(scan, answers[start : start + OUTCOMES_AT_ONCE])
        report = self._fleet.report()
        _forget_highest_memory()
        before, began = _memory("VmRSS"), time.perf_counter()
        await self._store.record_report(scan, report)
        self.seconds.append(time.perf_counter() - began)
        self.megabytes.append(_memory("VmHWM") - before)


async def _size(admin: asyncpg.Connection) -> float:
    """Give the size of the store in bytes, once the room of deleted rows may be used again, as autovacuum sees to."""
    await admin.execute("VACUUM")
    return float(await admin.fetchval("SELECT pg_database_size(current_database())"))


async def _record(store: Store, admin: asyncpg.Connection, scans: int, bars: Bars) -> None:
    fleet = LargeFleet(TENANTS, CHANGES)
    recording = Recording(store, fleet)
    await recording.scan()
    print(f"memory: the first scan, of which every tenant is new, is recorded in {recording.seconds[0]:.2f} s")
    sizes = []
    for number in range(scans):
        fleet.move(SHARE_THAT_MOVES)
        await recording.scan()
        if number % max(1, scans // 6) == 0:
            sizes.append((number, await _size(admin)))
            print(f"memory: after {number + 2} scans the store has {sizes[-1][1] / MEGABYTE:.0f} MB", flush=True)
    bars.hold("a scan's result is recorded, slowest", max(recording.seconds[1:]), MAX_RECORD_SECONDS, "s")
    bars.hold("resident memory grows meanwhile, most", max(recording.megabytes), MAX_RECORD_MEGABYTES, "MB")
    now = await _size(admin)
    (first, before), (last, after) = sizes[len(sizes) // 2], sizes[-1]
    growth = (after - before) / (last - first)
    expected = now + max(0, SCANS_OF_THE_BAR - scans - 1) * growth
    print(f"memory: {now / MEGABYTE:.0f} MB after {scans + 1} scans, and {growth / MEGABYTE:.2f} MB for each more")
    bars.hold(f"the store after {SCANS_OF_THE_BAR} scans", expected / MEGABYTE, MAX_STORE_MEGABYTES, "MB")
    unchanged = []
    for _ in range(UNCHANGED_SCANS + 2):
        await recording.scan()
        unchanged.append(await _size(admin))
    grown = (unchanged[-1] - unchanged[1]) / UNCHANGED_SCANS / KILOBYTE
    bars.hold("a scan in which nothing moved adds", grown, MAX_UNCHANGED_KILOBYTES, "kB")


async def _answers(client: httpx.AsyncClient, bars: Bars) -> None:
    """Ask each list for its first page, filtered, and for each page."""
    change = (await client.get("/api/v1/changes", params={"limit": "1"})).json()["changes"][0]["change"]["id"]
    for path in map(
        "/api/v1{}".format,
        (
            "/status",
            "/tenants",
            "/tenants?status=drifted",
            "/tenants?name=*-0999*",
            f"/tenants?change={change}",
            "/changes?state=open",
            "/changes?severity=warning&object=part_1",
            "/changes?tenant=tenant-000007",
            "/groups",
            "/scans",
        ),
    ):
        bars.hold(f"GET {path.replace(change, 'ID')}, p95", await _p95(client, path), MAX_ANSWER_SECONDS, "s")
    pages = ("/", "/changes", f"/changes/{change}", "/tenants", "/groups", "/contracts", "/declaration", "/versions")
    for path in (*pages, "/scans", "/workers", "/settings"):
        bars.hold(f"page {path.replace(change, 'ID')}, p95", await _p95(client, path), MAX_PAGE_SECONDS, "s")


async def _p95(client: httpx.AsyncClient, path: str) -> float:
    """Ask for a path again and again, and give the seconds within which 95 % of the answers were there."""
    seconds = []
    for _ in range(REQUESTS):
        began = time.perf_counter()
        answer = await client.get(path)
        seconds.append(time.perf_counter() - began)
        assert answer.status_code == 200, (path, answer.text)
        await asyncio.sleep(0.02)  # the bound on one client's requests is not what is measured
    return statistics.quantiles(seconds, n=20)[-1]


async def _ids(lines: AsyncIterator[str]) -> AsyncIterator[str]:
    async for line in lines:
        if line.startswith("id:"):
            yield line


async def _events(dsn: str, client: httpx.AsyncClient, bars: Bars) -> None:
    """Follow a scan whose answers are recorded by who is not the coordinator, and see how late each event is."""
    fleet = LargeFleet(1000, CHANGES)
    scan = "followed"
    late = []
    async with Store.open(Secret(dsn)) as store:
        await store.create_scan(scan, FLEET)
        await store.take_lease(f"scan:{scan}", 60.0)
        await store.begin_ledger(scan, fleet.targets)
        async with client.stream("GET", f"/api/v1/scans/{scan}/events", timeout=30) as answer:
            events = _ids(answer.aiter_lines())
            await anext(events)
            for each in fleet.answers()[:REQUESTS:5]:
                await store.record_outcomes(scan, [each])
                began = time.perf_counter()
                await anext(events)
                late.append(time.perf_counter() - began)
    bars.hold("an event of a running scan comes, slowest", max(late), MAX_EVENT_SECONDS, "s")


async def _measure(server: EmbeddedPostgres, scans: int, bars: Bars) -> None:
    admin = await asyncpg.connect(server.dsn())
    async with Store.open(Secret(server.dsn())) as store:
        await _record(store, admin, scans, bars)
        gc.collect()
        gc.freeze()  # the simulated fleet is no coordinator's: looking through it stopped an answer in 100 for 0.2 s
        async with running(store, Scans()) as client:
            await _answers(client, bars)
            await _events(server.dsn(), client, bars)
    await admin.close()


def main(scans: int = SCANS) -> int:
    """Measure; give 1 when a figure is beyond its bar."""
    bars = Bars()
    with EmbeddedPostgres() as server:
        asyncio.run(_measure(server, scans, bars))
    return int(bars.failed)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
