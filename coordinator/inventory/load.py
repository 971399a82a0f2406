"""Lists the targets that `[fleet]` names, by tenants, a pattern, a query or the declaration."""

from __future__ import annotations

import fnmatch
from collections import Counter
from collections.abc import Iterable

import msgspec

from coordinator.iac.reading import DeclaredTenant
from coordinator.inventory.errors import InventoryError
from coordinator.inventory.query import discover_databases, discover_namespaces, query_targets
from coordinator.settings.model import DeclaredTable, Settings, TenantTable
from shared.targets import Target


class Inventory(msgspec.Struct, frozen=True):
    """The tenants of the fleet: targets to be read, sorted by tenant, and the sorted names of excluded tenants."""

    targets: tuple[Target, ...]
    excluded: tuple[str, ...] = ()


async def load_targets(settings: Settings, declared: Iterable[DeclaredTenant]) -> Inventory:
    """List the fleet.

    Args:
        settings: The configuration.
        declared: The tenants that the declarations enumerate, which `[fleet.declared]` takes.

    Raises:
        InventoryError: When two tenants share a name, or no tenant is left.
        TargetError: When a server that has to be asked cannot be.
    """
    targets = await _listed(settings, declared)
    doubles = [name for name, count in Counter(target.tenant for target in targets).items() if count > 1]
    if doubles:
        raise InventoryError(
            f"[fleet] lists the tenant {min(doubles)!r} more than once; each tenant needs a name of its own"
        )
    patterns = settings.file.fleet.exclude
    kept = tuple(sorted(target for target in targets if not _excluded(target, patterns)))
    if not kept:
        raise InventoryError(
            f"the fleet is empty: [fleet] lists {len(targets)} tenants, and exclude leaves none of them"
            if targets
            else "the fleet is empty: expected [fleet] to list at least one tenant, got none"
        )
    return Inventory(kept, tuple(sorted(target.tenant for target in targets if _excluded(target, patterns))))


async def _listed(settings: Settings, declared: Iterable[DeclaredTenant]) -> list[Target]:
    fleet = settings.file.fleet
    if fleet.tenants:
        return [_static(entry, settings) for entry in fleet.tenants]
    if fleet.declared is not None:
        return _declared(fleet.declared, declared)
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
        raise InventoryError(f"the tenant {entry.tenant!r} names no host; expected one of {', '.join(hosts)}")
    return Target(
        tenant=entry.tenant,
        host=entry.host or hosts[0],
        database=entry.database or entry.tenant,
        namespace=entry.namespace,
        labels=tuple(sorted(entry.labels.items())),
    )


def _declared(table: DeclaredTable, declared: Iterable[DeclaredTenant]) -> list[Target]:
    tenants = sorted({entry.tenant for entry in declared})
    if not tenants:
        raise InventoryError(
            "[fleet.declared] takes its tenants from the declaration: expected a for_each over tenants, found none"
        )
    return [
        Target(
            tenant=tenant,
            host=table.host,
            database=table.database.replace("{tenant}", tenant),
            namespace=table.namespace.replace("{tenant}", tenant),
        )
        for tenant in tenants
    ]


def _excluded(target: Target, patterns: Iterable[str]) -> bool:
    return any(fnmatch.fnmatchcase(target.tenant, pattern) for pattern in patterns)
