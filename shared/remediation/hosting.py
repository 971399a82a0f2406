"""Which object's statement carries another: columns within CREATE TABLE, indexes that DROP TABLE takes along."""

from __future__ import annotations

from collections.abc import Iterable

from shared.kinds import RECORDS
from shared.kinds.context import Context
from shared.kinds.recipes.partitions import belongs_to_parent, is_left_behind
from shared.kinds.recipes.sequence_sql import is_renamed
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.model import SchemaObject
from shared.schema.relations import Column, Constraint, ForeignTable, Table

_INLINE = frozenset({"primary_key", "unique", "check", "exclusion", "not_null"})


def inline_children(context: Context, ejected: frozenset[ObjectId]) -> None:
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
    host = RECORDS[identity.kind].made_with(context.desired.objects[identity], context)
    return creation_host(host, context) if host is not None else identity


def drop_host(identity: ObjectId, context: Context, ejected: frozenset[ObjectId]) -> ObjectId:
    """Name the dropped object that takes this one along."""
    item = context.observed.objects[identity]
    if identity in ejected or is_left_behind(item, context):
        return identity
    for owner in RECORDS[identity.kind].dropped_with(item, context.observed):
        if owner in context.drops and owner != identity and not is_renamed(owner, context):
            return drop_host(owner, context, ejected)
    return identity
