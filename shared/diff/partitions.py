"""Partitions that nobody declared and that say nothing of their own: time makes them, not people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping

import msgspec

from shared.diff.changes import Altered, Change, Missing, Unexpected
from shared.diff.compare import diff_schemas
from shared.schema.base import ChildObject, Facet
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.model import SchemaObject
from shared.schema.relations import Column, Constraint, Index, Table, Trigger
from shared.schema.schema import Schema, Snapshot

_OWN = (
    "options",
    "tablespace",
    "row_security",
    "force_row_security",
    "access_method",
    "persistence",
    "replica_identity",
)
"""Fields of a table that PARTITION OF does not take from the parent: by default a partition has none of them."""


def without_following_partitions(snapshot: Snapshot, declared: Schema) -> Snapshot:
    """Leave out the partitions that only follow their parent, with everything that hangs on them.

    Where the parent itself has drifted they all stay: what brings it back has to reach its partitions.

    A partition is odd, and stays, when a column of it differs from the parent's, when it has a constraint, an index, a
    trigger or settings of its own, or when something else needs it.

    Args:
        snapshot: What was read.
        declared: The other side; partitions that it declares stay.

    Returns:
        The snapshot, or the same one when there is nothing to leave out.
    """
    gone = _following(snapshot, declared)
    if not gone:
        return snapshot
    without = msgspec.structs.replace(
        snapshot,
        schema=Schema(tuple(item for item in snapshot.schema if item.identity not in gone)),
        column_order=tuple(
            each
            for each in snapshot.column_order
            if ObjectId(kind="table", namespace=each.namespace, name=each.relation) not in gone
        ),
        dependencies=tuple(
            each for each in snapshot.dependencies if gone.isdisjoint((each.dependent, each.referenced))
        ),
    )
    declared_tables = {_name(item) for item in declared if isinstance(item, Table)}
    parents = declared_tables & {
        item.partition_of for item in snapshot.schema if isinstance(item, Table) and item.identity in gone
    }
    drifted = any(_relation(change) in parents for change in diff_schemas(declared, without.schema).changes)
    return snapshot if drifted else without


def with_partitions(desired: Snapshot, whole: Snapshot, without: Snapshot) -> Snapshot:
    """Give the declared schema with the partitions that were left out: they are as their declared parent makes them.

    A plan is made between this and the whole snapshot, so that it neither drops nor forgets them.

    Args:
        desired: The declared schema.
        whole: What was read.
        without: What `without_following_partitions` made of it.
    """
    if whole is without:
        return desired
    declared = {item.identity for item in desired.schema}
    gone = {item.identity for item in whole.schema} - {item.identity for item in without.schema} - declared
    tables = {(identity.namespace, identity.name) for identity in gone if identity.kind == "table"}
    orders = {each for each in whole.column_order if (each.namespace, each.relation) in tables}
    needs = {each for each in whole.dependencies if not gone.isdisjoint((each.dependent, each.referenced))}
    return msgspec.structs.replace(
        desired,
        schema=Schema.of([*desired.schema, *(item for item in whole.schema if item.identity in gone)]),
        column_order=tuple(sorted({*desired.column_order, *orders})),
        dependencies=tuple(sorted({*desired.dependencies, *needs})),
    )


def _following(snapshot: Snapshot, declared: Schema) -> set[ObjectId]:
    kept_by_choice = {item.identity for item in declared if isinstance(item, Table)}
    tables = {_name(item): item for item in snapshot.schema if isinstance(item, Table)}
    candidates = {
        name for name, item in tables.items() if item.partition_of is not None and item.identity not in kept_by_choice
    }
    if not candidates:
        return set()
    parts = _parts(snapshot.schema)
    known = candidates | {QualifiedName(identity.namespace, identity.name) for identity in kept_by_choice}
    following = {
        name
        for name in candidates
        if tables[name].partition_of in known and _follows(tables[name], parts[name], parts[tables[name].partition_of])
    }
    return _closed(snapshot, tables, parts, following)


def _relation(change: Change) -> QualifiedName:
    """Name the relation that a change is about or hangs on."""
    match change:
        case Missing(desired=Index() as item) | Unexpected(observed=Index() as item) | Altered(desired=Index() as item):
            return QualifiedName(item.namespace, item.table)
        case _:
            identity = change.identity
            return QualifiedName(identity.namespace, identity.parent or identity.name)


def _name(table: Table) -> QualifiedName:
    return QualifiedName(table.namespace, table.name)


def _parts(schema: Iterable[SchemaObject]) -> Mapping[QualifiedName | None, list[SchemaObject]]:
    """Give what hangs on each relation."""
    found: dict[QualifiedName | None, list[SchemaObject]] = defaultdict(list)
    for item in schema:
        if isinstance(item, Index):
            found[QualifiedName(item.namespace, item.table)].append(item)
        elif isinstance(item, ChildObject):
            found[QualifiedName(item.namespace, item.parent)].append(item)
        elif isinstance(item, Facet) and (item.parent or item.of == "table"):
            found[QualifiedName(item.namespace, item.parent or item.name)].append(item)
    return found


def _follows(table: Table, parts: list[SchemaObject], parents: list[SchemaObject]) -> bool:
    plain = Table(name=table.name, namespace=table.namespace)
    if any(getattr(table, field) != getattr(plain, field) for field in _OWN):
        return False
    columns = {item.name: item for item in parents if isinstance(item, Column)}
    own = [item for item in parts if isinstance(item, Column)]
    return len(own) == len(columns) and all(_part_follows(part, columns) for part in parts)


def _part_follows(part: SchemaObject, columns: Mapping[str, Column]) -> bool:
    match part:
        case Column():
            same = columns.get(part.name)
            return same is not None and _bare(part) == _bare(same)
        case Constraint():
            return part.partition_child or (part.inherited and not part.local)
        case Index():
            return part.attached_to is not None
        case Trigger():
            return part.partition_child and part.enabled == "origin"
        case _:
            return isinstance(part, Facet)


def _bare(column: Column) -> Column:
    return msgspec.structs.replace(
        column, parent="", namespace="", local=True, inherited=False, statistics_target=-1, options=()
    )


def _closed(
    snapshot: Snapshot,
    tables: Mapping[QualifiedName, Table],
    parts: Mapping[QualifiedName | None, list[SchemaObject]],
    following: set[QualifiedName],
) -> set[ObjectId]:
    """Give what goes with those of them that nothing else needs: a view of a partition, or a partition that is odd."""
    # A foreign key to a partitioned table hangs on each of its partitions too.
    harmless = {
        item.identity for item in snapshot.schema if isinstance(item, Constraint) and item.type == "foreign_key"
    }
    while True:
        owner = {item.identity: name for name in following for item in (tables[name], *parts[name])}
        needed = {
            owner[each.referenced]
            for each in snapshot.dependencies
            if each.referenced in owner and each.dependent not in owner and each.dependent not in harmless
        }
        if not needed:
            return set(owner)
        following = following - needed
