"""Know of types what PostgreSQL's own catalog says of them: which compare, which are written to which, what calls give.

Only families of types are told apart: numbers compare with numbers and texts with texts; an operator over two families
is none of PostgreSQL's own. Sources: pg_operator.dat, pg_cast.dat, pg_proc.dat.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from shared.contracts.facts import UNTOLD, SqlType

_NUMBERS = ("int2", "int4", "int8", "numeric", "float4", "float8")
"""In the order in which PostgreSQL makes one of another by itself."""
_TIMES = ("date", "timestamp", "timestamptz")
_FAMILIES = {
    **dict.fromkeys((*_NUMBERS, "oid"), "number"),
    **dict.fromkeys(("text", "varchar", "bpchar", "name", "citext"), "text"),
    **dict.fromkeys(_TIMES, "time"),
}
_ASSIGNED = {("json", "jsonb"), ("jsonb", "json"), ("time", "interval"), ("interval", "time"), ("bit", "varbit")}
"""Pairs of families of which one is written to a column of the other (pg_cast.dat, context `a`)."""
BOOL, TEXT, BIGINT, INTEGER = (SqlType("pg_catalog", name) for name in ("bool", "text", "int8", "int4"))
_SUMS = {
    "int2": "int8",
    "int4": "int8",
    "int8": "numeric",
    "numeric": "numeric",
    "float4": "float4",
    "float8": "float8",
}
_AVERAGES = {**dict.fromkeys(_NUMBERS[:4], "numeric"), **dict.fromkeys(_NUMBERS[4:], "float8"), "interval": "interval"}
_STAMPED = SqlType("pg_catalog", "timestamptz")


class Builtin(msgspec.Struct, frozen=True):
    """A function of PostgreSQL's own.

    Args:
        takes: Families of its first argument; empty for any.
        gives: What it gives: a type, or `same`, `element`, `sum`, `average`, `array`.
        strict: It gives NULL for NULL, and otherwise never.
        never_null: It never gives NULL.
    """

    takes: tuple[str, ...] = ()
    gives: str = ""
    strict: bool = False
    never_null: bool = False


_OF_TEXT = Builtin(("text",), "text", strict=True)
_OF_TEXT_OR_BYTES = Builtin(("text", "bytea"), "int4", strict=True)
BUILTINS = {
    **dict.fromkeys(("lower", "upper", "initcap", "reverse", "replace", "split_part", "quote_ident"), _OF_TEXT),
    **dict.fromkeys(("btrim", "ltrim", "rtrim", "substr"), Builtin(("text", "bytea"), "same", strict=True)),
    **dict.fromkeys(("length", "octet_length"), _OF_TEXT_OR_BYTES),
    **dict.fromkeys(("char_length", "strpos"), Builtin(("text",), "int4", strict=True)),
    **dict.fromkeys(("now", "clock_timestamp", "statement_timestamp"), Builtin((), "timestamptz", never_null=True)),
    **dict.fromkeys(("row_number", "rank", "dense_rank", "count", "nextval"), Builtin((), "int8", never_null=True)),
    **dict.fromkeys(("abs", "round", "ceil", "floor", "trunc"), Builtin(("number",), "", strict=True)),
    **dict.fromkeys(("array_append", "array_remove", "array_cat"), Builtin(("[]",), "same")),
    **dict.fromkeys(("array_length", "cardinality"), Builtin(("[]",), "int4")),
    "unnest": Builtin(("[]",), "element"),
    "array_agg": Builtin((), "array"),
    "string_agg": Builtin(("text", "bytea"), "same"),
    "concat": Builtin((), "text", never_null=True),
    "gen_random_uuid": Builtin((), "uuid", never_null=True),
    "to_char": Builtin(("number", "time", "interval"), "text", strict=True),
    "md5": Builtin(("text", "bytea"), "text", strict=True),
    "sum": Builtin(("number", "interval", "money"), "sum"),
    "avg": Builtin(("number", "interval"), "average"),
    "max": Builtin((), "same"),
    "min": Builtin((), "same"),
    **dict.fromkeys(("jsonb_array_length", "jsonb_typeof"), Builtin(("jsonb",), "", strict=True)),
    **dict.fromkeys(("jsonb_array_elements", "jsonb_each", "jsonb_set"), Builtin(("jsonb",), "")),
}  # fmt: skip


def result_of(builtin: Builtin, first: SqlType) -> SqlType:
    """Give what a function of PostgreSQL's own gives for its first argument; UNTOLD where it is not certain."""
    match builtin.gives:
        case "":
            return UNTOLD
        case "same":
            return TEXT if family(first) == "text" and first.name != "citext" and not first.array else first
        case "sum" | "average":
            names = _SUMS if builtin.gives == "sum" else _AVERAGES
            return SqlType("pg_catalog", names[first.name]) if first.name in names and not first.array else UNTOLD
        case "element":
            return msgspec.structs.replace(first, array=False) if first.array else UNTOLD
        case "array":
            return UNTOLD if first == UNTOLD or first.array else msgspec.structs.replace(first, array=True)
        case name:
            return SqlType("pg_catalog", name)


def accepts(builtin: Builtin, first: SqlType) -> bool:
    """Say whether a function of PostgreSQL's own takes a type as its first argument; True where it is not told."""
    if first == UNTOLD or not builtin.takes or (first.namespace != "pg_catalog" and not first.array):
        return True
    return "[]" in builtin.takes if first.array else family(first) in builtin.takes


def family(kind: SqlType) -> str:
    """Name the family of types that compare with each other; empty for a type that is not told."""
    return f"{_FAMILIES.get(kind.name, kind.name)}{'[]' if kind.array else ''}"


def compares(one: SqlType, other: SqlType) -> bool:
    """Say whether PostgreSQL compares two types; True where one is not told."""
    return UNTOLD in {one, other} or family(one) == family(other)


def is_assigned(value: SqlType, column: SqlType) -> bool:
    """Say whether a value of a type can be written to a column of another; True where one is not told."""
    if compares(value, column) or family(column) == "text":
        return True  # every type has an assignment cast to text
    return (family(value), family(column)) in _ASSIGNED


def is_passed(value: SqlType, wanted: SqlType) -> bool:
    """Say whether a function that wants one type takes a value of another; True where one is not told."""
    if UNTOLD in {value, wanted} or value == wanted or wanted.name.startswith("any"):
        return True
    if value.array or wanted.array or family(value) != family(wanted):
        return False
    for order in (_NUMBERS, _TIMES):
        if value.name in order and wanted.name in order:
            return order.index(value.name) <= order.index(wanted.name)
    return True


def widest(types: Sequence[SqlType]) -> SqlType:
    """Give the type that several become together; UNTOLD where it is not certain."""
    told = [kind for kind in types if kind != UNTOLD]
    if not told or len(told) < len(types) or len({family(kind) for kind in told}) != 1:
        return told[0] if told and all(kind == told[0] for kind in told) and len(told) == len(types) else UNTOLD
    for order in (_NUMBERS, _TIMES):
        if all(kind.name in order for kind in told):
            found = max(told, key=lambda kind: order.index(kind.name))
            mixed = {"float4", "int8"} <= {k.name for k in told} or {"float4", "numeric"} <= {k.name for k in told}
            return SqlType("pg_catalog", "float8") if mixed else found
    return told[0] if all(kind == told[0] for kind in told) else UNTOLD
