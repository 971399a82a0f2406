"""Syntax that is newer than our grammar is cut out whole, with its line, and left to PostgreSQL."""

from __future__ import annotations

import pytest

from coordinator.iac.source import SourceError
from coordinator.iac.sql.newer_syntax import statement_spans
from coordinator.iac.sql.statements import declarations, in_file, split_statements

POSTGRES_18_WORDS = """\
-- a comment; with a semicolon
CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a * 2) VIRTUAL, NOT NULL a);

CREATE FUNCTION g(a int) RETURNS int LANGUAGE sql BEGIN ATOMIC
  SELECT CASE WHEN a > 1 THEN 2 ELSE 3 END;
  SELECT 1;
END;
CREATE FUNCTION f() RETURNS int LANGUAGE plpgsql AS $x$ begin; return 1; end $x$;
CREATE TABLE "q;é" (a text DEFAULT E'\\';');
"""


def test_every_statement_keeps_its_text_and_line():
    found = declarations(POSTGRES_18_WORDS, in_file(POSTGRES_18_WORDS, "a.sql"), [])
    assert [each.origin.line for each in found] == [2, 4, 8, 9]
    assert found[0].sql.endswith("NOT NULL a)")
    assert found[1].sql.endswith("END")
    assert found[2].sql.endswith("$x$")
    assert found[3].sql == "CREATE TABLE \"q;é\" (a text DEFAULT E'\\';')"


def test_a_statement_that_the_grammar_knows_keeps_its_node():
    assert [each.node for each in split_statements(POSTGRES_18_WORDS, in_file(POSTGRES_18_WORDS, "a.sql"))] == [
        "",
        "CreateFunctionStmt",
        "CreateFunctionStmt",
        "CreateStmt",
    ]


@pytest.mark.parametrize(
    "sql",
    [
        "ALTER TABLE t ADD CONSTRAINT n NOT NULL a",
        "CREATE TABLE t (a int CHECK (a > 0) NOT ENFORCED)",
        "CREATE TABLE t (a int, during daterange, PRIMARY KEY (a, during WITHOUT OVERLAPS))",
        "ALTER TABLE t ALTER CONSTRAINT n NO INHERIT",
    ],
)
def test_what_eighteen_added_is_taken(sql):
    text = f"CREATE TABLE other ();\n{sql};\n"
    assert [each.sql for each in declarations(text, in_file(text, "a.sql"), [])] == ["CREATE TABLE other ()", sql]


def test_a_mistake_beside_newer_syntax_is_still_named_with_its_line():
    text = "CREATE TABLE t (a int, NOT NULL a);\n\nCREATE TABEL u ();\n"
    with pytest.raises(SourceError) as caught:
        declarations(text, in_file(text, "a.sql"), [])
    assert caught.value.line == 3


def test_a_psql_command_beside_newer_syntax_is_still_refused():
    text = "CREATE TABLE t (a int, NOT NULL a);\n\\copy t from 'x'\n"
    with pytest.raises(SourceError, match="psql command"):
        declarations(text, in_file(text, "a.sql"), [])


def test_an_open_quote_is_no_statement():
    text = "CREATE TABLE t (a int, NOT NULL a);\nSELECT 'open"
    with pytest.raises(SourceError):
        declarations(text, in_file(text, "a.sql"), [])


def test_nothing_is_cut_from_nothing():
    assert statement_spans("  -- only a comment\n") == ()
