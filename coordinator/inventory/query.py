"""Lists the fleet by asking a server: its databases, its namespaces, or the rows of a configured query."""

from __future__ import annotations

import fnmatch

import msgspec

from coordinator.inventory.errors import InventoryError
from coordinator.settings.model import DiscoverTable, QueryTable
from shared.hosts import Host
from shared.targets import Limits, Target
from workers.isolated.readers import Readers

_DATABASES = (
    "SELECT datname::text FROM pg_catalog.pg_database WHERE datallowconn AND NOT datistemplate ORDER BY datname"
)
_NAMESPACES = "SELECT nspname::text FROM pg_catalog.pg_namespace WHERE nspname !~ '^pg_' ORDER BY nspname"


class _QueriedTenant(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One row of `[fleet.query] sql`."""

    tenant: str
    host: str = ""
    database: str = ""
    namespace: str = ""


async def discover_databases(host: Host, table: DiscoverTable, limits: Limits) -> list[Target]:
    """List the databases of a host whose name matches.

    Raises:
        TargetError: When the host's maintenance database cannot be read.
    """
    names = await _strings(host, host.maintenance_database, _DATABASES, limits)
    return [
        Target(tenant=name, host=host.name, database=name)
        for name in names
        if fnmatch.fnmatchcase(name, table.databases)
    ]


async def discover_namespaces(host: Host, table: DiscoverTable, limits: Limits) -> list[Target]:
    """List the namespaces of one database whose name matches.

    Raises:
        TargetError: When the database cannot be read.
    """
    names = await _strings(host, table.database, _NAMESPACES, limits)
    return [
        Target(tenant=name, host=host.name, database=table.database, namespace=name)
        for name in names
        if fnmatch.fnmatchcase(name, table.namespaces)
    ]


async def query_targets(host: Host, table: QueryTable, limits: Limits) -> list[Target]:
    """Run the configured query; columns it does not give take the defaults of a static entry.

    Raises:
        TargetError: When the query cannot be run.
        InventoryError: When a row has no tenant or an unknown column.
    """
    # row_to_json keeps this side typed: one text column, validated once, whatever the query's own types are.
    rows = await _strings(
        host, table.database, f"SELECT row_to_json(q)::text FROM ({table.sql.rstrip().rstrip(';')}) AS q", limits
    )
    try:
        entries = [msgspec.json.decode(row, type=_QueriedTenant) for row in rows]
    except msgspec.ValidationError as error:
        raise InventoryError(
            f"[fleet.query] sql: expected the text columns tenant, and if wanted host, database, namespace: {error}"
        ) from None
    return [
        Target(
            tenant=entry.tenant,
            host=entry.host or host.name,
            database=entry.database or entry.tenant,
            namespace=entry.namespace,
        )
        for entry in entries
    ]


async def _strings(host: Host, database: str, sql: str, limits: Limits) -> list[str]:
    async with Readers(limits) as readers:
        return await readers.strings(host, database, sql)
