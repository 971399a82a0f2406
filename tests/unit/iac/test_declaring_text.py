"""Edits by whole lines: only where a statement stands on lines of its own, and nothing else moves."""

from __future__ import annotations

import pytest

from coordinator.iac.patching.declaring_text import CannotEditError, DeclaringText, unified_diff
from shared.schema.schema import Declaration, Origin


def declared(sql: str, line: int, file: str = "a.sql") -> Declaration:
    return Declaration(sql, Origin(file, line))


def test_a_statement_is_added_below_with_the_indentation_of_its_neighbour() -> None:
    text = DeclaringText("main.tf", "x = <<-SQL\n    CREATE TABLE a (\n      b int\n    );\n    SELECT 1;\n  SQL\n")
    text.add_after(declared("CREATE TABLE a (\n  b int\n)", 2), ("ALTER TABLE a ADD c text DEFAULT '${x}%{y}'",))
    assert text.edited().split("\n")[4] == "    ALTER TABLE a ADD c text DEFAULT '$${x}%%{y}';"
    assert text.edited().split("\n")[5] == "    SELECT 1;"


def test_a_statement_without_semicolon_gets_one_before_another_follows() -> None:
    text = DeclaringText("a.sql", "CREATE TABLE a ()\n")
    text.add_after(declared("CREATE TABLE a ()", 1), ("CREATE INDEX i ON a (b)",))
    assert text.edited() == "CREATE TABLE a ();\nCREATE INDEX i ON a (b);\n"


def test_windows_line_ends_stay() -> None:
    text = DeclaringText("a.sql", "CREATE TABLE a ();\r\nSELECT 1;\r\n")
    text.add_after(declared("CREATE TABLE a ()", 1), ("SELECT 0",))
    assert text.edited() == "CREATE TABLE a ();\r\nSELECT 0;\r\nSELECT 1;\r\n"


def test_a_removed_statement_takes_one_blank_line_with_it() -> None:
    text = DeclaringText("a.sql", "CREATE TABLE a ();\n\nCREATE INDEX i\n  ON a (b); -- why\n\nSELECT 1;\n")
    text.remove(declared("CREATE INDEX i\n  ON a (b)", 3))
    assert text.edited() == "CREATE TABLE a ();\n\nSELECT 1;\n"


@pytest.mark.parametrize(
    ("content", "sql", "line"),
    [
        ("CREATE TABLE a (); CREATE TABLE b ();\n", "CREATE TABLE a ()", 1),
        ('  up = "CREATE TABLE a ()"\n', "CREATE TABLE a ()", 1),
        ("CREATE TABLE z ();\n", "CREATE TABLE a ()", 1),
        ("CREATE TABLE a ();\n", "CREATE TABLE a ()", 9),
        ("CREATE TABLE a (\nb int); SELECT 1;\n", "CREATE TABLE a (\nb int)", 1),
    ],
)
def test_a_statement_that_shares_its_lines_is_not_touched(content: str, sql: str, line: int) -> None:
    with pytest.raises(CannotEditError):
        DeclaringText("a.sql", content).add_after(declared(sql, line), ("SELECT 1",))


@pytest.mark.parametrize("name", ["a\nb", "a\x1b[31m", "a\u2028b", "a\0b"])
def test_names_that_no_line_can_carry_give_no_patch(name: str) -> None:
    with pytest.raises(CannotEditError):
        DeclaringText("a.sql", "SELECT 1;\n").add_after(declared("SELECT 1", 1), (f'ALTER TABLE "{name}" …',))


def test_a_template_in_a_yaml_file_is_not_made_up() -> None:
    with pytest.raises(CannotEditError):
        DeclaringText("t.yaml", "SELECT 1;\n").add_after(declared("SELECT 1", 1), ("SELECT '${x}'",))


def test_a_diff_names_odd_paths_as_git_does() -> None:
    assert unified_diff("a b.sql", "x\n", "y\n").startswith("--- a/a b.sql\t\n+++ b/a b.sql\t\n")
    assert unified_diff('a"b.sql', "x\n", "y\n").startswith('--- "a/a\\042b.sql"\n')
    assert unified_diff("a.sql", "x", "y") == (
        "--- a/a.sql\n+++ b/a.sql\n@@ -1 +1 @@\n-x\n\\ No newline at end of file\n+y\n\\ No newline at end of file\n"
    )
    assert unified_diff("a.sql", "x\n", "x\n") == ""
