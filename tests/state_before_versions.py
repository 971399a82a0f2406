"""Put the store and the Redis of the state before formats had versions back into fresh, empty servers.

What is in them is described in tests/fixtures/state-before-versions/README.md.
"""

from __future__ import annotations

import json
from base64 import b64decode
from pathlib import Path
from typing import Any

import asyncpg
from redis.asyncio import Redis

_HERE = Path(__file__).parent / "fixtures" / "state-before-versions"

FLEET = "demo"
FINISHED = "3e2d7ab9-1f82-467d-8efb-0207d5a469db"
READ_NOT_ANALYSED = "a318b510-0361-49d3-93cd-27bc9610ef81"
BROKEN_OFF = "11e7b21e-74a8-4d99-965f-69ac06bbf5dd"
TENANTS = tuple(f"tenant-{number:03}" for number in range(1, 7))


async def load_store(dsn: str) -> None:
    """Run store.sql in an empty database; it makes the schema `fleetdrift` and all that is in it."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute((_HERE / "store.sql").read_text())
    finally:
        await connection.close()


async def load_redis(url: str) -> None:
    """Make every key of redis.json again; what was to end in so many milliseconds does so again, counted from now."""
    redis = Redis.from_url(url)
    try:
        async with redis.pipeline(transaction=True) as pipe:
            for entry in json.loads((_HERE / "redis.json").read_text()):
                _put(pipe, entry["key"], entry["type"], entry["value"])
                if entry["ttl_ms"] is not None:
                    pipe.pexpire(entry["key"], entry["ttl_ms"])
            await pipe.execute()
    finally:
        await redis.aclose()


def _put(pipe: Any, key: str, kind: str, value: Any) -> None:
    match kind:
        case "string":
            pipe.set(key, b64decode(value))
        case "list":
            pipe.rpush(key, *map(b64decode, value))
        case "set":
            pipe.sadd(key, *map(b64decode, value))
        case "hash":
            pipe.hset(key, mapping={b64decode(field): b64decode(data) for field, data in value})
        case "zset":
            pipe.zadd(key, {b64decode(member): score for member, score in value})
        case "stream":
            for position, fields in value:
                pipe.xadd(key, {b64decode(field): b64decode(data) for field, data in fields}, id=position)
        case _:
            raise ValueError(f"{key} is a {kind}, which no fixture holds")
