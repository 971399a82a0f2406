"""Lists the fleet by asking a server: its databases, its namespaces, or the rows of a configured query."""

from __future__ import annotations

import fnmatch
from collections.abc import Iterable

import msgspec

from coordinator.inventory.errors import InventoryError
from coordinator.settings.model import DiscoverTable, QueryTable, TenantTable
from shared.hosts import Host
from shared.postgres.failures import TargetError
from shared.targets import Limits, Target
from workers.isolated.readers import Readers

_DATABASES = (
    "SELECT datname::text FROM pg_catalog.pg_database WHERE datallowconn AND NOT datistemplate ORDER BY datname"
)
_NOT_THERE = "does not exist"  # how PostgreSQL ends its message about a relation, a function or a type
_NAMESPACES = "SELECT nspname::text FROM pg_catalog.pg_namespace WHERE nspname !~ '^pg_' ORDER BY nspname"


async def discover(hosts: Iterable[Host], table: DiscoverTable, limits: Limits) -> list[Target]:
    """List the databases of hosts, or the namespaces of one database of each, whose name matches.

    Raises:
        TargetError: When a host's maintenance database, or the one database, cannot be read.
    """
    found: list[Target] = []
    for host in hosts:
        if table.namespaces:
            names = await list_namespaces(host, table.database, limits)
        else:
            names = await list_databases(host, limits)
        pattern = table.namespaces or table.databases
        found += [_discovered(host, name, table) for name in names if fnmatch.fnmatchcase(name, pattern)]
    return found


async def list_databases(host: Host, limits: Limits) -> list[str]:
    """List the databases of a host that can be connected to, but for templates; raises TargetError as `discover`."""
    return await _strings(host, host.maintenance_database, _DATABASES, limits)


async def list_namespaces(host: Host, database: str, limits: Limits) -> list[str]:
    """List the namespaces of a database, but for PostgreSQL's own `pg_…`; raises TargetError as `discover`."""
    return await _strings(host, database, _NAMESPACES, limits)


def _discovered(host: Host, name: str, table: DiscoverTable) -> Target:
    return Target(
        tenant=table.tenant.replace("{host}", host.name).replace("{name}", name),
        host=host.name,
        database=table.database if table.namespaces else name,
        namespace=name if table.namespaces else "",
    )


async def query_tenants(host: Host, table: QueryTable, limits: Limits) -> list[TenantTable]:
    """Run the configured query; columns it does not give take the defaults of a static entry.

    Raises:
        TargetError: When the query cannot be run.
        InventoryError: When a row has no tenant or an unknown column, or a name in the query is not qualified.
    """
    # row_to_json keeps this side typed: one text column, validated once, whatever the query's own types are.
    sql = f"SELECT row_to_json(q)::text FROM ({table.sql.rstrip().rstrip(';')}) AS q"
    try:
        rows = await _strings(host, table.database, sql, limits)
    except TargetError as error:
        if _NOT_THERE in str(error):
            raise InventoryError(
                f"[fleet.query] sql: {error}: expected names with their namespace, such as public.customers, because "
                "the search path is pg_catalog alone"
            ) from None
        raise
    try:
        entries = [msgspec.json.decode(row, type=TenantTable) for row in rows]
    except msgspec.ValidationError as error:
        raise InventoryError(
            "[fleet.query] sql: expected the text columns tenant, and if wanted host, database, namespace, and labels, "
            f"a JSON object of texts: {error}"
        ) from None
    return [msgspec.structs.replace(entry, host=entry.host or host.name) for entry in entries]


async def _strings(host: Host, database: str, sql: str, limits: Limits) -> list[str]:
    async with Readers(limits) as readers:
        return await readers.strings(host, database, sql)
