"""Views, materialized views and policies of Atlas HCL."""

from __future__ import annotations

from coordinator.iac.atlas.blocks import BlockReader
from coordinator.iac.atlas.indexes import index_statements, storage
from coordinator.iac.atlas.names import Address, address_of
from coordinator.iac.atlas.statements import Made, Phase, comment_on
from coordinator.iac.expressions.values import Value
from shared.sql import quote_identifier


def view_statements(reader: BlockReader, address: Address) -> list[Made]:
    """Return the statements of a `view` block. Its `column` blocks only repeat what the query says.

    Raises:
        SourceError: When it cannot be read.
    """
    _read_columns(reader)
    options = []
    if reader.word("security") == "INVOKER" or reader.flag("security_invoker"):
        options.append("security_invoker = true")
    if reader.flag("security_barrier"):
        options.append("security_barrier = true")
    clause = f" WITH ({', '.join(options)})" if options else ""
    sql = f"CREATE VIEW {address.sql()}{clause} AS\n{_query(reader)}"
    if check := reader.word("check_option"):
        sql += f"\nWITH {check} CHECK OPTION"
    return [_view(reader, address, sql), *comment_on(reader, f"VIEW {address.sql()}", address)]


def materialized_statements(reader: BlockReader, address: Address) -> list[Made]:
    """Return the statements of a `materialized` block.

    Raises:
        SourceError: When it cannot be read.
    """
    _read_columns(reader)
    sql = f"CREATE MATERIALIZED VIEW {address.sql()}{storage(reader)} AS\n{_query(reader)}"
    if not reader.flag("with_data", default=True):
        sql += "\nWITH NO DATA"
    made = [_view(reader, address, sql)]
    for index in reader.children("index"):
        made += index_statements(index, address, Phase.VIEW_INDEX)
    return [*made, *comment_on(reader, f"MATERIALIZED VIEW {address.sql()}", address)]


def _view(reader: BlockReader, address: Address, sql: str) -> Made:
    return Made(
        sql=sql,
        at=reader.at,
        phase=Phase.VIEW,
        makes=address,
        needs=frozenset(reader.needs),
        texts=tuple(reader.texts),
    )


def _query(reader: BlockReader) -> str:
    query = reader.sql("as").rstrip("; \n\t")
    if not query:
        reader.refuse("as: expected the query of the view")
    return query


def _read_columns(reader: BlockReader) -> None:
    for column in reader.children("column"):
        for attribute in column.block.body.attributes:
            column.value(attribute)


def policy_statements(reader: BlockReader, _address: Address) -> list[Made]:
    """Return the statements of a `policy` block.

    Raises:
        SourceError: When it cannot be read.
    """
    table = reader.reference("on")
    if table is None:
        reader.refuse("on: expected the table it belongs to, such as table.users")
    name = quote_identifier(reader.name)
    clauses = [f"CREATE POLICY {name} ON {table.sql()}"]
    for attribute, words in (("as", "AS"), ("for", "FOR")):
        if word := reader.word(attribute):
            clauses.append(f"{words} {word}")
    if roles := [_role(reader, item) for item in reader.items("to")]:
        clauses.append(f"TO {', '.join(roles)}")
    if using := reader.sql("using"):
        clauses.append(f"USING ({using})")
    if check := reader.sql("check"):
        clauses.append(f"WITH CHECK ({check})")
    made = Made(
        sql="\n".join(clauses),
        at=reader.at,
        phase=Phase.ROW_SECURITY,
        needs=frozenset(reader.needs),
        texts=tuple(reader.texts),
    )
    return [made, *comment_on(reader, f"POLICY {name} ON {table.sql()}", table)]


def _role(reader: BlockReader, item: Value) -> str:
    address = address_of(item)
    text = address.name if address is not None else reader.as_text(item, "to")
    special = text.upper() in {"PUBLIC", "CURRENT_USER", "CURRENT_ROLE", "SESSION_USER"}
    return text.upper() if special else quote_identifier(text)
