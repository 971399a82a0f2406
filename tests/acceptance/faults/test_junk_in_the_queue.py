"""Whoever can write to Redis can put anything into queue and stream: workers and scans go on all the same."""

from __future__ import annotations

import asyncio
import base64
import json
import zlib
from collections import Counter

import pytest
from celery import Celery
from redis import Redis

from coordinator.daemon.metrics import FleetMetrics, MetricsPage
from coordinator.engine import collect
from coordinator.engine.collect import AnswerStream
from shared.embedded.redis import EmbeddedRedis
from shared.hosts import Secret
from shared.messages import MAX_MESSAGE_BYTES, SCAN_BATCH, AnswerSet, JunkReason, Keys, encode_answers
from shared.signing import Purpose
from shared.targets import Observation
from tests.acceptance.engine.conftest import Engine as EngineUnderTest
from tests.acceptance.engine.conftest import anyio_backend, engine, fleet  # noqa: F401  # fixtures
from workers.app import BrokerAwayError, broker_url, build_app, publish
from workers.junk import read_junk
from workers.redis_pool import connect_redis

pytestmark = pytest.mark.anyio


def envelope(body: str, **headers: str) -> str:
    return json.dumps(
        {
            "body": body,
            "content-encoding": "utf-8",
            "content-type": "application/json",
            "headers": {"lang": "py", "task": SCAN_BATCH, "id": "1", "root_id": "1", "argsrepr": "-", **headers},
            "properties": {
                "delivery_tag": "t",
                "body_encoding": "base64",
                "correlation_id": "1",
                "delivery_mode": 2,
                "delivery_info": {"exchange": "", "routing_key": "q"},
                "priority": 0,
            },
        }
    )


def bomb() -> str:
    """Give 500 MB in half a megabyte, without ever holding them."""
    packer = zlib.compressobj(9, wbits=31)
    packed = b"".join(packer.compress(b"[" * 1_000_000) for _ in range(500)) + packer.flush()
    return envelope(base64.b64encode(packed).decode(), compression="application/x-gzip")


JUNK = {
    "text that is no JSON": "FLUSHALL",
    "a list": "[1, 2, 3]",
    "a number": "7",
    "nothing": "",
    "bytes that are no text": b"\xff\xfe\x00",
    "deep nesting": "[" * 200_000,
    "an envelope nested deeply": '{"properties": ' * 50_000,
    "an empty envelope": "{}",
    "bad base64": envelope("%%%"),
    "a body that is no JSON": envelope(base64.b64encode(b"nope").decode()),
    "a body of other arguments": envelope(base64.b64encode(b'[[1, 2, 3], {"x": 1}, {}]').decode()),
    "a message that does not decode": envelope(base64.b64encode(b'[["{}"], {}, {}]').decode()),
    "another task": envelope(base64.b64encode(b"[[], {}, {}]").decode(), task="os.system"),
    "an oversized message": envelope("A" * 12_000_000),
}


async def test_junk_in_the_queue_stops_no_worker_and_costs_no_tenant(engine: EngineUnderTest):  # noqa: F811  # the fixture
    worker = engine.worker(slots=2)
    with Redis.from_url(engine.redis.url) as redis:
        for junk in (*JUNK.values(), bomb()):
            redis.lpush(Keys(engine.name).queue, junk)
    outcome = await engine.scan()
    read = {name: seen.fingerprint for name, seen in outcome.results.items() if isinstance(seen, Observation)}
    assert read == engine.fleet.truth
    assert worker.poll() is None
    log = (engine.logs / f"worker-0@{engine.name}").read_text()
    reasons = Counter(line.partition("reason=")[2].split()[0] for line in log.splitlines() if "junk.dropped" in line)
    assert reasons == {"envelope": 1, "size": 1, "tag": 1}


async def test_answers_that_do_not_decode_do_not_end_a_scan(engine: EngineUnderTest):  # noqa: F811  # the fixture
    def poison(_) -> None:
        if not engine.workers:
            with Redis.from_url(engine.redis.url) as redis:
                for key in redis.scan_iter(f"*{engine.name}*answers"):
                    for junk in (b"nope", b"[]", b"{}", b"\xff", b"[" * 100_000, b"{" * 100_000, b"A" * 9_000_000):
                        redis.xadd(key, {"a": junk}, nomkstream=True)
                    redis.xadd(key, {"b": "other field"}, nomkstream=True)
            engine.worker()

    outcome = await engine.scan(on_progress=poison)
    read = {name: seen.fingerprint for name, seen in outcome.results.items() if isinstance(seen, Observation)}
    assert read == engine.fleet.truth


async def test_nobody_on_redis_can_tell_a_worker_to_stop(engine: EngineUnderTest):  # noqa: F811  # the fixture
    worker = engine.worker()
    await engine.scan(engine.fleet.targets[:4])
    app = Celery("anybody", broker=broker_url(Secret(engine.redis.url)), set_as_current=False)
    assert app.control.ping(timeout=0.5) == []
    app.control.shutdown()
    outcome = await engine.scan(engine.fleet.targets[:4])
    assert all(isinstance(seen, Observation) for seen in outcome.results.values())
    assert worker.poll() is None
    with Redis.from_url(engine.redis.url) as redis:
        assert not [key for key in redis.scan_iter("*pidbox*") if engine.name.encode() in key]


async def test_what_is_dropped_is_counted_by_reason(engine: EngineUnderTest):  # noqa: F811  # the fixture
    engine.worker()
    names = engine.names
    redis = connect_redis(Secret(engine.redis.url))
    for junk in (
        *("nope", "[]", "{}"),
        envelope("A" * 12_000_000),
        envelope(base64.b64encode(b'[["{}"], {}, {}]').decode()),
    ):
        await redis.lpush(names.queue, junk)
    stream = AnswerStream(redis, names, "run")
    await stream.open(1, [])
    place = names.answers("run", 1)
    answers = encode_answers(names, place, AnswerSet(batch="0-1", worker="w", number=1))
    unreadable = names.ring.sign(Purpose.ANSWERS, (place,), b"{}")
    for entry in (b"unsigned", unreadable, answers, answers, b"A" * (MAX_MESSAGE_BYTES + 1)):
        await redis.xadd(place, {"a": entry})
    assert [each.batch for each in await stream.read(1)] == ["0-1"]
    wanted = {
        JunkReason.ENVELOPE: 3,
        JunkReason.SIZE: 2,
        JunkReason.TAG: 2,
        JunkReason.FORMAT: 1,
        JunkReason.REPEATED: 1,
    }
    async with asyncio.timeout(30):
        while await read_junk(redis, names) != wanted:  # noqa: ASYNC110  # another process counts
            await asyncio.sleep(0.1)
    metrics = FleetMetrics("f")
    metrics.queue_seen(None, await read_junk(redis, names))
    metrics.render()
    assert b'fleetdrift_junk_dropped_total{fleet="f",reason="envelope"} 3.0' in MetricsPage(metrics).write()
    await redis.aclose()


async def test_an_oversized_answer_is_dropped_before_it_is_decoded(
    engine: EngineUnderTest,  # noqa: F811  # the fixture
    monkeypatch: pytest.MonkeyPatch,
):
    def decode(*_: object) -> None:
        raise AssertionError("an oversized entry was decoded")

    redis = connect_redis(Secret(engine.redis.url))
    stream = AnswerStream(redis, engine.names, "run")
    await stream.open(1, [])
    monkeypatch.setattr(collect, "decode_answers", decode)
    await redis.xadd(engine.names.answers("run", 1), {"a": b"A" * (MAX_MESSAGE_BYTES + 1)})
    assert await stream.read(1) == []
    await redis.aclose()


@pytest.mark.parametrize("kind", ["values", "another type"])
async def test_junk_among_unacknowledged_messages_stops_no_worker(engine: EngineUnderTest, kind: str):  # noqa: F811  # the fixture
    """Kombu looks there when a worker begins, and every so often, for what no worker acknowledged for an hour."""
    hidden = {
        "no json": b"nope",
        "a list": b"[1, 2]",
        "nested": b"[" * 100_000,
        "another queue": json.dumps([json.loads(envelope("%%%")), "", "another"]).encode(),
        "ours": json.dumps([json.loads(envelope("%%%")), "", engine.names.queue]).encode(),
    }
    with Redis.from_url(engine.redis.url) as redis:
        if kind == "values":
            redis.hset("unacked", mapping=hidden)
            redis.zadd("unacked_index", dict.fromkeys(hidden, 1.0))
        else:
            redis.mset(dict.fromkeys(("unacked", "unacked_index", "unacked_mutex"), "x"))
        before = redis.dump("unacked")
        worker = engine.worker(slots=2)
        outcome = await engine.scan()
        after = redis.dump("unacked")
        redis.delete("unacked", "unacked_index", "unacked_mutex")
    read = {name: seen.fingerprint for name, seen in outcome.results.items() if isinstance(seen, Observation)}
    assert read == engine.fleet.truth
    assert worker.poll() is None
    assert "Traceback" not in (engine.logs / f"worker-0@{engine.name}").read_text()
    assert after == before  # left alone: it may be of another program


def test_a_redis_that_dies_while_messages_are_sent_is_away():
    """The connection is there; the server ends between the commands of a batch and their answers."""
    with EmbeddedRedis() as server:
        app = build_app(Secret(server.url), "f")
        publish(app, SCAN_BATCH, ["first"])
    with pytest.raises(BrokerAwayError, match=r"^BatchPublishError$"):
        publish(app, SCAN_BATCH, ["second", "third"])
