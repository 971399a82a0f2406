"""Looks at a whole setup, from the configuration to the store, and says of each part what is in the way."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

from coordinator.iac.source import SourceError
from coordinator.inventory import InventoryError
from coordinator.scan.listing import list_fleet
from coordinator.settings.model import Settings
from coordinator.setup.host_remarks import host_remarks
from coordinator.setup.queue_remarks import queue_remarks
from coordinator.setup.remark import Level, Remark
from coordinator.setup.scratch_remarks import scratch_remarks
from coordinator.setup.store_remarks import store_remarks
from shared.postgres.failures import TargetError
from shared.targets import Target


async def examine(settings: Settings | None, config: Path) -> AsyncIterator[Remark]:
    """Look at everything that a configuration names. No tenant's schema is read, and nothing is changed.

    Args:
        settings: The configuration; none where there is none.
        config: Where it is, or would be.
    """
    if settings is None:
        found = f"{config} does not exist: nothing but the scratch server was looked at"
        yield Remark(Level.WARN, "configuration", found, "`fleetdrift init URL` writes a first one")
    else:
        named = f"{config} declares the fleet {settings.file.fleet.name!r}"
        yield Remark(Level.OK, "configuration", named)
        targets, remark = await _listed(settings)
        yield remark
        hosts = [settings.hosts[name] for name in sorted(settings.hosts)]
        async for each in host_remarks(hosts, targets, settings.file.limits):
            yield each
        async for each in queue_remarks(settings):
            yield each
        async for each in store_remarks(settings.store_dsn):
            yield each
    async for each in scratch_remarks(settings):
        yield each


async def _listed(settings: Settings) -> tuple[tuple[Target, ...], Remark]:
    try:
        _, inventory = await list_fleet(settings)
    except (SourceError, InventoryError) as error:
        return (), Remark(Level.FAIL, "fleet", str(error), "see [fleet] and [spec] of the configuration")
    except TargetError as error:
        return (), Remark(Level.FAIL, "fleet", f"cannot be listed: {error}", "what is said of the host explains it")
    left_out = f", {len(inventory.excluded)} are left out" if inventory.excluded else ""
    count = len(inventory.targets)
    return inventory.targets, Remark(Level.OK, "fleet", f"{count} {'tenant' if count == 1 else 'tenants'}{left_out}")
