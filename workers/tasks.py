"""The two Celery tasks: each decodes its message and runs the coroutine that does what it asks for."""

from __future__ import annotations

import mmap
import os
from collections.abc import Callable, Coroutine
from typing import Any

from celery import Celery, Task
from celery.exceptions import SoftTimeLimitExceeded

from shared.formats import FormatError
from shared.hosts import Secret
from shared.messages import (
    ANALYSE_SHAPE,
    SCAN_BATCH,
    JunkReason,
    decode_scan_batch,
    decode_shape_job,
    verify_message,
)
from shared.signing import TagError
from workers.batches import run_scan_batch, run_shape_job
from workers.child import Child, PoolProcess, die_with_parent
from workers.refusals import refuse
from workers.scan import Observe, ObserveNamespaces
from workers.settings import WorkerSettings


class Pool:
    """What every pool process of a worker inherits, and sets up for itself after the fork."""

    def __init__(
        self,
        settings: WorkerSettings,
        scratch_dsn: Secret,
        observe: Observe,
        observe_namespaces: ObserveNamespaces | None,
    ) -> None:
        self._settings = settings
        self._scratch_dsn = scratch_dsn
        self._observe = observe
        self._observe_namespaces = observe_namespaces
        self._worker = os.getpid()
        self._process: PoolProcess | None = None
        self._told = mmap.mmap(-1, 1)  # made before the fork, so that all of the pool see what is written into it

    def begin(self, **_: Any) -> None:
        """Set up this pool process (the signal `worker_process_init`)."""
        die_with_parent(self._worker)
        self._process = PoolProcess(
            self._settings,
            self._observe,
            self._scratch_dsn,
            self._observe_namespaces,
            stopping=lambda: self._told[:1] != b"\0",
        )

    def stop(self, **_: Any) -> None:
        """Have no process of the pool begin anything more (`worker_shutting_down`, in the worker itself)."""
        self._told[:1] = b"\1"

    def end(self, **_: Any) -> None:
        """Take it down (`worker_process_shutdown`)."""
        if self._process is not None:
            self._process.close()

    def run(self, work: Callable[[Child, str], Coroutine[None, None, None]], task: Task, message: str) -> None:
        """Run one message's work on this process' event loop, for the fleet from whose queue it was taken."""
        assert self._process is not None, "tasks run in pool processes only"
        queue = str((task.request.delivery_info or {}).get("routing_key", ""))
        self._process.run(work(self._process.child_for(queue), message), SoftTimeLimitExceeded)


def register(app: Celery, pool: Pool) -> None:
    """Give the application its two tasks."""

    def scan_batch(task: Task, message: str) -> None:
        pool.run(_scan_batch, task, message)

    def analyse_shape(task: Task, message: str) -> None:
        pool.run(_analyse_shape, task, message)

    app.task(name=SCAN_BATCH, bind=True)(scan_batch)
    app.task(name=ANALYSE_SHAPE, bind=True)(analyse_shape)


async def _scan_batch(child: Child, signed: str) -> None:
    text = await _verified(child, SCAN_BATCH, signed)
    try:
        message = decode_scan_batch(text) if text is not None else None
    except FormatError as error:
        await refuse(child.redis, child.keys, str(text), str(error))
    else:
        if message is not None:
            await run_scan_batch(child, message)


async def _analyse_shape(child: Child, signed: str) -> None:
    text = await _verified(child, ANALYSE_SHAPE, signed)
    try:
        message = decode_shape_job(text) if text is not None else None
    except FormatError as error:
        await refuse(child.redis, child.keys, str(text), str(error))
    else:
        if message is not None:
            await run_shape_job(child, message)


async def _verified(child: Child, task: str, signed: str) -> str | None:
    """Give the text of a message, or drop it: a forged one is not answered, because our answers are believed."""
    try:
        return verify_message(child.keys, task, signed)
    except TagError as error:
        await child.junk.drop(JunkReason.TAG, error)
        return None
