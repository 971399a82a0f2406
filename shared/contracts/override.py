"""Parse sqlx's column overrides: `SELECT id AS "id!: UserId"` (sqlx-macros-core, `query/output.rs`)."""

from __future__ import annotations

import re

import msgspec

_ALIAS_WITH_OVERRIDE = re.compile(r"(?P<name>[^!?:]+)(?P<mark>[!?]?)\s*(?::\s*(?P<type>.+))?\Z", re.DOTALL)


class Override(msgspec.Struct, frozen=True):
    """What the alias of a result column says of its type and NULLs.

    Args:
        non_null: `!`: the author vouches that it is never NULL.
        nullable: `?`: it is read as an Option.
        type: The Rust type after the colon; empty without one, or for `_`.
    """

    non_null: bool = False
    nullable: bool = False
    type: str = ""


def split_override(alias: str) -> tuple[str, Override]:
    """Part a result column's name into the field and the override."""
    match = _ALIAS_WITH_OVERRIDE.match(alias)
    if match is None:
        return alias, Override()
    written = (match["type"] or "").strip()
    mark = match["mark"]
    return match["name"], Override(mark == "!", mark == "?", "" if written == "_" else written)
