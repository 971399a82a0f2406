"""Whoever can write to Redis, and has not the fleet's key, says nothing that anybody believes."""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
from redis.asyncio import Redis

from coordinator.engine.collect import AnswerStream
from coordinator.fleet.shape_runs import run_analyses
from coordinator.fleet.target_runs import TargetResults, load_snapshots
from coordinator.store.store import BlobKind
from shared.blobs import pack
from shared.formats import ANALYSIS
from shared.hosts import Secret
from shared.messages import (
    SCAN_BATCH,
    Answer,
    AnswerSet,
    Failed,
    Keys,
    Place,
    ScanBatch,
    decode_scan_batch,
    encode_answers,
    encode_message,
    sign_known,
    verify_message,
)
from shared.postgres.scratch import ScratchServer, compile_spec
from shared.schema.profile import Profile
from shared.schema.schema import Declaration, Origin, SpecSource
from shared.signing import KeyRing, Purpose
from shared.targets import Failure, FailureKind, Observation
from tests.acceptance.engine.conftest import Engine
from workers.app import build_app, publish
from workers.redis_pool import connect_redis

pytestmark = pytest.mark.anyio

ANOTHER_KEY = KeyRing([Secret("another key, of somebody who has none")])
LIE = Failed(Failure(FailureKind.INTERNAL, "a lie"))
SOURCE = SpecSource(
    declarations=(
        Declaration("CREATE TABLE orders (id bigint PRIMARY KEY, status text NOT NULL)", Origin("s.sql", 1)),
        Declaration("CREATE INDEX by_status1 ON orders (status)", Origin("s.sql", 2)),
    )
)


@pytest.fixture
async def redis(own_redis) -> AsyncIterator[Redis]:
    client = connect_redis(Secret(own_redis.url))
    yield client
    await client.aclose()


def read(outcome: TargetResults) -> dict[str, str]:
    return {
        tenant: seen.fingerprint if isinstance(seen, Observation) else seen.message
        for tenant, seen in outcome.results.items()
    }


def log_of(engine: Engine) -> str:
    return (engine.logs / f"worker-0@{engine.name}").read_text()


def forgers(engine: Engine) -> list[Keys]:
    """Names with which somebody signs who has not the key: with none, and with one of his own."""
    return [Keys(engine.name), Keys(engine.name, ANOTHER_KEY)]


class Trap:
    """A server that counts who connects."""

    def __init__(self) -> None:
        self.callers = 0

    async def open(self, folder: Path, port: int) -> asyncio.Server:
        return await asyncio.start_unix_server(self._answer, folder / f".s.PGSQL.{port}")

    async def _answer(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.callers += 1
        writer.close()


async def test_a_forged_message_makes_no_worker_connect_anywhere(engine, redis, tmp_path):
    trap, stream = Trap(), AnswerStream(redis, engine.names, "forged")
    engine.hosts.append({**engine.fleet.host, "name": "trap", "address": str(tmp_path), "port": 5432, "password": "p"})
    await stream.open(1, [])
    batch = ScanBatch(run="forged", epoch=1, batch="0-1", attempt=1, host="trap", places=(Place("t", "d"),))
    elsewhere = Keys("another fleet", engine.names.ring)
    forged = [encode_message(each, batch) for each in (*forgers(engine), elsewhere)]
    true = encode_message(engine.names, batch)
    unsigned = true.partition("\n")[2]
    changed = true.replace('"attempt":1', '"attempt":2')
    app = build_app(Secret(engine.redis.url), engine.name)
    async with await trap.open(tmp_path, 5432):
        engine.worker()
        await asyncio.to_thread(publish, app, SCAN_BATCH, [*forged, unsigned, changed, "", "\ud800"])
        assert read(await engine.scan(engine.fleet.targets[:4]))  # what came before is done with
        assert trap.callers == 0
        assert await stream.read(0) == []
        await asyncio.to_thread(publish, app, SCAN_BATCH, [true])
        async with asyncio.timeout(30):
            while not trap.callers:  # noqa: ASYNC110  # another process connects
                await asyncio.sleep(0.05)
    assert log_of(engine).count("junk.dropped reason=tag") == 1
    assert await redis.hget(engine.names.junk, "tag") == b"7"


async def test_forged_and_replayed_answers_decide_nothing(engine, redis):
    """Each entry would end every tenant of a batch that really waits in the queue."""

    async def lie(stream: str) -> None:
        for batch in await waiting(engine, redis):
            answers = AnswerSet(
                batch=batch.batch,
                worker="w",
                number=1,
                answers=tuple(Answer(place.tenant, LIE) for place in batch.places),
            )
            names = engine.names
            other_epoch, other_run = names.answers(batch.run, batch.epoch + 1), names.answers("other", batch.epoch)
            entries = [encode_answers(each, stream, answers) for each in forgers(engine)]
            entries += [encode_answers(names, each, answers) for each in (other_epoch, other_run)]
            true = encode_answers(names, stream, answers)
            entries += [true.partition(b"\n")[2], true.replace(b"a lie", b"A lie"), true + b" "]
            for entry in entries:
                await redis.xadd(stream, {"a": entry})

    assert await scan_after(engine, redis, lie) == engine.fleet.truth
    assert int(await redis.hget(engine.names.junk, "tag")) >= 7


async def test_messages_and_answers_that_arrive_twice_change_nothing(engine, redis):
    """Everything in the queue is there three times; every answer is put in again as soon as it is there."""
    again: list[asyncio.Task[None]] = []

    async def repeat(stream: str) -> None:
        queue = await redis.lrange(engine.names.queue, 0, -1)
        await redis.rpush(engine.names.queue, *queue, *queue)
        again.append(asyncio.create_task(replay(redis, stream)))

    try:
        assert await scan_after(engine, redis, repeat) == engine.fleet.truth
    finally:
        again[0].cancel()
    assert int(await redis.hget(engine.names.junk, "repeated")) > 0


async def test_forged_memories_of_tenants_hide_no_drift(engine, redis):
    """Tenants of other shapes are said to be like the first one: by a sighting, and by what their server states."""
    first, second, third = (target.tenant for target in engine.fleet.targets[:3])
    names, truth = engine.names, engine.fleet.truth

    async def listen(_: str) -> None:
        """Nobody lies yet."""

    assert await scan_after(engine, redis, listen) == truth
    place = (names.sightings, second)
    sighting = names.ring.verify(Purpose.SIGHTING, place, await redis.hget(names.sightings, second))
    forged = sighting.replace(truth[second].encode(), truth[first].encode())
    assert forged != sighting
    true = await redis.hget(names.sightings, first)
    engine.stop()
    engine.workers.clear()

    async def lie(stream: str) -> None:
        known, stated = known_of(stream), "ab" * 32  # of a namespace no server's word is heard at all
        for each in forgers(engine):
            await redis.hset(names.sightings, second, each.ring.sign(Purpose.SIGHTING, place, forged))
            await redis.rpush(known, sign_known(each, known, [f"{truth[first]} {stated}"]))
        await redis.rpush(known, f"{truth[first]} {stated}")
        await redis.hset(names.sightings, third, true)  # signed, and of another tenant
        for tenant in (target.tenant for target in engine.fleet.targets[3:]):
            await redis.hset(names.sightings, tenant, forged)

    assert await scan_after(engine, redis, lie) == truth


async def test_a_planted_analysis_is_not_used(engine, redis, postgres, monkeypatch):
    """The shape that is in sync lends its analysis to the others: in the store, and then in Redis."""
    engine.worker(slots=2)
    outcome = await engine.scan(engine.fleet.targets[:3])
    spec = await compile_spec(ScratchServer(postgres.dsn()), SOURCE, Profile(), namespace="{tenant}")
    async with engine.facilities() as facilities:
        names = sorted({seen.fingerprint for seen in outcome.results.values() if isinstance(seen, Observation)})
        snapshots = await load_snapshots(facilities.store, names)
        honest = await run_analyses(facilities, spec, snapshots, ())
        assert sorted(len(each.diff.changes) for each in honest.values()) == [0, 1, 2]
        clean = next(each for each in honest.values() if not each.diff.changes)
        drifted = [each.id for each in honest.values() if each.diff.changes]
        bare = {name: pack(ANALYSIS, msgspec.structs.replace(clean, id=name)) for name in drifted}
        signed = await facilities.store.get_blobs(BlobKind.ANALYSIS, [clean.id])

        def planted(how: str, name: str) -> bytes:
            return {
                "unsigned": bare[name],
                "with another key": ANOTHER_KEY.sign(Purpose.ANALYSIS, (name,), bare[name]),
                "for another name": signed[clean.id],
            }[how]

        for how in ("unsigned", "with another key", "for another name"):
            await facilities.store.drop_blobs(BlobKind.ANALYSIS, drifted)
            await facilities.store.put_blobs(BlobKind.ANALYSIS, {name: planted(how, name) for name in drifted})
            assert await run_analyses(facilities, spec, snapshots, ()) == honest

        fetch = AnswerStream.blobs
        ways = ["unsigned", "with another key", "for another name"]

        async def fetch_what_was_planted(stream: AnswerStream, wanted: Iterable[str]) -> Mapping[str, bytes]:
            if ways:
                how = ways.pop()
                for name in drifted:
                    place = engine.names.blob(name)
                    await redis.set(place, ANOTHER_KEY.sign(Purpose.BLOB, (place,), planted(how, name)))
            return await fetch(stream, wanted)

        monkeypatch.setattr(AnswerStream, "blobs", fetch_what_was_planted)
        await facilities.store.drop_blobs(BlobKind.ANALYSIS, drifted)
        assert await run_analyses(facilities, spec, snapshots, ()) == honest
        assert not ways


async def scan_after(engine: Engine, redis: Redis, act: Callable[[str], Awaitable[None]]) -> dict[str, str]:
    """Scan the fleet; do something, given the stream of answers, when all is sent and before a worker comes."""
    reading = asyncio.create_task(engine.scan())
    async with asyncio.timeout(30):
        while not await redis.llen(engine.names.queue):  # noqa: ASYNC110  # the scan puts it there
            await asyncio.sleep(0.02)
    [stream] = [key async for key in redis.scan_iter(f"fleetdrift:*:{engine.name}:run:*:answers")]
    await act(stream.decode())
    engine.worker(slots=2)
    return read(await reading)


def known_of(stream: str) -> str:
    return stream.removesuffix("answers") + "known"


async def waiting(engine: Engine, redis: Redis) -> list[ScanBatch]:
    """Read what waits in the queue, as anybody on Redis can."""
    batches = []
    for envelope in await redis.lrange(engine.names.queue, 0, -1):
        [[signed], *_] = json.loads(base64.b64decode(json.loads(envelope)["body"]))
        batches.append(decode_scan_batch(verify_message(engine.names, SCAN_BATCH, signed)))
    return batches


async def replay(redis: Redis, stream: str) -> None:
    """Put every entry of a stream in again, once."""
    seen: set[bytes] = set()
    while True:
        entries: Any = await redis.xrange(stream)
        for _, fields in entries:
            if fields.get(b"a") and fields[b"a"] not in seen:
                seen.add(fields[b"a"])
                await redis.xadd(stream, fields, nomkstream=True)
        await asyncio.sleep(0.02)
