"""Which PostgreSQL types SeaORM sends and reads for a Rust type: those of sea-query's `Value`, bound by sqlx.

Its prelude names the types of chrono and time anew: there `DateTime` has no time zone.
"""

from __future__ import annotations

from shared.contracts.rust_types import RustType

_SENT = {
    "bool": "bool", "i16": "int2", "i32": "int4", "i64": "int8", "f32": "float4", "f64": "float8", "String": "text",
    "str": "text", "Vec<u8>": "bytea", "Uuid": "uuid", "Decimal": "numeric", "BigDecimal": "numeric", "Json": "jsonb",
    "JsonValue": "jsonb", "Value": "jsonb", "NaiveDateTime": "timestamp", "PrimitiveDateTime": "timestamp",
    "DateTime": "timestamptz", "OffsetDateTime": "timestamptz", "NaiveDate": "date", "Date": "date",
    "NaiveTime": "time", "Time": "time", "IpNetwork": "inet",
}  # fmt: skip
_PRELUDE = {
    "TimeDateTime": "PrimitiveDateTime", "ChronoDateTime": "NaiveDateTime", "DateTimeUtc": "DateTime",
    "DateTimeLocal": "DateTime", "DateTimeWithTimeZone": "DateTime", "ChronoDateTimeUtc": "DateTime",
    "ChronoDateTimeLocal": "DateTime", "ChronoDateTimeWithTimeZone": "DateTime",
    "TimeDateTimeWithTimeZone": "OffsetDateTime", "ChronoDate": "NaiveDate", "TimeDate": "Date",
    "ChronoTime": "NaiveTime", "TimeTime": "Time",
}  # fmt: skip


def plain_name(rust: RustType) -> str:
    """Give the name by which sqlx knows a type of SeaORM's prelude; any other name as it is."""
    if rust.name == "DateTime" and not rust.arguments:
        return "NaiveDateTime"
    return _PRELUDE.get(rust.name, rust.name)


def read_type(rust: RustType) -> str:
    """Write the Rust type that a column is read as, in sqlx's words."""
    name = plain_name(rust)
    name = f"Vec<{name}>" if rust.array else name
    return f"Option<{name}>" if rust.optional else name


def sent_type(rust: RustType) -> str:
    """Give PostgreSQL's name of the type that is sent with a value; `unknown` where the server infers it."""
    name = _SENT.get(plain_name(rust), "unknown")
    return f"{name}[]" if rust.array and name != "unknown" else name
