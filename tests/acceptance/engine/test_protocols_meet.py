"""Coordinators and workers of different releases end with a sentence that names both protocols, never in a hang."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import msgspec
import pytest
from redis.asyncio import Redis

from coordinator.engine.collect import AnswerStream
from coordinator.engine.crew import ForeignWorkersError
from coordinator.fleet.target_runs import read_targets
from coordinator.store.store import Store
from shared import formats
from shared.embedded.redis import EmbeddedRedis
from shared.formats import encode_json
from shared.hosts import Secret
from shared.messages import ANALYSE_SHAPE, SCAN_BATCH, Keys, Place, Presence, ScanBatch
from shared.signing import Purpose
from shared.targets import Failure, FailureKind, Observation
from tests import state_before_versions as old
from workers.app import build_app, publish
from workers.redis_pool import connect_redis

from .conftest import Engine, open_engine

pytestmark = pytest.mark.anyio

HERE = Path(__file__).parent
SOON = 60  # seconds that a thing is waited for before the test fails


@pytest.fixture(scope="module")
def own_redis() -> Iterator[EmbeddedRedis]:
    with EmbeddedRedis() as server:
        yield server


@pytest.fixture
async def redis(own_redis: EmbeddedRedis) -> AsyncIterator[Redis]:
    client = connect_redis(Secret(own_redis.url))
    await client.flushall()
    yield client
    await client.aclose()


@pytest.fixture
def engine(fleet, own_redis, postgres, tmp_path) -> Iterator[Engine]:
    with open_engine(fleet, own_redis, postgres, tmp_path) as engine:
        yield engine


async def until(condition) -> None:
    async with asyncio.timeout(SOON):
        while not await condition():  # noqa: ASYNC110  # another process makes it true
            await asyncio.sleep(0.05)


def yesterdays_worker(engine: Engine, fleet: str) -> subprocess.Popen[bytes]:
    told = {"fleet": fleet, "socket": engine.redis.url.removeprefix("unix://"), "name": "yesterday@here"}
    with (engine.logs / "yesterday").open("wb") as log:
        process = subprocess.Popen([sys.executable, HERE / "old_worker_process.py", json.dumps(told)], stderr=log)
    engine.workers.append(process)
    return process


def refusals(entries) -> dict[str, dict[str, str]]:
    """Decode answers as a coordinator of protocol 1 did, by hand."""
    answers = [
        answer for _, fields in entries if b"a" in fields for answer in json.loads(fields[b"a"]).get("answers", [])
    ]
    return {item: outcome["failure"] for item, outcome in answers if outcome["outcome"] == "failed"}


async def test_yesterdays_worker_ends_todays_scan_with_the_protocols_of_both(engine, redis):
    yesterdays_worker(engine, engine.name)
    await until(lambda: redis.exists(Keys(engine.name).first_workers))
    async with engine.facilities() as facilities:
        soon = msgspec.structs.replace(facilities.settings, foreign_grace=0.5)
        with pytest.raises(ForeignWorkersError) as refused:
            await read_targets(msgspec.structs.replace(facilities, settings=soon), engine.fleet.targets)
    assert str(refused.value) == (
        "no worker takes this coordinator's messages: it speaks protocol 2, and the fleet's only worker speaks "
        "protocol 1: upgrade the workers"
    )


async def test_tomorrows_workers_end_todays_scan_too(engine, redis):
    members = [Presence("a", 2, 3), Presence("b", 2, 3)]
    await redis.zadd(Keys(engine.name).presence, {msgspec.json.encode(each): 2e9 for each in members} | {b"?": 3e9})
    async with engine.facilities() as facilities:
        soon = msgspec.structs.replace(facilities.settings, foreign_grace=0.5)
        with pytest.raises(ForeignWorkersError) as refused:
            await read_targets(msgspec.structs.replace(facilities, settings=soon), engine.fleet.targets)
    assert str(refused.value) == (
        "no worker takes this coordinator's messages: it speaks protocol 2, and the fleet's only 3 workers speak "
        "protocol unknown and 3: upgrade the coordinator"
    )


async def test_a_scan_goes_on_with_the_first_worker_of_its_own_protocol(engine, redis):
    """As in an upgrade that replaces workers one after the other."""
    yesterdays_worker(engine, engine.name)
    await until(lambda: redis.exists(Keys(engine.name).first_workers))
    engine.worker(slots=2)
    outcome = await engine.scan()
    assert {tenant: reading.fingerprint for tenant, reading in outcome.results.items()} == engine.fleet.truth


async def test_todays_worker_refuses_what_yesterdays_coordinator_asks(engine, redis):
    """The messages are those that the state before versions left in its queue."""
    await old.load_redis(engine.redis.url)
    before = Keys(old.FLEET, protocol=1)
    assert await redis.llen(before.queue) == 2
    streams = [key async for key in redis.scan_iter("fleetdrift:1:demo:run:*:answers")]
    assert len(streams) == 2
    lengths = {stream: await redis.xlen(stream) for stream in streams}
    engine.name = old.FLEET
    engine.worker()

    async def answered() -> bool:
        return all([await redis.xlen(stream) == lengths[stream] + 1 for stream in streams])

    await until(answered)
    assert await redis.llen(before.queue) == 0
    found = {item: failure for stream in streams for item, failure in refusals(await redis.xrange(stream)).items()}
    reason = "the coordinator speaks protocol 1, and the fleet's workers speak protocol 2: upgrade the coordinator"
    del found["tenant-003"]  # its own failure, from yesterday
    assert found.pop("tenant-006") == {"kind": "protocol", "message": reason}
    assert list(found.values()) == [{"kind": "protocol", "message": reason}]  # the analysis
    assert all(len(item) == 64 for item in found)


async def test_yesterdays_messages_are_left_to_yesterdays_workers_while_there_are_any(engine, redis):
    keys = Keys(engine.name, protocol=1)
    yesterdays_worker(engine, engine.name)
    engine.worker()
    await until(lambda: redis.exists(keys.first_workers))
    await until(lambda: redis.exists(keys.presence))
    await redis.xadd(keys.answers("r", 1), {"open": 1})
    text = json.dumps({"run": "r", "epoch": 1, "batch": "0-1", "attempt": 1, "host": "h", "places": [["t", "d", ""]]})
    app = build_app(Secret(engine.redis.url), engine.name)
    app.conf.task_default_queue = keys.queue
    await asyncio.to_thread(publish, app, SCAN_BATCH, [text] * 3)
    await until(lambda: _length_is(redis, keys.answers("r", 1), 4))
    assert refusals(await redis.xrange(keys.answers("r", 1))) == {}


async def _length_is(redis: Redis, stream: str, length: int) -> bool:
    return await redis.xlen(stream) == length


def signed(keys: Keys, task: str, text: bytes) -> str:
    return keys.ring.sign(Purpose.MESSAGE, (keys.queue, task), text).decode()


async def test_a_message_that_does_not_decode_is_answered_by_name(engine, redis):
    """It was taken from the queue, so silence would cost a lease, again and again."""
    engine.worker()
    keys = engine.names
    stream = AnswerStream(redis, keys, "r")
    await stream.open(1, [])
    batch = ScanBatch(run="r", epoch=1, batch="0-1", attempt=1, host="main", places=(Place("t", "d"), Place("u", "d")))
    newer = encode_json(formats.BATCH_MESSAGE, batch).replace(b"scan_batch/2", b"scan_batch/3")
    job = {"format": "shape_job/2", "run": "r", "epoch": 1, "batch": "0-2", "analysis": "k" * 64}
    app = build_app(Secret(engine.redis.url), engine.name)
    await asyncio.to_thread(publish, app, SCAN_BATCH, [signed(keys, SCAN_BATCH, text) for text in (b"{", newer)])
    await asyncio.to_thread(publish, app, ANALYSE_SHAPE, [signed(keys, ANALYSE_SHAPE, json.dumps(job).encode())])
    answers: dict[str, Failure] = {}
    async with asyncio.timeout(SOON):
        while len(answers) < 3:
            answers |= {each.item: each.outcome.failure for got in await stream.read(0.1) for each in got.answers}
    assert {failure.kind for failure in answers.values()} == {FailureKind.PROTOCOL}
    reason = "this scan batch was written in protocol 3; this release reads protocol 2: upgrade fleetdrift"
    assert answers["t"].message == answers["u"].message == reason
    assert answers["k" * 64].message.startswith("this shape job cannot be read: Object missing required field")


async def test_a_scan_that_yesterdays_coordinator_broke_off_is_finished_today(engine, redis):
    """Store and Redis are those of the state before; what it recorded stays, and only the rest is read."""
    await old.load_redis(engine.redis.url)
    await old.load_store(engine.dsn)
    engine.name = old.FLEET
    engine.hosts[0]["name"] = "demo"
    engine.worker(slots=2)
    async with Store.open(Secret(engine.dsn)) as store:
        rows = await store.load_ledger(old.BROKEN_OFF)
    outcome = await engine.scan([row.target for row in rows], scan=old.BROKEN_OFF)
    readings = outcome.results
    assert list(readings) == list(old.TENANTS)
    assert [readings[f"tenant-00{n}"].fingerprint for n in (1, 2)] == [row.outcome.fingerprint for row in rows[:2]]
    assert not isinstance(readings["tenant-003"], Observation)
    assert readings["tenant-003"] == rows[2].outcome.failure
    # Their databases are not on this server: that they were asked for shows that today's messages were understood.
    assert {readings[f"tenant-00{n}"].kind for n in (4, 5, 6)} == {FailureKind.NO_DATABASE}
