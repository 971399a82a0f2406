"""Say which PostgreSQL type sqlx sends with an argument of a Rust type.

Source: sqlx-postgres 0.8, `src/types/` (the `type_info` of each type). What is not known is
left to the server, which then infers it.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from shared.contracts.contract import Contract, Query
from shared.contracts.rust_types import RustType
from shared.contracts.type_names import TypeNames

BOUND_BY_SQLX = frozenset({"sqlx", "sea-orm"})
"""Drivers whose arguments sqlx sends, each with its type."""
INFERRED = "unknown"
"""What `PREPARE` takes for a type that the server shall infer."""

_SENT = {
    "bool": "bool", "i8": '"char"', "i16": "int2", "i32": "int4", "i64": "int8", "f32": "float4", "f64": "float8",
    "NonZeroI16": "int2", "NonZeroI32": "int4", "NonZeroI64": "int8", "String": "text", "str": "text",
    "Vec<u8>": "bytea", "[u8]": "bytea", "Uuid": "uuid", "Decimal": "numeric", "BigDecimal": "numeric",
    "DateTime": "timestamptz", "OffsetDateTime": "timestamptz", "NaiveDateTime": "timestamp",
    "PrimitiveDateTime": "timestamp", "NaiveDate": "date", "Date": "date", "NaiveTime": "time", "Time": "time",
    "PgTimeTz": "timetz", "PgInterval": "interval", "PgMoney": "money", "Oid": "oid", "Value": "jsonb",
    "JsonValue": "jsonb", "Json": "jsonb", "IpNetwork": "inet", "IpNet": "inet", "IpAddr": "inet",
    "MacAddress": "macaddr", "BitVec": "varbit",
}  # fmt: skip


def with_sent_types(contract: Contract) -> Contract:
    """Add to each query that sqlx sends, for SeaORM too, the types that are sent with its arguments."""
    names = TypeNames(contract)
    queries = tuple(_with_types(query, names) for query in contract.queries)
    return msgspec.structs.replace(contract, queries=queries)


def _with_types(query: Query, names: TypeNames) -> Query:
    if query.driver not in BOUND_BY_SQLX or query.compiled or query.sent_types or not any(query.argument_types):
        return query
    sent = tuple(_sent(query, names, query.argument_types))
    return msgspec.structs.replace(query, sent_types=sent) if set(sent) != {INFERRED} else query


def _sent(query: Query, names: TypeNames, written: Sequence[str]) -> list[str]:
    found: list[str] = []
    for each in written:
        enum = names.enum_of(each, query.file) if each else None
        rust = names.resolve(each, query.file) if each and enum is None else None
        found.append(enum.type_name if enum else _of(rust) if rust else INFERRED)
    return found


def _of(rust: RustType) -> str:
    name = _SENT.get(rust.name, INFERRED)
    return f"{name}[]" if rust.array and name != INFERRED else name
