"""Find what is read from rows in an `impl FromRow` of the service: `row.try_get("c")`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shared.contracts.contract import RowStruct, StructField
from shared.contracts.literals import split_arguments, string_value
from shared.contracts.rust_syntax import matching_angle, render, split_types
from shared.contracts.tokens import Source, Token

_GETS = frozenset({"get", "try_get", "get_unchecked", "try_get_unchecked"})
_INDEXES = frozenset({"usize", "&str", "_", "&'static str"})


def read_manual_rows(source: Source) -> Iterator[RowStruct]:
    """Give the structs whose `FromRow` the service wrote itself."""
    tokens, closing = source.tokens, source.closing
    if not source.names({"FromRow"}):
        return
    for index, token in source.where({"impl"}):
        brace = next((i for i in range(index, min(index + 60, len(tokens))) if tokens[i].text in {"{", ";"}), 0)
        head = [each.text for each in tokens[index:brace]]
        if brace not in closing or "FromRow" not in head or "for" not in head:
            continue
        name = tokens[index + len(head) - 1 - head[::-1].index("for") + 1]
        fields = tuple(dict.fromkeys(_gets(source, brace, closing[brace])))
        if fields and name.is_name:
            yield RowStruct(name=name.text, file=source.path, line=token.line, fields=fields, by_hand=True)


def _gets(source: Source, begin: int, end: int) -> Iterator[StructField]:
    tokens = source.tokens
    for index in range(begin, end - 2):
        if tokens[index].text not in _GETS or tokens[index - 1].text != ".":
            continue
        opening, generics = index + 1, []
        if tokens[opening].text == "::":
            close = matching_angle(tokens, opening + 1)
            generics = [render(part) for part in split_types(tokens[opening + 2 : close])]
            opening = close + 1
        arguments = split_arguments(tokens[opening + 1 : source.closing.get(opening, opening + 1)])
        column = _column(arguments[0]) if len(arguments) == 1 else ""
        if column:
            written = next((each for each in generics if each not in _INDEXES), "") or _annotated(source, index)
            yield StructField(name=column, type=written)


def _column(tokens: Sequence[Token]) -> str:
    """Give the name or the number of the column that is asked for; empty for anything else."""
    if len(tokens) != 1:
        return ""
    return (
        (string_value(tokens[0]) or "") if tokens[0].is_string else tokens[0].text if tokens[0].text.isdigit() else ""
    )


def _annotated(source: Source, index: int) -> str:
    """Give T of `let name: T = row.get(…)`, where nothing but the row stands before it."""
    tokens = source.tokens
    begin = index - 2
    while begin > 0 and (tokens[begin].is_name or tokens[begin].text in {".", "&"}):
        begin -= 1
    if tokens[begin].text != "=":
        return ""
    colon = begin
    while colon > 0 and tokens[colon].text not in {"let", ";", "{", "}"}:
        colon -= 1
    at = next((i for i in range(colon, begin) if tokens[i].text == ":"), 0)
    written = render(tokens[at + 1 : begin]) if tokens[colon].text == "let" and at else ""
    return "" if "_" in written.split() else written
