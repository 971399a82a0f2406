"""The four ways in which desired and observed can differ."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from shared.schema.identity import ObjectId
from shared.schema.model import SchemaObject


class ChangeKind(StrEnum):
    """How an object differs; the tag of each `Change` in JSON."""

    MISSING = "missing"
    UNEXPECTED = "unexpected"
    ALTERED = "altered"
    UNVERIFIED = "unverified"


class Missing(msgspec.Struct, frozen=True, tag_field="change", tag=ChangeKind.MISSING.value):
    """Declared, but not in the database."""

    desired: SchemaObject

    @property
    def identity(self) -> ObjectId:
        """The object that is missing."""
        return self.desired.identity


class Unexpected(msgspec.Struct, frozen=True, tag_field="change", tag=ChangeKind.UNEXPECTED.value):
    """In the database, but declared nowhere."""

    observed: SchemaObject

    @property
    def identity(self) -> ObjectId:
        """The object nobody declared."""
        return self.observed.identity


class Altered(msgspec.Struct, frozen=True, tag_field="change", tag=ChangeKind.ALTERED.value):
    """On both sides, and different in `fields` (sorted names of model fields)."""

    desired: SchemaObject
    observed: SchemaObject
    fields: tuple[str, ...]

    @property
    def identity(self) -> ObjectId:
        """The object that differs."""
        return self.desired.identity


class Unverified(msgspec.Struct, frozen=True, tag_field="change", tag=ChangeKind.UNVERIFIED.value):
    """Cannot be decided, and why."""

    object: ObjectId
    reason: str

    @property
    def identity(self) -> ObjectId:
        """The object that could not be compared."""
        return self.object


Change = Missing | Unexpected | Altered | Unverified


class SchemaDiff(msgspec.Struct, frozen=True):
    """All changes between two schemas, sorted by identity; empty means: the same schema."""

    changes: tuple[Change, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.changes)
