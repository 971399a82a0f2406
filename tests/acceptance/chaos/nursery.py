"""Forks workers of the simulated fleet, which takes a hundredth of the time of starting Python for each.

`python -m tests.acceptance.chaos.nursery JSON`, as for `tests/acceptance/engine/worker_process.py`. Each line of its
input is the name of a worker to start; it is answered with the worker's process id. The workers end with it.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import Any, NoReturn

import msgspec

from shared.messages import ScanBatch
from tests.acceptance.chaos.simulated import shapes, simulate
from tests.acceptance.engine.worker_process import work
from workers import tasks
from workers.batches import run_scan_batch
from workers.child import Child, die_with_parent


def main() -> None:
    told = json.loads(sys.argv[1])
    shapes()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those that are killed
    nursery = os.getpid()
    for line in sys.stdin:
        born = os.fork()
        if not born:
            signal.signal(signal.SIGCHLD, signal.SIG_DFL)
            die_with_parent(nursery)
            live({**told, "name": line.strip()})
        print(born, flush=True)


def live(told: dict[str, Any]) -> NoReturn:
    """Be a worker."""
    log = os.open(told["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for old, new in ((nothing, 0), (log, 1), (log, 2)):
        os.dup2(old, new)
    if told.get("naive"):
        tasks.run_scan_batch = skip_what_is_marked  # type: ignore[attr-defined]  # put in place of what it imports
    os._exit(work(told, simulate))


async def skip_what_is_marked(child: Child, message: ScanBatch) -> None:
    """Do as a naive worker: mark the tenants of a batch as done when it takes the batch, and leave out marked ones."""
    done = f"done:{message.run}"
    fresh = [place for place in message.places if await child.redis.sadd(done, place.tenant)]
    await run_scan_batch(child, msgspec.structs.replace(message, places=tuple(fresh)))


if __name__ == "__main__":
    main()
