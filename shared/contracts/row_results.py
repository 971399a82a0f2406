"""Infer what `row.get(…)` gives from the result of the function around it: `Ok(row.get(0))` of `-> Result<i64, _>`."""

from __future__ import annotations

from collections.abc import Sequence

from shared.contracts.inference import result_of_function
from shared.contracts.rust_syntax import matching_angle, render, split_types
from shared.contracts.tokens import Source, Token

_LISTS_OR_OPTIONS = frozenset({"Vec", "Option"})
_CLOSURES = frozenset({"map", "and_then"})


def type_of_result(source: Source, begin: int, end: int) -> str:
    """Give the type that a value has as (part of) what its function returns; empty when that is not plain.

    Args:
        source: The file.
        begin: Index of the first token of the expression.
        end: Index of its last one.
    """
    finder = _Finder(source)
    while finder.text(end + 1) == "?":
        end += 1
    position, begin, end = finder.tuple_around(begin, end)
    method, begin, end = finder.closure_around(begin, end)
    begin, end = finder.ok_around(begin, end)
    result = result_of_function(source, begin, end)
    if method == "map":
        result = _element(result)
    if position >= 0:
        inside = result[1:-1] if result and result[0].text == "(" else ()
        elements = split_types(inside) if inside else []
        result = elements[position] if position < len(elements) else ()
    text = render(result)
    return "" if text == "_" else text


class _Finder:
    """Climbs from an expression to what stands around it."""

    def __init__(self, source: Source) -> None:
        self._tokens = source.tokens
        self._closing = source.closing

    def text(self, index: int) -> str:
        return self._tokens[index].text if 0 <= index < len(self._tokens) else ""

    def tuple_around(self, begin: int, end: int) -> tuple[int, int, int]:
        """Give the position in a tuple, and where that begins and ends; -1 and the same place for no tuple."""
        opening = max((o for o, c in self._closing.items() if o < begin and c > end), default=-1)
        before = self._tokens[opening - 1] if opening > 0 else None
        is_call = before is None or before.is_name or before.text in {">", "!"}
        commas = self._commas(opening) if opening >= 0 else []
        if self.text(opening) != "(" or is_call or not commas:
            return -1, begin, end
        return sum(comma < begin for comma in commas), opening, self._closing[opening]

    def _commas(self, opening: int) -> list[int]:
        found: list[int] = []
        index = opening + 1
        while index < self._closing[opening]:
            if self.text(index) == ",":
                found.append(index)
            index = self._closing.get(index, index) + 1
        return found

    def closure_around(self, begin: int, end: int) -> tuple[str, int, int]:
        """Give the method that a closure with this body is given to, and where its expression begins and ends."""
        if self.text(begin - 1) != "|" or self.text(end + 1) != ")":
            return "", begin, end
        bar = begin - 2
        while bar > 0 and self.text(bar) not in {"|", ";", "{", "}"}:
            bar -= 1
        opening = bar - 1
        method = self.text(opening - 1)
        if self.text(bar) != "|" or self._closing.get(opening) != end + 1 or method not in _CLOSURES:
            return "", begin, end
        return method, *self._chain(opening - 1, end + 1)

    def _chain(self, begin: int, end: int) -> tuple[int, int]:
        """Give where the chain of methods around one of them begins and ends."""
        openings = {c: o for o, c in self._closing.items()}
        while self.text(begin - 1) == ".":
            begin -= 2
            while begin in openings:
                begin = openings[begin] - 1
        while self.text(end + 1) in {".", "?"}:
            end += 1 if self.text(end + 1) == "?" else 2
            while self.text(end + 1) in {"(", "::"}:
                end = self._closing[end + 1] if self.text(end + 1) == "(" else matching_angle(self._tokens, end + 2)
        return begin, end

    def ok_around(self, begin: int, end: int) -> tuple[int, int]:
        """Give where `Ok(…)` around an expression begins and ends."""
        if self.text(begin - 1) == "(" and self.text(begin - 2) == "Ok" and self.text(end + 1) == ")":
            return begin - 2, end + 1
        return begin, end


def _element(tokens: Sequence[Token]) -> Sequence[Token]:
    opening = next((i for i, token in enumerate(tokens) if token.text == "<"), -1)
    if opening < 1 or tokens[opening - 1].text not in _LISTS_OR_OPTIONS:
        return ()
    return tokens[opening + 1 : matching_angle(tokens, opening)]
