"""Statements that are given to clients of tokio-postgres are read wherever the client comes from, or named."""

from __future__ import annotations

import pytest

from shared.contracts.extract import extract_contract


def read(rust: str, *more: tuple[str, str]):
    files = [("src/lib.rs", rust.encode()), *((path, text.encode()) for path, text in more)]
    contract = extract_contract("desk", files)
    return [query.sql for query in contract.queries], [place.line for place in contract.unread]


@pytest.mark.parametrize(
    "sql",
    [
        "-- why\\nSELECT 1",
        "/* a /* nested */ comment */ DELETE FROM t",
        "(SELECT 1) UNION (SELECT 2)",
        "TABLE t",
        "\\n  update t set a = 1",
    ],
)
def test_a_comment_or_a_parenthesis_may_stand_before_a_statement(sql):
    texts, _ = read(f'async fn f(c: &tokio_postgres::Client) {{ c.query("{sql}", &[]).await; }}')
    assert len(texts) == 1


def test_a_client_of_another_file_needs_no_use_line():
    rust = 'use crate::db::Db; fn f(db: &Db) { db.execute("DELETE FROM stale", &[]); }'
    assert read(rust, ("src/db.rs", "pub type Db = tokio_postgres::Client;")) == (["DELETE FROM stale"], [])


def test_without_such_a_crate_nothing_is_a_client():
    assert read('fn f(c: &Elastic) { c.query("SELECT 1", &[]); }') == ([], [])


def test_a_text_that_comes_in_is_named_and_a_prepared_statement_is_not():
    rust = """use tokio_postgres::{Client, Statement};
fn f(c: &Client, sql: &str) { c.execute(sql, &[]); }
fn g(c: &Client, found: &Statement) { c.query(found, &[]); }
fn h(c: &Client) { let s = c.prepare("SELECT 1"); c.query_one(&s, &[]); }"""
    assert read(rust) == (["SELECT 1"], [2])


def test_a_text_may_have_the_name_of_the_statement_that_is_prepared_of_it():
    rust = """use tokio_postgres::Client;
fn f(c: &Client) { let stmt = "SELECT 1"; let stmt = c.prepare_cached(stmt).await?; c.execute(&stmt, &[]); }"""
    assert read(rust) == (["SELECT 1"], [])


def test_types_that_are_sent_are_read():
    rust = """use tokio_postgres::{Client, types::Type};
fn f(c: &Client) { c.query_typed("SELECT $1, $2", &[(&a, Type::INT8), (&b, Type::TEXT_ARRAY)]); }"""
    contract = extract_contract("desk", [("src/lib.rs", rust.encode())])
    assert [query.sent_types for query in contract.queries] == [("int8", "text[]")]


@pytest.mark.parametrize(
    ("run", "fetch"),
    [
        ("c.query_one(&s, &[]).await", "fetch_one"),
        ("c.query_opt(&s, &[]).await; c.query_one(&s, &[]).await", ""),
        ("c.query(&s, &[]).await", ""),
    ],
)
def test_a_prepared_statement_fetches_what_the_call_that_runs_it_does(run, fetch):
    rust = f'use tokio_postgres::Client; fn h(c: &Client) {{ let s = c.prepare("SELECT 1").await?; {run}; }}'
    [query] = extract_contract("desk", [("src/lib.rs", rust.encode())]).queries
    assert query.fetch == fetch


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("given.map(|v| v as i32)", "Option<i32>"),
        ("given.map(|v| other(v) as i32)", ""),
        ("given.map(f)", ""),
    ],
)
def test_an_option_whose_value_is_cast_has_the_type_of_the_cast(value, written):
    rust = f'use tokio_postgres::Client; fn f(c: &Client) {{ let n = {value}; c.execute("SELECT $1", &[&n]); }}'
    [query] = extract_contract("desk", [("src/lib.rs", rust.encode())]).queries
    assert query.argument_types == ((written,) if written else ())
