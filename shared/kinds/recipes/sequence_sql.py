"""The text of sequence options, shared by CREATE SEQUENCE and identity columns."""

from __future__ import annotations

from shared.kinds.context import Context
from shared.kinds.names import qualified
from shared.kinds.side import Side
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.relations import Column, Sequence, Table

_PERSISTENCE = 150000  # before v15 no sequence is unlogged, not even an unlogged table's
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


def former_identity(sequence: Sequence, context: Context) -> Sequence | None:
    """Give the sequence that an identity column has now, where it is to be called otherwise and is not made anew."""
    if not sequence.identity_of_column or sequence.owned_by_table is None:
        return None
    column = context.desired.column(sequence.owned_by_table, sequence.owned_by_column)
    before = context.observed.column(sequence.owned_by_table, sequence.owned_by_column)
    if column is None or before is None or before.identity in context.drops or not column.identity_mode:
        return None
    former = context.observed.identity_sequence(before)
    same = former is None or former.identity in context.desired.objects or sequence.identity not in context.creates
    return None if same else former


def is_renamed(identity: ObjectId, context: Context) -> bool:
    """Say whether a sequence that seems to go is an identity's that gets another name."""
    observed = context.observed.find(Sequence, identity)
    if observed is None or not observed.identity_of_column or observed.owned_by_table is None:
        return False
    column = context.desired.column(observed.owned_by_table, observed.owned_by_column)
    desired = context.desired.identity_sequence(column) if column is not None else None
    return desired is not None and former_identity(desired, context) == observed


def identity_clause(column: Column, side: Side) -> str:
    """Spell GENERATED … AS IDENTITY with the name and options of the sequence behind it."""
    text = f"GENERATED {column.identity_mode.upper()} AS IDENTITY"
    sequence = side.identity_sequence(column)
    if sequence is None:
        return text
    options = options_text(sequence)
    table = side.table(QualifiedName(column.namespace, column.parent))
    differs = isinstance(table, Table) and table.persistence != sequence.persistence
    if differs and side.server_version >= _PERSISTENCE:
        options += " UNLOGGED" if sequence.persistence == "unlogged" else " LOGGED"
    return f"{text} (SEQUENCE NAME {qualified(sequence)}{' ' + options.strip() if options else ''})"
