"""Rows that are handed to a function of the service: what it reads is read of the query."""

from __future__ import annotations

import pytest

from shared.contracts.extract import extract_contract

JOB = "fn job_of(row: &tokio_postgres::row::Row) -> Job { let id: Uuid = row.try_get(0)?; let n: String = row.get(1); }"
CONVERTED = """impl TryFrom<&Row> for Job { type Error = E;
    fn try_from(row: &Row) -> Result<Self, E> { Ok(Job { id: row.try_get::<_, Uuid>("id")? }) } }
impl TryFrom<&Row> for Team { type Error = E;
    fn try_from(row: &Row) -> Result<Self, E> { Ok(Team { name: row.try_get::<_, String>("name")? }) } }"""
NUMBERED = [("0", "Uuid"), ("1", "String")]


def read(rust: str, *more: str):
    files = [(f"src/file_{number}.rs", text.encode()) for number, text in enumerate((rust, *more))]
    [query] = extract_contract("desk", files).queries
    return [(field.name, field.type) for field in query.fields]


def in_function(body: str) -> str:
    return f"use tokio_postgres::{{Client, Row}}; async fn f(c: &Client) {{ {body} }}"


@pytest.mark.parametrize(
    "body",
    [
        'let row = c.query_one("SELECT * FROM jobs", &[]).await?; job_of(&row)',
        'for row in c.query("SELECT * FROM jobs", &[]).await? { found.push(job_of(&row).unwrap()); }',
        'c.query("SELECT * FROM jobs", &[]).await?.iter().map(job_of).collect()',
        'c.query("SELECT * FROM jobs", &[]).await?.iter().map(|row| crate::jobs::job_of(row)).collect()',
        'let rows = c.query("SELECT * FROM jobs", &[]).await?; Some(handed_on(&rows[0], 3))',
    ],
)
def test_what_a_function_reads_of_a_row_is_read_of_the_query_that_gives_it(body):
    handed_on = "fn handed_on(row: &Row, more: i32) -> Job { job_of(row) }"
    assert read(in_function(body), JOB, handed_on) == NUMBERED


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ('let row = c.query_one("SELECT 1", &[]).await?; Job::try_from(&row)', [("id", "Uuid")]),
        ('c.query("SELECT 1", &[]).await?.iter().map(Team::try_from)', [("name", "String")]),
        ('let row = c.query_one("SELECT 1", &[]).await?; Other::try_from(&row)', []),
        ('let row = c.query_one("SELECT 1", &[]).await?; try_from(&row)', []),
    ],
)
def test_functions_of_one_name_are_told_apart_by_their_types(body, fields):
    assert read(in_function(body) + CONVERTED) == fields


def test_a_function_of_the_same_type_is_called_by_self():
    rust = """use tokio_postgres::{Client, Row}; impl Store {
    fn row_of(&self, row: Row) -> Job { row.get::<_, i64>("id") }
    async fn f(&self, c: &Client) { self.row_of(c.query_one("SELECT id FROM t", &[]).await?); } }"""
    assert read(rust) == [("id", "i64")]


def test_two_functions_of_one_name_tell_nothing():
    one = 'fn of(row: &Row) -> i64 { row.get::<_, i64>("a") }'
    body = 'let row = c.query_one("SELECT 1", &[]).await?; of(&row)'
    assert read(in_function(body), one, one) == []
    assert read(in_function(body), one) == [("a", "i64")]


def test_a_row_of_sqlx_is_handed_on_as_well():
    rust = """use sqlx::postgres::PgRow; fn of(row: &PgRow) -> i64 { row.get::<i64, _>("id") }
    async fn f(p: P) { let row = sqlx::query("SELECT id FROM t").fetch_one(p).await?; of(&row) }"""
    assert read(rust) == [("id", "i64")]


EXTENDED = """
trait RowExt {
    fn get_whole<I, T>(&self, column: I) -> Result<T, E> where T: TryFrom<i64> { self.get_as::<i64, I, T>(column) }
    fn get_maybe<I, T>(&self, column: I) -> Result<Option<T>, E>;
    fn get_as<P, I, T>(&self, column: I) -> Result<T, E>;
    fn get_decoded<T, P>(&self, column: &'static str, how: &P) -> Result<T, E>;
    fn is_new(&self) -> bool { true }
}
impl RowExt for Row {
    fn get_as<P, I, T>(&self, column: I) -> Result<T, E> { let value: P = self.get(column); Ok(T::try_from(value)?) }
    fn get_maybe<I, T>(&self, column: I) -> Result<Option<T>, E> { let value: Option<i64> = self.get(column); f(value) }
    fn get_decoded<T, P>(&self, column: &'static str, how: &P) -> R { f(self.try_get::<_, Vec<u8>>(column)?, how) }
}"""


@pytest.mark.parametrize(
    ("read_by", "field"),
    [
        ('row.get_whole("n")', ("n", "i64")),
        ('row.get_maybe("n")', ("n", "Option<i64>")),
        ('row.get_as("n")', ("n", "")),
        ('row.get_decoded("n", &how)', ("n", "Vec<u8>")),
        ("row.is_new()", None),
    ],
)
def test_the_methods_that_the_service_gives_rows_read_a_column_too(read_by, field):
    body = f'let row = c.query_one("SELECT n FROM t", &[]).await?; {read_by};'
    assert read(in_function(body), f"use tokio_postgres::Row; {EXTENDED}") == ([field] if field else [])


def test_a_row_in_the_tuple_of_a_closure_is_the_one_of_the_chain():
    body = 'c.query("SELECT 1", &[]).await?.into_iter().map(|row| (row.get(5), row)).map(|(id, row)| job_of(&row))'
    assert read(in_function(body), JOB) == [("0", "Uuid"), ("1", "String"), ("5", "")]


def test_of_several_arguments_the_row_is_the_one_that_is_read():
    rust = """use tokio_postgres::{Client, Row};
    fn of<const N: usize, A: Kind<N, 16>>(a: &A, row: &Row, ids: &[Row]) -> i64 { row.get::<_, i64>("a") }
    async fn f(c: &Client) { let ids = c.query("SELECT 2", &[]).await?; let row = c.query_one("SELECT 1", &[]).await?;
        of(a, &row, &ids) }"""
    queries = extract_contract("desk", [("src/lib.rs", rust.encode())]).queries
    assert {query.sql: len(query.fields) for query in queries} == {"SELECT 1": 1, "SELECT 2": 0}
