"""A task that is cancelled while it talks to Redis ends, whatever library the cancellation passes on its way."""

from __future__ import annotations

import asyncio
import contextlib
import random

import pytest
from redis.exceptions import RedisError

from shared.hosts import Secret
from workers.redis_pool import connect_redis

pytestmark = pytest.mark.anyio

TRIES = 300


async def ask_for_ever(redis) -> None:
    while True:
        with contextlib.suppress(RedisError):
            await redis.hmget("key", ["a", "b"])
            async with redis.pipeline(transaction=False) as pipe:
                pipe.hget("key", "a")
                pipe.hget("key", "b")
                await pipe.execute()


async def test_no_cancellation_is_lost_at_whatever_moment_it_comes(redis_server):
    moments = random.Random(7)
    redis = connect_redis(Secret(redis_server.url), connections=2)
    try:
        for _ in range(TRIES):
            task = asyncio.create_task(ask_for_ever(redis))
            for _ in range(moments.randrange(1, 60)):
                await asyncio.sleep(0)
            task.cancel()
            ended, _ = await asyncio.wait([task], timeout=20)
            while not task.done():
                task.cancel()
                await asyncio.sleep(0)
            assert ended, "the task went on after it had been cancelled"
    finally:
        await redis.aclose()
