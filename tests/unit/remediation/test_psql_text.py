"""psql must see no variable and no command in what the server should see as it is."""

from __future__ import annotations

import pytest

from shared.remediation.psql import comment, shield
from shared.sql import quote_identifier, quote_literal
from tests.hostile import HOSTILE_NAMES


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_quoted_names_and_literals_stay_as_they_are(name: str) -> None:
    for text in (quote_identifier(name), quote_literal(name), f"$f${name}$f$"):
        assert shield(f"SELECT {text}, 1") == f"SELECT {text}, 1"


@pytest.mark.parametrize(
    ("sql", "shielded"),
    [
        ('a[1:"PORT"]', 'a[1: "PORT"]'),
        ("a[1:n]", "a[1: n]"),
        ("a[1:2]", "a[1: 2]"),
        ("x::text", "x::text"),
        ("x := 1", "x := 1"),
        (r"E'it\'s :x' || :y", r"E'it\'s :x' || : y"),
        ("name'a:b' :c", "name'a:b' : c"),
        ("$a$ :x $b$ :y $a$ :z", "$a$ :x $b$ :y $a$ : z"),
    ],
)
def test_a_colon_is_parted_from_what_psql_would_take_for_a_variable(sql: str, shielded: str) -> None:
    assert shield(sql) == shielded


@pytest.mark.parametrize("name", HOSTILE_NAMES)
def test_a_comment_stays_a_comment_whatever_is_in_it(name: str) -> None:
    assert all(line.startswith("--") for line in comment(name).split("\n"))
