"""What well-known tools put into a database for themselves: not drift, unless somebody declares it."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

import msgspec

from shared.schema.database import Extension
from shared.schema.identity import ObjectId
from shared.schema.model import SchemaObject
from shared.schema.relations import Index, Sequence
from shared.schema.schema import Schema, Snapshot

VERSION_TABLES: dict[str, tuple[str, ...]] = {
    "sqlx": ("_sqlx_migrations",),
    "diesel": ("__diesel_schema_migrations",),
    "refinery": ("refinery_schema_history",),
    "flyway": ("flyway_schema_history",),
    "atlas": ("atlas_schema_revisions",),
    "alembic": ("alembic_version",),
    "golang-migrate": ("schema_migrations",),
    "goose": ("goose_db_version",),
    "liquibase": ("databasechangelog", "databasechangeloglock"),
}
"""Migration tool → the tables it keeps its versions in, as each tool's own first migration creates them."""

TOOL_NAMESPACES = frozenset({"atlas_schema_revisions"})
"""Namespaces that a tool makes for its own tables."""

_NOBODYS = frozenset({"public", "{tenant}"})
"""Namespaces that no extension brings."""

_TABLES = frozenset(table for tables in VERSION_TABLES.values() for table in tables)


def without_tool_objects(snapshot: Snapshot, declared: Schema) -> Snapshot:
    """Leave out what tools keep for themselves: version tables, and all that lives where an extension lives.

    An extension's own namespace is not read, being its member; what it, or a job of its, makes there later (chunks of
    a hypertable, shards, downloaded maps) is the extension's business too. So are pg_partman's template tables.

    Args:
        snapshot: What was read.
        declared: The other side; what it declares stays.

    Returns:
        The snapshot, or the same one when there is nothing to leave out. Facts about what was left out go too.
    """
    kept_by_choice = {item.identity for item in declared}
    tool_tables = {
        (item.namespace, item.name)
        for item in snapshot.schema
        if item.kind == "table" and item.identity not in kept_by_choice and _is_tools(item, snapshot)
    }
    extensions_own = _extensions_own(snapshot, kept_by_choice)
    if not tool_tables and not extensions_own:
        return snapshot
    gone = {item.identity for item in snapshot.schema if _belongs(item, tool_tables)} | extensions_own
    emptied = TOOL_NAMESPACES - {item.namespace for item in snapshot.schema if item.identity not in gone}
    gone |= {ObjectId(kind="namespace", name=name) for name in emptied}
    return msgspec.structs.replace(
        snapshot,
        schema=Schema(tuple(item for item in snapshot.schema if item.identity not in gone)),
        column_order=tuple(
            each
            for each in snapshot.column_order
            if (each.namespace, each.relation) not in tool_tables
            and ObjectId(kind="table", namespace=each.namespace, name=each.relation) not in extensions_own
        ),
        dependencies=tuple(
            each for each in snapshot.dependencies if gone.isdisjoint((each.dependent, each.referenced))
        ),
    )


def _is_tools(table: SchemaObject, snapshot: Snapshot) -> bool:
    return table.name in _TABLES or (
        table.name.startswith("template_") and table.namespace in _namespaces_of(snapshot, "pg_partman")
    )


def _namespaces_of(snapshot: Snapshot, extension: str) -> frozenset[str]:
    return frozenset(
        item.installed_in for item in snapshot.schema if isinstance(item, Extension) and item.name == extension
    )


def _extensions_own(snapshot: Snapshot, declared: AbstractSet[ObjectId]) -> set[ObjectId]:
    """Give what lives in namespaces that were not read, though something in them was: members of an extension."""
    namespaces = _NOBODYS | {item.name for item in snapshot.schema if item.kind == "namespace"}
    return {
        item.identity
        for item in snapshot.schema
        if item.namespace and item.namespace not in namespaces and item.identity not in declared
    }


def _belongs(item: SchemaObject, tables: set[tuple[str, str]]) -> bool:
    """Say whether an object is one of the tables or hangs on one."""
    if isinstance(item, Index):
        return (item.namespace, item.table) in tables
    if isinstance(item, Sequence) and item.owned_by_table is not None:
        return (item.owned_by_table.namespace, item.owned_by_table.name) in tables
    parent = getattr(item, "parent", "")
    carrier = getattr(item, "of", item.kind)
    return (item.namespace, parent or (item.name if carrier == "table" else "")) in tables
