"""Do something while holding a lease: one process at a time does it, and another takes over when this one is gone."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import msgspec

from coordinator.store.connection import StoreError
from coordinator.store.store import Store

T = TypeVar("T")

_RELEASE_TIMEOUT_SECONDS = 3.0


class LeaseRules(msgspec.Struct, frozen=True, kw_only=True):
    """How long leases live. Another process takes over at most `seconds` + `look_every` after the last sign of life.

    Args:
        seconds: A lease that was not renewed for so long may be taken by another process.
        renew_every: Seconds between two renewals.
        look_every: Seconds after which a coordinator that waits looks for scans and leases that are free.
    """

    seconds: float = 15.0
    renew_every: float = 5.0
    look_every: float = 5.0


class LeaseTakenError(Exception):
    """Another process has the lease: it does the work."""


DEFAULT_LEASE_RULES = LeaseRules()


async def holding(store: Store, name: str, rules: LeaseRules, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Do something while holding a lease, and cancel it when another process takes the lease.

    While the store is away nobody can take the lease, so the work goes on; what it writes waits for the store too. Work
    that writes nothing for a while, because it waits for workers, would never notice: a patient store that stays away
    for longer than it waits ends the work.

    Args:
        store: Its holder is the one who holds.
        name: Of the lease.
        rules: See LeaseRules.
        work: Called once we have the lease.

    Raises:
        LeaseTakenError: When another process has the lease, now or after a while.
        StoreError: When the store cannot say who has it; from a patient store also when it stays away later.
    """
    if not await store.take_lease(name, rules.seconds):
        raise LeaseTakenError(f"another process holds the lease {name}")
    working = asyncio.create_task(work())
    renewing = asyncio.create_task(_renew(store, name, rules))
    try:
        await asyncio.wait({working, renewing}, return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        renewing.result()
        raise LeaseTakenError(f"another process took the lease {name}")
    finally:
        for task in (working, renewing):
            task.cancel()
        await asyncio.gather(working, renewing, return_exceptions=True)
        await _release(store, name)


async def _renew(store: Store, name: str, rules: LeaseRules) -> None:
    """Renew a lease until another holder has it, or a patient store has been away for all the time that it waits."""
    while True:
        await asyncio.sleep(rules.renew_every)
        try:
            if not await store.take_lease(name, rules.seconds):
                return
        except StoreError:
            if store.is_patient:
                raise
            continue  # nobody can take it while the store is away


async def _release(store: Store, name: str) -> None:
    """Let the next process begin at once; when the store is away it has to wait until the lease ends."""
    try:
        async with asyncio.timeout(_RELEASE_TIMEOUT_SECONDS):
            await store.release_lease(name)
    except (StoreError, TimeoutError):
        return
