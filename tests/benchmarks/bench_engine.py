"""What the way through Celery and Redis costs: a scan of a fleet by workers against the same scan on one event loop.

Both read the same databases with the same number of connections, and bring each shape's snapshot along once. The figure
is a ratio of one run on one machine, so that it means the same on a fast and on a slow one.
"""

from __future__ import annotations

import asyncio
import json
import statistics
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import asyncpg

from coordinator.engine.engine import EngineSettings, Facilities
from coordinator.fleet.target_runs import read_targets
from coordinator.store.store import Store
from shared.embedded.postgres import EmbeddedPostgres
from shared.embedded.redis import EmbeddedRedis
from shared.hosts import Host, Secret
from shared.messages import Keys, Observed
from shared.postgres.reading.observe import observe
from shared.schema.profile import Profile
from shared.targets import Limits, Observation, Target
from workers.redis_pool import connect_redis
from workers.scan import ReadSettings, read_batch

TENANTS = 100
TABLES = 20
CONNECTIONS = 8
ROUNDS = 3
LARGE_FLEET = 100_000
WORKER = Path(__file__).parents[1] / "acceptance" / "engine" / "worker_process.py"
SCANNER = "bench_scanner"


async def make_fleet(server: EmbeddedPostgres) -> list[Target]:
    admin = await asyncpg.connect(server.dsn())
    await admin.execute(f"CREATE ROLE {SCANNER} LOGIN")
    await admin.execute("CREATE DATABASE bench_store")
    await admin.execute("CREATE DATABASE bench_template")
    template = await asyncpg.connect(server.dsn("bench_template"))
    for number in range(TABLES):
        await template.execute(
            f"CREATE TABLE t{number} (id bigint PRIMARY KEY, a text NOT NULL DEFAULT 'x', b int CHECK (b > 0));"
            f"CREATE INDEX ON t{number} (a); CREATE INDEX ON t{number} (b) WHERE b > 10"
        )
    await template.close()
    for number in range(TENANTS):
        await admin.execute(f"CREATE DATABASE bench{number} TEMPLATE bench_template STRATEGY file_copy")
    await admin.close()
    return [Target(tenant=f"t{number}", host="main", database=f"bench{number}") for number in range(TENANTS)]


async def on_one_loop(host: Host, targets: list[Target]) -> None:
    known: set[str] = set()
    reader = ReadSettings(observe=observe, limits=Limits(), known=known, profile=Profile())
    async for scanned in read_batch(targets, host, reader, connections=CONNECTIONS):
        assert isinstance(scanned.result, Observation), scanned
        known.add(scanned.result.fingerprint)


async def seconds(act: Callable[[], Awaitable[object]]) -> float:
    began = time.perf_counter()
    await act()
    return time.perf_counter() - began


async def compare(server: EmbeddedPostgres, redis: EmbeddedRedis) -> tuple[float, float, float]:
    """Give the engine's time by one loop's, a second scan's by the first's, and the seconds of a large ledger."""
    targets = await make_fleet(server)
    place: dict[str, Any] = {"name": "main", "address": str(server.socket_dir), "port": server.port, "user": SCANNER}
    host = Host(**place, max_connections=CONNECTIONS)
    told = {"redis_url": redis.url, "fleet": "bench", "hosts": [{**place, "password": ""}], "scratch": server.dsn()}
    argv = [sys.executable, str(WORKER), json.dumps({**told, "slots": 2, "name": "bench@here"})]
    worker = await asyncio.create_subprocess_exec(*argv)
    url = Secret(redis.url)
    settings = EngineSettings(fleet="bench", redis_url=url, hosts={"main": host}, slots=2)
    client = connect_redis(url)
    try:
        async with Store.open(Secret(server.dsn("bench_store"))) as store:
            facilities = Facilities(settings, store, client)
            await read_targets(facilities, targets[:8])  # everybody is awake
            rounds = []
            for _ in range(ROUNDS):
                await client.delete(
                    Keys("bench").sightings
                )  # or the workers would see at a glance that nothing changed
                engine = await seconds(lambda: read_targets(facilities, targets))
                again = await seconds(lambda: read_targets(facilities, targets))
                rounds.append((engine / await seconds(lambda: on_one_loop(host, targets)), again / engine))
            ledger = await seconds(lambda: keep_ledger(store))
    finally:
        await client.aclose()
        worker.terminate()
        await worker.wait()
    engines, agains = zip(*rounds, strict=True)
    return statistics.median(engines), statistics.median(agains), ledger


async def keep_ledger(store: Store) -> None:
    """What the store has to do for a large fleet: create its ledger, and write an outcome for each tenant."""
    targets = [Target(tenant=f"t{number}", host="h", database="d") for number in range(LARGE_FLEET)]
    await store.create_scan("large", "bench")
    await store.begin_ledger("large", targets)
    outcome = Observed("f" * 64, 180000, 700)
    for start in range(0, LARGE_FLEET, 1000):
        await store.record_outcomes("large", [(each.tenant, outcome) for each in targets[start : start + 1000]])


def main() -> None:
    with EmbeddedPostgres() as server, EmbeddedRedis() as redis:
        ratio, again, ledger = asyncio.run(compare(server, redis))
    print(f"engine: a scan of {TENANTS} tenants through Celery takes {ratio:.2f} x the same scan on one event loop")
    print(f"engine: the next scan of the unchanged fleet takes {again:.2f} x as long as the first")
    print(f"engine: the ledger of {LARGE_FLEET} tenants is created and completed in {ledger:.1f} s")


if __name__ == "__main__":
    main()
