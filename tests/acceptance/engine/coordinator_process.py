"""A coordinator as a process of its own, for the test that kills it: `python coordinator_process.py JSON`."""

from __future__ import annotations

import asyncio
import json
import signal
import sys

import msgspec

from coordinator.engine.engine import EngineSettings, Facilities
from coordinator.fleet.target_runs import read_targets
from coordinator.store.store import Store
from shared.hosts import Host, Secret
from shared.signing import KeyRing
from shared.targets import Target
from workers.redis_pool import connect_redis


async def main() -> None:
    told = json.loads(sys.argv[1])
    settings = EngineSettings(
        fleet=told["fleet"],
        redis_url=Secret(told["redis_url"]),
        ring=KeyRing([Secret(key) for key in told.get("keys", ())]),
        hosts={host["name"]: Host(**{**host, "password": Secret(host["password"])}) for host in told["hosts"]},
        slots=told["slots"],
    )
    targets = msgspec.convert(told["targets"], list[Target])
    async with Store.open(Secret(told["store"])) as store:
        redis = connect_redis(settings.redis_url)
        await read_targets(Facilities(settings, store, redis), targets, scan=told["scan"])


if __name__ == "__main__":
    # As the command line does: whoever runs the tests in the background has SIGINT ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    asyncio.run(main())
