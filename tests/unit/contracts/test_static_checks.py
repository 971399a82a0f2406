"""A CHECK of constants is decided without a server only where every part of it is known."""

from __future__ import annotations

import pytest

from shared.contracts.facts import CheckProbe, CheckValue
from shared.contracts.static_checks import check_holds

TEXT, INTEGER, NUMERIC = "text", "integer", "numeric(5,2)"


def holds(expression, **values):
    given = tuple(CheckValue(name, kind, value) for name, (kind, value) in values.items())
    return check_holds(CheckProbe("public", "t", "c", expression, given))


@pytest.mark.parametrize(
    ("expression", "value", "expected"),
    [
        ("(x = ANY (ARRAY['a'::text, 'b'::text]))", (TEXT, "a"), True),
        ("(x = ANY (ARRAY['a'::text, 'b'::text]))", (TEXT, "c"), False),
        ("((x)::text = ANY ((ARRAY['a'::character varying])::text[]))", ("character varying(9)", "c"), False),
        ("(x <> ALL (ARRAY['a'::text]))", (TEXT, "a"), False),
        ("(x <> 'a'::text)", (TEXT, "a"), False),
        ("(x > 10)", (INTEGER, "9"), False),
        ("(x > 10)", (INTEGER, "10.5"), True),
        ("((x >= (0)::numeric) AND (x <= (5)::numeric))", (NUMERIC, "5.00"), True),
        ("((x >= 0) AND (x <= 5))", (INTEGER, "6"), False),
        ("(length(x) < 3)", (TEXT, "abc"), False),
        ("(lower(x) = x)", (TEXT, "A"), False),
        ("(x IS NOT NULL)", (TEXT, None), False),
        ("(x = 'a'::text)", (TEXT, None), True),  # NULL is no violation
        ("(NOT (x = 'a'::text))", (TEXT, "a"), False),
        ("(VALUE > 10)", (INTEGER, "1"), None),
        ("(x < 'b'::text)", (TEXT, "a"), None),  # the order is that of a collation
        ("(x ~ '^a'::text)", (TEXT, "b"), None),
        ("(is_code(x))", (TEXT, "b"), None),
        ("(x = 'a'::bpchar)", ("character(3)", "a"), None),  # trailing blanks do not count
        ("((x ~ '^a'::text) AND (x = 'c'::text))", (TEXT, "b"), False),
        ("((x ~ '^a'::text) OR (x = 'c'::text))", (TEXT, "b"), None),
        ("((x ~ '^a'::text) OR (x = 'b'::text))", (TEXT, "b"), True),
        ("(x > other)", (INTEGER, "1"), None),
        ("(x = 'open'::public.state)", ("public.state", "shut"), False),
        ("(x > '1 day'::interval)", ("interval", "2 hours"), None),
    ],
)
def test_what_is_known_decides_and_the_rest_is_not_told(expression, value, expected):
    assert holds(expression, x=value) is expected
