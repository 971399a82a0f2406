"""Lists the targets that `[fleet]` names: by tenants, a file, a command, a pattern, a query or the declaration."""

from __future__ import annotations

import fnmatch
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

import msgspec

from coordinator.iac.reading import DeclaredTenant
from coordinator.inventory.errors import InventoryError
from coordinator.inventory.query import discover, query_tenants
from coordinator.inventory.rows import read_file, run_command
from coordinator.settings.maintenance import NOBODY_IS_CLOSED, Closed, Maintenance
from coordinator.settings.model import DeclaredTable, DiscoverTable, Settings, TenantTable
from shared.hosts import Host
from shared.targets import Target


class Inventory(msgspec.Struct, frozen=True):
    """The tenants of the fleet.

    Args:
        targets: To be read, sorted by tenant.
        excluded: Sorted names of those that are left out.
        unread: Servers that could not be asked who lives there, each in a sentence.
    """

    targets: tuple[Target, ...]
    excluded: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()


async def load_targets(
    settings: Settings,
    declared: Iterable[DeclaredTenant],
    closed: Closed = NOBODY_IS_CLOSED,
    known: Sequence[Target] = (),
) -> Inventory:
    """List the fleet.

    Args:
        settings: The configuration.
        declared: The tenants that the declarations enumerate, which `[fleet.declared]` takes.
        closed: The hosts in maintenance, which are not asked.
        known: The fleet as it was last listed, which counts where a host is not asked.

    Raises:
        InventoryError: When two tenants share a name, no tenant is left, or a server that has to be asked is in
            maintenance and nothing is known from before.
        TargetError: When a server that has to be asked cannot be.
    """
    targets = [
        target for target in await _listed(settings, declared, closed, known) if not _is_sentinel(target, settings)
    ]
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
    excluded = tuple(sorted(target.tenant for target in targets if _excluded(target, patterns)))
    unread = tuple(
        f"{closed[host].sentence}; who lives there is known from an earlier scan"
        for host in asked_hosts(settings)
        if host in closed
    )
    return Inventory(kept, excluded, unread)


def asked_hosts(settings: Settings) -> tuple[str, ...]:
    """Name the hosts that are asked who is in the fleet."""
    fleet = settings.file.fleet
    if fleet.discover is not None:
        return tuple(host.name for host in _hosts_to_look_at(fleet.discover, settings))
    return (fleet.query.host,) if fleet.query is not None else ()


def _is_sentinel(target: Target, settings: Settings) -> bool:
    """Say whether a target that was found on a server is the sentinel, which is no tenant of the fleet."""
    table = settings.file.sentinel
    place = (target.host, target.database, target.namespace)
    return bool(table.host) and place == (table.host, table.database, table.namespace)


async def _listed(
    settings: Settings, declared: Iterable[DeclaredTenant], closed: Closed, known: Sequence[Target]
) -> list[Target]:
    fleet, limits, root = settings.file.fleet, settings.file.limits, Path(settings.root)
    if fleet.declared is not None:
        return _declared(fleet.declared, declared, settings)
    if fleet.discover is not None:
        hosts = _hosts_to_look_at(fleet.discover, settings)
        found = await discover([host for host in hosts if host.name not in closed], fleet.discover, limits)
        for name in (host.name for host in hosts if host.name in closed):
            found += _known([target for target in known if target.host == name], closed[name], "[fleet.discover]")
        return found
    if fleet.query is not None and fleet.query.host in closed:
        return _known(known, closed[fleet.query.host], "[fleet.query]")
    if fleet.query is not None:
        entries = await query_tenants(settings.hosts[fleet.query.host], fleet.query, limits)
    elif fleet.file:
        entries = read_file(root / fleet.file)
    elif fleet.command:
        entries = run_command(fleet.command, root)
    else:
        entries = list(fleet.tenants)
    return [_static(entry, settings) for entry in entries]


def _known(targets: Sequence[Target], closed: Maintenance, table: str) -> list[Target]:
    """Give what is known from before of a server that is not asked now."""
    if not targets:
        raise InventoryError(
            f"{table} lists the tenants by asking a server, {closed.sentence}, and nothing is known from an earlier "
            "scan. Scan when it is over, or list the tenants in a file"
        )
    return list(targets)


def _static(entry: TenantTable, settings: Settings) -> Target:
    return Target(
        tenant=entry.tenant,
        host=_host(entry.tenant, entry.host, settings),
        database=entry.database or entry.tenant,
        namespace=entry.namespace,
        labels=tuple(sorted(entry.labels.items())),
    )


def _host(tenant: str, named: str, settings: Settings) -> str:
    """Give the name of a configured host for a name or an address; the only one for none."""
    hosts = sorted(settings.hosts)
    if named in settings.hosts:
        return named
    address = next((host.name for _, host in sorted(settings.hosts.items()) if named and host.address == named), "")
    if address:
        return address
    if not named and len(hosts) == 1:
        return hosts[0]
    said = f"names the host {named!r}, which is neither the name nor the address of a [hosts.NAME]" if named else ""
    raise InventoryError(f"the tenant {tenant!r} {said or 'names no host'}; expected one of {', '.join(hosts)}")


def _hosts_to_look_at(table: DiscoverTable, settings: Settings) -> list[Host]:
    patterns = (table.host,) if table.host else table.hosts
    found = [host for name, host in sorted(settings.hosts.items()) if _matches(name, patterns)]
    if not found:
        known = ", ".join(sorted(settings.hosts))
        raise InventoryError(f"[fleet.discover] hosts: {', '.join(patterns)} is no host; expected some of {known}")
    return found


def _declared(table: DeclaredTable, declared: Iterable[DeclaredTenant], settings: Settings) -> list[Target]:
    tenants = {entry.tenant: entry for entry in declared}
    if not tenants:
        raise InventoryError(
            "[fleet.declared] takes its tenants from the declaration: expected a for_each over tenants, found none"
        )
    return [
        Target(
            tenant=name,
            host=table.host or _host(name, entry.host, settings),
            database=(table.database or entry.database or name).replace("{tenant}", name),
            namespace=table.namespace.replace("{tenant}", name),
            labels=tuple(sorted(entry.labels)),
        )
        for name, entry in sorted(tenants.items())
    ]


def _excluded(target: Target, patterns: Iterable[str]) -> bool:
    return _matches(target.tenant, patterns)


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)
