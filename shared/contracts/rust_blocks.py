"""Take Rust blocks apart: the branches of `if`, the arms of `match`, the value of a body."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from shared.contracts.tokens import Token, match_brackets

_DIVERGES = frozenset({"return", "panic", "unreachable", "todo", "unimplemented", "bail", "continue", "break"})


def bare(tokens: Sequence[Token]) -> Sequence[Token]:
    """Remove what does not change a text: `&`, `*`, `?` and parentheses."""
    while tokens:
        if tokens[0].text in {"&", "*", "&&"}:
            tokens = tokens[1:]
        elif tokens[0].text == "(" and tokens[-1].text == ")" and opening_of_last(tokens) == 0:
            tokens = tokens[1:-1]
        elif tokens[-1].text == "?":
            tokens = tokens[:-1]
        else:
            break
    return tokens


def closes_at_end(tokens: Sequence[Token], opening: int) -> bool:
    """Say whether the bracket at `opening` is closed by the last token."""
    return tokens[-1].text in {")", "]", "}"} and opening_of_last(tokens) == opening


def opening_of_last(tokens: Sequence[Token]) -> int:
    """Give the index of the bracket that the last token closes."""
    depth = 0
    for index in range(len(tokens) - 1, -1, -1):
        depth += (tokens[index].text in {")", "]", "}"}) - (tokens[index].text in {"(", "[", "{"})
        if depth == 0:
            return index
    return 0


def split_at(tokens: Sequence[Token], separator: str) -> list[Sequence[Token]]:
    """Split at a separator that is inside no bracket."""
    parts: list[Sequence[Token]] = []
    begin = depth = 0
    for index, token in enumerate(tokens):
        depth += (token.text in {"(", "[", "{"}) - (token.text in {")", "]", "}"})
        if token.text == separator and depth == 0:
            parts.append(tokens[begin:index])
            begin = index + 1
    parts.append(tokens[begin:])
    return parts


def first_brace(tokens: Sequence[Token], closing: Mapping[int, int]) -> int:
    """Give the index of the first brace that is inside no other bracket."""
    index = 0
    while index < len(tokens) and tokens[index].text != "{":
        index = closing.get(index, index) + 1
    return index


def branches(tokens: Sequence[Token], closing: Mapping[int, int]) -> Iterator[Sequence[Token]]:
    """Give the bodies of `if … { } else if … { } else { }`."""
    index = 0
    while index < len(tokens):
        while index < len(tokens) and tokens[index].text != "{":
            index = closing.get(index, index) + 1
        if index not in closing:
            return
        yield tokens[index + 1 : closing[index]]
        index = closing[index] + 1


def arms(tokens: Sequence[Token]) -> list[Sequence[Token]]:
    """Give the expressions of the arms of a `match`."""
    found: list[Sequence[Token]] = []
    closing = match_brackets(tuple(tokens))
    index = 0
    while index < len(tokens):
        while index < len(tokens) and tokens[index].text != "=>":
            index = closing.get(index, index) + 1
        begin = index = index + 1
        if index < len(tokens) and tokens[index].text == "{" and index in closing:
            found.append(tokens[index : closing[index] + 1])
            index = closing[index] + 1
            continue
        while index < len(tokens) and tokens[index].text != ",":
            index = closing.get(index, index) + 1
        if begin < len(tokens):
            found.append(tokens[begin:index])
        index += 1
    return found


def diverges(tokens: Sequence[Token]) -> bool:
    """Say whether an expression gives no value: it returns or panics."""
    inner = tokens[1:-1] if tokens and tokens[0].text == "{" else tokens
    return bool(inner) and inner[0].text in _DIVERGES


def last_expression(tokens: Sequence[Token]) -> Sequence[Token]:
    """Give the value of a block: what stands behind its last semicolon or statement block, or behind `return`."""
    parts = [part for part in split_at(tokens, ";") if part]
    if not parts:
        return ()
    last = parts[-1]
    if last[0].text == "return":
        return last[1:]
    while last and last[0].text in {"for", "while", "loop", "if"}:
        end = _statement_end(last)
        if end >= len(last):
            return last if last[0].text == "if" else ()
        last = last[end:]
    return last


def _statement_end(tokens: Sequence[Token]) -> int:
    """Give the index behind a loop, or behind an `if` with all its branches."""
    closing = match_brackets(tuple(tokens))
    end = 0
    while end < len(tokens):
        while end < len(tokens) and tokens[end].text != "{":
            end = closing.get(end, end) + 1
        end = closing.get(end, len(tokens)) + 1
        if end >= len(tokens) or tokens[end].text != "else":
            break
    return end


def early_returns(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """Give what `return …;` gives anywhere in a body but at its end."""
    closing = match_brackets(tuple(tokens))
    for index, token in enumerate(tokens):
        if token.text == "return":
            end = index + 1
            while end < len(tokens) and tokens[end].text not in {";", "}", ","}:
                end = closing.get(end, end) + 1
            if end < len(tokens):
                yield tokens[index + 1 : end]
