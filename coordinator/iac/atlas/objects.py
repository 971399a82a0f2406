"""Namespaces, extensions, types and sequences of Atlas HCL."""

from __future__ import annotations

from coordinator.iac.atlas.blocks import BlockReader
from coordinator.iac.atlas.names import Address
from coordinator.iac.atlas.statements import Made, Phase, comment_on
from coordinator.iac.atlas.tables import sequence_options
from coordinator.iac.atlas.types import default_of, type_of
from shared.sql import quote_identifier, quote_literal


def namespace_statements(reader: BlockReader, address: Address) -> list[Made]:
    """Return the statements of a `schema` block."""
    quoted = quote_identifier(address.name)
    made = Made(sql=f"CREATE SCHEMA IF NOT EXISTS {quoted}", at=reader.at, phase=Phase.NAMESPACE, makes=address)
    return [made, *comment_on(reader, f"SCHEMA {quoted}", address)]


def extension_statements(reader: BlockReader, address: Address) -> list[Made]:
    """Return the statements of an `extension` block; its comment is the server's own, not a declaration."""
    sql = f"CREATE EXTENSION IF NOT EXISTS {quote_identifier(address.name)}"
    namespace = reader.reference("schema") if reader.has("schema") else None
    if namespace is not None:
        sql += f" SCHEMA {quote_identifier(namespace.name)}"
    if version := reader.text("version"):
        sql += f" VERSION {quote_literal(version)}"
    reader.text("comment")
    return [
        Made(sql=sql, at=reader.at, phase=Phase.EXTENSION, makes=address, needs=frozenset(reader.needs)),
    ]


def enum_statements(reader: BlockReader, address: Address) -> list[Made]:
    """Return the statements of an `enum` block."""
    labels = ", ".join(quote_literal(reader.as_text(item, "values")) for item in reader.items("values"))
    return _type(reader, address, f"CREATE TYPE {address.sql()} AS ENUM ({labels})", "TYPE")


def domain_statements(reader: BlockReader, address: Address) -> list[Made]:
    """Return the statements of a `domain` block."""
    type_ = type_of(reader)
    sql = f"CREATE DOMAIN {address.sql()} AS {type_}"
    if collate := reader.text("collate"):
        sql += f" COLLATE {quote_identifier(collate)}"
    if default := default_of(reader, type_):
        sql += f" DEFAULT {default}"
    if not reader.flag("null"):
        sql += " NOT NULL"
    for check in reader.children("check"):
        named = f" CONSTRAINT {quote_identifier(check.name)}" if check.name else ""
        sql += f"{named} CHECK ({check.sql('expr')})"
    return _type(reader, address, sql, "DOMAIN")


def composite_statements(reader: BlockReader, address: Address) -> list[Made]:
    """Return the statements of a `composite` block."""
    fields: list[str] = []
    for field in reader.children("field"):
        collate = field.text("collate")
        suffix = f" COLLATE {quote_identifier(collate)}" if collate else ""
        fields.append(f"{quote_identifier(field.name)} {type_of(field)}{suffix}")
    return _type(reader, address, f"CREATE TYPE {address.sql()} AS ({', '.join(fields)})", "TYPE")


def range_statements(reader: BlockReader, address: Address) -> list[Made]:
    """Return the statements of a `range` block."""
    options = [f"SUBTYPE = {type_of(reader, 'subtype')}"]
    for attribute, word in (
        ("subtype_opclass", "SUBTYPE_OPCLASS"),
        ("collation", "COLLATION"),
        ("multirange_name", "MULTIRANGE_TYPE_NAME"),
    ):
        if name := reader.text(attribute):
            options.append(f"{word} = {quote_identifier(name)}")
    if difference := reader.reference("subtype_diff"):
        options.append(f"SUBTYPE_DIFF = {difference.sql()}")
    return _type(reader, address, f"CREATE TYPE {address.sql()} AS RANGE ({', '.join(options)})", "TYPE")


def _type(reader: BlockReader, address: Address, sql: str, kind: str) -> list[Made]:
    made = Made(
        sql=sql,
        at=reader.at,
        phase=Phase.TYPE,
        makes=address,
        needs=frozenset(reader.needs),
        texts=tuple(reader.texts),
    )
    return [made, *comment_on(reader, f"{kind} {address.sql()}", address)]


def sequence_statements(reader: BlockReader, address: Address) -> list[Made]:
    """Return the statements of a `sequence` block; the column that owns it may need it first."""
    words = [f"CREATE SEQUENCE {address.sql()}"]
    if reader.has("type"):
        words.append(f"AS {type_of(reader)}")
    sql = " ".join([*words, *sequence_options(reader)])
    made = [Made(sql=sql, at=reader.at, phase=Phase.SEQUENCE, makes=address)]
    owner = reader.reference("owner")
    if owner is not None:
        column = f"{owner.sql()}.{quote_identifier(owner.column)}"
        owned = f"ALTER SEQUENCE {address.sql()} OWNED BY {column}"
        needs = frozenset({address, owner.owner})
        made.append(Made(sql=owned, at=reader.at, phase=Phase.OWNER, needs=needs))
    return [*made, *comment_on(reader, f"SEQUENCE {address.sql()}", address)]
