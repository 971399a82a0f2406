"""Operators, attribute access, indexes and iteration on values."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING, NoReturn

from coordinator.iac.expressions.convert import ConversionError, convert, unify
from coordinator.iac.expressions.errors import EvaluationError
from coordinator.iac.expressions.types import (
    BOOL,
    DYNAMIC,
    NUMBER,
    STRING,
    Collection,
    ObjectType,
    Primitive,
    TupleType,
    Type,
    friendly,
)
from coordinator.iac.expressions.values import (
    Value,
    boolean,
    deep_marks,
    equal,
    list_value,
    number,
    string,
    tuple_of,
    unknown_of,
)

if TYPE_CHECKING:
    from shared.schema.schema import Origin

MAX_FACTOR_BITS = 1 << 16
"""Bits of a number that may be multiplied."""

MAY_HAVE_MORE_ATTRIBUTES = frozenset({"*"})
"""As the optional names of an object type: any other attribute is unknown, not absent (its provider is not known)."""


def _refuse(at: Origin, message: str) -> NoReturn:
    raise EvaluationError(at.file, at.line, message)


def _operand(value: Value, wanted: Type, at: Origin) -> Value:
    if value.is_null:
        _refuse(at, "Invalid operand: the operand is null")
    try:
        return convert(value, wanted)
    except ConversionError as error:
        _refuse(at, f"Invalid operand: unsuitable value for operand: {error}")


def condition(value: Value, at: Origin, problem: str) -> Value:
    """Convert a value to the bool of a condition."""
    if value.is_null:
        _refuse(at, f"{problem}: the condition is null, and must be true or false")
    try:
        return convert(value, BOOL)
    except ConversionError as error:
        _refuse(at, f"{problem}: the condition must be a bool: {error}")


def unary(operator: str, operand: Value, at: Origin) -> Value:
    """`-x` and `!x`."""
    wanted = NUMBER if operator == "-" else BOOL
    converted = _operand(operand, wanted, at)
    if not converted.is_known:
        return unknown_of(wanted).marked(operand.marks)
    result = number(-converted.raw) if operator == "-" else boolean(not converted.raw)
    return result.marked(operand.marks)


def binary(operator: str, left: Value, right: Value, at: Origin) -> Value:
    """Every operator with two sides. `&&` and `||` have both evaluated already, as in Terraform."""
    marks = left.marks | right.marks
    if operator in {"==", "!="}:
        marks |= deep_marks(left) | deep_marks(right)
        same = equal(left, right)
        result = unknown_of(BOOL) if same is None else boolean(same == (operator == "=="))
        return result.marked(marks)
    wanted = BOOL if operator in {"&&", "||"} else NUMBER
    one, other = _operand(left, wanted, at), _operand(right, wanted, at)
    if not one.is_known or not other.is_known:
        result_type = NUMBER if operator in {"+", "-", "*", "/", "%"} else BOOL
        return unknown_of(result_type).marked(marks)
    return _computed(operator, one.raw, other.raw, at).marked(marks)


def _computed(  # noqa: PLR0911  # one return for each operator
    operator: str, one: int | Fraction, other: int | Fraction, at: Origin
) -> Value:
    match operator:
        case "&&":
            return boolean(bool(one and other))
        case "||":
            return boolean(bool(one or other))
        case "<":
            return boolean(one < other)
        case ">":
            return boolean(one > other)
        case "<=":
            return boolean(one <= other)
        case ">=":
            return boolean(one >= other)
        case "+":
            return number(one + other)
        case "-":
            return number(one - other)
        case "*":
            if max(_size(one), _size(other)) > MAX_FACTOR_BITS:
                _refuse(at, "Operation failed: the number is too large")
            return number(one * other)
        case _:
            return _divided(operator, one, other, at)


def _divided(operator: str, one: int | Fraction, other: int | Fraction, at: Origin) -> Value:
    if other == 0 and operator == "%":
        return number(one)  # as Terraform has it
    if other == 0:
        _refuse(at, "Division by zero")
    if operator == "/":
        return number(Fraction(one) / Fraction(other))
    # Go's remainder takes the sign of the dividend; Python's % that of the divisor.
    quotient = abs(Fraction(one)) // abs(Fraction(other))
    rest = abs(Fraction(one)) - quotient * abs(Fraction(other))
    return number(rest if one >= 0 else -rest)


def _size(value: int | Fraction) -> int:
    return max(abs(value.numerator).bit_length(), value.denominator.bit_length())


def attribute(of: Value, name: str, at: Origin) -> Value:
    """`of.name`."""
    if of.is_null:
        _refuse(at, f"Attempt to get attribute from null value: this value is null, so it has no attribute {name!r}")
    if not of.is_known:
        return _unknown_attribute(of, name, at)
    if isinstance(of.raw, dict):
        if name in of.raw:
            found: Value = of.raw[name]
            return found.marked(of.marks)
        if isinstance(of.type, ObjectType) and of.type.optional >= MAY_HAVE_MORE_ATTRIBUTES:
            return unknown_of(DYNAMIC, nullable=True)
        problem = "Unsupported attribute" if isinstance(of.type, ObjectType) else "Missing map element"
        _refuse(at, f"{problem}: this {friendly(of.type)} has no {name!r}")
    hint = ""
    if isinstance(of.raw, tuple):
        hint = "; did you mean [*] to take the attribute of every element?"
    _refuse(at, f"Unsupported attribute: this value is {friendly(of.type)} and has no attribute {name!r}{hint}")


def _unknown_attribute(of: Value, name: str, at: Origin) -> Value:
    match of.type:
        case Primitive(name="dynamic"):
            return unknown_of(DYNAMIC, nullable=True).marked(of.marks)
        case ObjectType() as object_type:
            inner = object_type.by_name()
            if name not in inner:
                _refuse(at, f"Unsupported attribute: this object has no {name!r}")
            return unknown_of(inner[name], nullable=True).marked(of.marks)
        case Collection(kind="map", element=element):
            return unknown_of(element, nullable=True).marked(of.marks)
        case other:
            _refuse(at, f"Unsupported attribute: this value is {friendly(other)} and has no attribute {name!r}")


def index(of: Value, key: Value, at: Origin) -> Value:
    """`of[key]`."""
    marks = of.marks | key.marks
    if of.is_null:
        _refuse(at, "Attempt to index null value: this value is null, so it has no elements")
    if key.is_null:
        _refuse(at, "Invalid index: a null value cannot be an index")
    if not of.is_known or not key.is_known:
        return _unknown_element(of, key, at).marked(marks)
    if isinstance(of.raw, dict):
        return _mapped(of, key, at).marked(marks)
    if not isinstance(of.raw, tuple) or (isinstance(of.type, Collection) and of.type.kind == "set"):
        _refuse(at, f"Invalid index: this value is {friendly(of.type)} and has no elements that an index can address")
    try:
        position = convert(key, NUMBER).raw
    except ConversionError as error:
        _refuse(at, f"Invalid index: the given key does not identify an element: {error}")
    if not isinstance(position, int) or not 0 <= position < len(of.raw):
        _refuse(at, f"Invalid index: the given index is not within the {len(of.raw)} elements of this value")
    found: Value = of.raw[position]
    return found.marked(marks)


def _mapped(of: Value, key: Value, at: Origin) -> Value:
    try:
        name = convert(key, STRING).raw
    except ConversionError as error:
        _refuse(at, f"Invalid index: the given key does not identify an element: {error}")
    if name not in of.raw:
        _refuse(at, f"Invalid index: the given key {name!r} does not identify an element of this {friendly(of.type)}")
    found: Value = of.raw[name]
    return found


def _unknown_element(of: Value, key: Value, at: Origin) -> Value:
    match of.type:
        case Collection(kind="list" | "map", element=element):
            return unknown_of(element, nullable=True)
        case Collection() | Primitive(name="string" | "number" | "bool"):
            _refuse(
                at, f"Invalid index: this value is {friendly(of.type)} and has no elements that an index can address"
            )
        case ObjectType() if not of.is_known and key.is_known and isinstance(key.raw, str):
            return _unknown_attribute(of, key.raw, at)
        case _:
            return unknown_of(DYNAMIC, nullable=True)


def pairs(collection: Value, at: Origin) -> Iterator[tuple[Value, Value]] | None:
    """Return the pairs of key and value that a `for` walks; None when the collection is not known."""
    if collection.is_null:
        _refuse(at, "Iteration over null value: a null value cannot be iterated over")
    if not collection.is_known:
        if isinstance(collection.type, Primitive) and collection.type != DYNAMIC:
            _refuse(at, f"Iteration over non-iterable value: a value of type {friendly(collection.type)}")
        return None
    raw = collection.raw
    if isinstance(raw, dict):
        return ((string(key), item) for key, item in raw.items())
    if isinstance(raw, tuple):
        if isinstance(collection.type, Collection) and collection.type.kind == "set":
            return ((item, item) for item in raw)
        return ((number(i), item) for i, item in enumerate(raw))
    _refuse(
        at, f"Iteration over non-iterable value: a value of type {friendly(collection.type)} cannot be iterated over"
    )


def splat_elements(of: Value, at: Origin) -> list[Value] | None:
    """Return what a splat walks: a sequence's elements; any other value as the only one; nothing for null."""
    if of.is_null:
        if isinstance(of.type, (Collection, TupleType)) and not (
            isinstance(of.type, Collection) and of.type.kind == "map"
        ):
            _refuse(at, "Splat of null value: splat expressions ([*]) cannot be applied to null sequences")
        return []
    if not of.is_known:
        return None
    sequence = isinstance(of.type, TupleType) or (isinstance(of.type, Collection) and of.type.kind != "map")
    return list(of.raw) if sequence else [of]


def splat_result(of: Value, results: list[Value]) -> Value:
    """Return a splat's results as a list when a list was walked, else as a tuple."""
    if isinstance(of.type, Collection) and of.type.kind in {"list", "set"}:
        element = unify([item.type for item in results])
        if element is not None and all(item.type == element for item in results):
            return list_value(element, results)
    return tuple_of(results)
