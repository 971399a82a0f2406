"""Whether two partitions of one table could want the same rows, as far as their bounds tell without a server."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal
from math import gcd

from shared.kinds.recipes.column_types import base_of
from shared.kinds.recipes.partition_bounds import FROM_TO, IN, bound_values, key_columns
from shared.kinds.side import Side
from shared.schema.identity import QualifiedName
from shared.schema.relations import ForeignTable, Table

_WITH = re.compile(r"FOR VALUES WITH \(modulus ([0-9]+), remainder ([0-9]+)\)", re.IGNORECASE)
_NUMBERS = frozenset({"smallint", "integer", "bigint", "numeric"})
_ISO = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}( [0-9]{2}:[0-9]{2}:[0-9]{2}(\+[0-9]{2})?)?")
_TIMES = frozenset({"date", "timestamp without time zone", "timestamp with time zone"})

_Value = tuple[int, Decimal, str]
"""Where a bound stands: -1 and 1 for the open ends, else 0 with the number or the time."""


def may_overlap(one: Table | ForeignTable, other: Table | ForeignTable, parent: QualifiedName, side: Side) -> bool:
    """Say whether two partitions cannot be there together: their bounds overlap, or nothing tells that they do not.

    Args:
        one: With its bound.
        other: The same.
        parent: The table that both are partitions of.
        side: That has the parent.
    """
    bounds = (one.partition_bound, other.partition_bound)
    if "DEFAULT" in bounds:
        return bounds[0] == bounds[1]  # rows that another partition wants are refused by ATTACH, which reads them
    hashed = [_WITH.fullmatch(bound) for bound in bounds]
    if hashed[0] and hashed[1]:
        return _meet(int(hashed[0][1]), int(hashed[0][2]), int(hashed[1][1]), int(hashed[1][2]))
    listed = [IN.fullmatch(bound) for bound in bounds]
    if listed[0] and listed[1]:
        return bool({*_bare(bound_values(listed[0][1]))} & {*_bare(bound_values(listed[1][1]))})
    ranged = [FROM_TO.fullmatch(bound) for bound in bounds]
    types = [base_of(column.type) for column in key_columns(parent, side)]
    if not ranged[0] or not ranged[1] or not types:
        return True
    lower, upper = _places(bound_values(ranged[0][1]), types), _places(bound_values(ranged[0][2]), types)
    bottom, top = _places(bound_values(ranged[1][1]), types), _places(bound_values(ranged[1][2]), types)
    if lower is None or upper is None or bottom is None or top is None:
        return True
    return lower < top and bottom < upper


def is_hashed(partition: Table | ForeignTable) -> bool:
    """Say whether a table is a partition by the hash of its key."""
    return _WITH.fullmatch(partition.partition_bound) is not None


def _meet(modulus: int, remainder: int, other: int, rest: int) -> bool:
    """PostgreSQL wants each modulus to be a factor of the next larger one, and no row in two partitions."""
    shared = gcd(modulus, other)
    return shared not in (modulus, other) or remainder % shared == rest % shared


def _bare(values: Sequence[str]) -> list[str]:
    return [value.strip("'") for value in values]


def _places(values: Sequence[str], types: Sequence[str]) -> list[_Value] | None:
    """Give what compares as PostgreSQL compares the bounds; None where that is not known."""
    if len(values) != len(types):
        return None
    places = [_place(value, kind) for value, kind in zip(values, types, strict=True)]
    known = [place for place in places if place is not None]
    return known if len(known) == len(places) else None


def _place(value: str, kind: str) -> _Value | None:
    if value in ("MINVALUE", "MAXVALUE"):
        return (-1 if value == "MINVALUE" else 1), Decimal(0), ""
    bare = value.strip("'")
    if kind in _NUMBERS and re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", bare):
        return 0, Decimal(bare), ""
    # The scratch server writes times in UTC, a tenant in one zone: texts of equal length sort as the times do.
    return (0, Decimal(0), bare) if kind in _TIMES and _ISO.fullmatch(bare) else None
