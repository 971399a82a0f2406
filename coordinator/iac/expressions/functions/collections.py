"""Functions on lists, maps and objects."""

from __future__ import annotations

from coordinator.iac.expressions.convert import ConversionError, convert, unify
from coordinator.iac.expressions.functions.registry import ANY, ANY_OR_NULL, FunctionError, function
from coordinator.iac.expressions.functions.strings import graphemes, whole
from coordinator.iac.expressions.types import (
    BOOL,
    DYNAMIC,
    NUMBER,
    STRING,
    Collection,
    ObjectType,
    TupleType,
    Type,
    friendly,
    list_of,
    map_of,
)
from coordinator.iac.expressions.values import (
    Value,
    boolean,
    equal,
    hash_bytes,
    is_wholly_known,
    list_value,
    map_value,
    number,
    object_value,
    string,
    tuple_of,
    unknown_of,
)


def sequence(value: Value, what: str = "a list, set or tuple") -> tuple[Value, ...]:
    """Return the elements of a list, set or tuple.

    Raises:
        FunctionError: For anything else.
    """
    if not isinstance(value.raw, tuple):
        raise FunctionError(f"argument must be {what}, not {friendly(value.type)}")
    return value.raw


def mapping(value: Value) -> dict[str, Value]:
    """Return the elements of a map or object.

    Raises:
        FunctionError: For anything else.
    """
    if not isinstance(value.raw, dict):
        raise FunctionError(f"argument must be a map or object, not {friendly(value.type)}")
    return value.raw


def element_type(value: Value) -> Type | None:
    """The element type of a collection, or what a tuple's or object's elements have in common."""
    if isinstance(value.type, Collection):
        return value.type.element
    return unify([item.type for item in value.elements()])


@function("length", ANY, returns=NUMBER, partial=True)
def _length(value: Value) -> Value:
    if isinstance(value.raw, str):
        return number(len(graphemes(value.raw)))
    if not isinstance(value.raw, (tuple, dict)):
        raise FunctionError("argument must be a string, a collection type, or a structural type")
    if isinstance(value.type, Collection) and value.type.kind == "set" and not is_wholly_known(value):
        return unknown_of(NUMBER)
    return number(len(value.raw))


@function("alltrue", list_of(BOOL), returns=BOOL, partial=True)
def _alltrue(values: Value) -> Value:
    if any(item.is_null or item.raw is False for item in values.raw):
        return boolean(False)  # the value, not a flag
    return boolean(True) if is_wholly_known(values) else unknown_of(BOOL)


@function("anytrue", list_of(BOOL), returns=BOOL, partial=True)
def _anytrue(values: Value) -> Value:
    if any(item.raw is True for item in values.raw):
        return boolean(True)  # the value, not a flag
    return boolean(False) if is_wholly_known(values) else unknown_of(BOOL)


@function("chunklist", list_of(DYNAMIC), NUMBER, partial=True)
def _chunklist(values: Value, size: Value) -> Value:
    width = whole(size)
    if width < 0:
        raise FunctionError("the size argument must be positive")
    width = width or max(1, len(values.raw))
    chunks = [Value(values.type, values.raw[i : i + width]) for i in range(0, len(values.raw), width)]
    return list_value(values.type, chunks)


@function("coalesce", variadic=ANY_OR_NULL, partial=True)
def _coalesce(*values: Value) -> Value:
    unified = unify([value.type for value in values])
    if unified is None or not values:
        raise FunctionError("all arguments must have the same type")
    for value in values:
        if not value.is_known:
            return unknown_of(unified)
        converted = _converted(value, unified)
        if not converted.is_null and not (unified == STRING and converted.raw == ""):
            return converted
    raise FunctionError("no non-null, non-empty-string arguments")


def _converted(value: Value, wanted: Type) -> Value:
    try:
        return convert(value, wanted)
    except ConversionError as error:
        raise FunctionError(str(error)) from None


@function("coalescelist", variadic=ANY, partial=True)
def _coalescelist(*values: Value) -> Value:
    for value in values:
        if not value.is_known:
            return unknown_of(DYNAMIC)
        if sequence(value):
            return value
    raise FunctionError("no non-null, non-empty arguments")


@function("compact", list_of(STRING), returns=list_of(STRING))
def _compact(values: Value) -> Value:
    return list_value(STRING, [item for item in values.raw if not item.is_null and item.raw != ""])


@function("concat", variadic=ANY, partial=True)
def _concat(*values: Value) -> Value:
    if not values:
        raise FunctionError("at least one argument is required")
    if any(isinstance(value.type, Collection) and value.type.kind == "set" for value in values):
        raise FunctionError("all arguments must be lists or tuples; use tolist to convert a set")
    items = [item for value in values for item in sequence(value, "a list or tuple")]
    if all(isinstance(value.type, Collection) for value in values):
        element = unify([value.type.element for value in values if isinstance(value.type, Collection)])
        if element is not None:
            return list_value(element, [_converted(item, element) for item in items])
    return tuple_of(items)


@function("contains", ANY, ANY, returns=BOOL, partial=True)
def _contains(values: Value, wanted: Value) -> Value:
    results = [equal(item, wanted) for item in sequence(values)]
    if True in results:
        return boolean(True)  # the value, not a flag
    return unknown_of(BOOL) if None in results else boolean(False)


def _alike(item: Value, wanted: Value) -> bool | None:
    """Compare after conversion to a common type."""
    common = unify([item.type, wanted.type])
    if common is None:
        return False
    try:
        return equal(convert(item, common), convert(wanted, common))
    except ConversionError:
        return False


@function("distinct", list_of(DYNAMIC))
def _distinct(values: Value) -> Value:
    seen: dict[bytes, Value] = {}
    for item in values.raw:
        seen.setdefault(hash_bytes(item), item)
    return Value(values.type, tuple(seen.values()))


@function("element", ANY, NUMBER, partial=True)
def _element(values: Value, position: Value) -> Value:
    items = sequence(values, "a list or tuple")
    if isinstance(values.type, Collection) and values.type.kind == "set":
        raise FunctionError("cannot read elements from set of any type")
    at = whole(position)
    if at < 0:
        raise FunctionError("cannot use element function with a negative index")
    if not items:
        raise FunctionError("cannot use element function with an empty list")
    return items[at % len(items)]


@function("flatten", ANY, partial=True)
def _flatten(values: Value) -> Value:
    items = _flat(sequence(values))
    return unknown_of(DYNAMIC) if items is None else tuple_of(items)


def _flat(items: tuple[Value, ...]) -> list[Value] | None:
    out: list[Value] = []
    for item in items:
        is_sequence = isinstance(item.type, TupleType) or (
            isinstance(item.type, Collection) and item.type.kind in {"list", "set"}
        )
        if not item.is_known and (is_sequence or item.type == DYNAMIC):
            return None
        if is_sequence and not item.is_null:
            inner = _flat(item.raw)
            if inner is None:
                return None
            out.extend(inner)
        else:
            out.append(item)
    return out


@function("index", ANY, ANY, returns=NUMBER)
def _index(values: Value, wanted: Value) -> Value:
    items = sequence(values, "a list or tuple")
    if not items:
        raise FunctionError("cannot search an empty list")
    for i, item in enumerate(items):
        if equal(item, wanted):
            return number(i)
    raise FunctionError("item not found")


@function("keys", ANY, returns=list_of(STRING), partial=True)
def _keys(value: Value) -> Value:
    names = [string(name) for name in mapping(value)]
    return tuple_of(names) if isinstance(value.type, ObjectType) else list_value(STRING, names)


@function("values", ANY, partial=True)
def _values(value: Value) -> Value:
    items = list(mapping(value).values())
    if isinstance(value.type, Collection):
        return list_value(value.type.element, items)
    return tuple_of(items)


@function("merge", variadic=ANY_OR_NULL, partial=True)
def _merge(*values: Value) -> Value:
    if any(not value.is_known for value in values):
        return unknown_of(DYNAMIC)
    present = [value for value in values if not value.is_null]
    merged: dict[str, Value] = {}
    for value in present:
        if not isinstance(value.raw, dict):
            raise FunctionError(f"arguments must be maps or objects, got {friendly(value.type)!r}")
        merged.update(value.raw)
    kinds = {value.type for value in present}
    if len(kinds) == 1 and isinstance(kind := kinds.pop(), Collection):
        return map_value(kind.element, merged)
    return object_value(merged)


@function("one", ANY, partial=True)
def _one(value: Value) -> Value:
    items = sequence(value)
    if len(items) > 1:
        raise FunctionError("must be a list, set, or tuple value with either zero or one elements")
    element = element_type(value)
    return items[0] if items else Value(element or DYNAMIC, None)


@function("reverse", ANY, partial=True)
def _reverse(value: Value) -> Value:
    items = sequence(value)[::-1]
    if isinstance(value.type, Collection):
        return list_value(value.type.element, items)
    return tuple_of(items)


@function("slice", ANY, NUMBER, NUMBER, partial=True)
def _slice(value: Value, start: Value, end: Value) -> Value:
    items = sequence(value, "a list or tuple")
    if isinstance(value.type, Collection) and value.type.kind == "set":
        raise FunctionError("cannot slice a set, because its elements do not have indices; use tolist first")
    first, last = whole(start), whole(end)
    if not 0 <= first <= last <= len(items):
        raise FunctionError(f"the indices {first} and {last} do not lie within the {len(items)} elements in order")
    if isinstance(value.type, Collection):
        return Value(value.type, items[first:last])
    return tuple_of(items[first:last])


@function("sort", list_of(STRING), returns=list_of(STRING))
def _sort(values: Value) -> Value:
    if any(item.is_null for item in values.raw):
        raise FunctionError("given list contains a null element; cannot sort null values")
    return list_value(STRING, sorted(values.raw, key=lambda item: str(item.raw)))


@function("transpose", map_of(list_of(STRING)), returns=map_of(list_of(STRING)))
def _transpose(value: Value) -> Value:
    out: dict[str, list[Value]] = {}
    for key, listed in value.raw.items():
        for item in listed.raw:
            if item.is_null:
                raise FunctionError("input must not contain null")
            out.setdefault(item.raw, []).append(string(key))
    return map_value(list_of(STRING), {key: list_value(STRING, items) for key, items in out.items()})


@function("zipmap", list_of(STRING), ANY, partial=True)
def _zipmap(keys: Value, values: Value) -> Value:
    items = sequence(values, "a list or tuple")
    if len(keys.raw) != len(items):
        raise FunctionError(f"number of keys ({len(keys.raw)}) does not match number of values ({len(items)})")
    if any(not key.is_known for key in keys.raw):
        return unknown_of(DYNAMIC)
    if any(key.is_null for key in keys.raw):
        raise FunctionError("keys must not be null")
    made = {key.raw: item for key, item in zip(keys.raw, items, strict=True)}
    if isinstance(values.type, Collection):
        return map_value(values.type.element, made)
    return object_value(made)


@function("matchkeys", list_of(DYNAMIC), list_of(DYNAMIC), list_of(DYNAMIC))
def _matchkeys(values: Value, keys: Value, wanted: Value) -> Value:
    if len(values.raw) != len(keys.raw):
        raise FunctionError("length of keys and values should be equal")
    kept = [
        value for value, key in zip(values.raw, keys.raw, strict=True) if any(_alike(key, item) for item in wanted.raw)
    ]
    return Value(values.type, tuple(kept))
