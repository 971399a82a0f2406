"""Functions on sets."""

from __future__ import annotations

import itertools

from coordinator.iac.expressions.convert import ConversionError, convert, unify
from coordinator.iac.expressions.functions.collections import sequence
from coordinator.iac.expressions.functions.registry import ANY, FunctionError, function
from coordinator.iac.expressions.types import DYNAMIC, Collection, TupleType, Type, set_of
from coordinator.iac.expressions.values import Value, hash_bytes, list_value, set_value, tuple_of

MAX_PRODUCT = 100_000
"""Combinations `setproduct` may make: beyond that it is a bomb."""


def _common(values: tuple[Value, ...]) -> tuple[Type, list[list[Value]]]:
    """Convert sets to one element type."""
    inner = [value.type.element for value in values if isinstance(value.type, Collection)]
    element = unify(inner)
    if element is None:
        raise FunctionError("all sets must have the same element type")
    try:
        return element, [[convert(item, element) for item in value.raw] for value in values]
    except ConversionError as error:
        raise FunctionError(str(error)) from None


@function("setunion", set_of(DYNAMIC), variadic=set_of(DYNAMIC))
def _setunion(*values: Value) -> Value:
    element, sets = _common(values)
    return set_value(element, itertools.chain.from_iterable(sets))


@function("setintersection", set_of(DYNAMIC), variadic=set_of(DYNAMIC))
def _setintersection(*values: Value) -> Value:
    element, sets = _common(values)
    others = [{hash_bytes(item) for item in other} for other in sets[1:]]
    return set_value(element, [item for item in sets[0] if all(hash_bytes(item) in other for other in others)])


@function("setsubtract", set_of(DYNAMIC), set_of(DYNAMIC))
def _setsubtract(*values: Value) -> Value:
    element, (one, other) = _common(values)
    removed = {hash_bytes(item) for item in other}
    return set_value(element, [item for item in one if hash_bytes(item) not in removed])


@function("setproduct", ANY, variadic=ANY, partial=True)
def _setproduct(*values: Value) -> Value:
    if len(values) < 2:  # noqa: PLR2004  # a product needs two
        raise FunctionError("at least two arguments are required")
    sequences = [sequence(value) for value in values]
    total = 1
    for items in sequences:
        total *= len(items)
    if total > MAX_PRODUCT:
        raise FunctionError(f"the product has more than {MAX_PRODUCT} elements")
    elements = [unify([item.type for item in items]) for items in sequences]
    types = tuple(DYNAMIC if element is None else element for element in elements)
    rows = [
        tuple_of(convert(item, type_) for item, type_ in zip(row, types, strict=True))
        for row in itertools.product(*sequences)
    ]
    if all(isinstance(value.type, Collection) and value.type.kind == "set" for value in values):
        return set_value(TupleType(types), rows)
    return list_value(TupleType(types), rows)
