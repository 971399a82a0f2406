"""End a scan that somebody wants ended, whichever process performs it."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from coordinator.store.connection import StoreError
from coordinator.store.store import Store

T = TypeVar("T")

_LOOK_EVERY_SECONDS = 1.0


class ScanCancelledError(Exception):
    """Somebody wants the scan ended; the message says why, in a sentence."""


async def unless_cancelled(store: Store, scan: str, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Perform a scan, and stop when somebody asks for its end.

    Args:
        store: Where that is asked.
        scan: Id.
        work: Performs it.

    Raises:
        ScanCancelledError: When somebody asked for its end.
    """
    working = asyncio.create_task(work())
    looking = asyncio.create_task(_look(store, scan))
    try:
        await asyncio.wait({working, looking}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise ScanCancelledError(looking.result())
    finally:
        for task in (working, looking):
            task.cancel()
        await asyncio.gather(working, looking, return_exceptions=True)


async def _look(store: Store, scan: str) -> str:
    """Wait until somebody asks for a scan's end, and say why; while the store is away nobody can ask."""
    while True:
        with contextlib.suppress(StoreError):
            reason = await store.cancel_reason(scan)
            if reason is not None:
                return reason
        await asyncio.sleep(_LOOK_EVERY_SECONDS)
