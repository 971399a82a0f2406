"""The places that only one object can take at a time: names that kinds share, a table's one primary key, a bound."""

from __future__ import annotations

from typing import Any

from shared.kinds.facts import Slot
from shared.kinds.lookup import facts_of
from shared.schema.model import SchemaObject
from shared.schema.relations import Constraint, ForeignTable, Table
from shared.schema.routines import OperatorClass


def slots_of(item: SchemaObject) -> tuple[Slot, ...]:
    """Name the places an object takes: `pg_class` names, `pg_type` names, and so on."""
    return facts_of(item.kind).slots(item)


def as_relation(item: Any) -> tuple[Slot, ...]:
    """Take a name in `pg_class`."""
    return (("relation", item.namespace, item.name),)


def as_type(item: Any) -> tuple[Slot, ...]:
    """Take a name in `pg_type`."""
    return (("type", item.namespace, item.name),)


def as_relation_and_type(item: Any) -> tuple[Slot, ...]:
    """Take a name in `pg_class` and, for the type of its rows, in `pg_type`."""
    return as_relation(item) + as_type(item)


def as_table(item: Table | ForeignTable) -> tuple[Slot, ...]:
    """Take both names, and a partition's bound of its parent: no other can have the same one, or be the default too."""
    above = item.partition_of
    if above is None:
        return as_relation_and_type(item)
    bound = (("partition", above.namespace, above.name), ("bound", above.namespace, above.name, item.partition_bound))
    return as_relation_and_type(item) + bound


def as_constraint(item: Constraint) -> tuple[Slot, ...]:
    """Take the name of the index behind it, and a table's one primary key."""
    if item.type == "primary_key":
        return (*as_relation(item), ("primary key", item.namespace, item.parent))
    return as_relation(item) if item.type in ("unique", "exclusion") else ()


def as_routine(item: Any) -> tuple[Slot, ...]:
    """Take a name with its argument types in `pg_proc`."""
    return (("routine", item.namespace, item.name, item.signature),)


def as_operator_class(item: OperatorClass) -> tuple[Slot, ...]:
    """Take the place of the default class for a type under an access method."""
    return (("operator class", item.signature, item.type),) if item.default else ()
