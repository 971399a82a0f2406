"""How changes are told: one sentence that names the object, what is declared and what is observed.

Names and definitions are put in as they are; each renderer neutralises them for its own medium.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import assert_never

import msgspec

from shared.diff.changes import Altered, Change, Missing, Unexpected, Unverified
from shared.diff.renames import PossibleRename
from shared.kinds import RECORDS
from shared.schema.model import SchemaObject
from shared.schema.relations import Column, Constraint, Index, Table
from shared.schema.types import DomainConstraint, EnumType

_LONGEST = 160
"""Characters of a definition that a sentence still carries."""

_YES_NO = {
    "not_null": ("NOT NULL", "nullable"),
    "row_security": ("row-level security on", "row-level security off"),
    "force_row_security": ("row-level security forced on its owner", "row-level security not forced on its owner"),
    "valid": ("valid", "invalid"),
    "enforced": ("triggers that enforce it", "triggers that are disabled"),
    "populated": ("filled", "never filled, so that every query of it fails"),
    "index_valid": ("a valid index", "an invalid index"),
    "validated": ("validated", "NOT VALID"),
    "unique": ("unique", "not unique"),
    "permissive": ("permissive", "restrictive"),
}
"""Words for a boolean field, true first; other booleans are spelt by their name."""

_ENABLED = {
    "origin": "enabled",
    "disabled": "disabled",
    "replica": "enabled on replicas only",
    "always": "enabled everywhere",
}
"""Words for the states of a trigger or rule (`pg_trigger.tgenabled`)."""

_IN_DEFINITION = frozenset(
    {"arguments", "columns", "include", "language", "method", "predicate", "references", "referenced_columns"}
    | {"result", "table", "type", "unique", "validated"}
)
"""Fields whose value the definition spells out, except of views: told once is enough."""


def sentence(change: Change, consequence: str, fields: Iterable[str] = ()) -> str:
    """Tell a change in one sentence.

    Args:
        change: What is different.
        consequence: The clause after the colon.
        fields: For `Altered`: the fields to speak of.
    """
    match change:
        case Missing():
            return f"{_named(change.desired)} is declared but missing: {consequence}."
        case Unexpected():
            return f"{_named(change.observed)} is in the database but declared nowhere: {consequence}."
        case Altered():
            told = _worth_telling(change, sorted(fields))
            desired = _side(change.desired, change.observed, told)
            observed = _side(change.observed, change.desired, told)
            return f"{change.identity}: declared {desired}, observed {observed}; {consequence}."
        case Unverified():
            return f"{change.identity} could not be compared ({clip(change.reason.rstrip('.'))}): {consequence}."
        case _:
            assert_never(change)


def offer(rename: PossibleRename) -> str:
    """Tell that something missing may be there under another name."""
    if rename.label:
        return (
            f"The label {clip(rename.label)} is declared nowhere and stands in the place of one that is missing: "
            f"if that is what it was called, {rename.sql} keeps it in every row."
        )
    return (
        f"{rename.observed} is declared nowhere and has the same definition: if that is what it was called, "
        f"{rename.sql} brings it back as it is."
    )


def clip(text: str, longest: int = _LONGEST) -> str:
    """Fold white space and cut what is too long for a sentence."""
    folded = re.sub(r"\s+", " ", text).strip()
    return folded if len(folded) <= longest else folded[: longest - 1].rstrip() + "…"


def _named(item: SchemaObject) -> str:
    detail = _detail(item)
    return f"{item.identity} ({clip(detail)})" if detail else str(item.identity)


def _detail(item: SchemaObject) -> str:
    match item:
        case Index() | Constraint() | DomainConstraint():
            return item.definition
        case Column():
            return f"{item.type} {'NOT NULL' if item.not_null else ''}"
        case EnumType():
            return ", ".join(item.labels)
        case Table(partition_of=parent) if parent is not None:
            return f"partition of {parent} {item.partition_bound}"
        case _:
            return ""


def _worth_telling(change: Altered, fields: list[str]) -> list[str]:
    if "definition" not in fields or change.identity.kind in ("view", "materialized_view"):
        return fields
    return [field for field in fields if field not in _IN_DEFINITION]


def _side(item: SchemaObject, other: SchemaObject, fields: list[str]) -> str:
    phrases = [phrase(item, field, getattr(other, field)) for field in fields]
    return phrases[0] if len(phrases) == 1 else ", ".join(phrases[:-1]) + " and " + phrases[-1]


def phrase(item: SchemaObject, field: str, other: object) -> str:
    """Give one side's value of a field in words: `type bigint`, `no default`, `NOT NULL`.

    Args:
        item: The side to tell.
        field: The model field.
        other: The other side's value, so that long texts are cut down to where they part.
    """
    value = getattr(item, field)
    words = field.replace("_", " ")
    if isinstance(value, bool):
        yes, no = _YES_NO.get(field, (words, f"not {words}"))
        return yes if value else no
    if value in ("", (), None):
        return f"no {words}"
    if field == "enabled":
        return _ENABLED.get(str(value), str(value))
    if isinstance(value, tuple):
        return f"{words} {_listed(value)}"
    prefix = "" if field == "definition" else f"{words} "
    if (
        isinstance(value, str)
        and isinstance(other, str)
        and (RECORDS[item.kind].told_by_difference or len(value) > _LONGEST)
    ):
        return prefix + _where_they_part(value, other)
    return prefix + clip(str(value))


def _listed(value: tuple[object, ...]) -> str:
    shown = [clip(str(part), 60) if not isinstance(part, msgspec.Struct) else clip(_plain(part), 60) for part in value]
    return clip("(" + ", ".join(shown) + ")")


def _plain(part: msgspec.Struct) -> str:
    """Spell a nested Struct: its own `str` where it has one, else its values in order."""
    if type(part).__str__ is not object.__str__ and "__str__" in type(part).__dict__:
        return str(part)
    return " ".join(str(value) for value in msgspec.structs.astuple(part) if value not in (None, "", ()))


def _where_they_part(text: str, other: str) -> str:
    """Show a window of `text` that begins a little before the first difference from `other`."""
    mine, theirs = (re.sub(r"\s+", " ", side).strip().rstrip(";") for side in (text, other))
    if mine == theirs:
        return "the same but for white space"
    pairs = enumerate(zip(mine, theirs, strict=False))
    common = next((at for at, (a, b) in pairs if a != b), min(len(mine), len(theirs)))
    start = max(0, mine.rfind(" ", 0, max(0, common - 16)) + 1)
    return ("…" if start else "") + clip(mine[start:], 72)
