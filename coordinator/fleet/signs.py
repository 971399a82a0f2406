"""Reads what servers say of their databases, and databases of their catalogs, in a process that can be killed."""

from __future__ import annotations

import asyncio
import contextlib
from collections import defaultdict, deque
from collections.abc import Sequence

from redis.exceptions import RedisError

from coordinator.engine.engine import EngineSettings, Facilities
from coordinator.engine.permits import Permits
from shared.hosts import Host
from shared.messages import HOST_DOWN
from shared.postgres.connection import TargetError
from shared.postgres.reading.server_sign import ServerSign
from shared.targets import Target
from workers.isolated.readers import Readers

MAX_HOSTS_AT_ONCE = 32
"""Servers whose signs are read at the same time, over one connection each, for which no permit is asked."""

MAX_SECONDS_FOR_SIGNS = 15.0
"""How long a scan waits for signs before it reads tenants: those of servers that take longer count as not there."""

MAX_SECONDS_FOR_COUNTERS = 25.0
"""How long a scan reads counters before workers read the rest: one process does it, and a permit lasts thirty."""

MAX_CONNECTIONS_FOR_COUNTERS = 8
"""Connections to a server over which counters are read at once: more than one process can keep busy."""

MAX_DATABASES_TRIED = 3
"""Databases of a server to which one tries to connect for its sign: one of them may be gone."""


async def read_signs(settings: EngineSettings, targets: Sequence[Target]) -> dict[str, ServerSign]:
    """Read the signs of the servers of some tenants; a server whose sign cannot be read in time has none."""
    databases: defaultdict[str, dict[str, None]] = defaultdict(dict)
    for target in targets:
        if len(databases[target.host]) < MAX_DATABASES_TRIED:
            databases[target.host][target.database] = None
    found: dict[str, ServerSign] = {}
    turns = asyncio.Semaphore(MAX_HOSTS_AT_ONCE)
    until = asyncio.get_running_loop().time() + MAX_SECONDS_FOR_SIGNS

    async def read(readers: Readers, host: str) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout_at(until), turns:
                sign = await _sign_of_host(readers, settings, host, tuple(databases[host]))
                if sign is not None:
                    found[host] = sign

    async with Readers(settings.limits) as readers, asyncio.TaskGroup() as group:
        for host in databases:
            group.create_task(read(readers, host))
    return found


async def read_counters(facilities: Facilities, targets: Sequence[Target], scan: str) -> dict[tuple[str, str], str]:
    """Read the counters of the databases of some tenants, by (host, database), as many as there is time for.

    Args:
        facilities: Settings and Redis, which has the permits for connections.
        targets: The tenants.
        scan: Id, for the permits.

    Returns:
        Without the databases that could not be read, nor those of hosts whose connections other scans hold.
    """
    found: dict[tuple[str, str], str] = {}
    waiting: defaultdict[str, deque[str]] = defaultdict(deque)
    for host, database in dict.fromkeys((target.host, target.database) for target in targets):
        waiting[host].append(database)
    if not waiting:
        return found
    settings = facilities.settings
    permits = Permits(facilities.redis, f"{scan}/counters", dict(settings.hosts))
    with contextlib.suppress(RedisError):  # without Redis nothing is read; the engine says so
        try:
            granted = {host: await _connections(permits, settings.hosts[host]) for host in waiting}
            async with Readers(settings.limits) as readers, asyncio.TaskGroup() as group:
                until = asyncio.get_running_loop().time() + MAX_SECONDS_FOR_COUNTERS
                for host, connections in granted.items():
                    for _ in range(min(connections, len(waiting[host]))):
                        group.create_task(_read_counters(readers, settings.hosts[host], waiting[host], found, until))
        finally:
            await permits.lower_to({})
    return found


async def _connections(permits: Permits, host: Host) -> int:
    """Get permits for as many connections to a host as there are, at most as many as one process can use."""
    wanted = min(MAX_CONNECTIONS_FOR_COUNTERS, host.max_connections)
    while wanted and not await permits.raise_to(host.name, wanted):
        wanted //= 2
    return wanted


async def _read_counters(
    readers: Readers, host: Host, waiting: deque[str], found: dict[tuple[str, str], str], until: float
) -> None:
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout_at(until):
            while waiting:
                database = waiting.popleft()
                try:
                    found[host.name, database] = await readers.counters(host, database)
                except TargetError as error:
                    if error.failure.kind in HOST_DOWN:
                        return


async def _sign_of_host(
    readers: Readers, settings: EngineSettings, host: str, databases: Sequence[str]
) -> ServerSign | None:
    for database in databases:
        try:
            return await readers.server_sign(settings.hosts[host], database)
        except TargetError as error:
            if error.failure.kind in HOST_DOWN:
                return None
    return None
