"""What a statement says by itself."""

from __future__ import annotations

import pytest

from shared.contracts.statement import (
    Value,
    ValueKind,
    canonical_column,
    canonical_expression,
    read_statements,
)
from shared.schema.identity import QualifiedName


def only(sql: str):
    (statement,) = read_statements(sql)
    return statement


def test_an_insert_says_which_columns_get_which_values():
    (write,) = only(
        "INSERT INTO app.t AS x (a, b, c, d) VALUES ('it''s', $2, NULL, DEFAULT), (-1, f(), 0, true)"
    ).writes
    assert (write.verb, write.table, write.columns) == ("insert", QualifiedName("app", "t"), ("a", "b", "c", "d"))
    assert write.rows == (
        (
            Value(ValueKind.CONSTANT, "it's"),
            Value(ValueKind.PARAMETER, number=2),
            Value(ValueKind.NULL),
            Value(ValueKind.DEFAULT),
        ),
        (
            Value(ValueKind.CONSTANT, "-1"),
            Value(ValueKind.UNKNOWN),
            Value(ValueKind.CONSTANT, "0"),
            Value(ValueKind.CONSTANT, "true"),
        ),
    )


def test_an_upsert_writes_twice():
    writes = only("INSERT INTO t (a) VALUES (1) ON CONFLICT (a) DO UPDATE SET b = 'x', c = excluded.c").writes
    assert [(write.verb, write.columns, write.handles_conflict) for write in writes] == [
        ("insert", ("a",), True),
        ("upsert", ("b", "c"), False),
    ]


def test_values_that_are_not_in_sight_are_unknown():
    (write,) = only("UPDATE t SET a = 'x'::kind, b = $1::text, (c, d) = (1, 2), e[1] = 5, f = f + 1").writes
    assert [(column, value.kind.value) for column, value in zip(write.columns, write.rows[0], strict=True)] == [
        ("a", "constant"), ("b", "unknown"), ("c", "unknown"), ("d", "unknown"), ("f", "unknown"),
    ]  # fmt: skip


def test_tables_are_named_but_not_common_table_expressions():
    statement = only("WITH x AS (SELECT * FROM a) SELECT * FROM x JOIN s.b ON true WHERE EXISTS (SELECT 1 FROM c)")
    assert statement.tables == (QualifiedName("", "a"), QualifiedName("", "c"), QualifiedName("s", "b"))


@pytest.mark.parametrize(
    ("index", "condition"),
    [
        ("email", "t.email = $1"),
        ("lower(email)", "lower(email) = lower($1)"),
        ("lower((email)::text)", "$1 = lower(x.email)"),
    ],
)
def test_an_index_key_is_recognised_in_a_condition(index, condition):
    lookup = only(f"SELECT id FROM t x WHERE {condition} AND z > 1").lookup
    assert lookup is not None
    assert canonical_expression(index) in lookup.keys


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT id FROM t",
        "SELECT id FROM t WHERE a = 1 OR b = 2",
        "SELECT id FROM t WHERE a > 1",
        "SELECT id FROM t WHERE a = b",
        "SELECT id FROM t, u WHERE a = 1",
        "SELECT max(id) FROM t WHERE a = 1",
        "SELECT id FROM t WHERE a = 1 LIMIT 1",
        "SELECT id FROM t WHERE a = 1 UNION SELECT 2",
        "DELETE FROM t WHERE a = 1",
    ],
)
def test_what_is_no_lookup_by_equality_is_none(sql):
    assert only(sql).lookup is None


def test_a_grammar_that_is_not_postgresqls_says_nothing():
    assert read_statements("SELECT a FROM t WHERE b = ?") == ()
    assert canonical_expression(") DROP") == ""
    assert canonical_column('odd " name') != canonical_column("odd")


def test_a_text_of_several_statements_is_split_where_postgresql_splits_it():
    texts = [statement.text for statement in read_statements("SELECT 'é;'; -- a; b\n UPDATE t SET a = 1;")]
    assert texts == ["SELECT 'é;'", "-- a; b\n UPDATE t SET a = 1"]
