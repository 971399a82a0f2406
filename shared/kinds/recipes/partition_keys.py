"""Columns of partition keys: PostgreSQL alters them in no way, so their table is made anew around its partitions."""

from __future__ import annotations

import re

from shared.kinds.side import Side
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.model import SchemaObject
from shared.schema.relations import Column, Table
from shared.sql import quote_identifier

_WORDS = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|[^\W\d][\w$]*""")


def partitioned_by(item: SchemaObject, side: Side) -> ObjectId | None:
    """Give the table that has this column in its partition key, an expression's columns included.

    A word that only looks like the column (a function of its name) makes a table anew that could have stayed.
    """
    if not isinstance(item, Column):
        return None
    table = side.table(QualifiedName(item.namespace, item.parent))
    if not isinstance(table, Table) or not table.partition_key:
        return None
    _, _, key = table.partition_key.partition(" ")
    return table.identity if {item.name, quote_identifier(item.name)} & set(_WORDS.findall(key)) else None
