"""Infer the row type of `query_as(…)` from `let x: T =` or from the result of the function around it."""

from __future__ import annotations

from collections.abc import Sequence

from shared.contracts.rust_syntax import matching_angle, render, split_types
from shared.contracts.tokens import Source, Token

_RESULT_WRAPPER_BY_METHOD = {"fetch_all": "Vec", "fetch_optional": "Option", "fetch_one": ""}


def row_type(source: Source, begin: int, end: int, fetch: str) -> str:
    """Give the type one row is mapped to, or empty when it is not in sight.

    Args:
        source: The file.
        begin: Index of the first token of the query's expression.
        end: Index of its last token, behind the `fetch` call.
        fetch: The method that runs it.
    """
    if fetch not in _RESULT_WRAPPER_BY_METHOD:
        return ""
    tokens = source.tokens
    annotation = _let_annotation(tokens, begin)
    if annotation:
        return _unwrap(_inside_result(annotation) or annotation, _RESULT_WRAPPER_BY_METHOD[fetch])
    return _unwrap(result_of_function(source, begin, end), _RESULT_WRAPPER_BY_METHOD[fetch])


def _let_annotation(tokens: Sequence[Token], begin: int) -> Sequence[Token]:
    """Give T of `let name: T =` right before `begin`."""
    index = begin - 1
    if index < 0 or tokens[index].text != "=":
        return ()
    while index > 0 and tokens[index].text not in {"let", ";", "{", "}"}:
        index -= 1
    colon = next((i for i in range(index, begin) if tokens[i].text == ":"), 0)
    return tokens[colon + 1 : begin - 1] if tokens[index].text == "let" and colon else ()


def result_of_function(source: Source, begin: int, end: int) -> Sequence[Token]:
    """Give T of `fn f(…) -> Result<T>` when the query is the last expression of the function's body."""
    tokens = source.tokens
    while end + 1 < len(tokens) and tokens[end + 1].text in {".", "await", "?"}:
        end += 1
    if end + 1 >= len(tokens) or tokens[end + 1].text != "}":
        return ()
    body = source.opening.get(end + 1, -1)
    if body < 0 or (begin - body > 1 and tokens[begin - 1].text not in {";", "}", "{"}):
        return ()
    arrow = body
    while arrow > 0 and tokens[arrow].text not in {"->", ";", "}"}:
        arrow -= 1
    if tokens[arrow].text != "->" or tokens[arrow - 1].text != ")":
        return ()
    return _inside_result(tokens[arrow + 1 : body])


def _inside_result(tokens: Sequence[Token]) -> Sequence[Token]:
    """Give T of `Result<T, E>`, `QueryResult<T>` or an alias of such a name; nothing for another type."""
    opening = next((i for i, token in enumerate(tokens) if token.text == "<"), -1)
    if opening < 1 or not tokens[opening - 1].text.endswith("Result"):
        return ()
    inside = split_types(tokens[opening + 1 : matching_angle(tokens, opening)])
    return inside[0] if inside else ()


def _unwrap(tokens: Sequence[Token], wrapper: str) -> str:
    if wrapper:
        opening = next((i for i, token in enumerate(tokens) if token.text == "<"), -1)
        if opening < 1 or tokens[opening - 1].text != wrapper:
            return ""
        tokens = tokens[opening + 1 : matching_angle(tokens, opening)]
    text = render(tokens)
    return "" if text == "_" else text
