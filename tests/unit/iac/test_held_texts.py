"""Texts of SQL within files: each character keeps its place, and an edit changes the characters it is about."""

from __future__ import annotations

from pathlib import Path

import pytest

from coordinator.iac.patching.document_texts import json_texts, yaml_texts
from coordinator.iac.patching.hcl_texts import hcl_texts
from coordinator.iac.patching.held_text import CannotEditError, Edit, HeldText, edited
from coordinator.iac.patching.second_reader import differs_elsewhere
from coordinator.iac.patching.unified_diff import unified_diff


def whole(content: str) -> HeldText:
    return HeldText(content=content, sql=content, offsets=range(len(content) + 1))


def added(text: HeldText, which: int, *statements: str) -> str:
    return edited(text.content, text.add_after(text.statements()[which], statements))


def removed(text: HeldText, which: int) -> str:
    return edited(text.content, text.remove(text.statements()[which]))


def test_a_statement_is_added_below_with_the_indentation_of_its_neighbour() -> None:
    content = "x = <<-SQL\n    CREATE TABLE a (\n      b int\n    );\n    SELECT 1;\n  SQL\n"
    (text,) = hcl_texts(content)
    lines = added(text, 0, "ALTER TABLE a ADD c text DEFAULT '${x}%{y}'").split("\n")
    assert lines[4:6] == ["    ALTER TABLE a ADD c text DEFAULT '$${x}%%{y}';", "    SELECT 1;"]


def test_a_statement_without_semicolon_gets_one_before_another_follows() -> None:
    assert added(whole("CREATE TABLE a ()\n"), 0, "SELECT 1") == "CREATE TABLE a ();\nSELECT 1;\n"


def test_a_comment_behind_a_statement_stays_behind_it() -> None:
    assert added(whole("SELECT 1; -- one\nSELECT 2;\n"), 0, "SELECT 0") == "SELECT 1; -- one\nSELECT 0;\nSELECT 2;\n"


def test_windows_line_ends_stay() -> None:
    assert added(whole("SELECT 1;\r\nSELECT 2;\r\n"), 0, "SELECT 0") == "SELECT 1;\r\nSELECT 0;\r\nSELECT 2;\r\n"


def test_a_removed_statement_takes_one_blank_line_with_it() -> None:
    content = "CREATE TABLE a ();\n\nCREATE INDEX i\n  ON a (b); -- why\n\nSELECT 1;\n"
    assert removed(whole(content), 1) == "CREATE TABLE a ();\n\nSELECT 1;\n"


def test_a_statement_that_shares_its_line_is_removed_alone() -> None:
    assert removed(whole("SELECT 1; SELECT 2; SELECT 3;\n"), 1) == "SELECT 1; SELECT 3;\n"


@pytest.mark.parametrize(
    ("content", "after"),
    [
        ('x = ["A", "SELECT 1"]\n', 'x = ["A"]\n'),
        ('x = ["SELECT 1", "A"]\n', 'x = ["A"]\n'),
        ('x = [\n  "SELECT 1",\n  "A",\n]\n', 'x = [\n  "A",\n]\n'),
        ('x = [\n  "A",\n  "SELECT 1"\n]\n', 'x = [\n  "A"\n]\n'),
        ('x = ["SELECT 1"]\n', "x = []\n"),
    ],
)
def test_an_item_of_a_list_is_removed_with_its_comma(content: str, after: str) -> None:
    text = next(text for text in hcl_texts(content) if "SELECT" in text.sql)
    assert removed(text, 0) == after


def test_escapes_of_a_string_are_read_and_written() -> None:
    content = 'x = "SELECT \\"a\\"; SELECT \\u0041; $${b}"\n'
    (text,) = hcl_texts(content)
    assert text.sql == 'SELECT "a"; SELECT A; ${b}'
    assert added(text, 0, 'SELECT "c\\d"') == 'x = "SELECT \\"a\\"; SELECT \\"c\\\\d\\"; SELECT \\u0041; $${b}"\n'


def test_what_a_template_puts_in_keeps_the_places_of_the_rest() -> None:
    content = 'x = "SELECT ${var.a["}"]}; SELECT 2;"\n'
    (text,) = (text for text in hcl_texts(content) if "SELECT" in text.sql)
    assert content[text.offsets[text.sql.index("2")]] == "2"


def test_scalars_of_yaml_keep_their_style() -> None:
    content = "a: 'SELECT ''x'';'\nb: \"SELECT 1;\"\nc: SELECT 1\nd: |\n  SELECT 1;\n"
    single, double, plain, block = yaml_texts(content)
    assert "a: 'SELECT ''x''; SELECT ''y'';'" in added(single, 0, "SELECT 'y'")
    assert 'b: "SELECT 1; SELECT \\"y\\";"' in added(double, 0, 'SELECT "y"')
    assert "c: SELECT 1; SELECT 2\n" in added(plain, 0, "SELECT 2")
    assert added(block, 0, "SELECT 2").endswith("d: |\n  SELECT 1;\n  SELECT 2;\n")
    with pytest.raises(CannotEditError, match="several"):
        added(single, 0, "SELECT\n2")


def test_keys_of_json_are_no_texts() -> None:
    assert [text.sql for text in json_texts('{"a": ["b", "c"], "d": "e"}')] == ["b", "c", "e"]


def test_edits_of_the_same_words_are_refused() -> None:
    with pytest.raises(CannotEditError, match="two differences"):
        edited("abc", [Edit(0, 2, "x"), Edit(1, 3, "y")])


def test_a_second_reader_notices_a_change_beside_the_edit() -> None:
    before, after = 'a = "x"\nb = 1\n', 'a = "y"\nb = 2\n'
    assert differs_elsewhere(Path("main.tf"), before, after, [Edit(5, 6, "y")]) == "main.tf would change elsewhere: '1'"
    assert differs_elsewhere(Path("main.tf"), before, before.replace("x", "y"), [Edit(5, 6, "y")]) == ""
    assert "cannot read" in differs_elsewhere(Path("main.tf"), before, 'a = "y\nb = 1\n', [Edit(5, 7, "y")])


def test_a_diff_names_odd_paths_as_git_does() -> None:
    assert unified_diff("a b.sql", "x\n", "y\n").startswith("--- a/a b.sql\t\n+++ b/a b.sql\t\n")
    assert unified_diff('a"b.sql', "x\n", "y\n").startswith('--- "a/a\\042b.sql"\n')
    assert unified_diff("a.sql", "x", "y") == (
        "--- a/a.sql\n+++ b/a.sql\n@@ -1 +1 @@\n-x\n\\ No newline at end of file\n+y\n\\ No newline at end of file\n"
    )
    assert unified_diff("a.sql", "x\n", "x\n") == ""
