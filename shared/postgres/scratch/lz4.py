"""Columns compressed with lz4 on a server that was built without it: pglz at first, lz4 when they are read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from shared.postgres.scratch.statements import ParsedStatement
from shared.sql import quote_identifier

REFUSAL = "compression method lz4 not supported"
_CLAUSE = re.compile(r"""\bCOMPRESSION\s+(?:lz4\b|"lz4"|'lz4')""", re.IGNORECASE)


class Lz4Columns(msgspec.Struct, frozen=True):
    """What a statement compresses with lz4.

    Args:
        relation: The table, quoted as SQL wants it.
        columns: Their names.
        sql: The statement with pglz instead.
    """

    relation: str
    columns: tuple[str, ...]
    sql: str


def lz4_columns(statement: ParsedStatement) -> Lz4Columns | None:
    """Give what a statement compresses with lz4; None when it does not say so."""
    columns = tuple(_columns(statement.tree))
    relation = statement.tree.get("relation", {})
    if not columns or not isinstance(relation, dict):
        return None
    names = (relation.get("schemaname", ""), relation.get("relname", ""))
    quoted = ".".join(quote_identifier(name) for name in names if name)
    return Lz4Columns(quoted, columns, _CLAUSE.sub("COMPRESSION pglz", statement.sql))


def _columns(tree: Any) -> Iterator[str]:
    match tree:
        case {"colname": str(name), "compression": "lz4"}:
            yield name
        case {"subtype": "AT_SetCompression", "name": str(name), "def": {"String": {"sval": "lz4"}}}:
            yield name
        case dict():
            for value in tree.values():
                yield from _columns(value)
        case list():
            for value in tree:
                yield from _columns(value)
