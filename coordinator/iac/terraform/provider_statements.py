"""What a resource of a database's provider comes to: SQL, or why there is none."""

from __future__ import annotations

import msgspec

from shared.schema.schema import MayDeclare


class OnAll(msgspec.Struct, frozen=True):
    """Says that a grant is about all objects of some kinds that a namespace has when it is made."""

    kinds: tuple[str, ...]
    namespace: str


class ProviderObject(msgspec.Struct, frozen=True):
    """The SQL of a resource.

    Args:
        sql: One statement or several.
        may: What a statement that is not known may declare.
        on_all: What it grants on, where it names no objects.
    """

    sql: str
    may: MayDeclare
    on_all: OnAll | None = None


class Unmade(msgspec.Struct, frozen=True):
    """Why there is no SQL of a resource, and what it may declare all the same; None: what its type may."""

    reason: str
    may: MayDeclare | None = None
