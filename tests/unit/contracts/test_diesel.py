"""Reading diesel: what is counted, and what is seen and not understood."""

from __future__ import annotations

import pytest

from tests.integration.contracts.drifts import service

USERS = "diesel::table! { users (id) { id -> Int4, name -> Text, } }\n"
WHOLE = 'INSERT INTO "users" ("id", "name") OVERRIDING SYSTEM VALUE VALUES ($1, $2)'


def test_tables_and_derived_structs_are_mappings():
    contract = service(lib=USERS + "#[derive(Queryable)] pub struct User { id: i32 }")
    found = [(each.driver, each.name, each.line) for each in contract.mappings]
    assert found == [("diesel", "users", 1), ("diesel", "User", 2)]


@pytest.mark.parametrize(
    ("rust", "reason"),
    [
        ("diesel::table! { users (id) { id -> } }", "the table! does not read as name (key) { column -> Type, … }"),
        (
            "#[derive(diesel::Insertable)] #[diesel(table_name = people)] struct P { id: i32 }",
            "the service has no one table! of the name people",
        ),
        (
            USERS + "#[derive(Insertable)] #[diesel(table_name = users)] struct P { age: i32 }",
            "its field age is no column of the table! users",
        ),
        ("diesel::joinable!(a -> b (c));", "the tables or the key of joinable!(a -> b) are not in sight"),
        (
            'fn f() { q.filter(diesel::dsl::sql::<Bool>("a = 1")) }',
            "a piece of SQL inside diesel's query builder is not checked: the tables that it is about are not in sight",
        ),
        ("fn f(text: String) { diesel::sql_query(text); }", "the SQL comes from `text`, whose value is not a literal"),
    ],
)
def test_what_is_seen_and_not_understood_is_unread(rust, reason):
    (place,) = service(lib=rust).unread
    assert (place.driver, place.reason) == ("diesel", reason)


def test_tables_of_another_database_are_left_out():
    contract = service(**{"db/sqlite/schema": USERS, "db/postgres/schema": USERS})
    assert [table.file for table in contract.tables] == ["src/db/postgres/schema.rs"]


def test_a_macro_of_that_name_that_is_no_table_of_diesel_is_passed_over():
    assert service(lib='use diesel::prelude::*; fn f() { table!(["a", "b"]); }').unread == ()


def test_the_types_that_are_bound_and_the_row_are_read():
    rust = (
        """fn f(c: &mut C) { diesel::sql_query("SELECT 1 WHERE $1 = 2").bind::<Integer, _>(2).get_result::<One>(c); }"""
    )
    (query,) = service(lib=rust).queries
    assert (query.sent_types, query.result_type, query.fetch, query.arguments) == (("int4",), "One", "fetch_one", 1)


INSERTS = """
#[derive(Insertable)] #[diesel(table_name = users)] struct New<'a> { name: &'a str }
fn f(c: &mut C, new: &New, all: Vec<New>) {
    diesel::insert_into(users::table).values(CHAIN.execute(c);
}
"""
NAMED = 'INSERT INTO "users" ("name") VALUES ($1) ON CONFLICT'


@pytest.mark.parametrize(
    ("chain", "sql"),
    [
        ("new).on_conflict(users::id).do_nothing()", [f'{NAMED} ("id") DO NOTHING']),
        ("&all).on_conflict((users::id, users::name)).do_nothing()", [f'{NAMED} ("id", "name") DO NOTHING']),
        ("New { name: x }).on_conflict_do_nothing()", [f"{NAMED} DO NOTHING"]),
        ("(users::name.eq(x),)).on_conflict(id).do_update().set(users::name.eq(x))", [f'{NAMED} ("id") DO NOTHING']),
        ('new).on_conflict(on_constraint("k")).do_nothing()', [f'{NAMED} ON CONSTRAINT "k" DO NOTHING']),
        ('new).on_conflict(sql::<Integer>("(id) WHERE id > 0")).do_nothing()', []),
        ("made()).on_conflict(users::id).do_nothing()", [f'{WHOLE} ON CONFLICT ("id") DO NOTHING']),
        ("made())", [WHOLE]),
        ("(users::id.eq(1), users::name.eq(x)))", ['INSERT INTO "users" ("id", "name") VALUES ($1, $2)']),
        ("users::name.eq(x))", ['INSERT INTO "users" ("name") VALUES ($1)']),
        ("&new)", []),
        ("new).returning(users::id)", []),
    ],
)
def test_the_key_of_an_insert_with_on_conflict_is_read(chain, sql):
    contract = service(lib=USERS + INSERTS.replace("CHAIN", chain))
    assert [query.sql for query in contract.queries if query.macro == "diesel.insert_into"] == sql


def _texts(rust: str, macro: str) -> list[tuple[str, tuple[str, ...]]]:
    contract = service(lib=USERS + rust)
    assert contract.unread == ()
    return [(query.sql, query.sent_types) for query in contract.queries if query.macro == macro]


@pytest.mark.parametrize(
    ("rust", "sql", "sent"),
    [
        ("define_sql_function!(fn canon(x: Text) -> Text);", "SELECT canon($1)", ("text",)),
        (
            'sql_function! { #[sql_name = "r.rank"] fn rank(score: Int4, at: Timestamptz) -> Float; }',
            "SELECT r.rank($1, $2)",
            ("int4", "timestamptz"),
        ),
        ("define_sql_function!(fn refresh());", "SELECT refresh()", ()),
        (
            '#[declare_sql_function] extern "SQL" { fn a(x: Array<Integer>); #[window] fn b(x: Text) -> Text; }',
            "SELECT a($1)",
            ("int4[]",),
        ),
    ],
)
def test_functions_that_are_declared_are_called(rust, sql, sent):
    assert _texts(f"use diesel::sql_types::*; {rust}", "diesel.function")[0] == (sql, sent)


def test_functions_with_parameters_of_any_type_are_not_called():
    assert _texts("define_sql_function!(fn f<T: SingleValue>(x: T, y: Text) -> T);", "diesel.function") == []


@pytest.mark.parametrize(
    ("rust", "sql", "sent"),
    [
        ('users::table.filter(sql::<Bool>("length(name) > 3"))', 'SELECT length(name) > 3 FROM "users"', ()),
        ('q.select(sql::<BigInt>("SUM(users.id)",))', 'SELECT SUM(users.id) FROM "users"', ()),
        (
            'insert_into(users::table).values(n).on_conflict(sql::<Integer>("(id) WHERE id > 0")).do_nothing()',
            f"{WHOLE} ON CONFLICT (id) WHERE id > 0 DO NOTHING",
            (),
        ),
        (
            'q.order(sql::<Text>("users.name DESC NULLS LAST"))',
            '1 FROM "users" ORDER BY users.name DESC NULLS LAST',
            (),
        ),
        (
            'users::table.filter(sql::<Bool>("name = ").bind::<Text, _>(name).sql(" OR id = ").bind::<Int4, _>(1))',
            'SELECT name = $1 OR id = $2 FROM "users"',
            ("text", "int4"),
        ),
    ],
)
def test_pieces_of_sql_inside_the_builder_are_checked_over_their_tables(rust, sql, sent):
    ((text, types),) = _texts(f"fn f() {{ {rust} }}", "sql")
    assert (text.removeprefix("SELECT ") if sql.startswith("1") else text, types) == (sql, sent)


def test_a_struct_that_only_embeds_others_needs_no_table():
    rust = """#[derive(Queryable, Selectable)]
struct View { #[diesel(embed)] a: User, #[diesel(select_expression = f())] b: i32 }"""
    assert service(lib=USERS + rust).unread == ()


def test_a_table_that_two_crates_map_is_one_table():
    more = "diesel::table! { users (id) { id -> Int4, name -> Text, age -> Int4, } }"
    rust = "#[derive(diesel::Insertable)] #[diesel(table_name = users)] struct New { age: i32 }"
    contract = service(schema=USERS, more=more, lib=rust)
    assert [query.sql for query in contract.queries if query.file == "src/lib.rs"] == [
        'INSERT INTO "users" ("age") VALUES ($1)'
    ]
