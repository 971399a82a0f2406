"""Every text that an expression can stand for is read, and what is not in the source is named."""

from __future__ import annotations

import pytest

from shared.contracts.extract import extract_contract

HEAD = """
use sqlx::{query, QueryBuilder, Postgres};
const COLS: &str = "id, name";
static TABLE: &str = concat!("us", "ers");
const BOTH: [&str; 2] = ["SELECT 1", "SELECT 2"];
struct User; impl User { const ALL: &'static str = "SELECT * FROM users"; }
struct Org; impl Org { const ALL: &'static str = "SELECT * FROM orgs"; }
fn base(table: &str) -> String { format!("SELECT * FROM {table}") }
fn chosen(asc: bool) -> &'static str { if asc { return "SELECT 1"; } match asc { _ => "SELECT 2" } }
"""


RUN = "macro_rules! run { ($p:expr, $sql:expr $(, $b:expr)* $(,)?) => { query($sql)$(.bind($b))*.execute($p) } }"


JOINED = 'macro_rules! sql { ($($part:literal),+ $(,)?) => { concat!($($part, " "),+) }; }'


def read(body: str, **files: str):
    sources = [("src/lib.rs", f"{HEAD}fn f(p: P, flag: bool, name: &str) {{ {body} }}".encode())]
    sources += [(path.replace("__", "/").replace("_dot_", "."), text.encode()) for path, text in files.items()]
    contract = extract_contract("shop", sources)
    return [query.sql for query in contract.queries], [place.reason for place in contract.unread]


@pytest.mark.parametrize(
    ("expression", "texts"),
    [
        ('format!("SELECT {COLS} FROM {}", TABLE)', ["SELECT id, name FROM users"]),
        ('format!("SELECT {0} FROM {t} -- {{}}", COLS, t = TABLE)', ["SELECT id, name FROM users -- {}"]),
        ("User::ALL", ["SELECT * FROM users"]),
        ("Org::ALL", ["SELECT * FROM orgs"]),
        ('base("users")', ["SELECT * FROM users"]),
        ("chosen(flag)", ["SELECT 1", "SELECT 2"]),
        ('if flag { "SELECT 1" } else if no { "SELECT 2" } else { "SELECT 3" }', ["SELECT 1", "SELECT 2", "SELECT 3"]),
        ('match flag { true => "SELECT 1", false => unreachable!() }', ["SELECT 1"]),
        ('["SELECT 1", "FROM users"].join(" ")', ["SELECT 1 FROM users"]),
        ('"SELECT x".replace("x", "y")', ["SELECT y"]),
        ('{ let inner = "SELECT 1"; inner }', ["SELECT 1"]),
    ],
)  # fmt: skip
def test_an_expression_whose_parts_stand_in_the_source_is_read(expression, texts):
    assert read(f"query({expression}).execute(p);") == (texts, [])


@pytest.mark.parametrize(
    ("body", "texts"),
    [
        ('let sql = "SELECT 1"; let sql = sql; query(sql).execute(p);', ["SELECT 1"]),
        ("for sql in BOTH { query(sql).execute(p); }", ["SELECT 1", "SELECT 2"]),
        ('for sql in ["SELECT 1", "SELECT 2"].iter() { query(sql).execute(p); }', ["SELECT 1", "SELECT 2"]),
        ('let mut s = String::from("SELECT 1"); s.push_str(" FROM t"); query(&s).execute(p);', ["SELECT 1 FROM t"]),
        (
            'let mut s = "SELECT 1".to_string(); if flag { s += " LIMIT 1"; } query(&s).execute(p);',
            ["SELECT 1", "SELECT 1 LIMIT 1"],
        ),
        ('let mut s = String::new(); write!(s, "SELECT {COLS}").unwrap(); query(&s).execute(p);', ["SELECT id, name"]),
        (f'{JOINED} query(sql!("SELECT 1", "FROM t")).execute(p);', ["SELECT 1 FROM t "]),
        (f'{RUN} run!(p, "SELECT $1", name);', ["SELECT $1"]),
        (
            ('let mut b = QueryBuilder::<Postgres>::new("SELECT 1 WHERE a IN ("); let mut l = b.separated(", ");'
            ' for x in xs { l.push_bind(x); } l.push_unseparated(")"); b.build().execute(p);'),
            ["SELECT 1 WHERE a IN ($1)"],
        ),
        (
            ('let mut b: QueryBuilder<Postgres> = QueryBuilder::new("SELECT 1 WHERE a = "); b.push_bind(1);'
            ' if flag { b.push(" AND b = ").push_bind(2); } b.build_query_scalar::<i64>().fetch_one(p);'),
            ["SELECT 1 WHERE a = $1", "SELECT 1 WHERE a = $1 AND b = ", "SELECT 1 WHERE a = $1 AND b = $2",
             "SELECT 1 WHERE a = $1$2"],
        ),
        (
            ('let mut b = QueryBuilder::<Postgres>::new("INSERT INTO t (a, b) ");'
            " b.push_values(rows, |mut row, r| { row.push_bind(r.0).push_bind(r.1); }); b.build().execute(p);"),
            ["INSERT INTO t (a, b) VALUES ($1, $2)"],
        ),
    ],
)  # fmt: skip
def test_what_a_body_puts_together_is_read(body, texts):
    assert read(body) == (texts, [])


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ('query(&format!("SELECT {name}")).execute(p);', "the SQL is built by format! at run time"),
        ("query(name).execute(p);", "the SQL comes from `name`, whose value is not a literal"),
        ("query(&helper(name)).execute(p);", "the SQL is computed at run time"),
        ('query(include_str!(concat!(env!("OUT_DIR"), "/q.sql")));', "the SQL is made by a build script"),
        ('let mut b = QueryBuilder::<Postgres>::new("SELECT 1"); filter(&mut b); b.build().execute(p);',
         "other functions push to the QueryBuilder"),
        ('let mut s = String::from("SELECT 1"); fill(&mut s); query(&s).execute(p);',
         "the SQL comes from `s`, whose value is not a literal"),
    ],
)  # fmt: skip
def test_what_is_not_in_the_source_is_named(body, reason):
    assert read(body) == ([], [reason])


def test_a_macro_that_makes_functions_makes_a_query_of_each_at_its_own_line():
    rust = """macro_rules! finders { ($($name:ident => $sql:literal),* $(,)?) => {
            $(pub async fn $name(pool: &P) { sqlx::query($sql).fetch_all(pool).await })*
        }; }
        finders! {
            tickets => "SELECT id FROM ticket",
            seats => "SELECT seat FROM agent",
        }"""
    contract = extract_contract("shop", [("src/lib.rs", rust.encode())])
    assert [query.sql for query in contract.queries] == ["SELECT id FROM ticket", "SELECT seat FROM agent"]
    assert contract.unread == ()


def test_a_file_is_included_relative_to_the_including_one_or_by_the_folder_of_the_crate():
    files = {"sql__a_dot_sql": "SELECT 'a'", "Cargo_dot_toml": ""}
    texts, unread = read(
        'query(include_str!("../sql/a.sql")); query(include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/sql/a.sql")));',
        **files,
    )
    assert (texts, unread) == (["SELECT 'a'", "SELECT 'a'"], [])


WRAPPER = """async fn run(db: &Pool, sql: &str) { sqlx::query(sql).execute(db).await; }
async fn sweep(db: &Pool, table: &str, set: &str) {
    sqlx::query(&format!("UPDATE {table} SET {set}")).execute(db).await;
}
async fn hidden(db: &Pool, sql: &str) { let sql = read(sql); sqlx::query(sql).execute(db).await; }
"""


def _of_calls(calls: str) -> tuple[list[str], list[str]]:
    contract = extract_contract("a", [("src/lib.rs", f"{WRAPPER} fn f() {{ {calls} }}".encode())])
    return sorted(query.sql for query in contract.queries if not query.holes), [p.reason for p in contract.unread]


def test_a_text_that_every_call_of_a_function_gives_is_known():
    found, unread = _of_calls("""run(db, "DELETE FROM a"); self.run(db, SECOND);
        sweep(db, "a", "b = 1"); sweep(db, "c", "d = 2"); } const SECOND: &str = "DELETE FROM b"; fn g() {""")
    assert found == ["DELETE FROM a", "DELETE FROM b", "UPDATE a SET b = 1", "UPDATE c SET d = 2"]
    assert unread == ["the SQL comes from `sql`, whose value is not a literal"]


def test_a_call_whose_argument_is_not_in_the_source_leaves_a_hole():
    found, unread = _of_calls('run(db, "DELETE FROM a"); run(db, &read_from_disk());')
    assert found == ["DELETE FROM a"]
    assert len(unread) == 3


@pytest.mark.parametrize(
    "calls",
    [
        'hidden(db, "DELETE FROM a");',
        'run("a=b");',
        'run(db, "a=b");',
        'fn run(db: &Pool, sql: &str) {} run(db, "DELETE FROM a");',
    ],
)
def test_what_may_be_another_function_or_another_text_is_not_taken(calls):
    assert _of_calls(calls)[0] == []


def test_a_value_that_is_a_text_itself_is_opaque_and_no_error():
    contract = extract_contract("a", [("src/lib.rs", b"trait T { fn f(self) { sqlx::query(self).execute(p); } }")])
    assert [place.reason for place in contract.unread] == ["the SQL comes from `self`, whose value is not a literal"]


def test_constants_of_a_block_are_its_own():
    rust = """use tokio_postgres::Client;
fn f(c: &Client) { const QUERY: &str = "SELECT 1"; c.execute(QUERY, &[]); }
fn g(c: &Client) { static QUERY: &str = "SELECT 2"; if ok { c.execute(QUERY, &[]); } }"""
    contract = extract_contract("shop", [("src/lib.rs", rust.encode())])
    assert ([query.sql for query in contract.queries], contract.unread) == (["SELECT 1", "SELECT 2"], ())
