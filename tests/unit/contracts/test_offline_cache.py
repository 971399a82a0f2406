"""sqlx's offline data names the queries of macros whose source is not there."""

from __future__ import annotations

import json

from shared.contracts.extract import extract_contract


def entry(sql: str, database: str = "PostgreSQL", parameters: int = 0) -> bytes:
    describe = {"columns": [], "parameters": {"Left": ["Text"] * parameters}, "nullable": []}
    return json.dumps({"db_name": database, "query": sql, "describe": describe, "hash": "1"}, indent=2).encode()


def contract(cache: bytes, rust: str = "", name: str = ".sqlx/query-1.json"):
    return extract_contract("desk", [("src/lib.rs", rust.encode()), (name, cache)])


def test_an_entry_without_source_is_a_query():
    [query] = contract(entry("SELECT a FROM t WHERE b = $1", parameters=1)).queries
    assert (query.file, query.line, query.sql) == (".sqlx/query-1.json", 3, "SELECT a FROM t WHERE b = $1")
    assert (query.compiled, query.arguments) == (True, 1)


def test_an_entry_whose_macro_was_read_is_the_same_query():
    [query] = contract(entry("SELECT 1"), 'fn f() { sqlx::query!("SELECT 1"); }').queries
    assert query.file == "src/lib.rs"


def test_an_entry_of_test_code_is_no_query_of_the_service():
    rust = '#[cfg(test)] mod tests { fn f() { sqlx::query!("SELECT 1"); } }'
    assert contract(entry("SELECT 1"), rust).queries == ()


def test_an_entry_of_another_database_is_left_out():
    assert contract(entry("SELECT 1", "MySQL")).queries == ()


def test_the_old_file_of_one_piece_is_read():
    whole = {"db": "PostgreSQL", "abc": {"query": "SELECT 1", "describe": {"parameters": {"Left": []}}}}
    [query] = contract(json.dumps(whole).encode(), name="sqlx-data.json").queries
    assert query.sql == "SELECT 1"


def test_a_torn_file_is_named():
    [place] = contract(b"{").unread
    assert place.file == ".sqlx/query-1.json"
