"""A coordinator as a process of its own, for tests that kill it: `python coordinator_process.py JSON`.

With `owner`, the fields of `LeaseRules`, it owns the scan that it performs, as the commands do.
"""

from __future__ import annotations

import asyncio
import functools
import json
import signal
import sys

import msgspec

from coordinator.engine.engine import EngineSettings, Facilities
from coordinator.fleet.target_runs import read_targets
from coordinator.store.leases import LeaseRules, holding
from coordinator.store.store import Store, scan_lease
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
        facilities = Facilities(settings, store, connect_redis(settings.redis_url))
        read = functools.partial(read_targets, facilities, targets, scan=told["scan"])
        if told.get("owner"):
            await holding(store, scan_lease(told["scan"]), LeaseRules(**told["owner"]), read)
        else:
            await read()


if __name__ == "__main__":
    # As the command line does: whoever runs the tests in the background has SIGINT ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    asyncio.run(main())
