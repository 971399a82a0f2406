"""The places that only one object can take at a time: names that kinds share, a table's one primary key, a bound."""

from __future__ import annotations

from shared.schema.model import SchemaObject
from shared.schema.relations import Constraint, ForeignTable, Index, MaterializedView, Sequence, Table, View
from shared.schema.routines import Aggregate, OperatorClass, Routine
from shared.schema.types import BaseType, CompositeType, DomainType, EnumType, RangeType

_Slot = tuple[str, ...]


def slots_of(item: SchemaObject) -> tuple[_Slot, ...]:
    """Name the places an object takes: `pg_class` names, `pg_type` names, and so on."""
    here = (item.namespace, item.name)
    match item:
        case Table() | ForeignTable():
            above = item.partition_of
            places: tuple[_Slot, ...] = (("relation", *here), ("type", *here))
            return (*places, ("partition", above.namespace, above.name)) if above is not None else places
        case View() | MaterializedView() | CompositeType():
            return (("relation", *here), ("type", *here))
        case Index() | Sequence():
            return (("relation", *here),)
        case Constraint(type="primary_key"):
            return (("relation", *here), ("primary key", item.namespace, item.parent))
        case Constraint(type="unique" | "exclusion"):
            return (("relation", *here),)
        case EnumType() | DomainType() | RangeType() | BaseType():
            return (("type", *here),)
        case Routine() | Aggregate():
            return (("routine", *here),)
        case OperatorClass(default=True):
            return (("operator class", item.signature, item.type),)
        case _:
            return ()
