"""Conversion between types, and the type that several values have in common (cty's `convert` package)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from fractions import Fraction
from typing import assert_never

from coordinator.iac.expressions.numbers import format_number, parse_number
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
    contains_dynamic,
    friendly,
    list_of,
    map_of,
    object_of,
    set_of,
)
from coordinator.iac.expressions.values import (
    Value,
    boolean,
    null_of,
    number,
    object_value,
    set_value,
    string,
    tuple_of,
)


class ConversionError(Exception):
    """A value that cannot have a type; the message says where in the value and why."""


_BOOLS = {"true": True, "1": True, "false": False, "0": False}


def convert(value: Value, wanted: Type) -> Value:
    """Convert a value to a type.

    Raises:
        ConversionError: When it has no such form.
    """
    if wanted == DYNAMIC or (value.type == wanted and not isinstance(wanted, ObjectType)):
        return value
    if value.is_null:
        return null_of(_without_optional(wanted)).marked(value.marks)
    if not value.is_known:
        if value.type != DYNAMIC:
            _check_possible(value.type, wanted)
        return Value(_without_optional(wanted), value.raw, value.marks)
    return _convert_known(value, wanted).marked(value.marks)


def _convert_known(value: Value, wanted: Type) -> Value:
    match wanted:
        case Primitive():
            return _to_primitive(value, wanted)
        case Collection(kind="map"):
            return _to_map(value, wanted.element)
        case Collection(kind=kind, element=element):
            return _to_sequence(value, kind, element)
        case TupleType(elements=elements):
            if not isinstance(value.type, TupleType) or len(elements) != len(value.raw):
                raise ConversionError(f"tuple of {len(elements)} elements required")
            return tuple_of(_at(str(i), convert, item, elements[i]) for i, item in enumerate(value.raw))
        case ObjectType():
            return _to_object(value, wanted)
        case _:
            assert_never(wanted)


def _to_primitive(value: Value, wanted: Primitive) -> Value:
    raw = value.raw
    if wanted == STRING:
        if isinstance(raw, bool):
            return string("true" if raw else "false")
        if isinstance(raw, (int, Fraction)):
            return string(format_number(raw))
    elif wanted == NUMBER and isinstance(raw, str):
        parsed = parse_number(raw)
        if parsed is not None:
            return number(parsed)
        raise ConversionError("a number is required")
    elif wanted == BOOL and isinstance(raw, str):
        if raw in _BOOLS:
            return boolean(_BOOLS[raw])
        raise ConversionError('a bool is required: to convert from string, use "true" or "false"')
    raise ConversionError(f"{_required(wanted)}, but got {friendly(value.type)}")


def _required(wanted: Type) -> str:
    shown = friendly(wanted)
    return f"{'an' if shown[0] in 'aeiou' else 'a'} {shown} is required"


def _to_sequence(value: Value, kind: str, element: Type) -> Value:
    if not isinstance(value.raw, tuple):
        raise ConversionError(_required(Collection(kind, element)))
    items: list[Value] = list(value.raw)
    if element == DYNAMIC:
        element = _common([item.type for item in items], kind)
    items = [_at(str(i), convert, item, element) for i, item in enumerate(items)]
    if contains_dynamic(element):  # `list(list(any))`: each became something, and all must become the same
        element = _common([item.type for item in items], kind)
        items = [_at(str(i), convert, item, element) for i, item in enumerate(items)]
    element = _concrete(element, items)
    if kind == "set":
        return set_value(element, items)
    return Value(list_of(element), tuple(items))


def _to_map(value: Value, element: Type) -> Value:
    if not isinstance(value.raw, dict):
        raise ConversionError(_required(map_of(element)))
    if element == DYNAMIC:
        element = _common([item.type for item in value.raw.values()], "map")
    converted = {key: _at(key, convert, item, element) for key, item in value.raw.items()}
    if contains_dynamic(element):
        element = _common([item.type for item in converted.values()], "map")
        converted = {key: _at(key, convert, item, element) for key, item in converted.items()}
    return Value(map_of(_concrete(element, list(converted.values()))), converted)


def _concrete(element: Type, items: list[Value]) -> Type:
    """Replace a constraint with `any` or optional attributes in it by what the elements became."""
    return items[0].type if items and items[0].type != DYNAMIC else _without_optional(element)


def _common(types: list[Type], kind: str) -> Type:
    found = unify(types)
    if found is None:
        raise ConversionError(f"all {kind} elements must have the same type")
    return found


def _to_object(value: Value, wanted: ObjectType) -> Value:
    if not isinstance(value.raw, dict):
        raise ConversionError(_required(wanted))
    missing = [name for name, _ in wanted.attributes if name not in value.raw and name not in wanted.optional]
    if missing:
        listed = ", ".join(f'"{name}"' for name in missing)
        word = "attribute" if len(missing) == 1 else "attributes"
        raise ConversionError(f"{word} {listed} {'is' if len(missing) == 1 else 'are'} required")
    return object_value(
        {
            name: _at(name, convert, value.raw[name], type_) if name in value.raw else null_of(_without_optional(type_))
            for name, type_ in wanted.attributes
        }
    )


def _at(where: str, action: Callable[[Value, Type], Value], value: Value, wanted: Type) -> Value:
    try:
        return action(value, wanted)
    except ConversionError as error:
        raise ConversionError(f"element {where!r}: {error}") from None


def _without_optional(type_: Type) -> Type:
    match type_:
        case Primitive():
            return type_
        case Collection(kind=kind, element=element):
            return Collection(kind, _without_optional(element))
        case TupleType(elements=elements):
            return TupleType(tuple(map(_without_optional, elements)))
        case ObjectType(attributes=attributes):
            return ObjectType(tuple((name, _without_optional(attribute)) for name, attribute in attributes))


def _check_possible(have: Type, wanted: Type) -> None:
    """Refuse an unknown whose type can never become the wanted one."""
    possible = (
        (isinstance(wanted, Primitive) and isinstance(have, Primitive) and (have == wanted or STRING in (have, wanted)))
        or (isinstance(wanted, (Collection, ObjectType)) and not isinstance(have, Primitive))
        or (isinstance(wanted, TupleType) and isinstance(have, TupleType))
    )
    if not possible:
        raise ConversionError(f"{_required(wanted)}, but got {friendly(have)}")


def unify(types: Iterable[Type]) -> Type | None:
    """Return the type that all these convert to without loss, or None. An untyped null converts to every type."""
    given = [type_ for type_ in types if type_ != DYNAMIC]
    distinct = list(dict.fromkeys(given))
    if not distinct:
        return DYNAMIC
    if len(distinct) == 1:
        return distinct[0]
    if all(isinstance(type_, Primitive) for type_ in distinct):
        return STRING if STRING in distinct else None
    if all(isinstance(type_, TupleType) or _is(type_, "list", "set") for type_ in distinct):
        return _unify_sequences(distinct)
    if all(isinstance(type_, ObjectType) or _is(type_, "map") for type_ in distinct):
        return _unify_mappings(distinct)
    return None


def _is(type_: Type, *kinds: str) -> bool:
    return isinstance(type_, Collection) and type_.kind in kinds


def _unify_sequences(types: list[Type]) -> Type | None:
    tuples = [type_ for type_ in types if isinstance(type_, TupleType)]
    if len(tuples) == len(types) and len({len(type_.elements) for type_ in tuples}) == 1:
        merged = [unify(column) for column in zip(*(type_.elements for type_ in tuples), strict=True)]
        known = [item for item in merged if item is not None]
        return TupleType(tuple(known)) if len(known) == len(merged) else None
    inner: list[Type] = []
    for type_ in types:
        inner.extend(type_.elements if isinstance(type_, TupleType) else [_element(type_)])
    element = unify(inner)
    if element is None:
        return None
    is_set = any(_is(type_, "set") for type_ in types) and not any(type_.elements for type_ in tuples)
    return set_of(element) if is_set else list_of(element)


def _unify_mappings(types: list[Type]) -> Type | None:
    objects = [type_ for type_ in types if isinstance(type_, ObjectType)]
    names = {tuple(name for name, _ in type_.attributes) for type_ in objects}
    if len(objects) == len(types) and len(names) == 1:
        merged = {name: unify(type_.by_name()[name] for type_ in objects) for name in names.pop()}
        known = {name: item for name, item in merged.items() if item is not None}
        return object_of(known) if len(known) == len(merged) else None
    inner: list[Type] = []
    for type_ in types:
        inner.extend([item for _, item in type_.attributes] if isinstance(type_, ObjectType) else [_element(type_)])
    element = unify(inner)
    return None if element is None else map_of(element)


def _element(type_: Type) -> Type:
    return type_.element if isinstance(type_, Collection) else DYNAMIC
