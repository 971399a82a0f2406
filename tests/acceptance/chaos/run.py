"""One chaos run: a simulated fleet is scanned while workers are killed, and Redis forgets and dies, as a seed says."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import asyncpg
import msgspec

from coordinator.engine.engine import EngineSettings, Facilities, Progress
from coordinator.fleet.in_process import InProcess
from coordinator.fleet.target_runs import read_targets
from coordinator.ledger.lane import LedgerRules
from coordinator.store.store import Store
from shared.embedded.postgres import EmbeddedPostgres
from shared.hosts import Host, Secret
from shared.schema.profile import Profile
from shared.signing import KeyRing
from shared.targets import Limits
from tests.acceptance.chaos.simulated import CONNECTIONS, hosts, simulate, targets
from tests.acceptance.verdict import report_on, stored_report
from tests.breakable import BreakableRedis
from workers.redis_pool import connect_redis

ROOT = Path(__file__).parents[3]
KEY = "only-for-chaos-" * 4
FIRST, LAST = 0.02, 0.9  # shares of the fleet between which everything happens


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is scanned by whom, and what happens meanwhile.

    Args:
        tenants: How many.
        workers: How many, of one process for batches each.
        kills: How often each worker is killed (-9); another takes its place at once.
        flushes: How often Redis forgets everything.
        losses: How often Redis is killed and comes back empty.
        seed: Says when.
        lease: Seconds; see LedgerRules.
        deadline: Seconds.
        naive: Whether the workers mark tenants as done before they have answered for them.
    """

    tenants: int
    workers: int
    kills: int = 0
    flushes: int = 0
    losses: int = 0
    seed: int = 0
    lease: float = 4.0
    deadline: float = 3600.0
    naive: bool = False


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """How a run ended.

    Args:
        content_hash: Of the report.
        rows: Outcomes in the store.
        distinct: Tenants among them.
        happened: How much of the plan was done, by kind.
        sent_again: Tenants that were sent more than once.
        seconds: How long the scan took.
    """

    content_hash: str
    rows: int
    distinct: int
    happened: dict[str, int]
    sent_again: int
    seconds: float


class Nursery:
    """The workers: each place has one, and when it is killed another."""

    def __init__(self, plan: Plan, redis: BreakableRedis, folder: Path) -> None:
        told = {
            "redis_url": redis.url, "fleet": "chaos", "keys": [KEY], "hosts": hosts(), "scratch": "postgresql:///not-used",
            "slots": 1, "log": str(folder / "workers.log"), "naive": plan.naive,
        }  # fmt: skip
        argv = [sys.executable, "-m", "tests.acceptance.chaos.nursery", json.dumps(told)]
        self._process = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        self._born = 0
        self._workers = [self._bear() for _ in range(plan.workers)]

    def _bear(self) -> int:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._born += 1
        self._process.stdin.write(f"worker-{self._born}@chaos\n")
        self._process.stdin.flush()
        return int(self._process.stdout.readline())

    def kill(self, place: int) -> None:
        """Kill the worker of a place, and put another there."""
        os.kill(self._workers[place], signal.SIGKILL)
        self._workers[place] = self._bear()

    def end(self) -> None:
        """Kill all of them."""
        for worker in self._workers:
            with contextlib.suppress(ProcessLookupError):
                os.kill(worker, signal.SIGKILL)
        self._process.kill()
        self._process.communicate()


class Chaos:
    """Does what the plan says when the scan has come so far."""

    def __init__(self, plan: Plan, nursery: Nursery, redis: BreakableRedis) -> None:
        dice = random.Random(plan.seed)  # the same seed, the same faults
        what = ["kill"] * (plan.kills * plan.workers) + ["flush"] * plan.flushes + ["loss"] * plan.losses
        places = [place for place in range(plan.workers) for _ in range(plan.kills)]
        dice.shuffle(places)
        self._places = iter(places)
        self._events = sorted(((dice.uniform(FIRST, LAST), kind) for kind in what), reverse=True)
        self._nursery = nursery
        self._redis = redis
        self.happened: dict[str, int] = dict.fromkeys(("kill", "flush", "loss"), 0)

    def __call__(self, progress: Progress) -> None:
        while self._events and progress.done >= self._events[-1][0] * progress.total:
            _, kind = self._events.pop()
            self._do(kind)
            self.happened[kind] += 1

    def _do(self, kind: str) -> None:
        match kind:
            case "kill":
                self._nursery.kill(next(self._places))
            case "flush":
                with self._redis.client() as client:
                    client.flushall()
            case _:
                self._redis.kill()
                self._redis.start()


async def scan(plan: Plan, postgres: EmbeddedPostgres, folder: Path) -> Result:
    """Perform a plan on a store of its own."""
    name = f"chaos_{time.time_ns():x}"
    admin = await asyncpg.connect(postgres.dsn())
    await admin.execute(f"CREATE DATABASE {name}")
    try:
        with BreakableRedis() as redis, nursery_of(plan, redis, folder) as nursery:
            async with Store.open(Secret(postgres.dsn(name))) as store:
                return await _scan(plan, store, redis, nursery)
    finally:
        await admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
        await admin.close()


@contextlib.contextmanager
def nursery_of(plan: Plan, redis: BreakableRedis, folder: Path) -> Iterator[Nursery]:
    """Start the workers, and end them."""
    nursery = Nursery(plan, redis, folder)
    try:
        yield nursery
    finally:
        nursery.end()


async def _scan(plan: Plan, store: Store, redis: BreakableRedis, nursery: Nursery) -> Result:
    settings = EngineSettings(
        fleet="chaos",
        redis_url=Secret(redis.url),
        ring=KeyRing([Secret(KEY)]),
        hosts={host.name: host for host in _hosts()},
        slots=plan.workers,
        rules=LedgerRules(lease=plan.lease),
        deadline=plan.deadline,
    )
    client = connect_redis(settings.redis_url)
    chaos = Chaos(plan, nursery, redis)
    begun = time.monotonic()
    try:
        facilities = Facilities(settings, store, client)
        outcome = await read_targets(facilities, targets(plan.tenants), scan="chaos", on_progress=chaos)
    finally:
        await client.aclose()
    seconds = time.monotonic() - begun
    rows = await store.load_ledger("chaos")
    read = {row.target.tenant for row in rows if row.outcome is not None}
    return Result(
        content_hash=(await stored_report(store, outcome.results)).content_hash,
        rows=len(rows),
        distinct=len(read),
        happened=chaos.happened,
        sent_again=sum(row.mark is not None and row.mark.attempt > 1 for row in rows),
        seconds=round(seconds, 1),
    )


def _hosts() -> list[Host]:
    return [Host(**{**host, "password": Secret("")}) for host in hosts()]  # type: ignore[arg-type]  # JSON's values


async def read_in_process(tenants: int) -> str:
    """Give the content hash of the same fleet, read without Redis, workers or store."""
    reader = InProcess(
        {host.name: host for host in _hosts()}, Limits(), Profile(), concurrency=CONNECTIONS, observe=simulate
    )
    results = await reader.read(targets(tenants))
    return report_on(results, reader.snapshots.values()).content_hash


def main(say: Callable[[str], None] = print) -> None:
    """Run what `make chaos` runs: 100,000 tenants, three seeds, and the same fleet undisturbed."""
    tenants = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with EmbeddedPostgres(in_memory=True) as postgres, tempfile.TemporaryDirectory() as folder:
        plans = {
            "one worker, undisturbed": Plan(tenants=tenants, workers=1),
            "eight workers, undisturbed": Plan(tenants=tenants, workers=8),
        } | {
            f"seed {seed}": Plan(tenants=tenants, workers=8, kills=16, flushes=2, losses=1, seed=seed)
            for seed in (1, 2, 3)
        }
        wanted = asyncio.run(read_in_process(tenants))
        say(f"in one process: {wanted}")
        for name, plan in plans.items():
            result = asyncio.run(scan(plan, postgres, Path(folder)))
            say(f"{name}: {result}")
            if (result.content_hash, result.rows, result.distinct) != (wanted, tenants, tenants):
                sys.exit(f"{name}: expected {tenants} rows and the content hash {wanted}")


if __name__ == "__main__":
    main()
