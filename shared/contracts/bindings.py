"""Find what binds a local name at a place of a Rust file, and what is done to it from there on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from enum import StrEnum

import msgspec

from shared.contracts.tokens import Source, Token

_APPENDS = frozenset({"push_str", "push", "write_str"})
_DECLARES = frozenset({"let", "const", "static"})


class BindingKind(StrEnum):
    """How a name is bound."""

    LET = "let"  # also the constant of a block
    LOOP = "loop"  # `for name in …`
    OPAQUE = "opaque"  # a parameter or a pattern


class Binding(msgspec.Struct, frozen=True):
    """What binds a name.

    Args:
        kind: How.
        index: Where it stands in the file.
        tokens: The expression that it is bound to, or that it loops over.
        mutable: Whether it is `let mut`.
        end: Index behind the declaration.
    """

    kind: BindingKind
    index: int
    tokens: Sequence[Token] = ()
    mutable: bool = False
    end: int = 0


class Mutation(msgspec.Struct, frozen=True):
    """What is done to a mutable text.

    Args:
        index: Where.
        tokens: What is appended or assigned; empty when that cannot be told.
        appends: Whether it is appended.
        conditional: Whether it stands in a block of its own, which may be passed over.
    """

    index: int
    tokens: Sequence[Token]
    appends: bool = True
    conditional: bool = False


def find_binding(source: Source, name: str, index: int) -> Binding | None:
    """Walk back from a place through the enclosing blocks to what binds a name; None when nothing does."""
    tokens = source.tokens
    opening = source.opening
    place = index
    index -= 1
    while index >= 0:
        token = tokens[index]
        if token.text == "}" and index in opening:
            index = opening[index]  # a block that is closed: its names are gone
        elif token.text == name and token.is_name:
            binding = _bound_at(source, index)
            if binding is not None and binding.end <= place:  # `let sql = prepare(sql)` binds another one than it takes
                return binding
        elif token.text == "fn":
            return None
        index -= 1
    return None


def _bound_at(source: Source, index: int) -> Binding | None:
    tokens = source.tokens
    before = tokens[index - 1].text if index else ""
    after = tokens[index + 1].text if index + 1 < len(tokens) else ""
    if before in _DECLARES or (before == "mut" and index > 1 and tokens[index - 2].text == "let"):
        begin, end = _initial(source, index)
        return Binding(BindingKind.LET, index - 1, tokens[begin:end], before == "mut", end) if begin else None
    if before == "for" and after == "in":
        body = index + 2
        while body < len(tokens) and tokens[body].text != "{":
            body = source.closing.get(body, body) + 1
        return Binding(BindingKind.LOOP, index - 1, tokens[index + 2 : body])
    if after == ":" and before in {"(", ",", "|", "mut"}:
        return Binding(BindingKind.OPAQUE, index)
    in_pattern = before == "(" and index > 1 and tokens[index - 2].text in {"Some", "Ok", "Err"}
    if (in_pattern and after == ")") or (before == "|" and after == "|"):
        return Binding(BindingKind.OPAQUE, index)
    return None


def _initial(source: Source, index: int) -> tuple[int, int]:
    """Give the span of the expression behind the `=` of `let name: T = …;`."""
    tokens = source.tokens
    begin = 0
    while index < len(tokens) and tokens[index].text != ";":
        if tokens[index].text == "=" and not begin:
            begin = index + 1
        if tokens[index].text == "else" and begin and not any(each.text == "if" for each in tokens[begin:index]):
            break  # let … else
        index = source.closing.get(index, index) + 1
    return begin, index


def mutations(source: Source, name: str, binding: Binding, until: int) -> Iterator[Mutation]:
    """Give what is done to a mutable name between its `let` and a place, in order."""
    tokens = source.tokens
    for index in range(binding.end, min(until, len(tokens) - 2)):
        if tokens[index].text != name or not tokens[index].is_name or tokens[index - 1].text in {".", "::"}:
            continue
        conditional = _is_deeper(source, binding.end, index, until)
        after = tokens[index + 1].text
        if after == "." and tokens[index + 2].text in _APPENDS and index + 3 in source.closing:
            yield Mutation(index, tokens[index + 4 : source.closing[index + 3]], conditional=conditional)
        elif after in {"+=", "="}:
            end = _statement_end(source, index)
            yield Mutation(index, tokens[index + 2 : end], appends=after == "+=", conditional=conditional)
        elif tokens[index - 1].text == "mut" and tokens[index - 2].text == "&":
            yield Mutation(index, (), conditional=conditional)
        elif after == "," and tokens[index - 1].text == "(" and tokens[index - 2].text == "!":
            yield _written(source, index, conditional=conditional)


def _written(source: Source, index: int, *, conditional: bool) -> Mutation:
    """Read `write!(name, "…", …)`."""
    tokens = source.tokens
    end = source.closing.get(index - 1, index + 2)
    head = [Token("format", "identifier", tokens[index].line), Token("!", "!", tokens[index].line)]
    inside = [tokens[index - 1], *tokens[index + 2 : end + 1]]
    known = tokens[index - 3].text in {"write", "writeln"}
    return Mutation(index, [*head, *inside] if known else (), conditional=conditional)


def _is_deeper(source: Source, begin: int, index: int, until: int) -> bool:
    """Say whether a place stands in a block that was opened after `begin` and is closed before `until`."""
    return any(begin <= opening < index < end < until for opening, end in source.closing.items()
               if source.tokens[opening].text == "{")  # fmt: skip


def _statement_end(source: Source, index: int) -> int:
    tokens = source.tokens
    while index < len(tokens) and tokens[index].text not in {";", "}"}:
        index = source.closing.get(index, index) + 1
    return index
