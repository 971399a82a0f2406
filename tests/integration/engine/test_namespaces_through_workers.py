"""A worker, and a command without workers, read a database's namespaces together and answer for each."""

from __future__ import annotations

import asyncio
import secrets

import asyncpg
import msgspec
import pytest

from coordinator.engine.collect import AnswerStream
from coordinator.fleet.in_process import InProcess
from shared.hosts import Host, Secret
from shared.messages import Answer, Keys, Observed, Place, ScanBatch
from shared.postgres.reading.observe import observe
from shared.postgres.reading.observe_namespaces import observe_namespaces
from shared.schema.profile import Profile
from shared.signing import KeyRing
from shared.targets import Depth, FailureKind, Limits, Observation, Target
from workers.batches import run_scan_batch
from workers.child import PoolProcess
from workers.redis_pool import connect_redis
from workers.settings import WorkedFleet, WorkerSettings

NAMES = tuple(f"n{number:02}" for number in range(60))
LIMITS = Limits(allow_unsafe_role=True, tenant_timeout=120, statement_timeout=60)


@pytest.fixture(scope="module")
def database(postgres) -> str:
    """Sixty namespaces of two shapes."""
    name = f"namespaces_{secrets.token_hex(4)}"

    async def make() -> None:
        admin = await asyncpg.connect(postgres.dsn())
        await admin.execute(f"CREATE DATABASE {name}")
        await admin.close()
        maker = await asyncpg.connect(postgres.dsn(name))
        for number, namespace in enumerate(NAMES):
            await maker.execute(f"CREATE SCHEMA {namespace}; CREATE TABLE {namespace}.t (id bigint PRIMARY KEY)")
            if number % 2:
                await maker.execute(f"CREATE INDEX by_id ON {namespace}.t (id, id)")
        await maker.close()

    asyncio.run(make())
    return name


@pytest.fixture
def host(postgres) -> Host:
    return Host(name="main", address=str(postgres.socket_dir), port=postgres.port, user="postgres")


def test_a_worker_answers_for_each_namespace_and_looks_at_tokens_the_second_time(database, host, redis_server):
    ring = KeyRing([Secret(secrets.token_hex(32))])
    settings = WorkerSettings(
        fleets=(WorkedFleet(f"fleet-{secrets.token_hex(4)}"),),
        redis_url=Secret(redis_server.url),
        ring=ring,
        hosts=(host,),
        limits=LIMITS,
        scratch_dsn=Secret("postgresql://nowhere"),
    )
    keys = Keys(settings.fleets[0].name, ring)
    process = PoolProcess(settings, observe, Secret("postgresql://nowhere"), observe_namespaces)
    child = process.child_for(keys.queue)

    async def scan(run: str, known: tuple[str, ...]) -> dict[str, Observed]:
        redis = connect_redis(settings.redis_url)
        stream = AnswerStream(redis, keys, run)
        await stream.open(1, known)
        message = ScanBatch(
            run=run, epoch=1, batch="b", attempt=1, host="main", places=tuple(Place(n, database, n) for n in NAMES)
        )
        await asyncio.to_thread(process.run, run_scan_batch(child, message), TimeoutError)
        answers: list[Answer] = []
        while len(answers) < len(NAMES):
            for entry in await stream.read(5):
                answers += entry.answers
        await stream.close()
        await redis.aclose()
        assert sorted(answer.item for answer in answers) == list(NAMES)
        assert all(isinstance(answer.outcome, Observed) for answer in answers), answers
        return {answer.item: answer.outcome for answer in answers if isinstance(answer.outcome, Observed)}

    try:
        first = asyncio.run(scan("first", ()))
        fingerprints = tuple({seen.fingerprint for seen in first.values()})
        second = asyncio.run(scan("second", fingerprints))
    finally:
        process.close()
    assert len(fingerprints) == 2
    assert {seen.depth for seen in first.values()} == {Depth.ROWS}
    assert {seen.depth for seen in second.values()} == {Depth.TOKEN}
    for name in NAMES:
        assert second[name] == msgspec.structs.replace(first[name], depth=Depth.TOKEN)


def test_a_command_without_workers_reads_them_in_its_process_for_reading(database, host):
    targets = [Target(tenant=name, host="main", database=database, namespace=name) for name in (*NAMES, "none")]
    targets.append(Target(tenant="gone", host="main", database="no_such_database", namespace="x"))
    fleet = InProcess({"main": host}, LIMITS, Profile(), concurrency=4)
    results = asyncio.run(fleet.read(targets))
    gone = results.pop("gone")
    assert not isinstance(gone, Observation)
    assert gone.kind is FailureKind.NO_DATABASE
    assert list(results) == [*NAMES, "none"]
    seen = {name: result.fingerprint for name, result in results.items() if isinstance(result, Observation)}
    assert len(set(seen.values())) == 3
    assert set(fleet.snapshots) == set(seen.values())
