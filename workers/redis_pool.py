"""Connections to Redis, for the coordinator and the workers alike."""

from __future__ import annotations

from redis.asyncio import BlockingConnectionPool, Redis

from shared.hosts import Secret


def connect_redis(url: Secret, *, connections: int = 8) -> Redis:
    """Open a pool that waits for a free connection rather than making new ones without end."""
    pool = BlockingConnectionPool.from_url(
        url.reveal(), max_connections=connections, timeout=20, socket_timeout=10, socket_connect_timeout=3
    )
    return Redis.from_pool(pool)
