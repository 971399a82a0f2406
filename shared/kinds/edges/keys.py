"""Order of constraints and indexes around ATTACH PARTITION, and of keys that hold a NOT NULL."""

from __future__ import annotations

from collections.abc import Iterator

from shared.kinds.context import Context
from shared.kinds.edges.tables import PARENTS
from shared.kinds.facts import ColumnType
from shared.kinds.lookup import facts_of
from shared.kinds.node import Node
from shared.kinds.ordering import (
    Edge,
    Edges,
    Order,
    PlanView,
    always_after,
    always_before,
    no_edges_when_altered,
    no_edges_when_loosened,
    nothing_more,
    nothing_needed,
)
from shared.kinds.recipes.beside import outlived_by, predecessor
from shared.kinds.recipes.constraint_sql import INDEXED
from shared.kinds.recipes.not_null import keys_on
from shared.kinds.recipes.partitions import belongs_to_parent, is_left_behind
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.relations import Constraint, Index


def _order_of_index(index: Index, below: ObjectId, plan: PlanView) -> Order:
    """A partition has its parts before it is attached, to another parent or by other bounds."""
    change = plan.alters.get(below)
    attached = change is not None and bool({"partition_of", "partition_bound"} & set(change.fields))
    return Order.FREE if attached and belongs_to_parent(index, plan.context.desired) else Order.AFTER


def _order_of_constraint(constraint: Constraint, below: ObjectId, plan: PlanView) -> Order:
    """The index behind a partition's key is taken for its part by a parent's index that is made later."""
    if constraint.type != "foreign_key" and below.kind == "index":
        return Order.BEFORE
    change = plan.alters.get(below)
    gets_parent = change is not None and bool(PARENTS & set(change.fields))
    return Order.FREE if gets_parent and belongs_to_parent(constraint, plan.context.desired) else Order.AFTER


def _after_attaching(item: Index | Constraint, plan: PlanView) -> Iterator[Edge]:
    """An index of the partition's own comes after ATTACH, which could take it for its part of the parent's."""
    if not belongs_to_parent(item, plan.context.desired):
        on = item.table if isinstance(item, Index) else item.parent
        table = ObjectId(kind="table", namespace=item.namespace, name=on)
        yield Node("finish", table), plan.arrival[item.identity]


def _built_beside(item: Index | Constraint, plan: PlanView) -> Iterator[Edge]:
    """What is built beside waits for its columns and for labels; the one whose place it takes goes when it is there."""
    begin = Node("begin", item.identity)
    for below in plan.context.desired.references[item.identity]:
        copied = Node("begin", below)
        named_in_it = facts_of(below.kind).column_type is ColumnType.CONVERTED
        if copied in plan.nodes:
            yield copied, begin
        elif below in plan.arrival and (named_in_it or below not in plan.alters):
            yield plan.arrival[below], begin
    former = predecessor(item, plan.context)
    if former is not None:
        yield begin, plan.departure[former.identity]


def _after_successors(item: Index | Constraint, plan: PlanView) -> Iterator[Edge]:
    """An index or key goes when others of its relation that may do its work are there."""
    if plan.departure[item.identity].identity == item.identity:  # it goes by a statement of its own
        for other in outlived_by(item, plan.context):
            yield plan.arrival[other.identity], plan.departure[item.identity]


def _index_created(index: Index, plan: PlanView) -> Iterator[Edge]:
    yield from _after_attaching(index, plan)
    yield from _built_beside(index, plan)
    if index.attached_to is not None:
        above = ObjectId(kind="index", namespace=index.attached_to.namespace, name=index.attached_to.name)
        if above in plan.context.creates:
            yield plan.arrival[index.identity], plan.arrival[above]


def _constraint_created(constraint: Constraint, plan: PlanView) -> Iterator[Edge]:
    yield from _after_attaching(constraint, plan)
    yield from _built_beside(constraint, plan)
    if constraint.partition_child and constraint.type != "foreign_key":
        over = plan.context.desired.constraint_above(constraint)
        # A primary key within the parent's CREATE TABLE finds the partition's when that is attached.
        if over is not None and over.identity in plan.arrival and plan.arrival[over.identity].identity == over.identity:
            yield plan.arrival[constraint.identity], plan.arrival[over.identity]


def _index_dropped(index: Index, plan: PlanView) -> Iterator[Edge]:
    yield from _after_parting(index, index.table, plan)
    yield from _after_parts_are_parted(index, plan)
    yield from _after_successors(index, plan)


def _after_parts_are_parted(index: Index, plan: PlanView) -> Iterator[Edge]:
    """An index goes when partitions that are detached have taken its parts along, which DROP INDEX would drop too."""
    name = QualifiedName(index.namespace, index.name)
    for partition in plan.context.observed.partitions[QualifiedName(index.namespace, index.table)]:
        for part in plan.context.observed.indexes[QualifiedName(partition.namespace, partition.name)]:
            if part.attached_to == name and is_left_behind(part, plan.context):
                release = Node("release", partition.identity)
                if release in plan.nodes:
                    yield release, plan.departure[index.identity]


def _constraint_dropped(constraint: Constraint, plan: PlanView) -> Iterator[Edge]:
    for key in keys_on(constraint.identity, plan.context.observed):
        if key in plan.departure:
            yield plan.departure[key], plan.departure[constraint.identity]
    yield from _after_parting(constraint, constraint.parent, plan)
    if constraint.type in INDEXED:
        yield from _after_successors(constraint, plan)


def _after_parting(item: Index | Constraint, of: str, plan: PlanView) -> Iterator[Edge]:
    """A part of the parent's key, index or foreign key that stays on its partition goes when that is detached."""
    for partition in _parted_from(item, of, plan.context):
        for other in plan.nodes:
            if other.phase in ("release", "before") and other.identity == partition:
                yield other, plan.departure[item.identity]


def _parted_from(item: Index | Constraint, of: str, context: Context) -> Iterator[ObjectId]:
    if is_left_behind(item, context):
        table = context.observed.table(QualifiedName(item.namespace, of))
        yield from () if table is None else (table.identity,)


INDEX_EDGES = Edges(
    stands_on=nothing_more,
    order_when_created=_order_of_index,
    when_created=_index_created,
    order_when_dropped=always_before,
    when_dropped=_index_dropped,
    needed_when_altered=nothing_needed,
    order_when_altered=always_after,
    when_altered=no_edges_when_altered,
    when_loosened=no_edges_when_loosened,
    finishes_after=frozenset(),
)
CONSTRAINT_EDGES = Edges(
    stands_on=nothing_more,
    order_when_created=_order_of_constraint,
    when_created=_constraint_created,
    order_when_dropped=always_before,
    when_dropped=_constraint_dropped,
    needed_when_altered=nothing_needed,
    order_when_altered=always_after,
    when_altered=no_edges_when_altered,
    when_loosened=no_edges_when_loosened,
    finishes_after=frozenset(),
)
