"""A worker that speaks protocol 1, as a process of its own: `python old_worker_process.py JSON`.

It does what a worker did before formats had versions, with names and bytes written out, not taken from our own code: it
says that it lives, takes messages from its own queue by Celery, and answers each tenant with a made-up fingerprint.
"""

from __future__ import annotations

import json
import sys
import time

from celery import Celery
from celery.signals import worker_ready
from redis import Redis


def main() -> None:
    told = json.loads(sys.argv[1])
    root = f"fleetdrift:1:{told['fleet']}"
    redis = Redis(unix_socket_path=told["socket"])
    app = Celery("fleetdrift", broker=f"redis+socket://{told['socket']}", set_as_current=False)
    app.conf.update(task_default_queue=f"{root}:queue", accept_content=["json"], task_ignore_result=True)

    def live(**_: object) -> None:
        redis.zadd(f"{root}:workers", {"yesterday|2": time.time() + 3600})

    def scan_batch(text: str) -> None:
        message = json.loads(text)
        seen = {"outcome": "observed", "fingerprint": "ab" * 32, "server_version": 180001}
        answers = [[place[0], seen] for place in message["places"]]
        entry = {"batch": message["batch"], "worker": "yesterday", "answers": answers}
        stream = f"{root}:run:{message['run']}:{message['epoch']}:answers"
        redis.xadd(stream, {"a": json.dumps(entry)}, nomkstream=True)

    worker_ready.connect(live, weak=False)
    app.task(name="fleetdrift.scan_batch")(scan_batch)
    app.Worker(hostname=told["name"], pool="solo", quiet=True, without_gossip=True, without_mingle=True).start()


if __name__ == "__main__":
    main()
