"""sqlx's type table: what a Rust type decodes, checked at run time or not."""

from __future__ import annotations

import pytest

from shared.contracts.facts import SqlType
from shared.contracts.override import Override, split_override
from shared.contracts.rust_types import (
    Decoding,
    RustType,
    decodes_checked,
    decodes_unchecked,
    macro_type,
    parse_rust_type,
    tuple_elements,
)


def sql(name: str) -> SqlType:
    array = name.endswith("[]")
    return SqlType("pg_catalog", name.removesuffix("[]"), array)


@pytest.mark.parametrize(
    ("written", "parsed"),
    [
        ("i64", RustType("i64")),
        ("Option<i64>", RustType("i64", optional=True)),
        ("std::option::Option<Vec<String>>", RustType("String", optional=True, array=True)),
        ("Vec<Option<String>>", RustType("String", array=True)),
        ("Vec<u8>", RustType("Vec<u8>")),
        ("Vec<Vec<u8>>", RustType("Vec<u8>", array=True)),
        ("&'a [u8]", RustType("Vec<u8>")),
        ("&'static str", RustType("str")),
        ("Cow<'a, str>", RustType("str")),
        ("Box<str>", RustType("str")),
        ("Arc<Vec<i32>>", RustType("i32", array=True)),
        ("chrono::DateTime<chrono::Utc>", RustType("DateTime", "chrono::Utc")),
        ("sqlx::types::Json<Map<String, i32>>", RustType("Json", "Map<String, i32>")),
        ("[i32; 3]", RustType("i32", array=True)),
        ("PgRange<DateTime<Utc>>", RustType("PgRange", "DateTime<Utc>")),
        ("", RustType("")),
        ("<", RustType("")),
    ],
)
def test_a_type_is_taken_apart(written, parsed):
    assert parse_rust_type(written) == parsed


@pytest.mark.parametrize(
    ("rust", "column", "decoding"),
    [
        ("i64", "int8", Decoding.WORKS),
        ("i64", "int4", Decoding.FAILS),
        ("i8", "char", Decoding.WORKS),
        ("String", "varchar", Decoding.WORKS),
        ("String", "citext", Decoding.WORKS),
        ("String", "uuid", Decoding.FAILS),
        ("Vec<String>", "text[]", Decoding.WORKS),
        ("Vec<String>", "text", Decoding.FAILS),
        ("String", "text[]", Decoding.FAILS),
        ("DateTime<Utc>", "timestamptz", Decoding.WORKS),
        ("DateTime<Utc>", "timestamp", Decoding.FAILS),
        ("NaiveDateTime", "timestamp", Decoding.WORKS),
        ("serde_json::Value", "jsonb", Decoding.WORKS),
        ("Json<Settings>", "json", Decoding.WORKS),
        ("IpNetwork", "cidr", Decoding.WORKS),
        ("PgRange<i64>", "int8range", Decoding.WORKS),
        ("PgRange<i64>", "int4range", Decoding.FAILS),
        ("PgRange<Odd>", "int4range", Decoding.UNKNOWN),
        ("Whatever", "int4", Decoding.UNKNOWN),
    ],
)
def test_a_row_struct_compares_types_before_it_decodes(rust, column, decoding):
    assert decodes_checked(parse_rust_type(rust), sql(column)) is decoding


@pytest.mark.parametrize(
    ("declared", "now", "decoding"),
    [
        ("int8", "int4", Decoding.WORKS),
        ("int4", "int8", Decoding.DEPENDS),
        ("text", "varchar", Decoding.WORKS),
        ("text", "json", Decoding.WORKS),
        ("text", "uuid", Decoding.FAILS),
        ("timestamptz", "timestamp", Decoding.DEPENDS),
        ("timestamptz", "date", Decoding.FAILS),
        ("jsonb", "json", Decoding.WORKS),
        ("float8", "numeric", Decoding.FAILS),
        ("int4[]", "int8[]", Decoding.FAILS),
        ("int8range", "int4range", Decoding.FAILS),
        ("lseg", "text", Decoding.UNKNOWN),
    ],
)
def test_a_macro_decodes_whatever_comes_as_what_it_was_compiled_for(declared, now, decoding):
    assert decodes_unchecked(macro_type(sql(declared)), sql(now), builtin=True) is decoding


def test_an_enum_arrives_as_its_label():
    assert decodes_unchecked(RustType("String"), SqlType("public", "status"), builtin=False) is Decoding.WORKS


@pytest.mark.parametrize(
    ("written", "elements"),
    [
        ("(i64, Option<String>)", ("i64", "Option<String>")),
        ("(i64,)", ("i64",)),
        ("(HashMap<A, B>, (C, D), [E; 2])", ("HashMap<A, B>", "(C, D)", "[E; 2]")),
        ("()", ()),
        ("User", None),
    ],
)
def test_a_tuple_is_taken_apart(written, elements):
    assert tuple_elements(written) == elements


@pytest.mark.parametrize(
    ("alias", "name", "override"),
    [
        ("id", "id", Override()),
        ("id!", "id", Override(non_null=True)),
        ("id?", "id", Override(nullable=True)),
        ("id: UserId", "id", Override(type="UserId")),
        ("id!: crate::UserId", "id", Override(non_null=True, type="crate::UserId")),
        ("id?: _", "id", Override(nullable=True)),
        ("?column?", "?column?", Override()),
    ],
)
def test_an_alias_may_override_what_a_macro_takes_a_column_for(alias, name, override):
    assert split_override(alias) == (name, override)
