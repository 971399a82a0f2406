"""Expand `macro_rules!`: `select_where!("WHERE id = $1", id)` becomes what the macro makes of it, repetitions included.

As in "Macros By Example" of the Rust reference, on tokens: an expression ends at the next separator, so that no
grammar is needed. What matches no arm stays as it stands.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import msgspec

from shared.contracts.macro_patterns import Bound, Part, match_pattern, parse_pattern, substitute
from shared.contracts.tokens import Source, Token, match_brackets

_MAX_TOKENS = 20_000  # that one call may make: a macro that makes more holds no hand-written query
_MAX_DEPTH = 4  # of macros that call each other


class _Arm(msgspec.Struct, frozen=True):
    """One `(pattern) => { body }`."""

    pattern: tuple[Part, ...]
    body: Sequence[Token]


class Definition(msgspec.Struct, frozen=True):
    """One `macro_rules!`: its arms, and where it stands in its file."""

    begin: int
    end: int
    arms: tuple[_Arm, ...]


def expand_macros(source: Source, shared: Mapping[str, Definition]) -> Source:
    """Put what macros make in the place of their calls; each token has the line of the call, or its own.

    A literal that is given to a macro keeps its line: there the reader finds the text. The definition of a macro that
    is called in its file is left out; of another one it is kept, so that what it holds is seen.

    Args:
        source: The file.
        shared: Definitions of the whole service whose name is unique in it.
    """
    called: set[str] = set()
    for _ in range(_MAX_DEPTH):
        expanded = _expand_once(source, shared, called)
        if expanded is None:
            break
        source = expanded
    spent = [(found.begin, found.end) for name, found in read_definitions(source) if name in called]
    return _cut(source, spent) if spent else source


def _expand_once(source: Source, shared: Mapping[str, Definition], called: set[str]) -> Source | None:
    own = dict(read_definitions(source))
    tokens: list[Token] = []
    begin = 0
    for index, token in source.where({*own, *shared}):
        name = token.text
        definition = own.get(name) or shared[name]
        body = _expanded(source, definition, index, is_own=name in own) if index >= begin else None
        if body is not None:
            called.add(name)
            tokens += source.tokens[begin:index]
            tokens += body
            begin = source.closing[index + 2] + 1
    if begin == 0:
        return None
    kept = (*tokens, *source.tokens[begin:])
    return Source(source.path, kept, match_brackets(kept), source.problems)


def read_definitions(source: Source) -> list[tuple[str, Definition]]:
    """Give the macros that a file defines, by name."""
    tokens, closing = source.tokens, source.closing
    found: list[tuple[str, Definition]] = []
    for index, _ in source.where({"macro_rules!"}):
        if index + 2 in closing:
            end = closing[index + 2]
            found.append((tokens[index + 1].text, Definition(index, end, tuple(_arms(source, index + 3, end)))))
    return found


def _arms(source: Source, begin: int, end: int) -> list[_Arm]:
    tokens, closing = source.tokens, source.closing
    arms: list[_Arm] = []
    index = begin
    while index < end and index in closing:
        body = closing[index] + 2
        if body > end or tokens[body - 1].text != "=>" or body not in closing:
            break
        arms.append(_Arm(parse_pattern(tokens[index + 1 : closing[index]]), tokens[body + 1 : closing[body]]))
        index = closing[body] + 1
        if index < end and tokens[index].text == ";":
            index += 1
    return arms


def _expanded(source: Source, definition: Definition, index: int, *, is_own: bool) -> Sequence[Token] | None:
    """Give what a call makes, or None when there is no call here or no arm takes it."""
    tokens = source.tokens
    if index + 2 not in source.closing or tokens[index + 1].text != "!":
        return None
    if is_own and definition.begin <= index <= definition.end:
        return None  # a macro that calls itself
    given = tokens[index + 3 : source.closing[index + 2]]
    for arm in definition.arms:
        values = match_pattern(arm.pattern, given)
        if values is not None:
            return _placed(arm.body, values, tokens[index])
    return None


def _placed(body: Sequence[Token], values: Mapping[str, Bound], call: Token) -> Sequence[Token] | None:
    given = {id(token) for bound in values.values() for token in bound.tokens()}
    made = substitute(body, values, limit=_MAX_TOKENS)
    if made is None:
        return None
    return [token if id(token) in given else Token(token.text, token.type, call.line, call.column) for token in made]


def _cut(source: Source, spans: Sequence[tuple[int, int]]) -> Source:
    left_out = {index for begin, end in spans for index in range(begin, end + 1)}
    kept = tuple(token for index, token in enumerate(source.tokens) if index not in left_out)
    return Source(source.path, kept, match_brackets(kept), source.problems)
