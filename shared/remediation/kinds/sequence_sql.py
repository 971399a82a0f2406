"""The text of sequence options, shared by CREATE SEQUENCE and identity columns."""

from __future__ import annotations

from shared.remediation.naming import qualified
from shared.remediation.side import Side
from shared.schema.relations import Column, Sequence

_BOUNDS = {"smallint": 32767, "integer": 2147483647, "bigint": 9223372036854775807}


def default_bounds(sequence: Sequence) -> tuple[int, int]:
    """Give the bounds PostgreSQL chooses for a type and direction (CREATE SEQUENCE, MINVALUE and MAXVALUE)."""
    top = _BOUNDS.get(sequence.type, _BOUNDS["bigint"])
    return (1, top) if sequence.increment > 0 else (-top - 1, -1)


def options_text(sequence: Sequence) -> str:
    """Spell only the options that are not PostgreSQL's own choice."""
    minimum, maximum = default_bounds(sequence)
    parts = []
    if sequence.increment != 1:
        parts.append(f"INCREMENT BY {sequence.increment}")
    if sequence.minimum != minimum:
        parts.append(f"MINVALUE {sequence.minimum}")
    if sequence.maximum != maximum:
        parts.append(f"MAXVALUE {sequence.maximum}")
    if sequence.start != (sequence.minimum if sequence.increment > 0 else sequence.maximum):
        parts.append(f"START WITH {sequence.start}")
    if sequence.cache != 1:
        parts.append(f"CACHE {sequence.cache}")
    if sequence.cycle:
        parts.append("CYCLE")
    return " ".join(parts)


def identity_clause(column: Column, side: Side) -> str:
    """Spell GENERATED … AS IDENTITY with the name and options of the sequence behind it."""
    text = f"GENERATED {column.identity_mode.upper()} AS IDENTITY"
    sequence = side.identity_sequence(column)
    if sequence is None:
        return text
    options = options_text(sequence)
    return f"{text} (SEQUENCE NAME {qualified(sequence)}{' ' + options if options else ''})"
