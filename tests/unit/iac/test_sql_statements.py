"""SQL is split by PostgreSQL's grammar, and every statement knows its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from coordinator.iac.load import load_source
from coordinator.iac.source import SourceError
from coordinator.iac.sql.statements import in_file, split_statements


def lines_of(text: str) -> list[tuple[int, str]]:
    locate = in_file(text, "a.sql")
    return [(locate(item.start).line, item.sql) for item in split_statements(text, locate)]


def test_statements_begin_at_their_first_word_not_at_the_comment_before_it() -> None:
    text = "-- first\n\nCREATE TABLE a (id int); /* x /* nested */ */\n-- second\nCREATE INDEX i\n  ON a (id)\n;"
    assert lines_of(text) == [(3, "CREATE TABLE a (id int)"), (5, "CREATE INDEX i\n  ON a (id)")]


def test_lines_are_right_behind_characters_of_several_bytes() -> None:
    text = "-- é 日本 😀\nCREATE TABLE é (日本 text DEFAULT '😀;');\nCREATE TABLE b ();"
    assert lines_of(text) == [(2, "CREATE TABLE é (日本 text DEFAULT '😀;')"), (3, "CREATE TABLE b ()")]


def test_semicolons_in_quotes_dollar_quotes_and_sql_bodies_split_nothing() -> None:
    text = (
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $b$ SELECT 1; SELECT 2; $b$;\n"
        "CREATE FUNCTION g() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT 1; SELECT 2; END;\n"
        "CREATE TABLE \"a;b\" (c text DEFAULT ';');"
    )
    assert [line for line, _ in lines_of(text)] == [1, 2, 3]


def test_a_last_statement_needs_no_semicolon() -> None:
    assert lines_of("CREATE TABLE a ()\n\n") == [(1, "CREATE TABLE a ()")]


def test_a_byte_order_mark_is_no_part_of_the_first_statement() -> None:
    assert lines_of("\ufeffCREATE TABLE a ()") == [(1, "CREATE TABLE a ()")]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("CREATE TABLE a ();\nCREATE TABEL b ();", 'a.sql:2: SQL syntax error at or near "TABEL"'),
        (
            "CREATE TABLE a ();\n\\i other.sql\n",
            "a.sql:2: \\i is a psql command, not SQL; a declaration cannot contain it",
        ),
        ("\n\nSELECT 'abc", 'a.sql:3: SQL unterminated quoted string at or near "\'abc"'),
        ("-- é\nCREATE TABLE é (;", 'a.sql:2: SQL syntax error at or near ";"'),
    ],
)
def test_what_is_no_sql_is_refused_with_file_and_line(text: str, message: str) -> None:
    with pytest.raises(SourceError) as refused:
        split_statements(text, in_file(text, "a.sql"))
    assert str(refused.value) == message


def test_psql_commands_that_change_nothing_are_passed_over() -> None:
    text = "\\restrict abc\n\\set ON_ERROR_STOP on\nCREATE TABLE a ();\n\\echo done\n"
    assert lines_of(text) == [(3, "CREATE TABLE a ()")]


def test_a_backslash_line_inside_a_string_is_text() -> None:
    assert lines_of("SELECT '\n\\echo x\n'") == [(1, "SELECT '\n\\echo x\n'")]


def test_the_rows_of_a_dump_are_passed_over() -> None:
    rows = "1\t; CREATE TABLE x ();\n2\t\\N\n\\.\n"
    first = f"CREATE TABLE a (id int, b text);\nCOPY public.a (id, b) FROM stdin;\n{rows}"
    text = f"{first}\nCREATE TABLE b ();\nCOPY b FROM stdin;\n\\.\n"
    assert [line for line, _ in lines_of(text)] == [1, 2, 7, 8]


def test_a_copy_declares_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.sql").write_text("CREATE TABLE a (id int);\nCOPY a FROM stdin;\n1\n\\.\n")
    assert [item.sql for item in load_source(tmp_path / "a.sql").declarations] == ["CREATE TABLE a (id int)"]


def test_a_file_declares_without_transactions_and_says_what_it_left_out(tmp_path: Path) -> None:
    (tmp_path / "schema.sql").write_text("BEGIN;\nCREATE DATABASE app;\nCREATE TABLE a ();\nCOMMIT;\n")
    source = load_source(tmp_path / "schema.sql")
    assert [(item.sql, str(item.origin)) for item in source.declarations] == [("CREATE TABLE a ()", "schema.sql:3")]
    assert source.unchecked == ("schema.sql:2: CREATE DATABASE is not about a tenant's schema and was left out",)


def test_a_file_that_is_not_utf_8_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "schema.sql").write_bytes(b"CREATE TABLE a ();\n-- \xff\n")
    with pytest.raises(SourceError, match=r"schema\.sql:2: not UTF-8 text"):
        load_source(tmp_path / "schema.sql")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"gone\.sql: no such file"):
        load_source(tmp_path / "gone.sql")


@pytest.mark.parametrize(("name", "got"), [("schema.prisma", "a .prisma file"), ("schema", "a file without a suffix")])
def test_an_unsupported_source_is_told_what_is_expected(name: str, got: str, tmp_path: Path) -> None:
    (tmp_path / name).touch()
    with pytest.raises(SourceError) as refused:
        load_source(tmp_path / name)
    assert str(refused.value) == (
        f"{name}: unsupported source: expected a .sql file, a Terraform folder, a schema in Atlas HCL (.hcl) or a "
        f"CloudFormation template (.yaml, .yml, .json, .template), got {got}"
    )
