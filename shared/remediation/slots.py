"""The places that only one object can take at a time: names that kinds share, a table's one primary key, a bound."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from shared.schema.model import SchemaObject

_Slot = tuple[str, ...]


def _relation(item: Any) -> tuple[_Slot, ...]:
    return (("relation", item.namespace, item.name),)


def _type(item: Any) -> tuple[_Slot, ...]:
    return (("type", item.namespace, item.name),)


def _relation_and_type(item: Any) -> tuple[_Slot, ...]:
    return _relation(item) + _type(item)


def _table(item: Any) -> tuple[_Slot, ...]:
    above = item.partition_of
    bound = (("partition", above.namespace, above.name),) if above is not None else ()
    return _relation_and_type(item) + bound


def _constraint(item: Any) -> tuple[_Slot, ...]:
    if item.type == "primary_key":
        return (*_relation(item), ("primary key", item.namespace, item.parent))
    return _relation(item) if item.type in ("unique", "exclusion") else ()


def _routine(item: Any) -> tuple[_Slot, ...]:
    return (("routine", item.namespace, item.name, item.signature),)


def _operator_class(item: Any) -> tuple[_Slot, ...]:
    return (("operator class", item.signature, item.type),) if item.default else ()


_PLACES: dict[str, Callable[[Any], tuple[_Slot, ...]]] = {
    "table": _table,
    "foreign_table": _table,
    "view": _relation_and_type,
    "materialized_view": _relation_and_type,
    "composite_type": _relation_and_type,
    "index": _relation,
    "sequence": _relation,
    "constraint": _constraint,
    "enum_type": _type,
    "domain_type": _type,
    "range_type": _type,
    "base_type": _type,
    "routine": _routine,
    "aggregate": _routine,
    "operator_class": _operator_class,
}


def slots_of(item: SchemaObject) -> tuple[_Slot, ...]:
    """Name the places an object takes: `pg_class` names, `pg_type` names, and so on."""
    places = _PLACES.get(item.kind)
    return places(item) if places is not None else ()
