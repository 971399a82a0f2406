"""Keeps where the tenants of a fleet live, for the scans that cannot ask a server because it is in maintenance."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from coordinator.store.access import StoreAccess
from shared.targets import Target


class Listings(StoreAccess):
    """Fleets as they were last listed. Every method raises StoreError when the store fails."""

    async def keep(self, fleet: str, targets: Sequence[Target]) -> None:
        """Keep the targets of a fleet in place of those that were kept."""
        await self._run(
            "keep_listing",
            fleet,
            [each.tenant for each in targets],
            [each.host for each in targets],
            [each.database for each in targets],
            [each.namespace for each in targets],
            [msgspec.json.encode(dict(each.labels)).decode() for each in targets],
        )

    async def load(self, fleet: str) -> tuple[Target, ...]:
        """Give the targets that were kept last, sorted by tenant; none when none ever were."""
        return tuple(
            Target(
                tenant=row["tenant"],
                host=row["host"],
                database=row["database"],
                namespace=row["namespace"],
                labels=tuple(sorted(msgspec.json.decode(row["labels"], type=dict[str, str]).items())),
            )
            for row in await self._rows("load_listing", fleet)
        )
