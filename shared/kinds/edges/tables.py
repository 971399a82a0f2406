"""Order of tables among themselves: parents, partitions, and logged tables that refer to unlogged ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from shared.kinds.node import Node
from shared.kinds.ordering import Edge, Edges, PlanView, always_after, always_before, no_edges
from shared.kinds.recipes.partitions import belongs_to_parent
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.relations import Constraint, ForeignTable, Index, Table

PARENTS = frozenset({"inherits", "partition_of", "partition_bound"})
"""Fields that ATTACH, DETACH, INHERIT and NO INHERIT change."""


def _parent(table: Table | ForeignTable) -> Iterator[ObjectId]:
    if table.partition_of is not None:
        yield ObjectId(kind="table", namespace=table.partition_of.namespace, name=table.partition_of.name)


def _parts_to_inherit(table: Table | ForeignTable, fields: frozenset[str], plan: PlanView) -> set[ObjectId]:
    """INHERIT and ATTACH want the columns and checks of both tables to be there."""
    if not fields & PARENTS:
        return set()
    desired = plan.context.desired
    names = [
        QualifiedName(table.namespace, table.name),
        *desired.parents(QualifiedName(table.namespace, table.name)),
    ]
    parts = {c.identity for name in names for c in desired.columns(name)}
    own = {c.identity for c in desired.constraints(names[0]) if belongs_to_parent(c, desired)}
    indexes = {index.identity for index in desired.indexes[names[0]] if belongs_to_parent(index, desired)}
    above = {ObjectId(kind="table", namespace=name.namespace, name=name.name) for name in names[1:]}
    return parts | own | above | (indexes if table.partition_of is not None else set())


def _parts_not_to_inherit(table: Table | ForeignTable, plan: PlanView) -> Iterator[Edge]:
    """Columns and checks that go from a parent go first: INHERIT and ATTACH would want them of the table too."""
    for name in plan.context.desired.parents(QualifiedName(table.namespace, table.name)):
        for part in plan.context.observed.children[name]:
            if part.kind in ("column", "constraint") and part.identity in plan.departure:
                yield plan.departure[part.identity], plan.arrival[table.identity]


def _by_persistence(table: Table, plan: PlanView) -> Iterator[Edge]:
    """A logged table may not refer to an unlogged one (ALTER TABLE, SET LOGGED), at any moment."""
    node = plan.arrival[table.identity]
    for constraint in plan.context.desired.constraints(QualifiedName(table.namespace, table.name)):
        name = constraint.references
        if name is None:
            continue
        other = Node("alter", ObjectId(kind="table", namespace=name.namespace, name=name.name))
        yield (node, other) if table.persistence == "unlogged" else (other, node)


def _when_altered(
    desired: Table | ForeignTable, observed: Table | ForeignTable, fields: frozenset[str], plan: PlanView
) -> Iterator[Edge]:
    if fields & PARENTS:
        yield from _parts_not_to_inherit(desired, plan)
        yield from _columns_before_meeting(desired, observed, plan)
        yield from _columns_after_parting(desired, observed, plan)
        if observed.partition_of is not None:
            yield from _keys_before_parting(observed.partition_of, Node("release", desired.identity), plan)
    if isinstance(desired, Table) and "persistence" in fields:
        yield from _by_persistence(desired, plan)


def _columns_before_meeting(
    desired: Table | ForeignTable, observed: Table | ForeignTable, plan: PlanView
) -> Iterator[Edge]:
    """ATTACH and INHERIT want the types of both tables to be the same.

    A table that only gets other bounds is parted from its parent meanwhile: the parent's columns are altered before,
    and its checks made, which brings it down to the table's.
    """
    own = (desired.namespace, desired.name)
    parent = observed.partition_of if observed.partition_of == desired.partition_of else None
    above = (parent.namespace, parent.name) if parent is not None else None
    for node in plan.nodes:
        column = node.identity
        if node.phase == "create" and _is_check(column, plan) and (column.namespace, column.parent) == above:
            yield node, Node("release", desired.identity)
        if column.kind != "column" or node.phase not in ("alter", "after"):
            continue
        if (column.namespace, column.parent) == own:
            yield node, plan.arrival[desired.identity]
        elif (column.namespace, column.parent) == above:
            yield node, Node("release", desired.identity)


def _is_check(identity: ObjectId, plan: PlanView) -> bool:
    item = plan.context.desired.objects.get(identity)
    return isinstance(item, Constraint) and item.type == "check"


def _columns_after_parting(
    desired: Table | ForeignTable, observed: Table | ForeignTable, plan: PlanView
) -> Iterator[Edge]:
    """What comes to a former parent must not come down to a table that gets it by a statement of its own."""
    before, after = ({*side.inherits, side.partition_of} for side in (observed, desired))
    left = {(parent.namespace, parent.name) for parent in before - after if parent is not None}
    for node in plan.nodes:
        column = node.identity
        if column.kind == "column" and node.phase == "create" and (column.namespace, column.parent) in left:
            yield Node("release", desired.identity), node


def _keys_before_parting(parent: QualifiedName, parting: Node, plan: PlanView) -> Iterator[Edge]:
    """DETACH is refused while a foreign key to the parent finds its rows in the partition."""
    table = ObjectId(kind="table", namespace=parent.namespace, name=parent.name)
    for dependent in plan.context.observed.dependents[table]:
        item = plan.context.observed.objects[dependent]
        if isinstance(item, Constraint) and item.references == parent and dependent in plan.departure:
            yield plan.departure[dependent], parting


def _columns_while_parted(identity: ObjectId, below: ObjectId, plan: PlanView) -> Iterable[Edge]:
    """Alter the columns of a table while it is parted from its parent, or from the type that it is of."""
    before, after = Node("before", identity, below), Node("after", identity, below)
    yield from _keys_before_parting(QualifiedName(below.namespace, below.name), before, plan)
    own = (identity.namespace, identity.name)
    anew = below.kind != "table" or below in plan.context.drops & plan.context.creates
    phases = ("alter", "after", "create", "drop") if anew else ("alter", "after")
    for node in plan.nodes:
        column = node.identity
        if column.kind == "column" and (column.namespace, column.parent) == own and node.phase in phases:
            yield before, node
            yield node, after
    yield from _parts_before_attaching(identity, below, plan)


def _parts_before_attaching(identity: ObjectId, below: ObjectId, plan: PlanView) -> Iterator[Edge]:
    """A partition has its keys and indexes before it is attached again: ATTACH would make them under its lock.

    What is the partition's own comes after, as ATTACH could take it for a part of the parent's.
    """
    desired = plan.context.desired
    table = desired.objects.get(identity)
    if not isinstance(table, Table | ForeignTable) or below not in _parent(table):
        return
    attaching = Node("after", identity, below)
    name = QualifiedName(table.namespace, table.name)
    parts: tuple[Constraint | Index, ...] = (*desired.constraints(name), *desired.indexes[name])
    for part in parts:
        if part.identity in plan.context.creates:
            made = plan.arrival[part.identity]
            yield (made, attaching) if belongs_to_parent(part, desired) else (attaching, made)


TABLE_EDGES = Edges(
    stands_on=_parent,
    order_when_created=always_after,
    when_created=no_edges,
    order_when_dropped=always_before,
    when_dropped=no_edges,
    needed_when_altered=_parts_to_inherit,
    order_when_altered=always_after,
    when_altered=_when_altered,
    when_loosened=_columns_while_parted,
    finishes_after=frozenset(),
)
