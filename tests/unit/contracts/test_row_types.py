"""Reading Rust: row structs, enums and aliases, as sqlx's derives read them."""

from __future__ import annotations

import pytest

from shared.contracts.casing import rename_all
from shared.contracts.extract import extract_contract


def contract_of(rust: str):
    return extract_contract("shop", [("src/lib.rs", rust.encode())])


def fields_of(rust: str):
    (struct,) = contract_of(rust).structs
    return [(field.name, field.type) for field in struct.fields]


def test_a_row_struct_reads_its_fields_by_name():
    rust = """
        #[derive(Debug, Clone, sqlx::FromRow)]
        pub struct User<'a> {
            pub id: i64,
            /// a comment, with commas
            pub(crate) tags: Vec<HashMap<String, Option<Vec<u8>>>>,
            name: &'a str,
            r#type: std::borrow::Cow<'a, str>,
        }"""
    assert fields_of(rust) == [
        ("id", "i64"),
        ("tags", "Vec<HashMap<String, Option<Vec<u8>>>>"),
        ("name", "&'a str"),
        ("type", "std::borrow::Cow<'a, str>"),
    ]


def test_attributes_say_which_column_is_read_and_as_what():
    rust = """
        #[derive(FromRow)]
        #[sqlx(rename_all = "camelCase")]
        struct User {
            user_id: i64,
            #[sqlx(rename = "e-mail")] email: String,
            #[sqlx(skip)] cache: Cache,
            #[sqlx(default)] nick_name: String,
            #[sqlx(try_from = "i32")] level: Level,
            #[sqlx(json)] settings: Settings,
            #[sqlx(json(nullable))] extra: Option<Extra>,
            #[serde(rename = "x")] last_seen: DateTime<Utc>,
            #[sqlx(flatten)] address: Address,
        }"""
    (struct,) = contract_of(rust).structs
    assert [(f.name, f.type, f.optional, f.flatten) for f in struct.fields] == [
        ("userId", "i64", False, False),
        ("e-mail", "String", False, False),
        ("nickName", "String", True, False),
        ("level", "i32", False, False),
        ("settings", "Json<Settings>", False, False),
        ("extra", "Option<Json<Option<Extra>>>", False, False),
        ("lastSeen", "DateTime<Utc>", False, False),
        ("address", "Address", False, True),
    ]


def test_a_tuple_struct_reads_by_position():
    (struct,) = contract_of("#[derive(FromRow)] pub struct Pair(pub i64, Option<String>);").structs
    assert struct.positional
    assert [(field.name, field.type) for field in struct.fields] == [("0", "i64"), ("1", "Option<String>")]


def test_a_derive_behind_a_feature_counts():
    assert fields_of('#[cfg_attr(feature = "db", derive(sqlx::FromRow, Debug))] struct A { id: i64 }') == [
        ("id", "i64")
    ]


def test_a_struct_that_no_row_is_mapped_to_is_no_row_struct():
    contract = contract_of("#[derive(Debug)] struct A { id: i64 } struct B;")
    assert contract.structs == ()
    assert contract.own_types == ("A", "B")


@pytest.mark.parametrize(
    ("attributes", "type_name", "labels"),
    [
        ('#[sqlx(type_name = "order_status", rename_all = "snake_case")]', "order_status", ("in_transit", "DONE")),
        ('#[sqlx(type_name = "s")]', "s", ("InTransit", "DONE")),
        ("", "Status", ("InTransit", "DONE")),
        ('#[sqlx(type_name = "text", rename_all = "kebab-case")]', "text", ("in-transit", "DONE")),
    ],
)
def test_an_enum_is_stored_by_labels(attributes, type_name, labels):
    rust = f'#[derive(Debug, sqlx::Type)] {attributes} enum Status {{ InTransit, #[sqlx(rename = "DONE")] Done }}'
    (enum,) = contract_of(rust).enums
    assert (enum.type_name, enum.labels) == (type_name, labels)


def test_an_enum_that_is_stored_as_an_integer_is_an_alias_of_it():
    contract = contract_of("#[derive(sqlx::Type)] #[repr(i16)] enum Level { Low = 1, High = 2 }")
    assert contract.enums == ()
    assert [(alias.name, alias.type) for alias in contract.aliases] == [("Level", "i16")]


@pytest.mark.parametrize("rust", ["enum A { X, Y }", "#[derive(sqlx::Type)] enum A { X(i32), Y }"])
def test_other_enums_promise_nothing(rust):
    assert contract_of(rust).enums == ()


def test_aliases_and_transparent_newtypes_are_other_names():
    rust = """
        type Id = i64;
        type Shared<T> = Arc<T>;
        #[derive(sqlx::Type)] #[sqlx(transparent)] pub struct Email(pub String);
        #[derive(sqlx::Type)] #[sqlx(transparent)] struct Name { inner: String }
        #[derive(sqlx::Type)] #[sqlx(type_name = "point3")] struct Point { x: f64 }
        impl Iterator for X { type Item = i64; }"""
    aliases = {alias.name: alias.type for alias in contract_of(rust).aliases}
    assert {name: aliases[name] for name in ("Id", "Email", "Name")} == {
        "Id": "i64",
        "Email": "String",
        "Name": "String",
    }
    assert "Shared" not in aliases
    assert "Point" not in aliases


# The crate heck's own cases (src/snake.rs): what sqlx makes of names.
@pytest.mark.parametrize(
    ("name", "snake"),
    [
        ("CamelCase", "camel_case"),
        ("XMLHttpRequest", "xml_http_request"),
        ("FIELD_NAME11", "field_name11"),
        ("99BOTTLES", "99bottles"),
        ("abc123def456", "abc123def456"),
        ("abc123DEF456", "abc123_def456"),
        ("abc123Def456", "abc123_def456"),
        ("abc123DEf456", "abc123_d_ef456"),
        ("ABC123def456", "abc123def456"),
        ("ABC123Def456", "abc123_def456"),
        ("ABC123DEf456", "abc123d_ef456"),
        ("ABcDE", "a_bc_de"),
    ],
)
def test_words_are_split_as_heck_splits_them(name, snake):
    assert rename_all(name, "snake_case") == snake


@pytest.mark.parametrize(
    ("pattern", "renamed"),
    [
        ("lowercase", "intransit"),
        ("UPPERCASE", "INTRANSIT"),
        ("snake_case", "in_transit"),
        ("SCREAMING_SNAKE_CASE", "IN_TRANSIT"),
        ("kebab-case", "in-transit"),
        ("camelCase", "inTransit"),
        ("PascalCase", "InTransit"),
    ],
)
def test_every_pattern_of_rename_all_is_known(pattern, renamed):
    assert rename_all("InTransit", pattern) == renamed
