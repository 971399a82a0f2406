"""Tables of Atlas HCL: columns, keys, checks, exclusions, partitioning, row security."""

from __future__ import annotations

from collections.abc import Iterator

from coordinator.iac.atlas.blocks import BlockReader
from coordinator.iac.atlas.indexes import index_columns, index_options, index_parts, index_statements, storage
from coordinator.iac.atlas.names import Address
from coordinator.iac.atlas.statements import Made, Phase, comment_on
from coordinator.iac.atlas.types import default_of, type_of
from shared.sql import quote_identifier


def table_statements(reader: BlockReader, address: Address) -> list[Made]:
    """Return the statements of a `table` block.

    Raises:
        SourceError: When it cannot be read.
    """
    comments: list[Made] = []
    parts = [_column(column, address, comments) for column in reader.children("column")]
    parts += _constraints(reader, address, comments)
    kind = "UNLOGGED TABLE" if reader.flag("unlogged") else "TABLE"
    sql = f"CREATE {kind} {address.sql()} (\n  " + ",\n  ".join(parts) + "\n)"
    sql += _partition(reader) + storage(reader)
    made = [
        Made(
            sql=sql,
            at=reader.at,
            phase=Phase.TABLE,
            makes=address,
            needs=frozenset(reader.needs),
            texts=tuple(reader.texts),
        )
    ]
    made += _foreign_keys(reader, address, comments)
    for index in reader.children("index"):
        made += index_statements(index, address, Phase.INDEX)
    made += _row_security(reader, address)
    return [*made, *comment_on(reader, f"TABLE {address.sql()}", address), *comments]


def _column(column: BlockReader, table: Address, comments: list[Made]) -> str:
    type_ = type_of(column)
    words = [quote_identifier(column.name), type_]
    if collate := column.text("collate"):
        words.append(f"COLLATE {quote_identifier(collate)}")
    if compression := column.text("compression"):
        words.append(f"COMPRESSION {quote_identifier(compression)}")
    words += _generated(column)
    if default := default_of(column, type_) or _named_default(column, type_):
        words.append(f"DEFAULT {default}")
    if not column.flag("null"):
        words.append("NOT NULL")
    comments += comment_on(column, f"COLUMN {table.sql()}.{quote_identifier(column.name)}", table)
    return " ".join(words)


def _named_default(column: BlockReader, type_: str) -> str:
    block = column.child("default")
    return default_of(block, type_, "as") if block is not None else ""


def _generated(column: BlockReader) -> Iterator[str]:
    identity = column.child("identity")
    if identity is not None:
        generated = identity.word("generated") or "BY DEFAULT"
        options = sequence_options(identity)
        yield f"GENERATED {generated} AS IDENTITY" + (f" ({' '.join(options)})" if options else "")
    block = column.child("as")
    expression = column.sql("as") if block is None else block.sql("expr")
    if expression:
        stored = block.word("type") if block is not None else ""
        yield f"GENERATED ALWAYS AS ({expression}) {stored or 'STORED'}"


def sequence_options(reader: BlockReader) -> list[str]:
    """Return the options of a sequence or an identity."""
    options: list[str] = []
    for attribute, words in (
        ("start", "START WITH"),
        ("increment", "INCREMENT BY"),
        ("min_value", "MINVALUE"),
        ("max_value", "MAXVALUE"),
        ("cache", "CACHE"),
    ):
        if number := reader.number(attribute):
            options.append(f"{words} {number}")
    return [*options, "CYCLE"] if reader.flag("cycle") else options


def _constraints(reader: BlockReader, table: Address, comments: list[Made]) -> Iterator[str]:
    for kind, words in (("primary_key", "PRIMARY KEY"), ("unique", "UNIQUE")):
        for key in reader.children(kind):
            nulls = " NULLS NOT DISTINCT" if not key.flag("nulls_distinct", default=True) else ""
            body = f"{words}{nulls} ({index_columns(key)}){index_options(key)}{_deferrable(key)}"
            yield _named(key, body, table, comments)
    for check in reader.children("check"):
        inherited = " NO INHERIT" if check.flag("no_inherit") else ""
        yield _named(check, f"CHECK ({check.sql('expr')}){inherited}", table, comments)
    for exclude in reader.children("exclude"):
        method = exclude.text("type").lower() or "gist"
        where = f" WHERE ({predicate})" if (predicate := exclude.sql("where")) else ""
        parts = index_parts(exclude, operators=True)
        body = (
            f"EXCLUDE USING {quote_identifier(method)} ({parts}){index_options(exclude)}{where}{_deferrable(exclude)}"
        )
        yield _named(exclude, body, table, comments)


def _named(constraint: BlockReader, body: str, table: Address, comments: list[Made]) -> str:
    name = constraint.name
    if not name:
        return body
    quoted = quote_identifier(name)
    comments += comment_on(constraint, f"CONSTRAINT {quoted} ON {table.sql()}", table)
    return f"CONSTRAINT {quoted} {body}"


def _deferrable(constraint: BlockReader) -> str:
    """`deferrable` is true, or says the initial mode: INITIALLY_DEFERRED, INITIALLY_IMMEDIATE."""
    word = constraint.word("deferrable")
    if word in {"", "FALSE", "NOT DEFERRABLE"}:
        return ""
    return f" DEFERRABLE {word}" if word.startswith("INITIALLY") else " DEFERRABLE"


def _foreign_keys(reader: BlockReader, table: Address, comments: list[Made]) -> Iterator[Made]:
    for key in reader.children("foreign_key"):
        columns, referenced = key.references("columns"), key.references("ref_columns")
        if not columns or len(columns) != len(referenced):
            key.refuse("expected as many columns as ref_columns, and at least one of each")
        target = referenced[0].owner
        body = f"FOREIGN KEY ({_names(columns)}) REFERENCES {target.sql()} ({_names(referenced)})"
        for attribute, words in (("on_update", "ON UPDATE"), ("on_delete", "ON DELETE")):
            if action := key.word(attribute):
                body += f" {words} {action}"
        sql = f"ALTER TABLE {table.sql()} ADD {_named(key, body + _deferrable(key), table, comments)}"
        yield Made(sql=sql, at=key.at, phase=Phase.FOREIGN_KEY, needs=frozenset({table, target}))


def _names(columns: tuple[Address, ...]) -> str:
    return ", ".join(quote_identifier(column.column) for column in columns)


def _partition(reader: BlockReader) -> str:
    partition = reader.child("partition")
    if partition is None:
        return ""
    parts = [quote_identifier(column.column) for column in partition.references("columns")]
    for by in partition.children("by"):
        column = by.reference("column")
        parts.append(quote_identifier(column.column) if column is not None else f"({by.sql('expr')})")
    return f" PARTITION BY {partition.word('type')} ({', '.join(parts)})"


def _row_security(reader: BlockReader, table: Address) -> Iterator[Made]:
    for security in reader.children("row_security"):
        for attribute, words in (("enabled", "ENABLE"), ("enforced", "FORCE")):
            if security.flag(attribute):
                sql = f"ALTER TABLE {table.sql()} {words} ROW LEVEL SECURITY"
                yield Made(sql=sql, at=security.at, phase=Phase.ROW_SECURITY, needs=frozenset({table}))
