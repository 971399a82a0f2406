"""One pool process of a worker: its event loop on a thread of its own, its Redis pool, and its scratch server.

Everything here begins after the fork. The process' main thread belongs to Celery and its signals.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import contextlib
import ctypes
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Coroutine

from redis.asyncio import Redis

from shared.analysis.known_shapes import lasting_shapes
from shared.analysis.lasting_memory import lasting_memory
from shared.embedded.postgres import COMES_BACK_WITHIN_SECONDS
from shared.hosts import Host, Secret
from shared.messages import Keys
from shared.postgres.failures import handle_unawaited
from shared.postgres.scratch import ScratchServer
from workers.junk import Junk
from workers.redis_pool import connect_redis
from workers.scan import Observe, ObserveNamespaces
from workers.settings import WorkedFleet, WorkerSettings

_PR_SET_PDEATHSIG = 1  # prctl(2)
_HAND_BACK_SECONDS = 5.0  # a cancelled batch has so long to hand back what it did not do
_MAX_CANCELLATIONS = 4  # before the process is left to the hard time limit


def die_with_parent(parent: int) -> None:
    """Ask the kernel to end this process with the one that forked it, however that one ends.

    Args:
        parent: Id of the process that forked this one.
    """
    if sys.platform.startswith("linux"):
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
    if os.getppid() != parent:  # it died before we asked
        os._exit(1)


class Child:
    """A pool process as far as it works for one fleet.

    Args:
        process: The process.
        fleet: Whom it works for.
    """

    def __init__(self, process: PoolProcess, fleet: WorkedFleet) -> None:
        settings = process.settings
        self.settings = settings
        self.sighting_ttl = fleet.sighting_ttl
        self.stopping = process.stopping
        self.observe = process.observe
        self.observe_namespaces = process.observe_namespaces
        self.keys = Keys(fleet.name, settings.ring)
        self.hosts: dict[str, Host] = {host.name: host for host in settings.hosts}
        self.name = process.name
        self.scratch = process.scratch
        self.contract_memory = process.contract_memory
        self.shapes = process.shapes
        self.redis = process.redis
        self.junk = Junk(self.redis, self.keys)


class PoolProcess:
    """One pool process.

    Args:
        settings: Of the worker.
        observe: Reads one target.
        scratch_dsn: Where shapes are analysed.
        observe_namespaces: See `ReadSettings`.
        stopping: Says whether the worker was told to stop: nothing more is claimed then.
    """

    def __init__(
        self,
        settings: WorkerSettings,
        observe: Observe,
        scratch_dsn: Secret,
        observe_namespaces: ObserveNamespaces | None = None,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self.settings = settings
        self.stopping = stopping
        self.observe = observe
        self.observe_namespaces = observe_namespaces
        self.name = f"{socket.gethostname()}/{os.getpid()}"
        waits = 0.0 if settings.scratch_dsn is not None else COMES_BACK_WITHIN_SECONDS  # of its own it starts again
        self.scratch = ScratchServer(scratch_dsn.reveal(), comes_back_within=waits)
        self.contract_memory = lasting_memory()
        self.shapes = lasting_shapes()
        self._loop = asyncio.new_event_loop()
        self._loop.set_exception_handler(handle_unawaited)
        self._thread = threading.Thread(target=self._loop.run_forever, name="batches", daemon=True)
        self._thread.start()
        self.redis = self._wait(self._connect())
        children = [Child(self, fleet) for fleet in settings.fleets]
        self.children = {child.keys.queue: child for child in children}

    async def _connect(self) -> Redis:
        return connect_redis(self.settings.redis_url)

    def _wait(self, work: Coroutine[None, None, Redis]) -> Redis:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()

    def run(self, work: Coroutine[None, None, None], out_of_time: type[BaseException]) -> None:
        """Run one batch to its end, from the main thread.

        Args:
            work: The batch.
            out_of_time: What Celery raises here when the soft time limit is reached. The batch is then cancelled, and
                has some seconds to hand back what it did not do.
        """
        started: concurrent.futures.Future[asyncio.Task[None]] = concurrent.futures.Future()

        async def supervise() -> None:
            task = asyncio.ensure_future(work)
            started.set_result(task)
            await asyncio.wait({task})
            if not task.cancelled():
                task.result()

        done = asyncio.run_coroutine_threadsafe(supervise(), self._loop)
        try:
            done.result()
        except out_of_time:
            for _ in range(_MAX_CANCELLATIONS):  # more than once: a cancellation can be lost in a library on its way
                self._loop.call_soon_threadsafe(started.result().cancel)
                with contextlib.suppress(concurrent.futures.TimeoutError):
                    return done.result(_HAND_BACK_SECONDS)
            raise

    def child_for(self, queue: str) -> Child:
        """Give what works for the fleet of a queue; for a queue of nobody, the first: a signature is for one queue."""
        return self.children.get(queue) or next(iter(self.children.values()))

    def close(self) -> None:
        """Stop the loop; the process is about to end."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=2)
