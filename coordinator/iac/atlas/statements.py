"""One statement that a block of the schema comes to, and what decides its place among the others."""

from __future__ import annotations

from enum import IntEnum

import msgspec

from coordinator.iac.atlas.blocks import BlockReader
from coordinator.iac.atlas.names import Address
from shared.schema.schema import Origin
from shared.sql import quote_literal


class Phase(IntEnum):
    """When a statement runs, where nothing it needs says otherwise."""

    NAMESPACE = 0
    EXTENSION = 1
    TYPE = 2
    SEQUENCE = 3
    ROUTINE = 4
    TABLE = 5
    INDEX = 6
    OWNER = 7
    FOREIGN_KEY = 8
    VIEW = 9
    VIEW_INDEX = 10
    TRIGGER = 11
    ROW_SECURITY = 12
    COMMENT = 13


class Made(msgspec.Struct, frozen=True, kw_only=True):
    """A statement.

    Args:
        sql: Without its semicolon.
        at: The block that says it.
        phase: When it runs by itself.
        makes: The object it makes, when others may need it.
        needs: Objects that must be there before.
        texts: SQL within it whose names may be those of other objects.
    """

    sql: str
    at: Origin
    phase: Phase
    makes: Address | None = None
    needs: frozenset[Address] = frozenset()
    texts: tuple[str, ...] = ()


def comment_on(reader: BlockReader, what: str, needs: Address) -> list[Made]:
    """Return the statement for a block's `comment`, if it has one."""
    text = reader.text("comment")
    if not text:
        return []
    sql = f"COMMENT ON {what} IS {quote_literal(text)}"
    return [Made(sql=sql, at=reader.at, phase=Phase.COMMENT, needs=frozenset({needs}))]
