"""How the values of one type become those of another, and whether any can be lost."""

from __future__ import annotations

import re

_CASTABLE = (
    frozenset({"smallint", "integer", "bigint", "numeric", "real", "double precision", "money"}),
    frozenset({"text", "character varying", "character", '"char"', "name"}),
    frozenset({"timestamp without time zone", "timestamp with time zone", "date"}),
    frozenset({"time without time zone", "time with time zone", "interval"}),
    frozenset({"json", "jsonb"}),
    frozenset({"bit", "bit varying"}),
    frozenset({"inet", "cidr"}),
    frozenset({"macaddr", "macaddr8"}),
)
"""Families within which PostgreSQL has a cast between every two (pg_cast)."""

_ZONED = "timestamp with time zone"
_IN_UTC = {
    ("timestamp without time zone", _ZONED): "{name} AT TIME ZONE 'UTC'",
    (_ZONED, "timestamp without time zone"): "{name} AT TIME ZONE 'UTC'",
    ("date", _ZONED): "{name}::timestamp AT TIME ZONE 'UTC'",
    (_ZONED, "date"): "({name} AT TIME ZONE 'UTC')::date",
}
"""Conversions that a cast would do in the time zone of whoever runs it: the statement says which."""

_WIDENING = {
    "smallint": {"integer", "bigint", "numeric", "real", "double precision", "text"},
    "integer": {"bigint", "numeric", "double precision", "text"},
    "bigint": {"numeric", "text"},
    "numeric": {"text"},
    "real": {"double precision", "text"},
    "double precision": {"text"},
    "character varying": {"text", "character varying"},
    "character": {"text", "character varying"},
    "text": {"character varying"},
    "date": {"text"},
    "uuid": {"text"},
    "boolean": {"text"},
    "json": {"text"},
    "jsonb": {"text", "json"},
    "inet": {"text"},
    "cidr": {"inet", "text"},
    "bit": {"bit varying"},
    "name": {"text"},
}
"""Base types every value of which the other holds unchanged, when the other has no limit of its own."""

_MODIFIER = re.compile(r"\(([0-9]+)(?:,(-?[0-9]+))?\)")


def base_of(type_name: str) -> str:
    """Strip the modifier: `character varying(20)` becomes `character varying`."""
    return _MODIFIER.sub("", type_name, count=1)


def modifiers(type_name: str) -> tuple[int, ...]:
    """Give the modifier's numbers: (20,) of `character varying(20)`."""
    found = _MODIFIER.search(type_name)
    return tuple(int(part) for part in found.groups() if part is not None) if found else ()


def is_lossless(observed: str, desired: str) -> bool:
    """Say whether every value survives, so that the change is no loss of data."""
    if observed == desired:
        return True  # only the collation, or the type below was rebuilt with its labels kept
    before, after = base_of(observed), base_of(desired)
    limits_before, limits_after = modifiers(observed), modifiers(desired)
    if before == after:
        return _is_wider(before, limits_before, limits_after)
    return after in _WIDENING.get(before, ()) and not limits_after


def keeps_storage(observed: str, desired: str) -> bool:
    """Say whether the table need not be rewritten: the values are stored alike and no check is needed (ALTER TABLE)."""
    before, after = base_of(observed), base_of(desired)
    if not is_lossless(observed, desired):
        return False
    if before == "numeric" and after == "numeric":
        scales = [limits[1] if limits[1:] else 0 for limits in (modifiers(observed), modifiers(desired)) if limits]
        return len(set(scales)) <= 1
    return {before, after} <= {"character varying", "text"} or (before == after == "bit varying")


def _is_wider(base: str, before: tuple[int, ...], after: tuple[int, ...]) -> bool:
    if not after:
        return base not in ("bit", "character")
    if not before:
        return False
    if base == "numeric":
        scale_before, scale_after = before[1] if before[1:] else 0, after[1] if after[1:] else 0
        return scale_after >= scale_before and after[0] - scale_after >= before[0] - scale_before
    return after[0] >= before[0]


def conversion(name: str, observed: str, desired: str) -> str:
    """Spell the USING clause; empty where PostgreSQL's own assignment does.

    Any type can be read as text and any type be made of text (CREATE CAST, I/O conversion casts), so that way always
    exists; a scalar becomes the only element of its array.
    """
    before, after = base_of(observed), base_of(desired)
    if before == after and observed != desired:
        return ""
    if (before, after) in _IN_UTC:
        return f" USING {_IN_UTC[before, after].format(name=name)}"
    if any(before in family and after in family for family in _CASTABLE):
        return f" USING {name}::{desired}"
    if desired.endswith("[]") and not observed.endswith("[]"):
        element = f"{name}::{desired[:-2]}" if base_of(desired[:-2]) == before else f"{name}::text::{desired[:-2]}"
        return f" USING CASE WHEN {name} IS NULL THEN NULL ELSE ARRAY[{element}] END"
    if after in ("text", "character varying") and not modifiers(desired):
        return f" USING {name}::{desired}"
    return f" USING {name}::text::{desired}"
