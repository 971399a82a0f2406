"""Terraform's types (cty): primitives, collections, and structural types with optional attributes."""

from __future__ import annotations

import msgspec


class Primitive(msgspec.Struct, frozen=True):
    """`string`, `number`, `bool`, or `dynamic`: the type of an untyped null and of `any`."""

    name: str


class Collection(msgspec.Struct, frozen=True):
    """`list(T)`, `set(T)`, `map(T)`."""

    kind: str
    element: Type


class TupleType(msgspec.Struct, frozen=True):
    """A sequence whose elements have types of their own."""

    elements: tuple[Type, ...]


class ObjectType(msgspec.Struct, frozen=True):
    """Named attributes, sorted by name; `optional` names those a value may lack (constraints only)."""

    attributes: tuple[tuple[str, Type], ...]
    optional: frozenset[str] = frozenset()

    def by_name(self) -> dict[str, Type]:
        """Index the attributes."""
        return dict(self.attributes)


Type = Primitive | Collection | TupleType | ObjectType

STRING = Primitive("string")
NUMBER = Primitive("number")
BOOL = Primitive("bool")
DYNAMIC = Primitive("dynamic")


def list_of(element: Type) -> Collection:
    """`list(element)`."""
    return Collection("list", element)


def set_of(element: Type) -> Collection:
    """`set(element)`."""
    return Collection("set", element)


def map_of(element: Type) -> Collection:
    """`map(element)`."""
    return Collection("map", element)


def object_of(attributes: dict[str, Type], optional: frozenset[str] = frozenset()) -> ObjectType:
    """An object type; the order of attributes does not matter."""
    return ObjectType(tuple(sorted(attributes.items())), optional)


def friendly(type_: Type) -> str:
    """Name a type as Terraform's messages do."""
    match type_:
        case Primitive(name="dynamic"):
            return "any type"
        case Primitive(name=name):
            return name
        case Collection(kind=kind, element=element):
            return f"{kind} of {friendly(element)}"
        case TupleType():
            return "tuple"
        case ObjectType():
            return "object"


def contains_dynamic(type_: Type) -> bool:
    """Return whether `any` occurs in a type."""
    match type_:
        case Primitive():
            return type_ == DYNAMIC
        case Collection(element=element):
            return contains_dynamic(element)
        case TupleType(elements=elements):
            return any(map(contains_dynamic, elements))
        case ObjectType(attributes=attributes):
            return any(contains_dynamic(attribute) for _, attribute in attributes)
