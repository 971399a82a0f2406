"""Decide which PostgreSQL types a Rust type decodes, by sqlx's own table.

Sources: sqlx-postgres 0.8 and 0.9, `src/types/mod.rs` (the table), the `Type::compatible` of each type
(`str.rs`, `json.rs`, `bit_vec.rs`, `ipnetwork/`, …), `src/type_checking.rs` (what the macros choose for a column) and
`src/row.rs` of sqlx-core (`try_get` compares types at run time, `try_get_unchecked`, which macros use, does not).
"""

from __future__ import annotations

import re
from enum import StrEnum

import msgspec

from shared.contracts.facts import SqlType

_TEXT_TYPES = frozenset({"text", "varchar", "bpchar", "name", "unknown", "citext"})

_DECODES: dict[str, frozenset[str]] = {
    "bool": frozenset({"bool"}),
    "i8": frozenset({"char"}),
    "i16": frozenset({"int2"}),
    "i32": frozenset({"int4"}),
    "i64": frozenset({"int8"}),
    "NonZeroI16": frozenset({"int2"}),
    "NonZeroI32": frozenset({"int4"}),
    "NonZeroI64": frozenset({"int8"}),
    "f32": frozenset({"float4"}),
    "f64": frozenset({"float8"}),
    "String": _TEXT_TYPES,
    "str": _TEXT_TYPES,
    "PgCiText": _TEXT_TYPES,
    "Vec<u8>": frozenset({"bytea"}),
    "[u8]": frozenset({"bytea"}),
    "Uuid": frozenset({"uuid"}),
    "Hyphenated": frozenset({"uuid"}),
    "Simple": frozenset({"uuid"}),
    "Decimal": frozenset({"numeric"}),
    "BigDecimal": frozenset({"numeric"}),
    "DateTime": frozenset({"timestamptz"}),
    "OffsetDateTime": frozenset({"timestamptz"}),
    "NaiveDateTime": frozenset({"timestamp"}),
    "PrimitiveDateTime": frozenset({"timestamp"}),
    "NaiveDate": frozenset({"date"}),
    "Date": frozenset({"date"}),
    "NaiveTime": frozenset({"time"}),
    "Time": frozenset({"time"}),
    "PgTimeTz": frozenset({"timetz"}),
    "PgInterval": frozenset({"interval"}),
    "PgMoney": frozenset({"money"}),
    "Oid": frozenset({"oid"}),
    "Value": frozenset({"json", "jsonb"}),
    "JsonValue": frozenset({"json", "jsonb"}),
    "Json": frozenset({"json", "jsonb"}),
    "JsonRawValue": frozenset({"json", "jsonb"}),
    "RawValue": frozenset({"json", "jsonb"}),
    "IpNetwork": frozenset({"inet", "cidr"}),
    "IpNet": frozenset({"inet", "cidr"}),
    "IpAddr": frozenset({"inet", "cidr"}),
    "MacAddress": frozenset({"macaddr"}),
    "BitVec": frozenset({"bit", "varbit"}),
    "PgLTree": frozenset({"ltree"}),
    "PgLQuery": frozenset({"lquery"}),
    "PgHstore": frozenset({"hstore"}),
    "PgCube": frozenset({"cube"}),
    "PgPoint": frozenset({"point"}),
    "PgLine": frozenset({"line"}),
    "PgLSeg": frozenset({"lseg"}),
    "PgBox": frozenset({"box"}),
    "PgPath": frozenset({"path"}),
    "PgPolygon": frozenset({"polygon"}),
    "PgCircle": frozenset({"circle"}),
}
_RANGES: dict[str, str] = {
    "i32": "int4range",
    "i64": "int8range",
    "Decimal": "numrange",
    "BigDecimal": "numrange",
    "NaiveDate": "daterange",
    "Date": "daterange",
    "NaiveDateTime": "tsrange",
    "PrimitiveDateTime": "tsrange",
    "DateTime": "tstzrange",
    "OffsetDateTime": "tstzrange",
}
_MACRO_TYPES: dict[str, str] = {
    "bool": "bool",
    "char": "i8",
    "int2": "i16",
    "int4": "i32",
    "int8": "i64",
    "float4": "f32",
    "float8": "f64",
    "text": "String",
    "varchar": "String",
    "bpchar": "String",
    "name": "String",
    "citext": "String",
    "bytea": "Vec<u8>",
    "uuid": "Uuid",
    "numeric": "Decimal",
    "timestamptz": "DateTime",
    "timestamp": "NaiveDateTime",
    "date": "NaiveDate",
    "time": "NaiveTime",
    "timetz": "PgTimeTz",
    "interval": "PgInterval",
    "money": "PgMoney",
    "oid": "Oid",
    "json": "JsonValue",
    "jsonb": "JsonValue",
    "inet": "IpNetwork",
    "cidr": "IpNetwork",
    "macaddr": "MacAddress",
    "bit": "BitVec",
    "varbit": "BitVec",
}
"""What a macro chooses for a column. Where crates differ (chrono or time, rust_decimal or bigdecimal) any one stands
for all: they decode the same PostgreSQL types."""

_WIDTHS = {"int2": 2, "int4": 4, "int8": 8, "i16": 2, "i32": 4, "i64": 8}
_KIN = (frozenset({"int2", "int4", "int8"}), frozenset({"timestamp", "timestamptz"}), frozenset({"float4", "float8"}))
_POINTERS = frozenset({"Box", "Arc", "Rc", "Cow"})


class Decoding(StrEnum):
    """Whether a Rust type takes a PostgreSQL type."""

    WORKS = "works"
    FAILS = "fails"
    DEPENDS = "depends"  # on the values: a wide integer in a narrow type
    UNKNOWN = "unknown"


class RustType(msgspec.Struct, frozen=True):
    """A parsed Rust type: `Option<Vec<String>>` is `String`, optional, array."""

    name: str
    arguments: str = ""
    optional: bool = False
    array: bool = False


def parse_rust_type(text: str) -> RustType:
    """Parse a Rust type; pointers, references and paths make no difference to sqlx."""
    text = re.sub(r"&\s*(?:'\w+\s+)?(?:mut\s+)?", "", text).strip()
    name, arguments = _generic(text)
    if name in {"Option", "Nullable"}:  # diesel's word for it
        return msgspec.structs.replace(parse_rust_type(arguments), optional=True)
    if name in _POINTERS:
        return parse_rust_type(arguments.rpartition(",")[2] if name == "Cow" else arguments)
    if (
        (name == "Vec" and arguments != "u8")
        or name == "Array"
        or (text.startswith("[") and not text.startswith("[u8"))
    ):
        element = arguments or text[1:-1].partition(";")[0]
        return msgspec.structs.replace(parse_rust_type(element), array=True, optional=False)
    if name == "Vec" or text.startswith("[u8"):
        return RustType("Vec<u8>")
    return RustType(name, arguments)


def _generic(text: str) -> tuple[str, str]:
    head, bracket, rest = text.partition("<")
    name = head.strip().rstrip(":").rpartition("::")[2].strip()
    return name, rest.strip()[:-1].strip() if bracket and rest.rstrip().endswith(">") else ""


def tuple_elements(text: str) -> tuple[str, ...] | None:
    """Give the element types of a tuple type, or None when it is none."""
    text = text.strip()
    if not text.startswith("(") or not text.endswith(")"):
        return None
    elements: list[str] = []
    depth, current = 0, ""
    for letter in text[1:-1]:
        depth += {"<": 1, "(": 1, "[": 1, ">": -1, ")": -1, "]": -1}.get(letter, 0)
        if letter == "," and depth == 0:
            elements.append(current.strip())
            current = ""
        else:
            current += letter
    return tuple([*elements, current.strip()] if current.strip() else elements)


def is_mapped(rust: RustType) -> bool:
    """Say whether sqlx itself maps this type."""
    return rust.name in _DECODES or rust.name == "PgRange"


def decodes_checked(rust: RustType, column: SqlType) -> Decoding:
    """Judge `try_get`, which `FromRow` uses: sqlx compares the types before it decodes."""
    accepted = _accepted(rust)
    if accepted is None:
        return Decoding.UNKNOWN
    return Decoding.WORKS if rust.array == column.array and column.name in accepted else Decoding.FAILS


def decodes_unchecked(rust: RustType, column: SqlType, *, builtin: bool, widens: bool = True) -> Decoding:
    """Judge `try_get_unchecked`, which macros use: the bytes are decoded whatever they are.

    Args:
        rust: What the macro chose at compile time.
        column: What the column is now.
        builtin: True when the column's type is not of the user's making: an enum arrives as its label.
        widens: True from sqlx 0.8 on, which reads an integer by the width of the column. Before, it took as many bytes
            as the Rust type has: the first of a wider one, more than there are of a narrower one.
    """
    checked = decodes_checked(rust, column)
    if checked is not Decoding.FAILS or rust.array or column.array:
        return checked
    if rust.name in {"String", "str"} and (not builtin or column.name in {"json", "xml"}):
        return Decoding.WORKS
    if rust.name in _WIDTHS and column.name in _WIDTHS and widens:
        return Decoding.WORKS if _WIDTHS[column.name] <= _WIDTHS[rust.name] else Decoding.DEPENDS
    both = {rust.name, column.name}
    if both in ({"DateTime", "timestamp"}, {"NaiveDateTime", "timestamptz"}):
        return Decoding.DEPENDS  # the same eight bytes; only the time zone is lost or invented
    return Decoding.FAILS


def share_a_rust_type(one: SqlType, other: SqlType) -> bool:
    """Say whether some Rust type that a driver maps itself takes both; also where nothing is known of one of them."""
    if one.array != other.array:
        return False
    mapped = [names for names in _DECODES.values() if one.name in names or other.name in names]
    both_known = all(any(each.name in names for names in mapped) for each in (one, other))
    return not both_known or any(one.name in names and other.name in names for names in mapped)


def are_kin(one: SqlType, other: SqlType) -> bool:
    """Say whether a type that a service maps by hand is likely to take both: integers of two widths, say."""
    names = {one.name, other.name}
    return share_a_rust_type(one, other) or (one.array == other.array and any(names <= kin for kin in _KIN))


def macro_type(column: SqlType) -> RustType:
    """Give the type a macro chooses for a column of the declared schema."""
    if column.name.endswith("range") and column.namespace == "pg_catalog":
        element = next((rust for rust, name in _RANGES.items() if name == column.name), "")
        return RustType("PgRange", element, array=column.array)
    return RustType(_MACRO_TYPES.get(column.name, ""), array=column.array)


def _accepted(rust: RustType) -> frozenset[str] | None:
    if rust.name == "PgRange":
        name = _RANGES.get(parse_rust_type(rust.arguments).name)
        return frozenset({name}) if name else None
    return _DECODES.get(rust.name)
