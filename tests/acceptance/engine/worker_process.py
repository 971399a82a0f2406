"""A worker as a process of its own, for tests that kill it: `python worker_process.py JSON`.

The JSON says how: redis_url, fleet, keys, hosts, scratch, slots, name; `deadly` names tenants that kill their reader,
`hungry` those that take all memory, `slow` is a pause in seconds before each tenant, so that there is a middle of the
scan to be killed in, `time` and `hard` are the soft and the hard time limit of a batch in seconds.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from typing import Any

from shared.events.event import LogLevel
from shared.hosts import Host, Secret
from shared.logs import LogFormat, configure_logging
from shared.postgres.reading.observe import observe
from shared.signing import KeyRing
from shared.targets import Limits
from workers.app import run_worker
from workers.scan import Observe
from workers.settings import WorkedFleet, WorkerSettings


def work(told: dict[str, Any], read: Observe) -> int:
    """Run a worker that reads each tenant by `read`."""
    configure_logging(LogLevel.DEBUG, LogFormat.TEXT)
    settings = WorkerSettings(
        fleets=(WorkedFleet(told["fleet"]),),
        redis_url=Secret(told["redis_url"]),
        ring=KeyRing([Secret(key) for key in told.get("keys", ())]),
        hosts=tuple(Host(**{**host, "password": Secret(host["password"])}) for host in told["hosts"]),
        limits=Limits(**told.get("limits", {})),
        soft_time_limit=told.get("time", 150),
        hard_time_limit=told.get("hard", 180),
        scratch_dsn=Secret(told["scratch"]) if told.get("scratch") else None,
    )
    return run_worker(settings, concurrency=told.get("slots", 2), hostname=told["name"], observe=read)


async def eat() -> None:
    """Take memory without an end, as fast as a server can send rows."""
    eaten: list[bytes] = []
    while True:
        eaten.append(b"x" * (32 * 1024 * 1024))
        await asyncio.sleep(0.05)


def main() -> int:
    told = json.loads(sys.argv[1])

    async def watched(host, target, wanted):
        await asyncio.sleep(told.get("slow", 0))
        if target.tenant in told.get("deadly", ()):
            os.kill(os.getpid(), signal.SIGKILL)
        if target.tenant in told.get("hungry", ()):
            await eat()
        return await observe(host, target, wanted)

    return work(told, watched)


if __name__ == "__main__":
    sys.exit(main())
