"""A fleet of namespaces on the embedded server, the workers that read it, and the store that remembers."""

from __future__ import annotations

import asyncio
import contextlib
import json
import secrets
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest

from coordinator.engine.engine import EngineSettings, Facilities, Progress
from coordinator.fleet.target_runs import TargetResults, read_targets
from coordinator.ledger.lane import LedgerRules
from coordinator.store.store import Store
from shared.embedded.postgres import EmbeddedPostgres
from shared.embedded.redis import EmbeddedRedis
from shared.hosts import Host, Secret
from shared.messages import Keys
from shared.postgres.reading.observe import observe
from shared.schema.profile import Profile
from shared.signing import KeyRing
from shared.targets import FailureKind, Limits, Observation, Target
from tests.acceptance.verdict import assert_nothing_lost
from tests.breakable import BreakableRedis
from workers.redis_pool import connect_redis
from workers.scan import ReadSettings, read_batch

HERE = Path(__file__).parent
ROLE = "engine_scanner"
TENANTS = 40
RULES = LedgerRules(lease=3.0, max_strikes=2, retry_after=0.2, busy_for=2.0)
CANARY = "canary-Passw0rd"

Workers = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


class Fleet(msgspec.Struct, frozen=True):
    """Forty tenants in four shapes, and what each was read as when nothing disturbed it."""

    host: dict[str, Any]
    targets: tuple[Target, ...]
    undisturbed: dict[str, Observation]

    @property
    def truth(self) -> dict[str, str]:
        """Give the fingerprint of each tenant."""
        return {tenant: seen.fingerprint for tenant, seen in self.undisturbed.items()}


@pytest.fixture(scope="session")
def fleet(postgres: EmbeddedPostgres) -> Fleet:
    return asyncio.run(make_fleet(postgres))


async def make_fleet(postgres: EmbeddedPostgres) -> Fleet:
    """Make the fleet on a server; one that is there already, from another room of the tests, is used again."""
    admin = await asyncpg.connect(postgres.dsn())
    made = not await admin.fetchval("SELECT count(*) FROM pg_database WHERE datname = 'engine_fleet'")
    if made:
        await admin.execute(f"CREATE ROLE {ROLE} LOGIN")
        await admin.execute("CREATE DATABASE engine_fleet")
    await admin.close()
    database = await asyncpg.connect(postgres.dsn("engine_fleet"))
    names = [f"tenant{number:03}" for number in range(TENANTS)]
    for number, name in enumerate(names if made else ()):
        await database.execute(
            f"CREATE SCHEMA {name}; CREATE TABLE {name}.orders (id bigint PRIMARY KEY, status text NOT NULL)"
        )
        if number % 4:
            await database.execute(f"CREATE INDEX by_status{number % 4} ON {name}.orders (status)")
    await database.close()
    host: dict[str, Any] = {
        "name": "main",
        "address": str(postgres.socket_dir),
        "port": postgres.port,
        "user": ROLE,
        "max_connections": 4,
    }
    targets = tuple(Target(tenant=name, host="main", database="engine_fleet", namespace=name) for name in names)
    reader = ReadSettings(observe=observe, limits=Limits(), known=(), profile=Profile())
    read: dict[str, Observation] = {}
    async for scanned in read_batch(targets, Host(**host), reader, connections=4):
        assert isinstance(scanned.result, Observation), scanned
        read[scanned.target.tenant] = scanned.result
    assert len({seen.fingerprint for seen in read.values()}) == 4
    return Fleet(host, targets, read)


class Engine:
    """Everything one test needs: its own fleet name, so that its queue is its own, and its own store."""

    def __init__(self, fleet: Fleet, redis: EmbeddedRedis | BreakableRedis, dsn: str, scratch: str, logs: Path) -> None:
        self.name = f"fleet-{secrets.token_hex(4)}"
        self.fleet = fleet
        self.redis = redis
        self.dsn = dsn
        self.logs = logs
        self.key = secrets.token_hex(32)
        self.hosts: list[dict[str, Any]] = [{**fleet.host, "password": CANARY}]
        self._scratch = scratch
        self.workers: list[subprocess.Popen[bytes]] = []

    @property
    def names(self) -> Keys:
        """What belongs to this fleet in Redis, with its signing key."""
        return Keys(self.name, KeyRing([Secret(self.key)]))

    def worker(
        self,
        *,
        slots: int = 1,
        slow: float = 0.0,
        deadly: Sequence[str] = (),
        time: float = 150,
        lock: float = 2.0,
        keys: Sequence[str] = (),
        skew: float = 0.0,
        **others: Any,
    ) -> subprocess.Popen[bytes]:
        """Start a worker; see `worker_process.py`."""
        name = f"worker-{len(self.workers)}@{self.name}"
        told = {
            "redis_url": self.redis.url,
            "fleet": self.name,
            "keys": list(keys) or [self.key],
            "hosts": self.hosts,
            "scratch": self._scratch,
            "slots": slots,
            "slow": slow,
            "time": time,
            "limits": {"lock_timeout": lock},
            "deadly": list(deadly),
            "name": name,
            **others,
        }
        with (self.logs / name).open("wb") as log:
            process = subprocess.Popen(_program("worker_process.py", told, skew), stdout=log, stderr=log)
        self.workers.append(process)
        return process

    def coordinator(self, scan: str, *, skew: float = 0.0, **others: Any) -> subprocess.Popen[bytes]:
        told = {
            "fleet": self.name,
            "redis_url": self.redis.url,
            "keys": [self.key],
            "hosts": self.hosts,
            "slots": 2,
            "store": self.dsn,
            "scan": scan,
            "targets": msgspec.to_builtins(self.fleet.targets),
            **others,
        }
        return subprocess.Popen(_program("coordinator_process.py", told, skew))

    @contextlib.asynccontextmanager
    async def facilities(
        self, *, slots: int = 2, rules: LedgerRules = RULES, deadline: float = 240.0, **others: Any
    ) -> AsyncIterator[Facilities]:
        settings = EngineSettings(
            fleet=self.name,
            redis_url=Secret(self.redis.url),
            hosts={str(host["name"]): _host(host) for host in self.hosts},
            slots=slots,
            rules=rules,
            deadline=deadline,
            **{"ring": self.names.ring, **others},
        )
        redis = connect_redis(settings.redis_url)
        try:
            async with Store.open(Secret(self.dsn)) as store:
                yield Facilities(settings, store, redis)
        finally:
            await redis.aclose()

    async def scan(
        self,
        targets: Sequence[Target] = (),
        *,
        slots: int = 2,
        scan: str = "",
        on_progress: Callable[[Progress], None] = lambda _: None,
    ) -> TargetResults:
        async with self.facilities(slots=slots) as facilities:
            return await read_targets(facilities, targets or self.fleet.targets, scan=scan, on_progress=on_progress)

    async def assert_nothing_lost(self, outcome: TargetResults, lost: Mapping[str, FailureKind] | None = None) -> None:
        """Hold a disturbed scan of the whole fleet against the undisturbed one; see `verdict.assert_nothing_lost`."""
        await assert_nothing_lost(self.dsn, outcome, self.fleet.undisturbed, lost)

    def stop(self) -> None:
        for process in self.workers:
            process.kill()  # the children die with it
            process.wait()


def _program(name: str, told: dict[str, Any], skew: float) -> list[str | Path]:
    """Say how to run one of the programs beside this file, by a clock that is wrong by so many seconds."""
    clock: list[str | Path] = [HERE / "skewed.py", str(skew)] if skew else []
    return [sys.executable, *clock, HERE / name, json.dumps(told)]


def _host(host: dict[str, Any]) -> Host:
    return Host(**{**host, "password": Secret(str(host["password"]))})


@pytest.fixture
def engine(fleet: Fleet, redis_server: EmbeddedRedis, postgres: EmbeddedPostgres, tmp_path: Path) -> Iterator[Engine]:
    with open_engine(fleet, redis_server, postgres, tmp_path) as engine:
        yield engine


@pytest.fixture
def other_engine(
    fleet: Fleet, redis_server: EmbeddedRedis, postgres: EmbeddedPostgres, tmp_path: Path
) -> Iterator[Engine]:
    """A second fleet on the same server and Redis, with a worker of its own."""
    logs = tmp_path / "other"
    logs.mkdir()
    with open_engine(fleet, redis_server, postgres, logs) as engine:
        engine.worker(slots=2)
        yield engine


@pytest.fixture(scope="module")
def steady(
    fleet: Fleet, redis_server: EmbeddedRedis, postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """An engine to which nothing happens, with two workers of two slots."""
    with open_engine(fleet, redis_server, postgres, tmp_path_factory.mktemp("steady")) as engine:
        engine.worker(slots=2)
        engine.worker(slots=2)
        yield engine


@contextlib.contextmanager
def open_engine(
    fleet: Fleet, redis: EmbeddedRedis | BreakableRedis, postgres: EmbeddedPostgres, logs: Path
) -> Iterator[Engine]:
    name = f"store_{secrets.token_hex(4)}"
    asyncio.run(_database(postgres, f"CREATE DATABASE {name}"))
    engine = Engine(fleet, redis, postgres.dsn(name), postgres.dsn(), logs)
    try:
        yield engine
    finally:
        engine.stop()
        asyncio.run(_database(postgres, f"DROP DATABASE {name} WITH (FORCE)"))


async def _database(postgres: EmbeddedPostgres, sql: str) -> None:
    admin = await asyncpg.connect(postgres.dsn())
    await admin.execute(sql)
    await admin.close()
