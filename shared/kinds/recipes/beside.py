"""Indexes and keys that are built under another name and take the places of others at once: none is missing."""

from __future__ import annotations

from collections.abc import Iterator

from shared.kinds.context import Context
from shared.kinds.hazards import builds_index
from shared.kinds.interim import beside
from shared.kinds.lookup import relations
from shared.kinds.recipes.constraint_sql import INDEXED
from shared.kinds.recipes.copied_columns import is_copied, over_second_columns
from shared.kinds.side import Side
from shared.kinds.slots import slots_of
from shared.kinds.step import Role, Step
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.relations import Column, Constraint, Index, Table
from shared.sql import quote_qualified

Indexed = Index | Constraint


def indexed_table(item: Indexed) -> QualifiedName:
    """Name the relation that an index or key is of."""
    return QualifiedName(item.namespace, item.table if isinstance(item, Index) else item.parent)


def is_built_beside(item: Indexed, context: Context) -> bool:
    """Say whether an index or key takes the place of another, on a relation that stays, over columns that stay."""
    if not context.online or item.identity not in context.creates:
        return False
    former = predecessor(item, context)
    return former is not None and _both_can_be(item, former, context)


def is_succeeded(item: Indexed, context: Context) -> bool:
    """Say whether an index or key goes in the transaction in which another takes its place."""
    if item.identity in context.creates:
        return is_built_beside(item, context)
    return any(
        is_built_beside(other, context)
        for other in _indexed(indexed_table(item), context.desired)
        if other.identity in context.creates and set(slots_of(other)) & set(slots_of(item))
    )


def predecessor(item: Indexed, context: Context) -> Indexed | None:
    """Give what has a place that an index or key takes: its name, or that of its table's one primary key."""
    places = set(slots_of(item))
    going = [old for old in _indexed(indexed_table(item), context.observed) if old.identity in context.drops]
    found = [old for old in going if old.identity == item.identity or places & set(slots_of(old))]
    return found[0] if len(found) == 1 else None


def outlived_by(item: Indexed, context: Context) -> Iterator[Indexed]:
    """Give the indexes and keys that come to a relation before this one goes: others that share a column with it."""
    coming = context.creates - context.drops
    for other in _indexed(indexed_table(item), context.desired):
        if other.identity not in coming or set(slots_of(other)) & set(slots_of(item)):
            continue
        if set(other.columns) & set(item.columns) and _both_can_be(other, item, context):
            yield other


def _indexed(on: QualifiedName, side: Side) -> Iterator[Indexed]:
    yield from side.indexes[on]
    yield from (constraint for constraint in side.constraints(on) if constraint.type in INDEXED)


def _both_can_be(item: Indexed, former: Indexed, context: Context) -> bool:
    """Say whether a new index can be there beside the former one: nothing below either is made anew."""
    on = indexed_table(item)
    tables = (context.observed.table(on), context.desired.table(on))
    if any(isinstance(table, Table) and table.partition_key for table in tables):
        return False
    if context.observed.parents(on) != context.desired.parents(on):
        return False  # ATTACH could take it for its part of the parent's
    touched = context.drops | context.creates
    relation = {ObjectId(kind=kind, namespace=on.namespace, name=on.name) for kind in relations()}
    gone = context.observed.references[former.identity] & context.drops
    if relation & touched or any(not is_copied(below, context) for below in gone):
        return False
    return not any(_is_part(one, context) for one in (item, former)) and not _is_retyped(item.identity, context)


def _is_retyped(identity: ObjectId, context: Context) -> bool:
    """Say whether a column below gets another type: an index would be built over the old one, and again."""
    for below in context.desired.references[identity]:
        if below in context.drops and is_copied(below, context):
            continue
        wanted, present = context.desired.find(Column, below), context.observed.find(Column, below)
        types = [(column.type, column.collation) for column in (wanted, present) if column is not None]
        if len(set(types)) > 1:
            return True
    return False


def _is_part(item: Indexed, context: Context) -> bool:
    for side in (context.observed, context.desired):
        found = side.objects.get(item.identity)
        if isinstance(found, Index) and (found.attached_to is not None or _is_behind_key(found, context)):
            return True
        if isinstance(found, Constraint) and (found.partition_child or found.inherited):
            return True
    return False


def _is_behind_key(index: Index, context: Context) -> bool:
    return any(identity.kind == "constraint" for identity in context.observed.dependents[index.identity])


def build(item: Indexed, sql: str, context: Context) -> list[Step]:
    """Give what builds an index beside, over what an earlier try left.

    Args:
        item: Whose place it takes.
        sql: CREATE INDEX CONCURRENTLY, under the name that `interim.beside` gives.
        context: The plan.
    """
    index = beside(item.identity)
    sql = over_second_columns(sql, indexed_table(item), context)
    what = quote_qualified(indexed_table(item))
    name = quote_qualified(QualifiedName(index.namespace, index.name))
    left = f"DROP INDEX CONCURRENTLY IF EXISTS {name}"
    return [
        Step(Role.DISCARD, left, transactional=False, about=index),
        Step(Role.PREPARE, sql, (builds_index(what),), transactional=False, about=index),
    ]
