"""Which columns hold values of a type, in an array, a composite type, a range or a domain too."""

from __future__ import annotations

from collections.abc import Iterator

from shared.kinds.side import Side
from shared.schema.identity import ObjectId
from shared.schema.relations import Column
from shared.schema.types import CompositeType, DomainType, RangeType


def columns_holding(type_: ObjectId, side: Side) -> Iterator[tuple[Column, ObjectId, bool]]:
    """Give the columns that hold values of a type.

    Returns:
        Each column, the type by which it holds them, and whether they are within a value of another kind: PostgreSQL
        finds only those that are the column's own, or a domain's over the type (get_rels_with_domain).
    """
    seen: set[tuple[ObjectId, bool]] = set()
    left = [(type_, False)]
    while left:
        here, within = left.pop()
        for dependent in sorted(side.dependents[here]):
            item = side.objects[dependent]
            if isinstance(item, Column):
                yield item, here, within or item.type.endswith("[]")
                continue
            if isinstance(item, DomainType):
                step = (dependent, within or item.base_type.endswith("[]"))
            elif isinstance(item, CompositeType | RangeType):
                step = (dependent, True)
            else:
                continue
            if step not in seen:
                seen.add(step)
                left.append(step)


def is_within_others(type_: ObjectId, side: Side) -> bool:
    """Say whether a column holds values of the type within values of another kind."""
    return any(within for _, _, within in columns_holding(type_, side))
