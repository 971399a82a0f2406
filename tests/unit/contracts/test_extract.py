"""Reading Rust: what is a query, what is its text, and what cannot be known."""

from __future__ import annotations

import pytest

from shared.contracts.extract import extract_contract

USE = "use sqlx::{query, query_as, query_scalar, raw_sql, Row};\n"


def contract_of(rust: str, **others: str):
    files = [("src/lib.rs", rust.encode()), *((name, text.encode()) for name, text in others.items())]
    return extract_contract("shop", files)


def only(rust: str, **others: str):
    (query,) = contract_of(USE + rust, **others).queries
    return query


@pytest.mark.parametrize(
    ("expression", "text"),
    [
        ('"SELECT 1"', "SELECT 1"),
        (r'"SELECT \"a\" FROM t"', 'SELECT "a" FROM t'),
        ('"SELECT 1 \\\n            FROM t"', "SELECT 1 FROM t"),
        ('"SELECT 1\n FROM t"', "SELECT 1\n FROM t"),
        ('"a\\tb\\\\n\\u{e9}\\x41"', "a\tb\\n\u00e9A"),
        ('r#"SELECT "a" FROM t"#', 'SELECT "a" FROM t'),
        (r'r"SELECT \d"', r"SELECT \d"),
        ('r##"SELECT "#" FROM t"##', 'SELECT "#" FROM t'),
        ('"SELECT " + r#"1"# + " FROM t"', "SELECT 1 FROM t"),
    ],
)
def test_a_macro_takes_every_form_of_string_literal(expression, text):
    assert only(f"fn f() {{ sqlx::query!({expression}); }}").sql == text


@pytest.mark.parametrize(
    "expression",
    [
        '&"SELECT 1"',
        '("SELECT 1")',
        'concat!("SELECT ", "1")',
        "SELECT_ONE",
        "Self::SELECT_ONE",
        "crate::SELECT_ONE",
        "&SELECT_ONE",
        "LATER",
        "JOINED",
        'AssertSqlSafe("SELECT 1")',
        '"SELECT 1".to_string()',
        "&String::from(SELECT_ONE)",
    ],
)
def test_a_function_takes_what_stands_for_a_literal(expression):
    constants = (
        'const SELECT_ONE: &str = "SELECT 1"; static LATER: &\'static str = SELECT_ONE;'
        'const JOINED: &str = concat!("SELECT", " ", "1");'
    )
    assert only(f"{constants} fn f() {{ sqlx::query({expression}).execute(p); }}").sql == "SELECT 1"


def test_a_constant_of_another_file_is_found_when_its_name_is_unique():
    rust = USE + "fn f() { query(sql::ONE); query(sql::TWO) }"
    contract = contract_of(
        rust,
        **{
            "src/sql.rs": 'pub const ONE: &str = "SELECT 1"; pub const TWO: &str = "SELECT 2";',
            "src/more.rs": 'const TWO: &str = "SELECT 22";',
        },
    )
    assert [query.sql for query in contract.queries] == ["SELECT 1"]
    assert [opaque.reason for opaque in contract.unread] == ["the SQL comes from `TWO`, whose value is not a literal"]


def test_a_let_binding_in_scope_is_followed():
    assert only('fn f() { let sql = "SELECT 1"; query(sql).execute(p) }').sql == "SELECT 1"


@pytest.mark.parametrize(
    "body",
    [
        'let mut sql = String::from("SELECT 1"); sql.push_str(x); query(&sql)',
        '{ let sql = "SELECT 1"; } query(sql)',
        "query(sql)",
        "query(&self.sql)",
        'query(&format!("SELECT {x}"))',
        "query(&build(1))",
        'query(include_str!(concat!(env!("OUT_DIR"), "/q.sql")))',
    ],
)
def test_a_text_that_is_made_at_run_time_is_opaque_and_counted(body):
    contract = contract_of(f'{USE}const sql2: &str = ""; fn f(x: bool, other: &str) {{ {body}.execute(p) }}')
    assert contract.queries == ()
    assert len(contract.unread) == 1


@pytest.mark.parametrize(
    "call",
    [
        "query!()", "query()", "query_as!()", "query_as!(T)", "query_as!(T,)", "query!(,)", "query!(", "query(",
        "query::<", "query!", "query_file!()", "query_scalar::<_, i64>(", 'query("a" +)', "query(&)", "query(())",
        "query!(+)",
        "query(concat!())", "query(x!())", 'query("SELECT 1").', 'query("SELECT 1").bind(', 'query("SELECT 1").bind::<',
        "QueryBuilder::", "query(include_str!())", 'query(b"SELECT 1")', 'query_as::<>("SELECT 1")',
    ],
)  # fmt: skip
def test_half_written_code_is_no_exception(call):
    contract = contract_of(f"{USE}fn f() {{ {call} }}")
    assert len(contract.queries) + sum(bool(place.macro) for place in contract.unread) <= 1


def test_a_parameter_hides_a_constant_of_its_name():
    contract = contract_of(USE + 'const sql: &str = "SELECT 1"; fn f(sql: &str) { query(sql).execute(p) }')
    assert contract.queries == ()


def test_opaque_queries_say_why_and_where():
    contract = contract_of(
        USE + 'fn f() {\n  query(&format!("SELECT {x}"));\n QueryBuilder::<Postgres>::new("SELECT "); }'
    )
    assert [(opaque.line, opaque.macro, opaque.reason) for opaque in contract.unread] == [
        (3, "query", "the SQL is built by format! at run time"),
        (4, "QueryBuilder", "other functions push to the QueryBuilder"),
    ]


@pytest.mark.parametrize(
    ("use", "call"),
    [
        ("", 'sqlx::query!("SELECT 1")'),
        ("", '::sqlx::query("SELECT 1")'),
        ("use sqlx::query;", 'query!("SELECT 1")'),
        ("use sqlx::query as q;", 'q("SELECT 1")'),
        ("use sqlx::{self, query as q};", 'q!["SELECT 1"]'),
        ("use sqlx as db;", 'db::query! { "SELECT 1" }'),
        ("use sqlx::*;", 'query("SELECT 1")'),
        ("#[macro_use] extern crate sqlx;", 'query!("SELECT 1")'),
        ("use std::{io, fmt as f}; use sqlx::{postgres::PgPool, query};", 'query("SELECT 1")'),
    ],
)
def test_sqlx_is_known_by_every_name_it_is_imported_as(use, call):
    (query,) = contract_of(f"{use} fn f() {{ {call}; }}").queries
    assert query.sql == "SELECT 1"


@pytest.mark.parametrize(
    "code",
    [
        'fn f() { query("SELECT 1"); }',
        'use diesel::*; fn f() { diesel::query!("SELECT 1"); }',
        'use sqlx::query; fn f() { x.query("SELECT 1"); }',
        "use sqlx::query; fn query(a: &str) {}",
        'fn f() { // sqlx::query!("SELECT 1")\n /* sqlx::query("SELECT 1") */ }',
        'fn f() { let s = "sqlx::query!(\\"SELECT 1\\")"; }',
        'use sqlx::query; fn f() { query::<Sqlite>("SELECT 1"); }',
        'use sqlx::query_as; fn f() { query_as::<sqlx::MySql, T>("SELECT 1"); }',
        '#[cfg(test)] mod tests { fn f() { sqlx::query!("SELECT 1"); } }',
        '#[cfg(test)]\n#[allow(dead_code)] fn f() { sqlx::query!("SELECT 1"); }',
        '#[sqlx::test(migrations = "x")] async fn f(p: PgPool) { sqlx::query!("SELECT 1"); }',
        '#[tokio::test] async fn f() { sqlx::query!("SELECT 1"); }',
    ],
)
def test_what_is_not_a_query_of_the_service_is_left_out(code):
    contract = contract_of(code)
    assert (contract.queries, contract.unread) == ((), ())


def test_a_test_only_field_hides_no_query_behind_it():
    rust = 'struct S { #[cfg(test)] probe: Vec<u8>, x: i32 } fn f() { sqlx::query!("SELECT 1"); }'
    assert len(contract_of(rust).queries) == 1


def test_queries_inside_other_macros_and_closures_are_found():
    rust = """fn f() {
        tokio::try_join!(sqlx::query!("SELECT 1").fetch_one(&p), async { sqlx::query("SELECT 2").execute(&p).await });
        xs.iter().map(|x| sqlx::query_scalar!("SELECT 3", x));
        info!("{}", sqlx::query_as::<_, (i64,)>("SELECT 4").fetch_one(&p).await?.0);
    }"""
    found = sorted(query.sql for query in contract_of(rust).queries)
    assert found == ["SELECT 1", "SELECT 2", "SELECT 3", "SELECT 4"]


def test_what_is_around_a_syntax_error_is_still_read():
    contract = contract_of('fn f() { sqlx::query!("SELECT 1"); }\nfn broken( {\nfn g() { sqlx::query!("SELECT 2"); }')
    assert [query.sql for query in contract.queries] == ["SELECT 1", "SELECT 2"]
    assert [str(place) for place in contract.unread] == ["src/lib.rs:2: does not parse as Rust"]


@pytest.mark.parametrize(
    "content", [b"fn f() { \xff }", b"\x00\x01", b"((((((", b'"unclosed', b"#[", b"use", b"struct"]
)
def test_no_content_is_an_exception(content):
    contract = extract_contract("shop", [("src/lib.rs", content)])
    assert contract.queries == ()
    assert all(place.line == 1 for place in contract.unread)


def test_the_order_of_files_makes_no_difference():
    files = [(f"src/{name}.rs", f'fn f() {{ sqlx::query!("SELECT {name}"); }}'.encode()) for name in "cab"]
    assert extract_contract("shop", files) == extract_contract("shop", files[::-1])


@pytest.mark.parametrize(
    ("call", "arguments", "fetch"),
    [
        ('query!("SELECT $1", a).fetch_one(&p).await?', 1, "fetch_one"),
        ('query!("SELECT 1",)', 0, ""),
        ('query!("SELECT $1, $2", a as _, f(b, c),)', 2, ""),
        ('query!("SELECT $1, $2", a::<B, C>(), |x, y| x)', 2, ""),
        ('query!("SELECT $1", &[1, 2][..])', 1, ""),
        ('query_as!(Map<A, B>, "SELECT $1", a)', 1, ""),
        ('query("SELECT $1").bind(a).bind(b).execute(&mut *tx).await', 2, "execute"),
        ('query("SELECT $1").bind(a)', -1, ""),
        ('query("SELECT 1").fetch(&p)', 0, "fetch"),
        ('query("SELECT $1")\n .bind::<i64>(a)\n // why\n .map(|r: PgRow| r.get(0)).fetch_all(&p)', 1, "fetch_all"),
        ('query_with("SELECT $1", args).execute(&p)', -1, "execute"),
        # try_bind gives a Result, not the query: what stands behind it is not done with the query.
        ('query("SELECT $1, $2").bind(a).try_bind(b)?.execute(&p)', -1, ""),
    ],
)
def test_arguments_are_counted_where_all_of_them_are_in_sight(call, arguments, fetch):
    (query,) = contract_of(f"use sqlx::*; fn f() {{ {call}; }}").queries
    assert (query.arguments, query.fetch) == (arguments, fetch)


def test_constants_that_are_bound_are_known():
    rust = """
        #[derive(sqlx::Type)] #[sqlx(rename_all = "snake_case")]
        enum State { InTransit, #[sqlx(rename = "done!")] Done }
        fn f() { query("…").bind("a'b").bind(5_i64).bind(x).bind(State::InTransit).bind(&State::Done).execute(p);
                 query!("!", -3, true, State::Done as _, other::Thing, "a" as &str) }"""
    function, macro = contract_of(USE + rust).queries
    assert [(c.position, c.value) for c in function.constants] == [
        (1, "a'b"), (2, "5"), (4, "in_transit"), (5, "done!"),
    ]  # fmt: skip
    assert [(c.position, c.value) for c in macro.constants] == [(1, "-3"), (2, "true"), (3, "done!"), (5, "a")]


@pytest.mark.parametrize(
    ("code", "result"),
    [
        ('query_as!(User, "SELECT 1")', "User"),
        ('query_as!(crate::model::User, "SELECT 1")', "crate::model::User"),
        ('query_as!(Page<User, Vec<u8>>, "SELECT 1", a)', "Page<User, Vec<u8>>"),
        ('query_as::<_, User>("SELECT 1")', "User"),
        ('query_as::<Postgres, (i64, Option<String>)>("SELECT 1")', "(i64, Option<String>)"),
        ('query_scalar::<_, i64>("SELECT 1")', "i64"),
        ('let u: Vec<User> = query_as("SELECT 1").fetch_all(&p).await?', "User"),
        ('let u: Option<(i64, i32)> = query_as("SELECT 1").fetch_optional(&p).await?', "(i64, i32)"),
        ('let u: User = query_as::<_, _>("SELECT 1").bind(x).fetch_one(&p).await?', "User"),
        ('let u = query_as("SELECT 1").fetch_one(&p).await?', ""),
        ('let u: Vec<_> = query_as("SELECT 1").fetch_all(&p).await?', ""),
        ('let u: Result<Vec<User>, Error> = query_as("SELECT 1").fetch_all(&p).await', "User"),
        ('let u: DbResult<User> = query_as("SELECT 1").fetch_one(&p).await', "User"),
        ('query("SELECT 1")', ""),
    ],
)
def test_the_row_type_is_read_where_it_is_written(code, result):
    assert only(f"fn f() {{ {code}; }}").result_type == result


def test_the_row_type_follows_from_the_functions_result_when_the_query_is_its_last_expression():
    rust = """async fn f(p: &Pool) -> sqlx::Result<Vec<User>> {
        let x = 1;
        query_as("SELECT 1").bind(x).fetch_all(p).await
    }"""
    assert only(rust).result_type == "User"


def test_query_files_are_read_relative_to_the_crate():
    rust = 'fn f() { sqlx::query_file!("sql/a.sql", x); sqlx::query_file_as!(User, "sql/b.sql"); }'
    files = [
        ("api/src/lib.rs", rust.encode()), ("api/Cargo.toml", b""), ("api/sql/a.sql", b"SELECT $1"),
    ]  # fmt: skip
    contract = extract_contract("shop", files)
    assert [(query.sql, query.macro, query.arguments) for query in contract.queries] == [
        ("SELECT $1", "query_file!", 1)
    ]
    assert [opaque.reason for opaque in contract.unread] == ["the file sql/b.sql is not among the service's files"]


def test_a_query_file_is_found_without_a_manifest_too():
    files = [("api/src/db/lib.rs", b'fn f() { sqlx::query_file!("sql/a.sql"); }'), ("api/sql/a.sql", b"SELECT 1")]
    assert [query.sql for query in extract_contract("shop", files).queries] == ["SELECT 1"]


def test_included_files_are_read_relative_to_the_source():
    query = only('fn f() { query(include_str!("../sql/a.sql")) }', **{"sql/a.sql": "SELECT 7"})
    assert query.sql == "SELECT 7"


def test_tokio_postgres_calls_are_queries_where_the_crate_is_imported():
    call = 'fn f() { client.query_one("SELECT $1, $2", &[&a, &b]).await; cache.query("name"); client.query(&st, &[]) }'
    assert contract_of(call).queries == ()
    (query,) = contract_of(f"use tokio_postgres::Client; {call}").queries
    assert (query.macro, query.sql, query.arguments) == ("client.query_one", "SELECT $1, $2", 2)


def test_a_text_that_an_executor_runs_is_a_query():
    rust = (
        USE
        + 'fn f() { conn.execute_many(include_str!("a.sql")); pool.fetch_one(Q); x.execute(&pool); y.execute("run") }'
    )
    contract = contract_of(f'{rust} const Q: &str = "SELECT 2";', **{"src/a.sql": "SELECT 1; SELECT 3"})
    assert [(query.macro, query.sql) for query in contract.queries] == [
        ("executor.execute_many", "SELECT 1; SELECT 3"),
        ("executor.fetch_one", "SELECT 2"),
    ]
    assert contract.unread == ()


SELECT_WHERE = """
    macro_rules! select_where {
        ($where:tt, $value:ident) => { sqlx::query_as!(User, r#"SELECT id FROM users "# + $where, $value) };
        ($where:tt) => { { sqlx::query_as!(User, r#"SELECT id FROM users "# + $where) } };
    }"""


def test_a_query_of_a_macro_is_what_each_call_makes_of_it():
    calls = """fn f() { select_where!("WHERE id = $1", id).fetch_one(p) }
        fn g() { select_where!("LIMIT 3").fetch_all(p) }"""
    contract = contract_of(SELECT_WHERE + calls)
    assert [(query.line, query.sql, query.arguments, query.fetch) for query in contract.queries] == [
        (5, "SELECT id FROM users WHERE id = $1", 1, "fetch_one"),
        (6, "SELECT id FROM users LIMIT 3", 0, ""),
    ]
    assert contract.unread == ()


@pytest.mark.parametrize("call", ["", "select_where!(a, b, c)", "other!(1)"])
def test_a_query_of_a_macro_that_nothing_here_calls_is_opaque(call):
    contract = contract_of(f"{SELECT_WHERE} fn f() {{ {call} }}")
    assert {opaque.reason for opaque in contract.unread} == {"the SQL is an argument of a macro_rules! macro"}


def test_a_macro_with_repetitions_is_expanded():
    rust = """macro_rules! q { ($sql:tt $(, $x:expr)*) => { sqlx::query!($sql $(, $x)*) } }
        fn f() { q!("SELECT $1, $2", a, b.c(d)) }"""
    contract = contract_of(rust)
    assert [(query.sql, query.arguments) for query in contract.queries] == [("SELECT $1, $2", 2)]


def test_tests_benches_and_examples_of_a_crate_are_not_the_service():
    rust = b'fn f() { sqlx::query!("SELECT 1"); }'
    files = [(f"{folder}/a.rs", rust) for folder in ("tests", "benches", "examples", "target/debug")]
    assert extract_contract("shop", files).files == 0


def test_the_comma_within_the_type_of_a_cast_parts_no_arguments():
    rust = USE + 'fn f() { query!("SELECT $1, $2", &d as &Option<Json<HashMap<String, Value>>>, id).execute(p) }'
    assert [query.arguments for query in contract_of(rust).queries] == [2]


def test_an_associated_type_is_no_alias():
    contract = contract_of("impl<'de> Visitor<'de> for V { type Value = bool; }\ntype Id = i64;")
    assert [alias.name for alias in contract.aliases] == ["Id"]


@pytest.mark.parametrize(
    ("condition", "read"),
    [
        ('feature = "sqlite"', False),
        ('not(feature = "postgres")', False),
        ('feature = "postgres"', True),
        ('any(feature = "postgres", feature = "sqlite")', True),
        ('not(feature = "sqlite")', True),
        ("unix", True),
    ],
)
def test_what_is_compiled_for_another_database_only_is_left_out(condition, read):
    contract = contract_of(f'{USE}fn f() {{ #[cfg({condition})] query!("SELECT 1").execute(p); query!("SELECT 2"); }}')
    assert ("SELECT 1" in [query.sql for query in contract.queries]) == read


@pytest.mark.parametrize(
    ("signature", "bound", "sent"),
    [
        ("id: i64", "id", "int8"),
        ("id: &str", "id", "text"),
        ("id: Option<Uuid>", "&id", "uuid"),
        ("ids: &[i32]", "ids", "int4[]"),
        ("user: &User", "user.age", "int2"),
        ("id: u8", "id as i32", "int4"),
        ("id: impl Into<i64>", "id", None),
        ("", "5_i64", "int8"),
        ("", '"paid"', "text"),
        ("", "Uuid::new_v4()", "uuid"),
        ("", "name.to_string()", "text"),
        ("", "Status::Paid", "status"),
        ("", "helper()", None),
    ],
)
def test_the_type_that_is_sent_with_an_argument_is_read_where_it_is_plain(signature, bound, sent):
    types = 'struct User { age: i16 }\n#[derive(sqlx::Type)] #[sqlx(type_name = "status")] enum Status { Paid }\n'
    contract = contract_of(f'{USE}{types}fn f({signature}) {{ query("SELECT $1").bind({bound}).execute(p) }}')
    assert [query.sent_types for query in contract.queries] == [(sent,) if sent else ()]
