"""What is nested too deep is left out, and nothing else."""

from __future__ import annotations

import pytest

from shared.contracts.lexer import split_tokens
from shared.contracts.nesting import MAX_DEPTH, without_the_deep
from shared.contracts.tokens import match_brackets


def shallow(rust: str) -> tuple[str, int]:
    tokens = tuple(split_tokens(rust.encode()))
    kept, line = without_the_deep(tokens, match_brackets(tokens))
    return "".join(token.text for token in kept), line


@pytest.mark.parametrize(("opening", "closing"), ["()", "[]", "{}", ("A<", ">")])
def test_the_bound_itself_is_kept_and_one_more_is_not(opening, closing):
    at_the_bound = opening * MAX_DEPTH + "x" + closing * MAX_DEPTH
    assert shallow(at_the_bound) == (at_the_bound, 0)
    assert shallow(f"{opening}{at_the_bound}{closing}")[1] == 1
    assert "x" not in shallow(f"{opening}{at_the_bound}{closing}")[0]


def test_brackets_that_are_left_fit_each_other():
    rust = "f(\n" + "(" * 500 + "a" + ")" * 500 + ", b" + "[" * 500 + "c" + "]" * 500 + ");g(d)"
    kept, line = shallow(rust)
    assert line == 2
    assert (kept.count("("), kept.count("[")) == (kept.count(")"), kept.count("]"))
    assert kept.endswith(");g(d)")
    assert "b" in kept


def test_comparisons_one_behind_the_other_are_no_nest():
    rust = "if a < b { c } " * 500
    assert shallow(rust)[1] == 0
