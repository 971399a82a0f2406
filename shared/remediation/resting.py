"""What rests on a change that is withheld, and waits with it: the careful half of a plan has to run on its own."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import msgspec

from shared.diff.changes import Altered, Change, Missing, SchemaDiff, Unexpected
from shared.kinds import RECORDS
from shared.kinds.facts import Reads
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.model import SchemaObject
from shared.schema.relations import Column, Constraint, ForeignTable, Table
from shared.schema.schema import Snapshot

_TYPED = frozenset({"type", "collation"})
_SHARED = _TYPED | {"attributes"}
"""Fields that columns have in common with those of their parents and children, or with the type of their table."""


def resting_on(
    withheld: dict[ObjectId, Change], desired: Snapshot, observed: Snapshot, diff: SchemaDiff
) -> Iterator[tuple[Change, ObjectId]]:
    """Give the changes that cannot be made while some others are not, each once, with what it rests on.

    A column that keeps its type keeps that of its parents and children, and the bounds of partitions as they are
    written; a view, function or check that changes because of it keeps its old form.

    Args:
        withheld: What is left out so far.
        desired: Where to.
        observed: Where from.
        diff: Between them.
    """
    changes = {change.identity: change for change in diff.changes}
    kin = _kin(desired, observed)
    above: dict[ObjectId, list[ObjectId]] = defaultdict(list)
    for edge in desired.dependencies:
        above[edge.referenced].append(edge.dependent)
    seen = set(withheld)
    for reader, column in _readers_of_rows(withheld, changes, above):
        if reader.identity not in seen:
            seen.add(reader.identity)
            yield reader, column
    left = [identity for identity, change in withheld.items() if isinstance(change, Altered | Missing)]
    while left:
        identity = left.pop()
        near = above[identity] if _is_named_by_others(changes.get(identity)) else []
        typed = isinstance(change := changes.get(identity), Altered) and bool(_SHARED & set(change.fields))
        for other in (*near, *(kin[identity] if typed else ())):
            found = changes.get(other)
            if found is None or other in seen or not _rests(found, identity, kin):
                continue
            seen.add(other)
            left.append(other)
            yield found, identity


def _readers_of_rows(
    withheld: dict[ObjectId, Change], changes: dict[ObjectId, Change], above: dict[ObjectId, list[ObjectId]]
) -> Iterator[tuple[Change, ObjectId]]:
    """Give changed views that read a routine's rows of a table that keeps a column: they list all of its columns."""
    for identity, change in withheld.items():
        if identity.kind != "column" or not isinstance(change, Unexpected):
            continue
        table = ObjectId(kind="table", namespace=identity.namespace, name=identity.parent)
        routines = [user for user in above[table] if RECORDS[user.kind].overloaded]
        for reader in (view for routine in routines for view in above[routine]):
            if reader.kind in ("view", "materialized_view") and isinstance(changes.get(reader), Altered):
                yield changes[reader], identity


def causes_of(lossy: frozenset[ObjectId], observed: Snapshot, diff: SchemaDiff) -> Iterator[Change]:
    """Give the alterations for whose sake something is lost that does not differ itself: it is made again."""
    changes = {change.identity: change for change in diff.changes}
    below: dict[ObjectId, list[ObjectId]] = defaultdict(list)
    for edge in observed.dependencies:
        below[edge.dependent].append(edge.referenced)
    inherited = {item.identity for item in observed.schema if isinstance(item, Column) and item.inherited}
    unchanged = (i for i in sorted(lossy - inherited) if i not in changes)
    left = [i for i in unchanged if RECORDS[i.kind].loses_when_rebuilt]
    seen = set(left)
    while left:
        for identity in below[left.pop()]:
            change = changes.get(identity)
            if identity in seen:
                continue
            seen.add(identity)
            if isinstance(change, Altered):
                yield change
            elif change is None:
                left.append(identity)


def _is_named_by_others(change: Change | None) -> bool:
    """Say whether a change makes what others stand on, or alters what they see of it: a column's type, a result."""
    if not isinstance(change, Altered):
        return isinstance(change, Missing)
    return bool({*_TYPED, "columns", "result", "arguments"} & set(change.fields))


def _rests(change: Change, below: ObjectId, kin: dict[ObjectId, set[ObjectId]]) -> bool:
    match change:
        case _ if below.kind == "composite_type" and change.identity in kin[below]:
            return True
        case Altered(fields=fields) if change.identity in kin[below]:
            return bool({*_TYPED, "partition_bound"} & set(fields))
        case Altered() | Missing(desired=Constraint(type="check")):
            return True
        case Missing(desired=Table() | ForeignTable()):
            return change.identity in kin[below]
        case Missing(desired=item):
            return RECORDS[item.kind].reads is not Reads.NOTHING and not isinstance(item, Column)
        case _:
            return False


def _kin(desired: Snapshot, observed: Snapshot) -> dict[ObjectId, set[ObjectId]]:
    """Link what shares a type: columns with those of parents, children and partitions, row types with columns."""
    linked: dict[ObjectId, set[ObjectId]] = defaultdict(set)
    for snapshot in (desired, observed):
        objects = snapshot.schema.by_identity()
        columns: dict[QualifiedName, list[Column]] = defaultdict(list)
        for item in objects.values():
            if isinstance(item, Column):
                columns[QualifiedName(item.namespace, item.parent)].append(item)
        for table in objects.values():
            if not isinstance(table, Table | ForeignTable):
                continue
            if isinstance(table, Table) and table.of_type is not None:
                row_type = ObjectId(kind="composite_type", namespace=table.of_type.namespace, name=table.of_type.name)
                linked[row_type] |= {c.identity for c in columns[QualifiedName(table.namespace, table.name)]}
            own = {column.name: column.identity for column in columns[QualifiedName(table.namespace, table.name)]}
            for parent in parents_of(table):
                for column in columns[parent]:
                    linked[column.identity].add(table.identity)
                    if below := own.get(column.name):
                        linked[column.identity].add(below)
                        linked[below].add(column.identity)
    return linked


def inherited_columns(snapshot: Snapshot) -> Iterator[tuple[ObjectId, list[ObjectId]]]:
    """Give each column that a table has only from its parents, with theirs."""
    objects = snapshot.schema.by_identity()
    tables = {(i.namespace, i.name): item for i, item in objects.items() if isinstance(item, Table | ForeignTable)}
    for identity, column in objects.items():
        if isinstance(column, Column) and column.inherited and not column.local:
            parents = parents_of(tables[identity.namespace, identity.parent])
            yield identity, [msgspec.structs.replace(identity, namespace=p.namespace, parent=p.name) for p in parents]


def parents_of(item: SchemaObject) -> tuple[QualifiedName, ...]:
    """Give the tables that a table inherits from or is a partition of."""
    if not isinstance(item, Table | ForeignTable):
        return ()
    return (*item.inherits, *((item.partition_of,) if item.partition_of is not None else ()))
