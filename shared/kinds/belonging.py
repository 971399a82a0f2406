"""What an object belongs to: with what it comes and goes in a report, and what takes it along when it is dropped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from shared.kinds.context import Context
from shared.kinds.facts import Holds
from shared.kinds.lookup import facts_of, kinds_holding, relations, tables
from shared.kinds.recipes.sequence_sql import former_identity
from shared.kinds.side import Side
from shared.schema.base import ChildObject, Facet
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.model import SchemaObject
from shared.schema.relations import Column, Constraint, Index, Sequence, StatisticsObject, Trigger
from shared.schema.routines import Routine


def _relations(name: QualifiedName) -> Iterator[ObjectId]:
    for kind in relations():
        yield ObjectId(kind=kind, namespace=name.namespace, name=name.name)


def _named(name: QualifiedName) -> Iterator[ObjectId]:
    """Name whatever of this name can have parts that a report does not tell apart from it."""
    for kind in kinds_holding(Holds.ROWS, Holds.QUERY, Holds.CHECKS):
        yield ObjectId(kind=kind, namespace=name.namespace, name=name.name)


# With what it comes and goes in a report


def with_carrier(item: Facet) -> Iterator[ObjectId]:
    """A facet with its carrier, and with the relation of a carried column."""
    yield item.carrier
    if item.carrier.parent:
        yield from _named(QualifiedName(item.namespace, item.carrier.parent))


def with_parent(item: ChildObject) -> Iterator[ObjectId]:
    """A part with what it is a part of."""
    if item.parent:
        yield from _named(QualifiedName(item.namespace, item.parent))


def with_indexed(item: Index) -> Iterator[ObjectId]:
    """An index with its table or materialized view."""
    if item.table:
        yield from _named(QualifiedName(item.namespace, item.table))


def with_measured(item: StatisticsObject) -> Iterator[ObjectId]:
    """Extended statistics with their table."""
    if item.table.name:
        yield from _named(item.table)


def with_owner(item: Sequence) -> Iterator[ObjectId]:
    """A sequence with the column that owns it, and with its table."""
    table = item.owned_by_table
    if table is not None:
        yield ObjectId(kind="column", namespace=table.namespace, parent=table.name, name=item.owned_by_column)
        yield from _named(table)


# What takes it along when it is dropped


def never_taken_along(item: SchemaObject, side: Side) -> Iterator[ObjectId]:
    """Say that each object of the kind is dropped by a statement of its own."""
    del item, side
    yield from ()


def facet_goes_with(item: Facet, side: Side) -> Iterator[ObjectId]:
    """A facet goes with its carrier."""
    del side
    yield item.carrier
    if item.carrier.parent:
        yield from _relations(QualifiedName(item.namespace, item.carrier.parent))


def part_goes_with(item: ChildObject, side: Side) -> Iterator[ObjectId]:
    """A part goes with its relation or domain."""
    del side
    yield from _relations(QualifiedName(item.namespace, item.parent))
    for kind in kinds_holding(Holds.CHECKS):
        yield ObjectId(kind=kind, namespace=item.namespace, name=item.parent)


def column_goes_with(item: Column, side: Side) -> Iterator[ObjectId]:
    """A column goes with its table, and with the parent's column where it is only inherited."""
    yield from part_goes_with(item, side)
    yield from _inherited_from(item, side)


def constraint_goes_with(item: Constraint, side: Side) -> Iterator[ObjectId]:
    """A constraint goes with its table, and with the same thing one step up the inheritance or partition tree."""
    yield from part_goes_with(item, side)
    yield from _inherited_from(item, side)
    if item.type != "foreign_key":
        yield from (reference for reference in side.references[item.identity] if reference.kind == "index")
    if item.partition_child:
        above = side.constraint_above(item)
        if above is not None:
            yield above.identity


def trigger_goes_with(item: Trigger, side: Side) -> Iterator[ObjectId]:
    """A trigger goes with its table, and a partition's clone with its parent's trigger."""
    yield from part_goes_with(item, side)
    if item.partition_child:
        for parent in side.parents(QualifiedName(item.namespace, item.parent)):
            yield ObjectId(kind="trigger", namespace=parent.namespace, parent=parent.name, name=item.name)


def _inherited_from(item: Column | Constraint, side: Side) -> Iterator[ObjectId]:
    if item.inherited and not item.local:
        for parent in side.parents(QualifiedName(item.namespace, item.parent)):
            yield ObjectId(kind=item.kind, namespace=parent.namespace, parent=parent.name, name=item.name)


def index_goes_with(item: Index, side: Side) -> Iterator[ObjectId]:
    """An index goes with its relation, and a part of a partitioned index with that."""
    del side
    yield from _relations(QualifiedName(item.namespace, item.table))
    if item.attached_to is not None:
        yield ObjectId(kind="index", namespace=item.attached_to.namespace, name=item.attached_to.name)


def statistics_go_with(item: StatisticsObject, side: Side) -> Iterator[ObjectId]:
    """Extended statistics go with their table."""
    del side
    yield from _relations(item.table)


def sequence_goes_with(item: Sequence, side: Side) -> Iterator[ObjectId]:
    """An owned sequence goes with its table and its column."""
    del side
    table = item.owned_by_table
    if table is not None:
        yield from _relations(table)
        yield ObjectId(kind="column", namespace=table.namespace, parent=table.name, name=item.owned_by_column)


def routine_goes_with(item: Routine, side: Side) -> Iterator[ObjectId]:
    """A base type's functions stand on it and it on them: DROP TYPE … CASCADE takes them along."""
    mutual = side.references[item.identity] & side.dependents[item.identity]
    yield from sorted(identity for identity in mutual if facts_of(identity.kind).drop_takes_functions)


# Whose statement makes it


def made_alone(item: SchemaObject, context: Context) -> ObjectId | None:
    """Say that each object of the kind is made by a statement of its own."""
    del item, context
    return None


def sequence_made_with(item: Sequence, context: Context) -> ObjectId | None:
    """The sequence of an identity column is made with the column, unless the column has one to be renamed."""
    if former_identity(item, context) is not None or not item.identity_of_column or item.owned_by_table is None:
        return None
    column = context.desired.column(item.owned_by_table, item.owned_by_column)
    return column.identity if column is not None else None


def part_made_with(item: Any, context: Context) -> ObjectId | None:
    """A column or constraint is made with its table where the planner has put it into CREATE TABLE."""
    for kind in tables():
        table = ObjectId(kind=kind, namespace=item.namespace, name=item.parent)
        if item.identity in context.inlined.get(table, ()):
            return table
    return None
