"""Reads SQL of which something is not known: what a `HOLE` stands in is lost, one statement at a time, and no more."""

from __future__ import annotations

import msgspec

from coordinator.iac.located_text import HOLE
from coordinator.iac.source import SourceError
from coordinator.iac.sql.newer_syntax import UnclosedQuoteError, statement_spans
from coordinator.iac.sql.statements import Locate, declarations
from coordinator.iac.sql.touched import may_declare
from shared.schema.schema import Declaration, MayDeclare, Origin

_UNKNOWN = "a part of this statement is known only after apply"


class Loss(msgspec.Struct, frozen=True):
    """What was lost of a text: where it begins, why, and what it may declare."""

    at: Origin
    reason: str
    may: MayDeclare = MayDeclare()
    error: SourceError | None = None


def read_statements(
    text: str, locate: Locate, unchecked: list[str]
) -> tuple[tuple[Declaration, ...], tuple[Loss, ...]]:
    """Return the declarations of a text, and what of it was lost.

    Args:
        text: SQL, a `HOLE` in it for each part that is not known.
        locate: Names the place of an offset.
        unchecked: See `statements.declarations`.
    """
    if HOLE not in text:
        return _whole(text, locate, unchecked)
    try:
        spans = statement_spans(text)
    except UnclosedQuoteError:
        return (), (Loss(locate(0), _UNKNOWN),)
    made: list[Declaration] = []
    losses: list[Loss] = []
    for start, end in spans:
        part = text[start:end]
        if HOLE in part:
            losses.append(Loss(locate(start), _UNKNOWN, may_declare(part)))
            continue
        found, lost = _whole(part, lambda offset, start=start: locate(start + offset), unchecked)  # type: ignore[misc]  # a default binds the loop's value
        made += found
        losses += lost
    return tuple(made), tuple(losses)


def _whole(text: str, locate: Locate, unchecked: list[str]) -> tuple[tuple[Declaration, ...], tuple[Loss, ...]]:
    try:
        return declarations(text, locate, unchecked), ()
    except SourceError as error:
        return (), (Loss(Origin(error.file, error.line), error.message, error=error),)
