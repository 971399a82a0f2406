"""How soon the overview of a large fleet can be used: in a real Chromium, by a real `serve`, on a full store.

Answers are simulated; they go through the code that records real scans. Prints each bar with its figure, and ends with
1 when a figure is beyond its bar. `python -m tests.benchmarks.bench_pages TENANTS` measures one size alone.
"""

from __future__ import annotations

import asyncio
import json
import re
import signal
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from coordinator.store.store import Store
from shared.embedded.postgres import EmbeddedPostgres
from shared.embedded.process import start_server, stop_server
from shared.embedded.redis import EmbeddedRedis
from shared.hosts import Secret
from tests.benchmarks.bars import Bars
from tests.benchmarks.bench_memory import CHANGES, SHARE_THAT_MOVES, Recording
from tests.benchmarks.large_fleet import LargeFleet
from tests.extras.browsing import launched
from tests.extras.programs import wait_until
from tests.integration.engine.test_coordinator_api import FLEET

MAX_INTERACTIVE_SECONDS = {10_000: 1.0, 100_000: 2.0}
MAX_STATUS_SECONDS = 0.1
SCANS_BEFORE = 5
VISITS = 10
REQUESTS = 200

CONFIGURATION = """\
[fleet]
name = {fleet}
file = "tenants.csv"

[hosts.db]
address = "127.0.0.1"
user = "nobody"

[spec]
source = "schema.sql"

[redis]
url = {redis}

[store]
dsn = {store}

[scratch]
dsn = {store}

[scan]
interval = 0

[serve]
port = 0
rate = 100000
"""

# What is asked of the window before a page is loaded: when scripts, or the drawing of the page, kept it from answering.
NOTE_LONG_TASKS = """
window.longTasks = [];
const note = (list) => window.longTasks.push(...list.getEntries().map((each) => each.startTime + each.duration));
new PerformanceObserver(note).observe({ type: "longtask", buffered: true });
"""

# The page is there and drawn, its script has run, and nothing keeps it from answering: ms since it was asked for.
INTERACTIVE = """
() => new Promise((done) => {
  const look = () => {
    const [drawn] = performance.getEntriesByName("first-contentful-paint");
    const [loaded] = performance.getEntriesByType("navigation");
    if (!drawn || !loaded.domContentLoadedEventEnd) return setTimeout(look, 20);
    setTimeout(() => done(Math.max(drawn.startTime, loaded.domContentLoadedEventEnd, ...window.longTasks)), 200);
  };
  look();
})
"""


async def _fill(dsn: str, tenants: int) -> None:
    """Record scans of a simulated fleet."""
    async with Store.open(Secret(dsn)) as store:
        fleet = LargeFleet(tenants, CHANGES)
        recording = Recording(store, fleet)
        await recording.scan()
        for _ in range(SCANS_BEFORE):
            fleet.move(SHARE_THAT_MOVES)
            await recording.scan()
    print(f"pages: {len(recording.seconds)} scans of {tenants:,} tenants are recorded", flush=True)


async def _create(server: EmbeddedPostgres, database: str) -> None:
    admin = await asyncpg.connect(server.dsn())
    await admin.execute(f"CREATE DATABASE {database}")
    await admin.close()


@contextmanager
def _serving(store: str, redis: EmbeddedRedis) -> Iterator[str]:
    """Run `fleetdrift serve` over a store; give its address."""
    with tempfile.TemporaryDirectory() as home:
        folder = Path(home)
        values = {"fleet": FLEET, "redis": redis.url, "store": store}
        quoted = {name: json.dumps(value) for name, value in values.items()}
        (folder / "fleetdrift.toml").write_text(CONFIGURATION.format(**quoted))
        (folder / "tenants.csv").write_text("tenant,host\ntenant-000000,db\n")
        log = folder / "log"
        argv = [Path(sys.executable).parent / "fleetdrift", "serve", "--config", folder / "fleetdrift.toml"]
        process = start_server(argv, log=log, stop_signal=signal.SIGTERM)
        try:
            found = wait_until(lambda: re.search(r"listening on (http://[\d.:]+\d)", log.read_text()), process, log)
            yield found[1]
        finally:
            stop_server(process, signal.SIGTERM)


def _interactive(browser: Any, base: str, path: str) -> float:
    """Open a page in a window that has never seen it; give the seconds until it can be used."""
    context = browser.new_context(base_url=base, viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.add_init_script(NOTE_LONG_TASKS)
    page.goto(path)
    milliseconds: float = page.evaluate(INTERACTIVE)
    context.close()
    return milliseconds / 1000


def _status(base: str) -> float:
    """Ask for the fleet's status again and again; give the seconds within which 95 % of the answers were there."""
    seconds = []
    with httpx.Client(base_url=base) as client:
        for _ in range(REQUESTS):
            began = time.perf_counter()
            client.get("/api/v1/status").raise_for_status()
            seconds.append(time.perf_counter() - began)
    return statistics.quantiles(seconds, n=20)[-1]


def _measure(server: EmbeddedPostgres, redis: EmbeddedRedis, tenants: int, bars: Bars) -> None:
    database = f"store_{tenants}"
    asyncio.run(_create(server, database))
    asyncio.run(_fill(server.dsn(database), tenants))
    with _serving(server.dsn(database), redis) as base:
        with launched() as browser:
            _interactive(browser, base, "/workers")  # the browser's own first page is not what is measured
            found = [_interactive(browser, base, "/") for _ in range(VISITS)]
        bars.hold(
            f"overview of {tenants:,} tenants, interactive, slowest", max(found), MAX_INTERACTIVE_SECONDS[tenants], "s"
        )
        print(f"pages: median of {VISITS} visits {statistics.median(found):.3f} s", flush=True)
        bars.hold(f"GET /status of {tenants:,} tenants, p95", _status(base), MAX_STATUS_SECONDS, "s")


def main(*sizes: int) -> int:
    """Measure; give 1 when a figure is beyond its bar."""
    bars = Bars()
    with EmbeddedPostgres() as server, EmbeddedRedis() as redis:
        for tenants in sizes or MAX_INTERACTIVE_SECONDS:
            _measure(server, redis, tenants, bars)
    return int(bars.failed)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
