"""Find the methods that a service gives rows: `impl RowExt for Row { fn get_id(&self, column: &str) -> Id { … } }`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from shared.contracts.rust_syntax import matching_angle, render, split_types
from shared.contracts.sites import owners_of
from shared.contracts.tokens import Source

_ROWS = frozenset({"Row", "PgRow"})
_GETS = frozenset({"get", "try_get"})
_METHODS_DEEP_A_ROW_IS_FOLLOWED = 2


class _Method(msgspec.Struct, frozen=True):
    source: Source
    name: str
    begin: int
    end: int


def row_methods(sources: Sequence[Source]) -> dict[str, str]:
    """Give the methods that read the column which they are given, with the type that they read it as; or an empty one.

    Args:
        sources: Every file of the service.
    """
    extended = [source for source in sources if any(owner in _ROWS for owner, _, _ in source.once(owners_of))]
    methods = [method for source in extended for method in _methods(source)]
    found: dict[str, str] = {}
    for _ in range(_METHODS_DEEP_A_ROW_IS_FOLLOWED):
        for method in methods:
            written = _read_as(method, found)
            if written is not None:
                found[method.name] = written
    return found


def _methods(source: Source) -> Iterator[_Method]:
    """Give the functions of the blocks that are about rows: an `impl` for one, and the traits of such files."""
    tokens, closing = source.tokens, source.closing
    blocks = [(begin, end) for owner, begin, end in source.once(owners_of) if owner in _ROWS]
    for index, _ in source.where({"trait"}):
        brace = next((i for i in range(index, min(index + 40, len(tokens))) if tokens[i].text in {"{", ";"}), 0)
        if brace in closing:
            blocks.append((brace, closing[brace]))
    for index, _ in source.where({"fn"}):
        if any(begin < index < end for begin, end in blocks):
            body = index
            while body < len(tokens) and tokens[body].text not in {"{", ";"}:
                body = closing.get(body, body) + 1
            if body in closing:
                yield _Method(source, tokens[index + 1].text, body, closing[body])


def _read_as(method: _Method, known: dict[str, str]) -> str | None:
    """Give the type that a method reads a column as; None where it does not read one that it is given."""
    tokens = method.source.tokens
    for index in range(method.begin, method.end - 2):
        name = tokens[index + 2].text
        if [tokens[index].text, tokens[index + 1].text] != ["self", "."] or name not in _GETS | known.keys():
            continue
        opening, generics = index + 3, []
        if tokens[opening].text == "::":
            end = matching_angle(tokens, opening + 1)
            generics = [render(part) for part in split_types(tokens[opening + 2 : end])]
            opening = end + 1
        given = tokens[opening + 1 : method.source.closing.get(opening, opening + 1)]
        if len(given) != 1 or not given[0].is_name:
            continue
        written = _written(method, index, generics, is_get=name in _GETS)
        return written or (known[name] if name in known and not generics else "")
    return None


def _written(method: _Method, index: int, generics: Sequence[str], *, is_get: bool) -> str:
    """Give T of `self.get::<_, T>(column)` or `let value: T = self.get(column)`; empty for a parameter of its own."""
    tokens = method.source.tokens
    named = [each for each in generics if each != "_" and not _is_parameter(each)]
    if named:
        return named[-1] if is_get else named[0]
    if tokens[index - 1].text != "=":
        return ""
    colon = index - 1
    while colon > method.begin and tokens[colon].text not in {":", "let", ";"}:
        colon -= 1
    written = render(tokens[colon + 1 : index - 1]) if tokens[colon].text == ":" else ""
    return "" if _is_parameter(written) else written


def _is_parameter(written: str) -> bool:
    return len(written) == 1 and written.isupper()
