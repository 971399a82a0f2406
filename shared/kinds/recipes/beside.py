"""Indexes and keys that are built under another name and take their places in one transaction: none is missing."""

from __future__ import annotations

from shared.kinds.context import Context
from shared.kinds.hazards import builds_index
from shared.kinds.interim import beside
from shared.kinds.lookup import relations
from shared.kinds.step import Role, Step
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.relations import Column, Constraint, Index, Table
from shared.sql import quote_qualified


def is_built_beside(item: Index | Constraint, context: Context) -> bool:
    """Say whether an index or key is there before and after, on a relation that stays, over columns that stay."""
    identity = item.identity
    if not context.online or identity not in context.drops & context.creates:
        return False
    name = item.table if isinstance(item, Index) else item.parent
    on = QualifiedName(item.namespace, name)
    tables = (context.observed.table(on), context.desired.table(on))
    if any(isinstance(table, Table) and table.partition_key for table in tables):
        return False
    if context.observed.parents(on) != context.desired.parents(on):
        return False  # ATTACH could take it for its part of the parent's
    touched = context.drops | context.creates
    relation = {ObjectId(kind=kind, namespace=on.namespace, name=on.name) for kind in relations()}
    if relation & touched or context.observed.references[identity] & context.drops:
        return False
    return not _is_part(item, context) and not _is_retyped(identity, context)


def _is_retyped(identity: ObjectId, context: Context) -> bool:
    """Say whether a column below gets another type: an index would be built over the old one, and again."""
    for below in context.desired.references[identity]:
        wanted, present = context.desired.find(Column, below), context.observed.find(Column, below)
        types = [(column.type, column.collation) for column in (wanted, present) if column is not None]
        if len(set(types)) > 1:
            return True
    return False


def _is_part(item: Index | Constraint, context: Context) -> bool:
    for side in (context.observed, context.desired):
        found = side.objects.get(item.identity)
        if isinstance(found, Index) and (found.attached_to is not None or _is_behind_key(found, context)):
            return True
        if isinstance(found, Constraint) and (found.partition_child or found.inherited):
            return True
    return False


def _is_behind_key(index: Index, context: Context) -> bool:
    return any(identity.kind == "constraint" for identity in context.observed.dependents[index.identity])


def build(item: Index | Constraint, sql: str) -> list[Step]:
    """Give what builds an index beside, over what an earlier try left.

    Args:
        item: Whose place it takes.
        sql: CREATE INDEX CONCURRENTLY, under the name that `interim.beside` gives.
    """
    index = beside(item.identity)
    what = quote_qualified(QualifiedName(item.namespace, item.table if isinstance(item, Index) else item.parent))
    name = quote_qualified(QualifiedName(index.namespace, index.name))
    left = f"DROP INDEX CONCURRENTLY IF EXISTS {name}"
    return [
        Step(Role.DISCARD, left, transactional=False, about=index),
        Step(Role.PREPARE, sql, (builds_index(what),), transactional=False, about=index),
    ]
