"""Commands that run psql are read, never run."""

from __future__ import annotations

import pytest

from coordinator.iac.located_text import LocatedText, Span
from coordinator.iac.sql.psql_command import UnreadableCommandError, psql_inputs


def inputs(command: str) -> list[str]:
    found = psql_inputs(LocatedText(command, (Span(0, "main.tf", 1),)))
    return [f"<{item.file}>" if item.sql is None else item.sql.text for item in found]


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("psql -f schema.sql", ["<schema.sql>"]),
        ("psql --file=schema.sql -d app", ["<schema.sql>"]),
        ("psql -d app --file 'a b.sql'", ["<a b.sql>"]),
        ('psql "$URL" -c \'CREATE TABLE a ()\' -c "CREATE TABLE b ()"', ["CREATE TABLE a ()", "CREATE TABLE b ()"]),
        ("psql -Xqf a.sql -v ON_ERROR_STOP=1", ["<a.sql>"]),
        ("psql -h db -U me < schema.sql", ["<schema.sql>"]),
        ("PGPASSWORD=x psql -h db \\\n  -f a.sql \\\n  -f b.sql", ["<a.sql>", "<b.sql>"]),
        ("psql x <<SQL\nCREATE TABLE a ();\nSQL\n", ["CREATE TABLE a ();\n"]),
        ("psql x <<-'SQL'\n\tCREATE TABLE a ();\n\tSQL\n", ["\tCREATE TABLE a ();\n"]),
        ("psql -f a.sql && psql -f b.sql; echo done", ["<a.sql>", "<b.sql>"]),
        ("psql a <<A\nSELECT 1;\nA\npsql b <<B\nSELECT 2;\nB", ["SELECT 1;\n", "SELECT 2;\n"]),
        ("/usr/bin/psql -f a.sql", ["<a.sql>"]),
        ("echo hello", []),
        ("createdb app", []),
        ("./mypsqltool -f a.sql", []),
    ],
)
def test_what_psql_would_be_given_is_read(command: str, expected: list[str]) -> None:
    assert inputs(command) == expected


@pytest.mark.parametrize("command", ["psql $URL", "psql -c 'unclosed", "psql <<SQL\nno end\n", "cat a.sql | psql x"])
def test_what_cannot_be_read_says_so(command: str) -> None:
    with pytest.raises(UnreadableCommandError):
        inputs(command)


def test_a_here_document_keeps_its_lines() -> None:
    (found,) = psql_inputs(LocatedText("psql x <<SQL\nA;\nB;\nSQL\n", (Span(0, "main.tf", 10),)))
    assert found.sql is not None
    assert found.sql.spans[0] == Span(0, "main.tf", 11)
