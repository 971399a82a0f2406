"""Looks at the store: whether it is there, of which version, and whether its clock is right."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Iterator

from coordinator.setup.remark import Level, Remark, clock_remark
from coordinator.store.connection import StoreError
from coordinator.store.examine import StoreFacts, examine_store
from shared.hosts import Secret
from shared.postgres.failures import TargetError

_STORE = "store"


async def store_remarks(dsn: Secret | None) -> AsyncIterator[Remark]:
    """Look at the store; it is not migrated.

    Args:
        dsn: Of its database; none where none is configured.
    """
    if dsn is None:
        yield Remark(Level.OK, _STORE, "none is configured: `check` needs none, and remembers nothing")
        return
    asked_at = time.time()
    try:
        facts = await examine_store(dsn)
    except (StoreError, TargetError) as error:
        yield Remark(Level.FAIL, _STORE, str(error), "see [store] dsn: a database that its role owns")
        return
    for remark in _of_facts(facts):
        yield remark
    yield clock_remark(f"{_STORE}, clock", facts.now - (asked_at + time.time()) / 2)


def _of_facts(facts: StoreFacts) -> Iterator[Remark]:
    where = f"answers as PostgreSQL {facts.server}"
    if facts.version > facts.known:
        found = f"{where}; its tables are of version {facts.version}, this release reads up to {facts.known}"
        yield Remark(Level.FAIL, _STORE, found, "upgrade fleetdrift")
    elif facts.version == facts.known:
        yield Remark(Level.OK, _STORE, f"{where}; its tables are up to date")
    elif not facts.version and not facts.may_create:
        yield Remark(
            Level.FAIL, _STORE, f"{where}; it has no tables, and the role may make none", "let the role own it"
        )
    elif not facts.version:
        yield Remark(Level.OK, _STORE, f"{where}; it has no tables yet: the first `scan` or `serve` makes them")
    else:
        found = (
            f"{where}; its tables are of version {facts.version}, the next `scan` or `serve` makes {facts.known} of it"
        )
        yield Remark(Level.WARN, _STORE, found, "stop the coordinator and back it up first")
