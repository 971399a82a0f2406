"""The page of metrics of single tenants, which is sent to who asks for it where the configuration allows it."""

from __future__ import annotations

import asyncio
import time
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping

import msgspec

from coordinator.daemon.metrics.exposition import PageFormat, put_together, render
from coordinator.daemon.metrics.table import Metric, Sample
from coordinator.memory.views import TenantFilter, TenantView
from coordinator.records.fleet_records import FleetRecords

_KEEP_PAGES_FOR_SECONDS = 30.0
_TENANTS_READ_AT_ONCE = 1000

STATUS = Metric(
    name="tenant_status",
    help="1 for where a tenant stands.",
    labels=("tenant", "status"),
    unit="",
    absent="it is left out",
)
CHANGES = Metric(
    name="tenant_changes",
    help="Changes that a tenant is known to have.",
    labels=("tenant",),
    unit="changes",
    absent="it was never read, or is left out",
)
LAST_GOOD = Metric(
    name="tenant_last_good_read_timestamp_seconds",
    help="When a tenant was last read.",
    labels=("tenant",),
    unit="seconds",
    absent="it never was, or is left out",
)
LEFT_OUT = Metric(
    name="tenants_left_out",
    help="Tenants of the fleet beyond the limit of `[serve] tenant_metrics`, over all shards.",
    unit="tenants",
)
METRICS = (STATUS, CHANGES, LAST_GOOD, LEFT_OUT)


class Shard(msgspec.Struct, frozen=True):
    """Which tenants a scraper asks for: each is in one of `count` shards, by a checksum of its name.

    Args:
        number: From 0.
        count: How many there are.
    """

    number: int = 0
    count: int = 1

    def has(self, tenant: str) -> bool:
        """Say whether a tenant is in it."""
        return zlib.crc32(tenant.encode()) % self.count == self.number


class TenantPage:
    """Tenants one by one, asked from what is remembered; a page is kept for half a minute.

    Args:
        fleets: Gives what is kept of each fleet, by name.
        limit: Most tenants of a fleet that are shown.
    """

    def __init__(self, fleets: Callable[[], Mapping[str, FleetRecords]], limit: int) -> None:
        self._fleets = fleets
        self._limit = limit
        self._asking = asyncio.Lock()
        self._known: tuple[float, dict[str, tuple[list[TenantView], int]]] = (float("-inf"), {})

    async def write(self, shard: Shard) -> bytes:
        """Write the page of a shard.

        Raises:
            StoreError: When the store cannot be asked.
        """
        async with self._asking:
            asked, known = self._known
            if time.monotonic() - asked > _KEEP_PAGES_FOR_SECONDS:
                known = {name: await self._ask(records) for name, records in self._fleets().items()}
                self._known = time.monotonic(), known
        lines = [
            render(name, _samples([each for each in tenants if shard.has(each.tenant)], left_out))[PageFormat.TEXT]
            for name, (tenants, left_out) in known.items()
        ]
        return put_together(METRICS, lines, PageFormat.TEXT)

    async def _ask(self, records: FleetRecords) -> tuple[list[TenantView], int]:
        """Give the first tenants of a fleet by name, and how many there are beyond."""
        found: list[TenantView] = []
        after: str | None = ""
        while after is not None and len(found) < self._limit:
            count = min(_TENANTS_READ_AT_ONCE, self._limit - len(found))
            page = await records.tenants(TenantFilter(), after=after, limit=count)
            found += page.tenants
            after = page.after
        total = sum(count for _, count in (await records.status()).tenants)
        return found, max(0, total - len(found))


def _samples(tenants: Iterable[TenantView], left_out: int) -> Iterator[Sample]:
    for each in tenants:
        yield Sample(STATUS, (each.tenant, each.status.value), 1)
        if each.known_changes is not None:
            yield Sample(CHANGES, (each.tenant,), each.known_changes)
        if each.last_good:
            yield Sample(LAST_GOOD, (each.tenant,), each.last_good.timestamp())
    yield Sample(LEFT_OUT, (), left_out)
