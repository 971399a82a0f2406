"""Expand `macro_rules!` that hold queries: `select_where!("WHERE id = $1", id)` becomes what the macro makes of it.

Only the plain form that services use for a query with several conditions: arguments separated by commas, each a
`$name:kind`. Anything else stays as it stands, and its SQL is opaque.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from shared.contracts.imports import SQLX_FUNCTIONS, SQLX_MACROS
from shared.contracts.literals import split_arguments
from shared.contracts.rust_syntax import split_types
from shared.contracts.tokens import Source, Token, match_brackets


class Arm(msgspec.Struct, frozen=True):
    """One `(parameters) => { body }`: the metavariable of each argument (`""` where there is not exactly one)."""

    parameters: tuple[str, ...]
    body: Sequence[Token]


class Definition(msgspec.Struct, frozen=True):
    """One `macro_rules!` that holds a query: its arms by number of arguments, and where it stands."""

    name: str
    begin: int
    end: int
    arms: dict[int, Arm]


def expand_macros(source: Source) -> Source:
    """Put what a file's own query macros make in the place of their calls; each query has the line of the call."""
    definitions = {definition.name: definition for definition in _definitions(source)}
    if not definitions:
        return source
    called: set[str] = set()
    tokens: list[Token] = []
    index = 0
    while index < len(source.tokens):
        definition = definitions.get(source.tokens[index].text)
        body = None if definition is None else _expanded(source, definition, index)
        if definition is None or body is None:
            tokens.append(source.tokens[index])
            index += 1
        else:
            called.add(definition.name)
            tokens.extend(body)
            index = source.closing[index + 2] + 1
    if not called:
        return source
    spent = {definitions[name].begin for name in called}
    kept = tuple(_without(tokens, {source.tokens[begin] for begin in spent}))
    return Source(source.path, kept, match_brackets(kept), source.problems)


def _definitions(source: Source) -> Iterator[Definition]:
    tokens, closing = source.tokens, source.closing
    for index in range(len(tokens) - 2):
        if tokens[index].text == "macro_rules!" and index + 2 in closing:
            inside = (index + 3, closing[index + 2])
            names = {token.text for token in tokens[inside[0] : inside[1]]}
            if names & (SQLX_FUNCTIONS | SQLX_MACROS):
                arms = {len(arm.parameters): arm for arm in _arms(source, *inside)}
                yield Definition(tokens[index + 1].text, index, inside[1], arms)


def _arms(source: Source, begin: int, end: int) -> Iterator[Arm]:
    tokens, closing = source.tokens, source.closing
    index = begin
    while index < end and index in closing:
        arrow = closing[index] + 1
        body = arrow + 1
        if arrow >= end or tokens[arrow].text != "=>" or body not in closing:
            return
        pattern = tokens[index + 1 : closing[index]]
        if not any(token.text == "$" for token in pattern):  # a repetition
            yield Arm(tuple(_metavariable(part) for part in split_types(pattern)), tokens[body + 1 : closing[body]])
        index = closing[body] + 1
        if index < end and tokens[index].text == ";":
            index += 1


def _metavariable(part: Sequence[Token]) -> str:
    found = [token.text for token in part if token.type == "metavariable"]
    return found[0] if len(found) == 1 else ""


def _expanded(source: Source, definition: Definition, index: int) -> Sequence[Token] | None:
    """Give what a call makes, or None when there is no call here or no arm takes it."""
    tokens = source.tokens
    if index + 2 not in source.closing or tokens[index + 1].text != "!" or definition.begin < index < definition.end:
        return None
    arguments = split_arguments(tokens[index + 3 : source.closing[index + 2]])
    arm = definition.arms.get(len(arguments))
    if arm is None:
        return None
    values = {name: value for name, value in zip(arm.parameters, arguments, strict=True) if name}
    line = tokens[index].line
    return [msgspec.structs.replace(token, line=line) for token in _substituted(arm.body, values)]


def _substituted(body: Sequence[Token], values: Mapping[str, Sequence[Token]]) -> Iterator[Token]:
    for token in body:
        yield from values.get(token.text, (token,))


def _without(tokens: Sequence[Token], starts: set[Token]) -> Iterator[Token]:
    """Leave out the definitions that begin with these tokens."""
    closing = match_brackets(tuple(tokens))
    index = 0
    while index < len(tokens):
        if tokens[index] in starts and index + 2 in closing:
            index = closing[index + 2] + 1
        else:
            yield tokens[index]
            index += 1
