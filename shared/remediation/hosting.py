"""Which object's statement carries another: columns within CREATE TABLE, indexes that DROP TABLE takes along."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from shared.remediation.kinds.sequence_sql import former_identity, is_renamed
from shared.remediation.kinds.tables import belongs_to_parent, is_left_behind
from shared.remediation.recipe import Context
from shared.remediation.side import RELATIONS, Side
from shared.schema.base import ChildObject, Facet
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.model import SchemaObject
from shared.schema.relations import (
    Column,
    Constraint,
    ForeignTable,
    Index,
    Sequence,
    StatisticsObject,
    Table,
    Trigger,
)
from shared.schema.routines import Routine

_INLINE = frozenset({"primary_key", "unique", "check", "exclusion", "not_null"})


def inline_children(context: Context, ejected: set[ObjectId]) -> None:
    """Fill `context.inlined`: what each created table carries. `ejected` objects get statements of their own."""
    context.inlined.clear()
    for identity in context.creates:
        table = context.desired.objects[identity]
        if not isinstance(table, Table | ForeignTable):
            continue
        children = context.desired.children[QualifiedName(table.namespace, table.name)]
        inlined = {child.identity for child in children if _can_inline(child) and child.identity not in ejected}
        inlined -= _repeated_keys(children)
        if table.partition_of is not None:
            inlined -= {
                child.identity
                for child in children
                if child.kind == "constraint" and not belongs_to_parent(child, context.desired)
            }
        context.inlined[identity] = inlined


def _repeated_keys(children: Iterable[SchemaObject]) -> set[ObjectId]:
    """Name the keys that CREATE TABLE would silently take for one with another (transformIndexConstraints)."""
    keys = [child for child in children if isinstance(child, Constraint) and child.type in ("primary_key", "unique")]
    seen: set[str] = set()
    repeated = set()
    for key in sorted(keys, key=lambda key: (key.type, key.name)):
        shape = key.definition.removeprefix("PRIMARY KEY ").removeprefix("UNIQUE ")
        if shape in seen:
            repeated.add(key.identity)
        seen.add(shape)
    return repeated


def _can_inline(child: SchemaObject) -> bool:
    if isinstance(child, Constraint):
        special = child.index_clustered or child.index_replica_identity
        return child.type in _INLINE and child.validated and not special
    return isinstance(child, Column)


def creation_host(identity: ObjectId, context: Context) -> ObjectId:
    """Name the created (or altered) object whose statement brings this one."""
    item = context.desired.objects[identity]
    if isinstance(item, Sequence) and former_identity(item, context) is not None:
        return identity
    if isinstance(item, Sequence) and item.identity_of_column and item.owned_by_table is not None:
        column = context.desired.column(item.owned_by_table, item.owned_by_column)
        return creation_host(column.identity, context) if column is not None else identity
    if isinstance(item, Column | Constraint):
        for kind in ("table", "foreign_table"):
            table = ObjectId(kind=kind, namespace=item.namespace, name=item.parent)
            if identity in context.inlined.get(table, ()):
                return table
    return identity


def drop_host(identity: ObjectId, context: Context, ejected: set[ObjectId]) -> ObjectId:
    """Name the dropped object that takes this one along."""
    item = context.observed.objects[identity]
    if identity in ejected or is_left_behind(item, context):
        return identity
    for owner in _owners(item, context.observed):
        if owner in context.drops and owner != identity and not is_renamed(owner, context):
            return drop_host(owner, context, ejected)
    return identity


def parted_from(identity: ObjectId, context: Context) -> Iterator[ObjectId]:
    """Name the partition that keeps this part of its parent's key, index or foreign key, and must be detached first."""
    item = context.observed.objects[identity]
    if is_left_behind(item, context):
        of = item.table if isinstance(item, Index) else identity.parent
        table = context.observed.table(QualifiedName(identity.namespace, of))
        yield from () if table is None else (table.identity,)


def _owners(item: SchemaObject, side: Side) -> Iterator[ObjectId]:
    """Name what takes an object along when it is dropped."""
    if isinstance(item, Facet):
        yield item.carrier
        if item.carrier.parent:
            yield from _relations(QualifiedName(item.namespace, item.carrier.parent))
    elif isinstance(item, ChildObject):
        yield from _relations(QualifiedName(item.namespace, item.parent))
        yield ObjectId(kind="domain_type", namespace=item.namespace, name=item.parent)
        yield from _parents(item, side)
    elif isinstance(item, Index):
        yield from _relations(QualifiedName(item.namespace, item.table))
        if item.attached_to is not None:
            yield ObjectId(kind="index", namespace=item.attached_to.namespace, name=item.attached_to.name)
    elif isinstance(item, StatisticsObject):
        yield from _relations(item.table)
    elif isinstance(item, Sequence) and item.owned_by_table is not None:
        yield from _relations(item.owned_by_table)
        yield ObjectId(
            kind="column",
            namespace=item.owned_by_table.namespace,
            parent=item.owned_by_table.name,
            name=item.owned_by_column,
        )
    elif isinstance(item, Routine):
        # A base type's functions stand on it and it on them: DROP TYPE … CASCADE takes them along.
        mutual = side.references[item.identity] & side.dependents[item.identity]
        yield from sorted(identity for identity in mutual if identity.kind in ("base_type", "range_type"))


def _parents(item: ChildObject, side: Side) -> Iterator[ObjectId]:
    """Name the same thing one step up the inheritance or partition tree."""
    parents = side.parents(QualifiedName(item.namespace, item.parent))
    if isinstance(item, Column | Constraint) and item.inherited and not item.local:
        for parent in parents:
            yield ObjectId(kind=item.kind, namespace=parent.namespace, parent=parent.name, name=item.name)
    if isinstance(item, Constraint) and item.type != "foreign_key":
        yield from (reference for reference in side.references[item.identity] if reference.kind == "index")
    if isinstance(item, Constraint) and item.partition_child:
        above = side.constraint_above(item)
        if above is not None:
            yield above.identity
    if isinstance(item, Trigger) and item.partition_child:
        for parent in parents:
            yield ObjectId(kind="trigger", namespace=parent.namespace, parent=parent.name, name=item.name)


def _relations(name: QualifiedName) -> Iterator[ObjectId]:
    for kind in RELATIONS:
        yield ObjectId(kind=kind, namespace=name.namespace, name=name.name)
