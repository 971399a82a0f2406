"""Indexes of Atlas HCL, and what keys and exclusions share with them."""

from __future__ import annotations

import re

from coordinator.iac.atlas.blocks import BlockReader
from coordinator.iac.atlas.names import Address
from coordinator.iac.atlas.statements import Made, Phase, comment_on
from shared.sql import quote_identifier, quote_literal

_PLAIN = re.compile(r"[a-z_][a-z0-9_.]*\Z", re.IGNORECASE)


def index_statements(index: BlockReader, table: Address, phase: Phase) -> list[Made]:
    """Return the statements of an `index` block.

    Args:
        index: The block.
        table: The table or materialized view it is on.
        phase: When it is made.

    Raises:
        SourceError: When it cannot be read.
    """
    words = ["CREATE UNIQUE INDEX" if index.flag("unique") else "CREATE INDEX"]
    name = index.name
    if name:
        words.append(quote_identifier(name))
    words.append(f"ON {table.sql()}")
    if method := index.text("type"):
        words.append(f"USING {quote_identifier(method.lower())}")
    words.append(f"({index_columns(index)})")
    sql = " ".join(words) + index_include(index)
    if not index.flag("nulls_distinct", default=True):
        sql += " NULLS NOT DISTINCT"
    sql += storage(index)
    if predicate := index.sql("where"):
        sql += f" WHERE ({predicate})"
    needs = frozenset({*index.needs, table})
    made = [Made(sql=sql, at=index.at, phase=phase, needs=needs, texts=tuple(index.texts))]
    if name:
        qualified = Address("index", table.namespace, name).sql()
        made += comment_on(index, f"INDEX {qualified}", table)
    return made


def index_columns(index: BlockReader) -> str:
    """Return what an index or key is over: its `columns`, or its `on` blocks.

    Raises:
        SourceError: When it says neither.
    """
    columns = index.references("columns")
    listed = ", ".join(quote_identifier(column.column) for column in columns)
    return listed or index_parts(index)


def index_parts(index: BlockReader, *, operators: bool = False) -> str:
    """Return the `on` blocks of an index; with `operators` those of an exclusion.

    Raises:
        SourceError: When there is none, or one cannot be read.
    """
    parts = [_part(part) + (f" WITH {part.text('op') or '='}" if operators else "") for part in index.children("on")]
    if not parts:
        index.refuse("expected columns, or on blocks")
    return ", ".join(parts)


def _part(part: BlockReader) -> str:
    column = part.reference("column")
    words = [quote_identifier(column.column) if column is not None else f"({part.sql('expr')})"]
    if collate := part.text("collate"):
        words.append(f"COLLATE {quote_identifier(collate)}")
    if operators := part.text("ops"):
        words.append(operators if _PLAIN.match(operators) or "(" in operators else quote_identifier(operators))
    if part.flag("desc"):
        words.append("DESC")
    if part.flag("nulls_first"):
        words.append("NULLS FIRST")
    if part.flag("nulls_last"):
        words.append("NULLS LAST")
    return " ".join(words)


def index_include(index: BlockReader) -> str:
    """Return the columns that an index only carries."""
    columns = index.references("include")
    return f" INCLUDE ({', '.join(quote_identifier(column.column) for column in columns)})" if columns else ""


def index_options(index: BlockReader) -> str:
    """Return what follows the columns of a key: carried columns and storage parameters."""
    return index_include(index) + storage(index)


def storage(reader: BlockReader) -> str:
    """Return the storage parameters of an index or a table."""
    found: dict[str, str] = {}
    for attribute in ("page_per_range", "pages_per_range"):
        if number := reader.number(attribute):
            found["pages_per_range"] = number
    for block in reader.children("storage_params"):
        for name in block.block.body.attributes:
            value = block.text(name)
            found[name] = value if re.fullmatch(r"-?[\w.]+", value) else quote_literal(value)
    return f" WITH ({', '.join(f'{name} = {value}' for name, value in found.items())})" if found else ""
