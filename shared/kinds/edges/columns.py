"""Order of columns: those of a partition come whole, and readers wait until a column is whole again."""

from __future__ import annotations

from collections.abc import Iterator

from shared.kinds.edges.tables import PARENTS
from shared.kinds.lookup import relations
from shared.kinds.node import Node
from shared.kinds.ordering import (
    Edge,
    Edges,
    Order,
    PlanView,
    no_edges,
    nothing_more,
    nothing_needed,
)
from shared.kinds.recipes.check_descent import checks_beside
from shared.kinds.recipes.copied_columns import is_copied
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.relations import Column, ForeignTable, Table


def _order_when_created(column: Column, below: ObjectId, plan: PlanView) -> Order:
    """A table has its columns before it is attached or inherits, so its own new parent does not come before them."""
    if _gets_parent(below, plan):
        return Order.FREE
    if below.kind != "column" or column.parent == below.parent:
        return Order.AFTER
    if column.local and not _is_made(column, plan):
        return Order.BEFORE  # ADD COLUMN of the parent merges with it, and would make it where it is not there yet
    table = plan.context.desired.objects.get(plan.arrival[column.identity].identity)
    whole = isinstance(table, Table | ForeignTable) and table.partition_of is not None
    return Order.FREE if whole else Order.AFTER


def _order_when_dropped(column: Column, below: ObjectId, plan: PlanView) -> Order:
    """DROP COLUMN of a parent leaves what is also a child's own, and of the child it is refused until then."""
    inherits = below.kind == "column" and (column.namespace, column.parent) != (below.namespace, below.parent)
    by_themselves = all(plan.departure[each].identity == each for each in (column.identity, below))
    return Order.AFTER if inherits and column.local and by_themselves else Order.BEFORE


def _is_made(column: Column, plan: PlanView) -> bool:
    """Say whether the column's table is made by the plan."""
    carriers = (ObjectId(kind=kind, namespace=column.namespace, name=column.parent) for kind in relations())
    return any(carrier in plan.context.creates for carrier in carriers)


def _order_when_altered(column: Column, below: ObjectId, plan: PlanView) -> Order:
    """ATTACH and INHERIT find the columns as they shall be, so the table's new parent does not come before them."""
    del column
    return Order.FREE if _gets_parent(below, plan) else Order.AFTER


def _gets_parent(table: ObjectId, plan: PlanView) -> bool:
    """Say whether a table that stays gets a parent (another bound is a parent anew)."""
    change = plan.alters.get(table)
    if change is None or not PARENTS & set(change.fields):
        return False
    desired = change.desired
    return isinstance(desired, Table | ForeignTable) and bool(desired.partition_of or desired.inherits)


def _readers(identity: ObjectId, below: ObjectId, plan: PlanView) -> Iterator[Edge]:
    """What reads the column is made after the column is whole again."""
    after = Node("after", identity, below)
    for reader in plan.context.desired.dependents[identity]:
        if reader in plan.context.creates:
            yield after, plan.arrival[reader]
    for reader in plan.context.observed.dependents[identity]:
        if reader in plan.departure:
            yield plan.departure[reader], after


def _when_created(column: Column, plan: PlanView) -> Iterator[Edge]:
    """A column goes, for a copy to take its place, when every column of the plan is copied: then all are swapped."""
    if column.identity not in plan.departure or not is_copied(column.identity, plan.context):
        return
    for node in plan.nodes:
        if node.phase == "begin" and node.identity.kind in ("column", "constraint", "index"):
            yield node, plan.departure[column.identity]


def _when_altered(desired: Column, observed: Column, fields: frozenset[str], plan: PlanView) -> Iterator[Edge]:
    """Ask of a parent's NOT NULL first whether it is inherited; checks stand aside for a virtual expression (v18)."""
    if fields & {"type", "collation"}:
        yield from _around_retyping(observed, plan)
    table, node = QualifiedName(desired.namespace, desired.parent), plan.arrival[desired.identity]
    for parent in plan.context.desired.parents(table) if "not_null" in fields else ():
        for constraint in plan.context.desired.constraints(parent):
            if (
                constraint.type == "not_null"
                and constraint.columns == (desired.name,)
                and constraint.identity in plan.alters
            ):
                yield plan.arrival[constraint.identity], node
    if desired.generated == "virtual" and "default" in fields:
        for check in checks_beside(table, plan.context.observed):
            if check in plan.departure:
                yield plan.departure[check], node
            if check in plan.arrival:
                yield node, plan.arrival[check]


def _around_retyping(column: Column, plan: PlanView) -> Iterator[Edge]:
    """Foreign keys to a key that only includes the column go before its type changes, and come after it."""
    dependents, node = plan.context.observed.dependents, plan.arrival[column.identity]
    for key in dependents[column.identity]:
        for user in dependents[key] if key.kind == "constraint" else ():
            if user in plan.departure and user in plan.arrival:
                yield plan.departure[user], node
                yield node, plan.arrival[user]


COLUMN_EDGES = Edges(
    stands_on=nothing_more,
    order_when_created=_order_when_created,
    when_created=_when_created,
    order_when_dropped=_order_when_dropped,
    when_dropped=no_edges,
    needed_when_altered=nothing_needed,
    order_when_altered=_order_when_altered,
    when_altered=_when_altered,
    when_loosened=_readers,
    finishes_after=frozenset(),
)
