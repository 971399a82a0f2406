"""What changed within a view, a policy or a check, said in words."""

from __future__ import annotations

import pytest

from shared.diff.changes import Altered, SchemaDiff
from shared.findings.judge import judge_undeclared
from shared.findings.what_changed import what_changed
from shared.schema.relations import View


def changed(before: str, after: str) -> str:
    one, other = (View(namespace="public", name="v", definition=text) for text in (before, after))
    return what_changed(Altered(one, other, ("definition",)))


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        (
            " SELECT id\n   FROM orders\n  WHERE (total > (0)::numeric);",
            " SELECT id\n   FROM orders\n  WHERE (total >= (0)::numeric);",
            "WHERE total > 0 became total >= 0",
        ),
        ("SELECT a, b FROM t", "SELECT a FROM t", "b was removed"),
        ("SELECT a FROM t WHERE x", "SELECT a FROM t WHERE x AND y > 1", "WHERE y > 1 was added"),
        ("SELECT a FROM t", "SELECT a FROM t WHERE b = 1", "WHERE b = 1 was added"),
        ("SELECT a FROM t ORDER BY a", "SELECT a FROM t ORDER BY a DESC", "ORDER BY a became a DESC"),
        (
            "SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.x = 1)",
            "SELECT a FROM t WHERE EXISTS (SELECT 1 FROM u WHERE u.x = 2)",
            "WHERE u.x = 1 became u.x = 2",
        ),
        (
            "SELECT a FROM t JOIN u USING (id)",
            "SELECT a FROM t LEFT JOIN u USING (id)",
            "JOIN u USING (id) became LEFT JOIN u USING (id)",
        ),
        ("CHECK ((total > 0))", "CHECK ((total >= 0)) NOT VALID", "total > 0 became total >= 0"),
        ("(owner = CURRENT_USER)", "((owner = CURRENT_USER) OR public)", "public was added"),
        ("(a = '1'::text)", "(a = '1'::bpchar)", "a = CAST('1' AS TEXT) became a = CAST('1' AS BPCHAR)"),
    ],
)
def test_the_part_that_changed_is_named(before: str, after: str, said: str) -> None:
    assert changed(before, after) == said


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("SELECT a FROM t", "not SQL at all (("),
        ("a_name", "another_name"),
        ("SELECT a, b, c, d FROM t", "SELECT e, f, g, h FROM u WHERE i"),
        ("SELECT a FROM t -- " + "x" * 20_000, "SELECT b FROM t"),
    ],
)
def test_of_what_cannot_be_compared_or_is_another_text_nothing_is_said(before: str, after: str) -> None:
    assert changed(before, after) == ""


def test_the_words_stand_in_the_finding() -> None:
    one = View(namespace="public", name="v", definition=" SELECT id FROM orders WHERE (total > 0);")
    other = View(namespace="public", name="v", definition=" SELECT id FROM orders WHERE (total >= 0);")
    (finding,) = judge_undeclared(SchemaDiff((Altered(one, other, ("definition",)),)))
    assert finding.message.endswith("What changed: WHERE total > 0 became total >= 0.")
