"""Terraform's values: each has a type, may be null or unknown, and a string remembers which file it came from."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from enum import Enum
from fractions import Fraction
from typing import Any

import msgspec

from coordinator.iac.expressions.numbers import Number, format_number, normalise
from coordinator.iac.expressions.types import (
    BOOL,
    DYNAMIC,
    NUMBER,
    STRING,
    Collection,
    ObjectType,
    TupleType,
    Type,
    map_of,
    object_of,
)
from coordinator.iac.located_text import LocatedText, Span


class Unknown(Enum):
    """A value of Terraform that is known only after `terraform apply`."""

    UNKNOWN = "unknown"
    NOT_NULL = "unknown, but not null"


SENSITIVE = "sensitive"
DEFERRED = "deferred"
"""Marks of values. A deferred value follows from the configuration, but a plan does not show it yet."""


class Value(msgspec.Struct, frozen=True, eq=False):
    """A value of the configuration language.

    Args:
        type: Its type; `DYNAMIC` only for null and unknown.
        raw: None, an Unknown, str, bool, number, a tuple of Values (list, set, tuple), or a dict sorted by key.
        marks: `SENSITIVE`, `DEFERRED`.
        spans: For a string: where its text comes from, sorted by offset; empty when nobody knows.
        partly: For an unknown string: what is known of its text, with a `HOLE` for each part that is not.
        all_marks, wholly_known: What walking the value once found: see `deep_marks` and `is_wholly_known`.
    """

    type: Type
    raw: Any
    marks: frozenset[str] = frozenset()
    spans: tuple[Span, ...] = ()
    partly: str | None = None
    all_marks: frozenset[str] | None = None
    wholly_known: bool | None = None

    @property
    def is_null(self) -> bool:
        """True for null of any type."""
        return self.raw is None

    @property
    def is_known(self) -> bool:
        """False when the value itself (not one inside it) is unknown."""
        return not isinstance(self.raw, Unknown)

    def elements(self) -> Iterator[Value]:
        """Return the values directly inside a collection, tuple or object."""
        if isinstance(self.raw, tuple):
            yield from self.raw
        elif isinstance(self.raw, dict):
            yield from self.raw.values()

    def marked(self, marks: frozenset[str]) -> Value:
        """The same value with more marks."""
        return self if marks <= self.marks else Value(self.type, self.raw, self.marks | marks, self.spans, self.partly)

    def unmarked(self) -> Value:
        """The same value without its own marks."""
        return self if not self.marks else Value(self.type, self.raw, frozenset(), self.spans, self.partly)


NULL = Value(DYNAMIC, None)
TRUE = Value(BOOL, raw=True)
FALSE = Value(BOOL, raw=False)
NO_MARKS: frozenset[str] = frozenset()


def null_of(type_: Type) -> Value:
    """A typed null."""
    return Value(type_, None)


def unknown_of(type_: Type, *, nullable: bool = False) -> Value:
    """An unknown of a type; `nullable` when even being null is not excluded."""
    return Value(type_, Unknown.UNKNOWN if nullable else Unknown.NOT_NULL)


def string(text: str, spans: tuple[Span, ...] = ()) -> Value:
    """A string, normalised as Terraform does (NFC)."""
    return Value(STRING, unicodedata.normalize("NFC", text) if not text.isascii() else text, NO_MARKS, spans)


def part_of(value: Value, start: int, end: int) -> Value:
    """Return the characters of a string from `start` to before `end`, with the places they came from."""
    part = located(value).part(start, end)
    return string(part.text, part.spans)


def located(value: Value) -> LocatedText:
    """Return a known string as plain text with places, for code that knows no values."""
    return LocatedText(value.raw, value.spans)


def located_with_holes(value: Value) -> LocatedText | None:
    """Return a string with its places, a `HOLE` for each part that is not known; None for what is no text at all."""
    if isinstance(value.raw, str):
        return located(value)
    return LocatedText(value.partly, value.spans) if value.partly is not None else None


def number(value: Number) -> Value:
    """A number, rounded to 512 bits."""
    return Value(NUMBER, normalise(value))


def boolean(value: bool) -> Value:
    """`true` or `false`."""
    return TRUE if value else FALSE


def tuple_of(values: Iterable[Value]) -> Value:
    """A tuple: each element keeps its own type."""
    items = tuple(values)
    return Value(TupleType(tuple(item.type for item in items)), items)


def list_value(element: Type, values: Iterable[Value]) -> Value:
    """A list whose elements already have the element type."""
    return Value(Collection("list", element), tuple(values))


def map_value(element: Type, values: dict[str, Value]) -> Value:
    """A map whose elements already have the element type."""
    return Value(map_of(element), dict(sorted(values.items())))


def object_value(values: dict[str, Value]) -> Value:
    """An object: each attribute keeps its own type."""
    ordered = dict(sorted(values.items()))
    return Value(object_of({name: item.type for name, item in ordered.items()}), ordered)


def set_value(element: Type, values: Iterable[Value]) -> Value:
    """A set: sorted as Terraform sorts sets, without duplicates; marks inside move to the set itself."""
    items = list(values)
    marks = frozenset[str]().union(*(deep_marks(item) for item in items)) if items else NO_MARKS
    if any(not is_wholly_known(item) for item in items) and len(items) > 1:
        return Value(Collection("set", element), tuple(items), marks)
    keyed = {hash_bytes(item): strip_marks(item) for item in items}
    ordered = sorted(keyed.items(), key=lambda pair: _set_order(pair[1], pair[0]))
    return Value(Collection("set", element), tuple(item for _, item in ordered), marks)


def _set_order(item: Value, hashed: bytes) -> tuple[Any, ...]:
    if item.raw is None:
        return (1, 0)
    if isinstance(item.raw, (str, bool, int, Fraction)):
        return (0, item.raw)
    return (0, hashed)


def hash_bytes(value: Value) -> bytes:  # noqa: PLR0911  # one return for each case
    """Return bytes that order the elements of a set and tell them apart, as cty does for structural elements."""
    raw = value.raw
    if raw is None:
        return b"~"
    if isinstance(raw, Unknown):
        return b"?"
    if isinstance(raw, bool):
        return b"T" if raw else b"F"
    if isinstance(raw, str):
        return msgspec.json.encode(raw)
    if isinstance(raw, (int, Fraction)):
        return format_number(raw).encode()
    if isinstance(raw, dict):
        inner = b"".join(msgspec.json.encode(key) + b":" + hash_bytes(item) + b";" for key, item in raw.items())
        return b"<" + inner + b">" if isinstance(value.type, ObjectType) else b"{" + inner + b"}"
    inner = b"".join(hash_bytes(item) + b";" for item in raw)
    return b"<" + inner + b">" if isinstance(value.type, TupleType) else b"[" + inner + b"]"


def deep_marks(value: Value) -> frozenset[str]:
    """All marks of a value and of everything inside it."""
    if value.all_marks is None:
        marks = value.marks
        for item in value.elements():
            marks |= deep_marks(item)
        # Remembered, for a large value is asked at every call it goes through.
        msgspec.structs.force_setattr(value, "all_marks", marks)
        return marks
    return value.all_marks


def strip_marks(value: Value) -> Value:
    """The same value with no marks, inside or out."""
    if isinstance(value.raw, tuple):
        return Value(value.type, tuple(strip_marks(item) for item in value.raw))
    if isinstance(value.raw, dict):
        return Value(value.type, {key: strip_marks(item) for key, item in value.raw.items()})
    return value.unmarked()


def is_wholly_known(value: Value) -> bool:
    """False when anything in the value is unknown."""
    if value.wholly_known is None:
        known = value.is_known and all(is_wholly_known(item) for item in value.elements())
        msgspec.structs.force_setattr(value, "wholly_known", known)
        return known
    return value.wholly_known


def equal(left: Value, right: Value) -> bool | None:
    """Compare as `==` does: types must be equal too; None when that cannot be known yet."""
    if left.raw is None or right.raw is None:
        if left.is_known and right.is_known:
            return left.raw is right.raw
        other = left if not left.is_known else right
        return False if other.raw is Unknown.NOT_NULL else None
    if not left.is_known or not right.is_known:
        return None
    if isinstance(left.raw, (tuple, dict)) or isinstance(right.raw, (tuple, dict)):
        return _equal_inside(left, right)
    return left.type == right.type and bool(left.raw == right.raw)


def _equal_inside(left: Value, right: Value) -> bool | None:
    if left.type != right.type and not _same_shape(left.type, right.type):
        return False
    one, other = list(left.elements()), list(right.elements())
    if len(one) != len(other) or (isinstance(left.raw, dict) and left.raw.keys() != right.raw.keys()):
        return False
    results = [equal(a, b) for a, b in zip(one, other, strict=True)]
    if False in results:
        return False
    return None if None in results else True


def _same_shape(left: Type, right: Type) -> bool:
    """Types that differ only where one side is an untyped null."""
    if DYNAMIC in (left, right) or left == right:
        return True
    match left, right:
        case TupleType(), TupleType():
            return len(left.elements) == len(right.elements) and all(map(_same_shape, left.elements, right.elements))
        case ObjectType(), ObjectType():
            return [name for name, _ in left.attributes] == [name for name, _ in right.attributes] and all(
                _same_shape(a, b) for (_, a), (_, b) in zip(left.attributes, right.attributes, strict=True)
            )
        case Collection(), Collection():
            return left.kind == right.kind and _same_shape(left.element, right.element)
        case _:
            return False
