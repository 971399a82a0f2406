"""What a fingerprint hashes is asked for, and nothing else is."""

from __future__ import annotations

import pytest

from shared.postgres.reading.catalog import hash_statement, rows_statement


@pytest.mark.parametrize(
    ("kind", "left_out", "asked"),
    [
        ("column", "AS foreign_options", "AS raw_foreign_options"),
        ("constraint", "AS referenced_columns", "AS definition"),
        ("index", "AS predicate", "AS parts"),
        ("sequence", "AS owned_by_table", "AS raw_owner_column"),
        ("table", "AS of_type", "AS raw_type"),
    ],
)
def test_what_stands_for_another_column_is_hashed_in_its_place(kind: str, left_out: str, asked: str) -> None:
    statement = hash_statement((kind,), 180000)
    assert left_out in rows_statement((kind,), 180000)
    assert left_out not in statement
    assert asked in statement
    assert statement.count("(") == statement.count(")")


def test_a_hash_is_of_the_whole_database_without_a_parameter() -> None:
    assert "$1::" not in hash_statement(("table",), 180000)
