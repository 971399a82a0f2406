"""How fast a fleet of databases is scanned: first and again, quiet and written to, against pg_dump and a plain loop.

The store is on another server than the tenants, and somebody writes to a database of the tenants' server all the time.
Every scan makes its connections anew. Each figure is a ratio within one run, printed beside its bar; the exit code is 1
when one is beyond it. `python -m tests.benchmarks.bench_fleet DATABASES SIMULATED` says how many databases there are,
and how many simulated tenants; 0 leaves those out.
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from pathlib import Path
from typing import Any

import asyncpg
import msgspec

from coordinator.engine.engine import EngineSettings, Facilities
from coordinator.fleet.target_runs import read_targets
from coordinator.store.signs import SignedReading
from coordinator.store.store import Store
from shared.embedded.postgres import EmbeddedPostgres
from shared.embedded.redis import EmbeddedRedis
from shared.hosts import Host, Secret
from shared.messages import Keys, Observed
from shared.postgres.reading.server_sign import COUNTED_AFTER_SECONDS
from shared.signing import KeyRing
from shared.targets import Observation, Target
from tests.acceptance.chaos.run import KEY, Plan, nursery_of
from tests.acceptance.chaos.simulated import CONNECTIONS as SIMULATED_CONNECTIONS
from tests.acceptance.chaos.simulated import HOSTS as SIMULATED_HOSTS
from tests.acceptance.chaos.simulated import targets as simulated_tenants
from tests.benchmarks.bars import Bars
from tests.benchmarks.bench_dispatch import compare_all
from tests.breakable import BreakableRedis
from workers.redis_pool import connect_redis

DATABASES = 2000
TABLES = 5
POOLED = 200  # databases with an idle connection each: every one is a process of the server
DUMPED = 60  # databases of a round that pg_dump reads
SIMULATED = 100_000
CONNECTIONS = 8
RUNS_OF_EACH_MEASURE = 3
WRITTEN_SHARE, CHANGED_SHARE = 0.05, 0.01
WRITES_EVERY_SECONDS = 0.02
FLEET = "bench"
SCANNER = "bench_scanner"
WORKER = Path(__file__).parents[1] / "acceptance" / "engine" / "worker_process.py"

Scan = Callable[..., Awaitable[float]]


async def make_databases(server: EmbeddedPostgres, count: int) -> list[Target]:
    """Make equal databases of some tables."""
    admin = await asyncpg.connect(server.dsn())
    await admin.execute(f"CREATE ROLE {SCANNER} LOGIN")
    for name in ("bench_template", "bench_beside"):
        await admin.execute(f"CREATE DATABASE {name}")
    template = await asyncpg.connect(server.dsn("bench_template"))
    for number in range(TABLES):
        await template.execute(
            f"CREATE TABLE t{number} (id bigserial PRIMARY KEY, a text NOT NULL DEFAULT 'x', b int CHECK (b > 0));"
            f"CREATE INDEX ON t{number} (a); CREATE INDEX ON t{number} (b) WHERE b > 10"
        )
    await template.close()
    for number in range(count):
        await admin.execute(f"CREATE DATABASE bench{number} TEMPLATE bench_template STRATEGY file_copy")
    await admin.close()
    return [Target(tenant=f"t{number}", host="main", database=f"bench{number}") for number in range(count)]


async def run_in_each(server: EmbeddedPostgres, targets: Sequence[Target], statement: str) -> None:
    """Run a statement in databases, each in a session that ends."""
    waiting = deque(targets)

    async def work() -> None:
        while waiting:
            connection = await asyncpg.connect(server.dsn(waiting.popleft().database))
            await connection.execute(statement)
            await connection.close()

    await asyncio.gather(*(work() for _ in range(CONNECTIONS)))
    await asyncio.sleep(1)  # until the last of them is gone


@contextlib.asynccontextmanager
async def somebody_writes(server: EmbeddedPostgres) -> AsyncIterator[None]:
    """Write to a database beside the tenants'."""
    connection = await asyncpg.connect(server.dsn("bench_beside"))
    await connection.execute("CREATE TABLE IF NOT EXISTS noise (a int)")

    async def write() -> None:
        while True:
            await connection.execute("INSERT INTO noise VALUES (1)")
            await asyncio.sleep(WRITES_EVERY_SECONDS)

    writing = asyncio.create_task(write())
    try:
        yield
    finally:
        writing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await writing
        await connection.close()


class Fleet:
    """A fleet of databases, the worker that reads it, and the store that remembers.

    Args:
        server: Of the tenants.
        facilities: Settings, store and Redis.
        targets: Its databases.
    """

    def __init__(self, server: EmbeddedPostgres, facilities: Facilities, targets: Sequence[Target]) -> None:
        self.server = server
        self.targets = targets
        self._facilities = facilities

    async def scan(self, targets: Sequence[Target], *, anew: bool = False, read_anyway: float = 0.0) -> float:
        """Scan some of its databases, and give the seconds that it took.

        Args:
            targets: Which.
            anew: Forget before what was remembered of them.
            read_anyway: See `EngineSettings`.
        """
        if anew:
            await self._facilities.redis.delete(Keys(FLEET).sightings)
            await self._facilities.store.signs.forget(FLEET, ["main"])
        settings = msgspec.structs.replace(self._facilities.settings, read_anyway=read_anyway)
        facilities = msgspec.structs.replace(self._facilities, settings=settings)
        began = time.perf_counter()
        found = await read_targets(facilities, targets)
        took = time.perf_counter() - began
        read = [result for result in found.results.values() if isinstance(result, Observation)]
        assert len(read) == len(targets), Counter(type(result) for result in found.results.values())
        depths = Counter(result.depth.value for result in read)
        print(f"   {len(targets)} tenants in {took:.2f} s: {dict(depths)}", flush=True)
        return took

    def dump(self, targets: Sequence[Target]) -> float:
        """Give the seconds that two processes of `pg_dump | sha256sum` take."""
        began = time.perf_counter()
        halves = [targets[::2], targets[1::2]]
        program = self.server.binaries / "pg_dump"
        loops = [
            subprocess.Popen(
                [
                    "sh",
                    "-c",
                    "; ".join(f"{program} -s '{self.server.dsn(each.database)}' | sha256sum" for each in half),
                ],
                stdout=subprocess.DEVNULL,
                env={**os.environ, "LD_LIBRARY_PATH": str(self.server.binaries.parent / "lib")},
            )
            for half in halves
        ]
        codes = [loop.wait() for loop in loops]
        assert codes == [0, 0], codes
        return time.perf_counter() - began


async def quiet_fleet(fleet: Fleet, bars: Bars) -> None:
    """First and again, with and without those that are read anyway, and against pg_dump."""
    targets, count = fleet.targets, len(fleet.targets)
    sample = targets[:DUMPED]
    firsts, dumps, seconds = [], [], []
    for number in range(RUNS_OF_EACH_MEASURE):  # interleaved: what the machine does beside meets all of them
        chosen = targets if number == 0 else sample
        firsts.append(await fleet.scan(chosen, anew=True) / len(chosen))
        dumps.append(await asyncio.to_thread(fleet.dump, sample) / len(sample))
    first = await fleet.scan(targets, anew=True)
    seconds = [await fleet.scan(targets) for _ in range(RUNS_OF_EACH_MEASURE)]
    second = statistics.median(seconds)
    dump = statistics.median(dumps)
    print(f"   pg_dump | sha256sum, two processes: {dump * 1000:.1f} ms a database")
    bars.reach(f"{count} idle databases, first / second scan", first / second, 50)
    again = await fleet.scan(targets, read_anyway=0.01)
    print(f"   with one in a hundred read anyway: first / second is {first / again:.1f}")
    bars.reach("pg_dump | sha256sum / first scan", dump / statistics.median([first / count, firsts[0]]), 3)
    bars.reach("pg_dump | sha256sum / second idle scan", dump * count / second, 150)
    await written_to(fleet, bars, first)


async def written_to(fleet: Fleet, bars: Bars, first: float) -> None:
    """Some tenants written to and some changed; then all written to."""
    targets = fleet.targets
    written = targets[: max(1, round(len(targets) * WRITTEN_SHARE))]
    changed = targets[-max(1, round(len(targets) * CHANGED_SHARE)) :]
    await run_in_each(fleet.server, written, "INSERT INTO t0 (b) VALUES (1)")
    await run_in_each(fleet.server, changed, "ALTER TABLE t0 ADD added int")
    some = await fleet.scan(targets)
    bars.reach("5 % written to and 1 % changed, first / this scan", first / some, 15)
    await run_in_each(fleet.server, targets, "INSERT INTO t0 (b) VALUES (1)")
    bars.reach("every tenant written to and none changed, first / this scan", first / await fleet.scan(targets), 4)


async def pooled_fleet(fleet: Fleet, bars: Bars, who: str) -> None:
    """An idle connection to each database, as an application's pool keeps it.

    Args:
        fleet: Its databases.
        bars: The bars.
        who: The scanner's role, in words: what it may see decides.
    """
    targets = fleet.targets[:POOLED]
    pool = [await asyncpg.connect(fleet.server.dsn(target.database)) for target in targets]
    try:
        for connection in pool:
            await connection.execute("INSERT INTO t0 (b) VALUES (1)")
        first = await fleet.scan(targets, anew=True)
        await asyncio.sleep(COUNTED_AFTER_SECONDS + 1)
        second = statistics.median([await fleet.scan(targets) for _ in range(RUNS_OF_EACH_MEASURE)])
        bars.reach(
            f"{len(targets)} databases with an idle pooled connection each, {who}, first / second scan",
            first / second,
            4,
        )
    finally:
        for connection in pool:
            await connection.close()


async def scan_databases(databases: int, bars: Bars) -> None:
    """Measure a fleet of real databases."""
    limit = f"max_connections={POOLED + 100}"
    with (
        EmbeddedPostgres(settings=(limit,)) as server,
        EmbeddedPostgres() as store_server,
        EmbeddedRedis() as redis,
    ):
        targets = await make_databases(server, databases)
        place: dict[str, Any] = {
            "name": "main", "address": str(server.socket_dir), "port": server.port, "user": SCANNER,
            "max_connections": CONNECTIONS,
        }  # fmt: skip
        told = {
            "redis_url": redis.url,
            "fleet": FLEET,
            "hosts": [{**place, "password": ""}],
            "slots": 2,
            "name": "bench@here",
        }
        worker = await asyncio.create_subprocess_exec(
            sys.executable, str(WORKER), json.dumps(told), stderr=subprocess.DEVNULL
        )
        url = Secret(redis.url)
        settings = EngineSettings(
            fleet=FLEET, redis_url=url, hosts={"main": Host(**place)}, slots=2, remember=24 * 3600.0
        )
        client = connect_redis(url)
        try:
            async with Store.open(Secret(store_server.dsn())) as store, somebody_writes(server):
                fleet = Fleet(server, Facilities(settings, store, client), targets)
                await fleet.scan(targets[:8])  # everybody is awake
                await quiet_fleet(fleet, bars)
                await pooled_fleet(fleet, bars, "a role that may only connect")
                admin = await asyncpg.connect(server.dsn())
                await admin.execute(f"GRANT pg_read_all_stats TO {SCANNER}")
                await admin.close()
                await pooled_fleet(fleet, bars, "one that sees the state of sessions")
        finally:
            await client.aclose()
            worker.terminate()
            await worker.wait()


async def coordinate(tenants: int, bars: Bars) -> None:
    """Coordinate simulated tenants, whose answers cost nothing; then keep and load what signs need of as many."""
    plan = Plan(tenants=tenants, workers=2)
    hosts = {name: Host(name=name, address=name, max_connections=SIMULATED_CONNECTIONS) for name in SIMULATED_HOSTS}
    with (
        EmbeddedPostgres(in_memory=True) as postgres,
        tempfile.TemporaryDirectory() as folder,
        BreakableRedis() as redis,
        nursery_of(plan, redis, Path(folder)),
    ):
        settings = EngineSettings(
            fleet="chaos", redis_url=Secret(redis.url), ring=KeyRing([Secret(KEY)]), hosts=hosts, slots=2
        )
        client = connect_redis(settings.redis_url)
        try:
            async with Store.open(Secret(postgres.dsn())) as store:
                facilities = Facilities(settings, store, client)
                seconds = []
                for count in (tenants // 10, tenants):
                    began = time.perf_counter()
                    await read_targets(facilities, simulated_tenants(count), scan="chaos" if count == tenants else "")
                    seconds.append(time.perf_counter() - began)
                megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
                await keep_signs(store, tenants, bars)
        finally:
            await client.aclose()
    bars.hold(f"{tenants} simulated tenants coordinated", seconds[1], 20, "s")
    bars.hold("their time / that of a tenth of them", seconds[1] / seconds[0], 12, "x")
    bars.hold("resident memory of the coordinator", megabytes, 200, "MB")


async def keep_signs(store: Store, tenants: int, bars: Bars) -> None:
    """Keep what was read of tenants beside signs, and load it again."""
    observed = Observed("f" * 64, 180000, 700, counters="c" * 32)
    readings = [
        SignedReading(
            target=target, identity="i" * 64, written=1, observed=observed, read_in_full=dt.datetime.now(dt.UTC)
        )
        for target in simulated_tenants(tenants)
    ]
    seconds = []
    for act in (
        lambda: store.signs.keep(FLEET, "scope", readings),
        lambda: store.signs.keep(FLEET, "scope", readings),
        lambda: store.signs.load(FLEET, "scope", dt.datetime.now(dt.UTC) - dt.timedelta(days=1)),
    ):
        began = time.perf_counter()
        await act()
        seconds.append(time.perf_counter() - began)
    bars.hold(f"{tenants} readings kept beside their signs, all new", seconds[0], 10, "s")
    bars.hold("the same, when nothing has changed", seconds[1], 5, "s")
    bars.hold("the same, loaded", seconds[2], 2, "s")


def main() -> int:
    """Run all; give the exit code."""
    databases, simulated = (*(int(word) for word in sys.argv[1:]), *(DATABASES, SIMULATED)[len(sys.argv) - 1 :])[:2]
    bars = Bars()
    if simulated:
        asyncio.run(coordinate(simulated, bars))  # first: it measures the memory of this process
    if databases:
        asyncio.run(compare_all(bars))
        asyncio.run(scan_databases(databases, bars))
    return int(bars.failed)


if __name__ == "__main__":
    sys.exit(main())
