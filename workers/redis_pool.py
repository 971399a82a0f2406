"""Connections to Redis, for the coordinator and the workers alike."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from typing import Any, TypeVar

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.client import Pipeline

from shared.hosts import Secret

T = TypeVar("T")


def connect_redis(url: Secret, *, connections: int = 8) -> Redis:
    """Open a pool that waits for a free connection rather than making new ones without end."""
    pool = BlockingConnectionPool.from_url(
        url.reveal(), max_connections=connections, timeout=20, socket_timeout=10, socket_connect_timeout=3
    )
    return _Client.from_pool(pool)


class _Client(Redis):
    """A client that loses no cancellation.

    Before Python 3.12 `asyncio.wait_for`, by which redis-py sends, can drop the cancellation of a task whose answer has
    just come, and redis-py can turn one into an error of its own. The task would then go on for ever.
    """

    async def execute_command(self, *args: Any, **options: Any) -> Any:
        """Send a command as `Redis` does; raise the cancellation that came meanwhile."""
        return await _keeping_cancellation(super().execute_command(*args, **options))  # type: ignore[no-untyped-call]  # redis-py has no types here

    def pipeline(self, transaction: bool = True, shard_hint: str | None = None) -> Pipeline:  # redis-py's signature
        """Give a pipeline of which the same is true."""
        return _Pipeline(self.connection_pool, self.response_callbacks, transaction, shard_hint)


class _Pipeline(Pipeline):
    async def execute(self, raise_on_error: bool = True) -> list[Any]:  # redis-py's signature
        return await _keeping_cancellation(super().execute(raise_on_error))


async def _keeping_cancellation(command: Awaitable[T]) -> T:
    task = asyncio.current_task()
    before = task.cancelling() if task else 0
    try:
        result = await command
    except Exception:
        _raise_if_cancelled_since(before)
        raise
    _raise_if_cancelled_since(before)
    return result


def _raise_if_cancelled_since(before: int) -> None:
    task = asyncio.current_task()
    if task is not None and task.cancelling() > before:
        raise asyncio.CancelledError
