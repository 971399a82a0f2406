"""Which columns a driver decodes into which Rust type, by the drivers' own documentation.

Written apart from `shared/contracts`, whose judge it is. Sources: `compatible` of each type in sqlx-postgres 0.8
(`src/types`), the tables at `ToSql` and `FromSql` of postgres-types 0.2, and the `FromSql` of each type in diesel 2.2
(`diesel/src/pg/types`), which looks at the bytes alone.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.corpus.calls import OwnType, Value, bare_type

TEXTS = frozenset({"text", "varchar", "bpchar", "name"})
TYPES = {
    "bool": {"bool"}, "i16": {"int2"}, "i32": {"int4"}, "i64": {"int8"}, "f32": {"float4"}, "f64": {"float8"},
    "String": TEXTS, "Uuid": {"uuid"}, "DateTime": {"timestamptz"}, "NaiveDate": {"date"}, "Decimal": {"numeric"},
    "Value": {"jsonb", "json"}, "Vec<u8>": {"bytea"}, "Vec<String>": {"text[]", "varchar[]", "bpchar[]", "name[]"},
}  # fmt: skip
SENT = {
    "bool": "bool", "i16": "int2", "i32": "int4", "i64": "int8", "f32": "float4", "f64": "float8", "String": "text",
    "Uuid": "uuid", "DateTime": "timestamptz", "NaiveDate": "date", "Decimal": "numeric", "Value": "jsonb",
    "Vec<String>": "text[]",
}  # fmt: skip
"""The type that sqlx, SeaORM and diesel send with a value."""
_BITS = {"i16": 16, "i32": 32, "i64": 64}
_INTEGERS = frozenset({"int2", "int4", "int8"})


@dataclass(frozen=True)
class Column:
    """A result column: its type, and what of an enum or composite the database says now."""

    name: str
    type: str
    labels: tuple[str, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()

    @property
    def is_own(self) -> bool:
        """Whether the type is an enum or a composite."""
        return bool(self.labels or self.attributes)


@dataclass(frozen=True)
class Rules:
    """How one driver sends and reads.

    Args:
        checks_types: The type of a column is compared before it is decoded.
        infers: The server says the types of parameters, and values of other types are refused.
    """

    checks_types: bool
    infers: bool = False


RULES = {
    "sqlx macro": Rules(checks_types=False),
    "sqlx function": Rules(checks_types=True),
    "tokio-postgres": Rules(checks_types=True, infers=True),
    "tokio-postgres typed": Rules(checks_types=True),
    "diesel": Rules(checks_types=False),
    "sea-orm": Rules(checks_types=True),
    "script": Rules(checks_types=False),
    "copy in": Rules(checks_types=False),
    "copy out": Rules(checks_types=False),
}


def why_not_decoded(by: str, read: Value, own: dict[str, OwnType], column: Column, value: object) -> str:
    """Say why a driver cannot decode a value of a column; empty when it can.

    Args:
        by: Key of `RULES`.
        read: What is read, with its Rust type.
        own: Rust's own types, by name.
        column: What comes.
        value: One value of it; None is NULL.
    """
    rust = bare_type(read.type)
    if value is None:
        return "" if read.type.startswith("Option<") else f"NULL is no {rust}"
    fits = _own_fits(by, own[rust], column, value) if rust in own else _fits(by, rust, column, value)
    return "" if fits else f"{column.type} is no {rust}"


def why_not_sent(send: Value, own: dict[str, OwnType], column: Column) -> str:
    """Say why postgres-types does not send a value as the type that the server infers; empty when it does."""
    rust = bare_type(send.type)
    if rust in own:
        return "" if _is_exactly(own[rust], column) else f"{column.type} is no {rust}"
    return "" if column.type in TYPES[rust] else f"WrongType: {column.type} is no {rust}"


def _fits(by: str, rust: str, column: Column, value: object) -> bool:
    if column.type in TYPES[rust]:
        return not (by == "diesel" and rust == "Value" and column.type == "json")  # its first byte is no version
    if by == "sqlx macro" and rust in _BITS and column.type in _INTEGERS:
        return isinstance(value, int) and -(2 ** (_BITS[rust] - 1)) <= value < 2 ** (_BITS[rust] - 1)
    if RULES[by].checks_types:
        return False
    if rust == "String":
        return bool(column.labels) or column.type in {"json", "xml"}
    return rust == "DateTime" and column.type == "timestamp"  # the same eight bytes


def _own_fits(by: str, own: OwnType, column: Column, value: object) -> bool:
    if by.startswith("tokio-postgres"):
        return _is_exactly(own, column)
    if by == "sqlx function" and column.type != own.name:
        return False
    return (bool(column.labels) or column.type in TEXTS) and value in own.labels


def _is_exactly(own: OwnType, column: Column) -> bool:
    """What `#[derive(ToSql, FromSql)]` accepts: a type of this name with these labels, or these attributes."""
    if own.labels:
        return column.type == own.name and set(column.labels) == set(own.labels)
    attributes = [(each.name, each.type) for each in own.attributes]
    return (
        column.type == own.name
        and len(attributes) == len(column.attributes)
        and all(
            name == other and kind in TYPES[rust]
            for (name, rust), (other, kind) in zip(attributes, column.attributes, strict=True)
        )
    )
