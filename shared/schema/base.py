"""The base of every model class."""

from __future__ import annotations

from functools import cache

import msgspec

from shared.schema.identity import ObjectId

_ONLY_ONES = range(-5, 257)  # CPython keeps one object of each of these


def snake_case(class_name: str) -> str:
    """Give the tag of a model class: `ForeignTable` becomes `foreign_table`."""
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in class_name).lstrip("_")


@cache
def _distinct_defaults(model: type[msgspec.Struct]) -> tuple[tuple[str, object], ...]:
    """Give the fields whose default may be equal to a value without being it: texts, large numbers, filled tuples."""
    return tuple(
        (field.name, field.default)
        for field in msgspec.structs.fields(model)
        if (isinstance(field.default, str | tuple) and len(field.default) > 0)
        or (isinstance(field.default, int) and not isinstance(field.default, bool) and field.default not in _ONLY_ONES)
    )


class Object(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    order=False,
    omit_defaults=True,
    forbid_unknown_fields=True,
    tag_field="kind",
    tag=snake_case,
):
    """One object of a schema. A field here is hashed and compared; facts that must not be live in Snapshot or Spec.

    Defaults are PostgreSQL's own defaults, so a canonical document says only what is special. A new field with a
    default leaves old hashes unchanged; a changed default needs a new version in `shared.schema.canonical`.
    """

    name: str
    namespace: str = ""

    def __post_init__(self) -> None:
        # `omit_defaults` leaves a field out when it *is* the default, not when it equals it, and a decoded "heap" is
        # another string than ours: without this, equal objects could have different hashes.
        for name, default in _distinct_defaults(type(self)):
            value = getattr(self, name)
            if value is not default and value == default:
                msgspec.structs.force_setattr(self, name, default)

    @property
    def kind(self) -> str:
        """The tag: `"table"`, `"index"`, …."""
        return str(self.__struct_config__.tag)

    @property
    def identity(self) -> ObjectId:
        """What makes this the same object on the other side of a diff."""
        return ObjectId(kind=self.kind, namespace=self.namespace, name=self.name)


class ChildObject(Object, frozen=True, kw_only=True):
    """An object whose name is unique only within its parent relation (or domain)."""

    parent: str

    @property
    def identity(self) -> ObjectId:
        """Kind, namespace, parent and name."""
        return ObjectId(kind=self.kind, namespace=self.namespace, parent=self.parent, name=self.name)


class SignedObject(Object, frozen=True, kw_only=True):
    """An object that may share its name with others of another signature (routines, operators, casts)."""

    signature: str = ""

    @property
    def identity(self) -> ObjectId:
        """Kind, namespace, name and signature."""
        return ObjectId(kind=self.kind, namespace=self.namespace, name=self.name, signature=self.signature)


class Facet(Object, frozen=True, kw_only=True):
    """Something said about an object: its comment, owner or privileges. Compared only when a profile asks for it."""

    of: str
    parent: str = ""
    signature: str = ""

    @property
    def identity(self) -> ObjectId:
        """The carrier's identity under the facet's kind."""
        return ObjectId(
            kind=self.kind,
            namespace=self.namespace,
            parent=self.parent,
            name=self.name,
            signature=self.signature,
            of=self.of,
        )

    @property
    def carrier(self) -> ObjectId:
        """The object this is said about."""
        return ObjectId(
            kind=self.of,
            namespace=self.namespace,
            parent=self.parent,
            name=self.name,
            signature=self.signature,
        )
