"""The guard of a plan: what a tenant must look like for the plan to run on it.

A tenant must look as it was read, or as a part of the plan has left it. The objects that the plan leaves alone are
hashed, kind by kind. Each field of an object that it changes may hold the observed or the desired value, so that a run
that broke off half-way can be repeated, and a change that somebody else has made stops the plan. Values are hashed as
`jsonb` prints them, which the tenant's own server can repeat (`shared.postgres.writing.guard`).
"""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from functools import cache
from typing import Any

import msgspec

from shared.schema.identity import ObjectId
from shared.schema.model import SchemaObject
from shared.schema.profile import Profile

ABSENT = "absent"
"""Stands for a field that has its default value, as its own hash."""


class Field(msgspec.Struct, frozen=True, order=True):
    """A field the plan changes, and the hashes of the values it may have."""

    name: str
    values: tuple[str, ...]


class Touched(msgspec.Struct, frozen=True, order=True):
    """An object the plan changes, makes or removes.

    Args:
        identity: Which.
        rest: Hash of the fields that the plan leaves alone; empty where it makes the object, whose fields may hold
            anything then.
        fields: What it changes.
        may_be_absent: Whether it may be missing.
    """

    identity: ObjectId
    rest: str = ""
    fields: tuple[Field, ...] = ()
    may_be_absent: bool = False


class Untouched(msgspec.Struct, frozen=True, order=True):
    """The objects of one kind that the plan leaves alone: their number, and one hash of all."""

    kind: str
    count: int
    hash: str


class Guard(msgspec.Struct, frozen=True, kw_only=True):
    """The state a plan may start from.

    Args:
        major: Major version of the server that spelt it.
        profile: Which facets were read.
        untouched: Sorted by kind; a kind that is not here must have no objects but touched ones.
        touched: Sorted by identity.
    """

    major: int
    profile: Profile
    untouched: tuple[Untouched, ...] = ()
    touched: tuple[Touched, ...] = ()


@cache
def _fields(model: type[SchemaObject]) -> tuple[msgspec.structs.FieldInfo, ...]:
    return msgspec.structs.fields(model)


def as_json(item: SchemaObject) -> dict[str, Any]:
    """Give an object's fields that are not at their defaults, and its kind."""
    given: dict[str, Any] = {"kind": item.kind}
    for field in _fields(type(item)):
        value = getattr(item, field.name)
        if value != field.default:
            given[field.name] = msgspec.to_builtins(value)
    return given


def as_text(value: Any) -> str:
    """Print JSON as PostgreSQL prints `jsonb` (datatype-json.html): keys by length, then bytes; blank after , and :."""
    match value:
        case dict():
            keys = sorted(value, key=lambda key: (len(key.encode()), key.encode()))
            return "{" + ", ".join(f"{as_text(key)}: {as_text(value[key])}" for key in keys) + "}"
        case list() | tuple():
            return "[" + ", ".join(as_text(entry) for entry in value) + "]"
        case float():
            number = format(Decimal(repr(value)), "f")
            return number.removesuffix(".0")
        case _:
            return json.dumps(value, ensure_ascii=False)


def hash_of(value: Any) -> str:
    """Hash JSON by its `jsonb` text: hex SHA-256."""
    return hashlib.sha256(as_text(value).encode()).hexdigest()


def value_hash(given: dict[str, Any], name: str) -> str:
    """Hash one field of `as_json`; `ABSENT` where it is at its default."""
    return hash_of(given[name]) if name in given else ABSENT


def identity_parts(identity: ObjectId) -> list[str]:
    """Give the parts of an identity in the order in which the guard's SQL lists them."""
    return [identity.kind, identity.namespace, identity.parent, identity.name, identity.signature, identity.of]
