"""Keeps where shapes can be looked up, and reads what is known by shape, by version and by declaration."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from coordinator.report.model import ReportBody, TenantStatus
from coordinator.store.access import StoreAccess
from coordinator.store.connection import query
from coordinator.store.memory import load_body
from shared.blobs import unpack_snapshot
from shared.formats import SNAPSHOT
from shared.schema.schema import SchemaVersion, Snapshot


class KeptShape(msgspec.Struct, frozen=True, kw_only=True):
    """A distinct schema of the fleet, with the tenants that are known to have it.

    Args:
        shape: Schema hash.
        tenants: How many have it; those that could not be read count by what is known of them.
        statuses: (status, tenants) of those, as they were last known.
        is_kept: Whether it can be looked up: as SQL, and beside another one.
    """

    shape: str
    tenants: int
    statuses: tuple[tuple[TenantStatus, int], ...]
    is_kept: bool


class Schemas(StoreAccess):
    """What is known of the schemas of fleets. Every method raises StoreError when the store fails."""

    async def remember(self, fleet: str, found: Mapping[str, str]) -> None:
        """Note where shapes can be looked up.

        Args:
            fleet: Name.
            found: The name of a snapshot for each shape.
        """
        await self._run("remember_shapes", fleet, list(found), list(found.values()), SNAPSHOT.label)

    async def shapes(self, fleet: str, after: tuple[int, str] | None, limit: int) -> list[KeptShape]:
        """Give shapes, those of most tenants first.

        Args:
            fleet: Name.
            after: (tenants, shape) where an earlier page ended; none begins with the first.
            limit: How many at most.
        """
        tenants, shape = after or (None, "")
        rows = await self._rows("list_shapes", fleet, tenants, shape, limit, SNAPSHOT.label)
        return [
            KeptShape(
                shape=row["shape"],
                tenants=row["tenants"],
                statuses=msgspec.json.decode(row["statuses"], type=tuple[tuple[TenantStatus, int], ...]),
                is_kept=row["is_kept"],
            )
            for row in rows
        ]

    async def snapshot(self, fleet: str, shape: str) -> Snapshot | None:
        """Give a schema of this shape as it was read of a tenant; nothing when it is not kept.

        Raises:
            FormatError: When it is in a format that this release does not read.
        """
        for row in await self._rows("find_shape", fleet, shape):
            for blob in await self._rows("get_blobs", SNAPSHOT.label, [row["snapshot"]]):
                return unpack_snapshot(row["snapshot"], blob["data"])
        return None

    async def shapes_of_changes(self, fleet: str, changes: Sequence[str]) -> Mapping[str, list[tuple[str, int]]]:
        """Say of changes in which shapes each is now: (shape, tenants), those of most tenants first."""
        found: defaultdict[str, list[tuple[str, int]]] = defaultdict(list)
        for row in await self._rows("shapes_of_changes", fleet, list(changes)):
            found[row["id"]].append((row["shape"], row["tenants"]))
        return found

    async def versions(self, fleet: str) -> list[tuple[tuple[SchemaVersion, ...], int]]:
        """Give what the migration tables of tenants said, with how many tenants; nothing in them is a version too."""
        return [
            (msgspec.json.decode(row["versions"], type=tuple[SchemaVersion, ...]), row["tenants"])
            for row in await self._rows("count_versions", fleet)
        ]

    async def newest_body(self, fleet: str) -> ReportBody | None:
        """Give the newest report of a fleet without its tenants and groups; nothing when there is none.

        Raises:
            FormatError: When it is in a format that this release does not read.
        """

        async def load(connection: Any) -> ReportBody | None:
            row = await connection.fetchrow(query("latest_report"), fleet)
            return await load_body(connection, row) if row else None

        return await self._do(load)
