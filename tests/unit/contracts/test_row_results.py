"""What `row.get(…)` gives where only the function's result says it."""

from __future__ import annotations

import pytest

from shared.contracts.extract import extract_contract

MAPPED = "rows.iter().map(|r: &Row| (r.get(0), r.get(1)))"
CLOSURE = "let made = |row: &Row| T { a: row.get(0) };"
FUNCTION = """
use tokio_postgres::Client;
struct T {{ a: i64 }}
async fn f(client: &Client) -> {result} {{
    let rows = client.query("SELECT a, b FROM t", &[]).await?;
    {tail}
}}
"""


@pytest.mark.parametrize(
    ("result", "tail", "read"),
    [
        ("Result<i64, Error>", 'Ok(rows[0].get("a"))', [("a", "i64")]),
        ("Result<i64, Error>", 'rows[0].try_get("a")', [("a", "i64")]),
        ("Result<(i64, u8), Error>", "Ok((rows[0].get(0), rows[0].get(1)))", [("0", "i64"), ("1", "u8")]),
        ("Result<Vec<i32>, Error>", "Ok(rows.iter().map(|row| row.get(0)).collect())", [("0", "i32")]),
        ("Result<Vec<(i32, Uuid)>, Error>", f"Ok({MAPPED}.collect())", [("0", "i32"), ("1", "Uuid")]),
        ("Result<Option<bool>, Error>", 'Ok(rows.first().map(|row| row.get("b")))', [("b", "bool")]),
        ("Result<Option<u8>, Error>", 'Ok(rows.first().and_then(|row| row.get("b")))', [("b", "Option<u8>")]),
        ("Result<Vec<i32>, Error>", "rows.iter().map(|row| row.try_get(0)).collect()", [("0", "i32")]),
        ("Result<Vec<T>, Error>", f"{CLOSURE} Ok(rows.iter().map(made).collect())", [("0", "i64")]),
        ("Result<HashMap<i32, i64>, Error>", f"Ok({MAPPED}.collect())", [("0", ""), ("1", "")]),
        ("Result<i64, Error>", "Ok(rows[0].get::<_, i32>(0).into())", [("0", "i32")]),
        ("Result<i64, Error>", "Ok(widen(rows[0].get(0)))", [("0", "")]),
        ("Result<i64, Error>", "let x = rows[0].get(0); Ok(x)", [("0", "")]),
    ],
)  # fmt: skip
def test_a_value_has_the_type_that_its_function_returns(result, tail, read):
    rust = FUNCTION.format(result=result, tail=tail)
    [query] = extract_contract("shop", [("src/lib.rs", rust.encode())]).queries
    assert [(field.name, field.type) for field in query.fields] == read
