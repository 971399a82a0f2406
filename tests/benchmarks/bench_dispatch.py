"""What the way through Redis and workers costs: a scan by workers beside a plain loop that reads the same tenants.

Both hold the same number of connections to one host, and bring each shape's snapshot along once. Local tenants are
databases of a server on this machine; remote ones are simulated, and answer after a tenth of a second, in which nothing
is computed. Workers and loop take turns, and each figure is the median of their ratios. `bench_fleet` runs this too.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any

import asyncpg

from coordinator.engine.engine import EngineSettings, Facilities
from coordinator.fleet.target_runs import read_targets
from coordinator.store.store import Store
from shared.embedded.postgres import EmbeddedPostgres
from shared.embedded.redis import EmbeddedRedis
from shared.hosts import Host, Secret
from shared.messages import Keys
from shared.postgres.reading.observe import observe
from shared.schema.profile import Profile
from shared.targets import Limits, Observation, ReadRequest, Target
from tests.acceptance.chaos.simulated import simulate
from tests.acceptance.engine.worker_process import work
from tests.benchmarks.bars import Bars
from workers.redis_pool import connect_redis
from workers.scan import Observe, ReadSettings, read_batch

FLEET = "bench"
SCANNER = "bench_scanner"
CONNECTIONS = 8
LOCAL, LOCAL_BAR = 100, 1.05
REMOTE_BARS = {40: 1.08, 300: 1.03}  # by the number of tenants
REMOTE_SECONDS = 0.1
RUNS_OF_EACH_MEASURE = 5
TABLES = 20


async def far_away(host: Host, target: Target, wanted: ReadRequest) -> Observation:
    """Read a simulated tenant whose server is far away."""
    await asyncio.sleep(REMOTE_SECONDS)
    return await simulate(host, target, wanted)


async def by_loop(host: Host, targets: Sequence[Target], read: Observe) -> None:
    """Read tenants in this process, without Redis, store and ledger."""
    known: set[str] = set()
    reader = ReadSettings(observe=read, limits=Limits(), known=known, profile=Profile())
    async for scanned in read_batch(targets, host, reader, connections=CONNECTIONS):
        if isinstance(scanned.result, Observation):
            known.add(scanned.result.fingerprint)


async def seconds(act: Callable[[], Awaitable[object]]) -> float:
    """Give how long something takes."""
    began = time.perf_counter()
    await act()
    return time.perf_counter() - began


async def compare(facilities: Facilities, targets: Sequence[Target], host: Host, read: Observe) -> float:
    """Give the time that workers need, divided by that of the loop: the median of some rounds."""
    await read_targets(facilities, targets[: 2 * CONNECTIONS])  # everybody is awake
    ratios = []
    for _ in range(RUNS_OF_EACH_MEASURE):
        await facilities.redis.delete(Keys(FLEET).sightings)  # or a glance would do
        workers = await seconds(lambda: read_targets(facilities, targets))
        loop = await seconds(lambda: by_loop(host, targets, read))
        print(f"   {len(targets)} tenants: workers {workers:.3f} s, loop {loop:.3f} s", flush=True)
        ratios.append(workers / loop)
    return statistics.median(ratios)


@contextlib.asynccontextmanager
async def working(redis: EmbeddedRedis, store: Store, host: Host, how: str) -> AsyncIterator[Facilities]:
    """Start a worker of two processes for one host; `how` says how it reads."""
    place = {"name": host.name, "address": host.address, "port": host.port, "user": host.user, "password": ""}
    told = {"redis_url": redis.url, "fleet": FLEET, "hosts": [place], "slots": 2, "name": "bench@here"}
    argv = [
        sys.executable,
        "-m",
        "tests.benchmarks.bench_dispatch",
        how,
        json.dumps({**told, "scratch": "postgresql:///not-used"}),
    ]
    worker = await asyncio.create_subprocess_exec(*argv, stderr=subprocess.DEVNULL)
    url = Secret(redis.url)
    client = connect_redis(url)
    try:
        settings = EngineSettings(fleet=FLEET, redis_url=url, hosts={host.name: host}, slots=2)
        yield Facilities(settings, store, client)
    finally:
        await client.aclose()
        worker.terminate()
        await worker.wait()


async def make_databases(server: EmbeddedPostgres) -> list[Target]:
    """Make equal databases of some tables."""
    admin = await asyncpg.connect(server.dsn())
    await admin.execute(f"CREATE ROLE {SCANNER} LOGIN")
    await admin.execute("CREATE DATABASE bench_template")
    template = await asyncpg.connect(server.dsn("bench_template"))
    for number in range(TABLES):
        await template.execute(
            f"CREATE TABLE t{number} (id bigint PRIMARY KEY, a text NOT NULL DEFAULT 'x', b int CHECK (b > 0));"
            f"CREATE INDEX ON t{number} (a); CREATE INDEX ON t{number} (b) WHERE b > 10"
        )
    await template.close()
    for number in range(LOCAL):
        await admin.execute(f"CREATE DATABASE bench{number} TEMPLATE bench_template STRATEGY file_copy")
    await admin.close()
    return [Target(tenant=f"t{number}", host="main", database=f"bench{number}") for number in range(LOCAL)]


async def compare_all(bars: Bars) -> None:
    """Compare local and remote tenants."""
    with EmbeddedPostgres() as server, EmbeddedPostgres(in_memory=True) as stores:
        local = Host(
            name="main", address=str(server.socket_dir), port=server.port, user=SCANNER, max_connections=CONNECTIONS
        )
        remote = Host(name="far", address="far", max_connections=CONNECTIONS)
        async with Store.open(Secret(stores.dsn())) as store:
            for count, bar in REMOTE_BARS.items():
                targets = [Target(tenant=f"t{number:06}", host="far", database="d") for number in range(count)]
                with EmbeddedRedis() as redis:
                    async with working(redis, store, remote, "far") as facilities:
                        ratio = await compare(facilities, targets, remote, far_away)
                bars.hold(f"{count} remote tenants, workers / loop", ratio, bar, "x")
            databases = await make_databases(server)
            with EmbeddedRedis() as redis:
                async with working(redis, store, local, "near") as facilities:
                    ratio = await compare(facilities, databases, local, observe)
            bars.hold(f"{LOCAL} local tenants, workers / loop", ratio, LOCAL_BAR, "x")


def main() -> int:
    """Compare, or be the worker; give the exit code."""
    match sys.argv[1:]:
        case [how, told]:
            settings: dict[str, Any] = json.loads(told)
            return work(settings, far_away if how == "far" else observe)
        case _:
            bars = Bars()
            asyncio.run(compare_all(bars))
            return int(bars.failed)


if __name__ == "__main__":
    sys.exit(main())
