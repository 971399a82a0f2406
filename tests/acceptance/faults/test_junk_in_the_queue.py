"""Whoever can write to Redis can put anything into queue and stream: workers and scans go on all the same."""

from __future__ import annotations

import base64
import json
import zlib

import pytest
from celery import Celery
from redis import Redis

from shared.hosts import Secret
from shared.messages import SCAN_BATCH, Keys
from shared.targets import Observation
from tests.acceptance.engine.conftest import Engine as EngineUnderTest
from tests.acceptance.engine.conftest import anyio_backend, engine, fleet  # noqa: F401  # fixtures
from workers.app import broker_url

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
    assert log.count("junk.dropped") == 1


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
