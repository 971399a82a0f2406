"""What diesel's SQL types are in PostgreSQL, and which columns their values are decoded from."""

from __future__ import annotations

from shared.contracts.facts import SqlType
from shared.contracts.rust_types import Decoding, parse_rust_type

_TEXTS = frozenset({"text", "varchar", "bpchar", "name", "unknown", "citext", "json", "xml"})
_SENT = {
    "Bool": "bool", "SmallInt": "int2", "Int2": "int2", "Smallint": "int2", "Integer": "int4", "Int4": "int4",
    "Int": "int4", "BigInt": "int8", "Int8": "int8", "Bigint": "int8", "Float": "float4", "Float4": "float4",
    "Double": "float8", "Float8": "float8", "Numeric": "numeric", "Decimal": "numeric", "Text": "text",
    "VarChar": "text", "Varchar": "text", "Bpchar": "text", "BpChar": "text", "Char": "text", "Binary": "bytea",
    "Bytea": "bytea", "Date": "date", "Time": "time", "Timestamp": "timestamp", "Timestamptz": "timestamptz",
    "TimestampTz": "timestamptz", "Interval": "interval", "Uuid": "uuid", "Json": "json", "Jsonb": "jsonb",
    "Inet": "inet", "Cidr": "cidr", "MacAddr": "macaddr", "Macaddr": "macaddr", "MacAddr8": "macaddr8",
    "Macaddr8": "macaddr8", "Money": "money", "Cash": "money", "Oid": "oid", "CChar": '"char"', "Citext": "citext",
    "PgLsn": "pg_lsn", "Int4range": "int4range", "Int8range": "int8range", "Numrange": "numrange",
    "Tsrange": "tsrange", "Tstzrange": "tstzrange", "Daterange": "daterange",
}  # fmt: skip
_RANGES = {
    "int4": "int4range", "int8": "int8range", "numeric": "numrange", "timestamp": "tsrange",
    "timestamptz": "tstzrange", "date": "daterange",
}  # fmt: skip
_SAME_BYTES = ({"timestamp", "timestamptz"}, {"inet", "cidr"})


def sent_type(written: str) -> str:
    """Give PostgreSQL's name of a type of diesel's own; empty for a type of the service."""
    rust = parse_rust_type(written)
    if rust.name in {"Range", "Multirange"}:
        name = _RANGES.get(_SENT.get(parse_rust_type(rust.arguments).name, ""), "")
        name = name.replace("range", "multirange") if rust.name == "Multirange" else name
    else:
        name = _SENT.get(rust.name, "")
    return f"{name}[]" if rust.array and name else name


def decodes(written: str, column: SqlType) -> Decoding:
    """Judge whether diesel decodes a column as one of its SQL types: it looks at bytes, not at the column's type."""
    rust = parse_rust_type(written)
    wanted = sent_type(written).removesuffix("[]").strip('"')
    if not wanted:
        return Decoding.UNKNOWN
    if rust.array != column.array:
        return Decoding.FAILS
    if column.name == wanted:
        return Decoding.WORKS
    if wanted in {"text", "citext"}:
        return Decoding.WORKS if column.name in _TEXTS or column.namespace != "pg_catalog" else Decoding.FAILS
    if any({wanted, column.name} == pair for pair in _SAME_BYTES):
        return Decoding.DEPENDS
    return Decoding.FAILS
