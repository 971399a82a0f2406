"""Turn `[fleet]` into targets, whatever way it names them."""

from __future__ import annotations

import fnmatch
from collections import Counter
from collections.abc import Iterable

import msgspec

from coordinator.inventory.errors import InventoryError
from coordinator.inventory.query import discover_databases, discover_namespaces, query_targets
from coordinator.settings.model import DeclaredTable, Settings, TenantTable
from shared.schema.schema import SpecSource
from shared.targets import Target


class Inventory(msgspec.Struct, frozen=True):
    """Who is in the fleet: targets to be read, sorted by tenant, and the names of those left out, sorted."""

    targets: tuple[Target, ...]
    excluded: tuple[str, ...] = ()


async def load_targets(settings: Settings, source: SpecSource) -> Inventory:
    """List the fleet.

    Args:
        settings: The configuration.
        source: The declaration, whose own tenants `[fleet.declared]` takes.

    Raises:
        InventoryError: When two tenants share a name, or nobody is left.
        TargetError: When a server that has to be asked cannot be.
    """
    targets = await _listed(settings, source)
    doubles = [name for name, count in Counter(target.tenant for target in targets).items() if count > 1]
    if doubles:
        raise InventoryError(f"the fleet lists the tenant {min(doubles)!r} more than once")
    patterns = settings.file.fleet.exclude
    kept = tuple(sorted(target for target in targets if not _excluded(target, patterns)))
    if not kept:
        raise InventoryError("the fleet is empty: no tenant matches [fleet]")
    return Inventory(kept, tuple(sorted(target.tenant for target in targets if _excluded(target, patterns))))


async def _listed(settings: Settings, source: SpecSource) -> list[Target]:
    fleet = settings.file.fleet
    if fleet.tenants:
        return [_static(entry, settings) for entry in fleet.tenants]
    if fleet.declared is not None:
        return _declared(fleet.declared, source)
    if fleet.query is not None:
        return await query_targets(settings.hosts[fleet.query.host], fleet.query, settings.file.limits)
    assert fleet.discover is not None, "the loader checked that one is given"
    host = settings.hosts[fleet.discover.host]
    if fleet.discover.namespaces:
        return await discover_namespaces(host, fleet.discover, settings.file.limits)
    return await discover_databases(host, fleet.discover, settings.file.limits)


def _static(entry: TenantTable, settings: Settings) -> Target:
    hosts = sorted(settings.hosts)
    if not entry.host and len(hosts) > 1:
        raise InventoryError(f"the tenant {entry.tenant!r} needs a host: there are {', '.join(hosts)}")
    return Target(
        tenant=entry.tenant,
        host=entry.host or hosts[0],
        database=entry.database or entry.tenant,
        namespace=entry.namespace,
        labels=tuple(sorted(entry.labels.items())),
    )


def _declared(table: DeclaredTable, source: SpecSource) -> list[Target]:
    if not source.tenants:
        raise InventoryError("[fleet.declared] takes the tenants from the spec, and the spec enumerates none")
    return [
        Target(
            tenant=tenant,
            host=table.host,
            database=table.database.replace("{tenant}", tenant),
            namespace=table.namespace.replace("{tenant}", tenant),
        )
        for tenant in source.tenants
    ]


def _excluded(target: Target, patterns: Iterable[str]) -> bool:
    return any(fnmatch.fnmatchcase(target.tenant, pattern) for pattern in patterns)
