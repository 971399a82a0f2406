"""Ranks that differ among the objects of one kind. A kind's own rank stands in its record."""

from __future__ import annotations

from shared.schema.identity import ObjectId
from shared.schema.model import SchemaObject
from shared.schema.relations import Constraint
from shared.schema.routines import Cast

CONSTRAINTS = 310
CASTS = 220
PRIVILEGES = 450
_AFTER_INDEXES = 365
"""After indexes and extended statistics, before rules."""


def constraint_rank(identity: ObjectId, item: SchemaObject | None) -> float:
    """Put foreign keys after every index they could need."""
    del identity
    return _AFTER_INDEXES if isinstance(item, Constraint) and item.type == "foreign_key" else CONSTRAINTS


def cast_rank(identity: ObjectId, item: SchemaObject | None) -> float:
    """Put binary casts first: what a cast function returns may become the cast's type by one of these (CreateCast)."""
    del identity
    return CASTS - 5 if isinstance(item, Cast) and item.method == "binary" else CASTS


def privileges_rank(identity: ObjectId, item: SchemaObject | None) -> float:
    """Put a table's own privileges before its columns': REVOKE on the table takes the columns' along."""
    del item
    return PRIVILEGES + 5 if identity.of == "column" else PRIVILEGES
