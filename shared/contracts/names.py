"""Find the text behind a name that is used as SQL: a constant of the file or the service, or a `let` binding."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from shared.contracts.literals import Opaque, string_expression
from shared.contracts.tokens import Source, Token


def read_constants(source: Source) -> dict[str, Sequence[Token]]:
    """Give the expression of each `const` and `static` of a file; a name defined twice is left out."""
    found: dict[str, Sequence[Token]] = {}
    twice: set[str] = set()
    tokens = source.tokens
    for index, token in enumerate(tokens[:-2]):
        name = tokens[index + 1]
        if token.text not in {"const", "static"} or not name.is_name or tokens[index + 2].text != ":":
            continue
        expression = _after_equals(tokens, source.closing, index + 2)
        if expression:
            twice.update({name.text} & found.keys())
            found[name.text] = expression
    return {name: expression for name, expression in found.items() if name not in twice}


def _after_equals(tokens: Sequence[Token], closing: Mapping[int, int], index: int) -> Sequence[Token]:
    """Give the tokens between the `=` of a declaration and its `;`."""
    begin = 0
    while index < len(tokens) and tokens[index].text != ";":
        if tokens[index].text == "=" and not begin:
            begin = index + 1
        index = closing.get(index, index) + 1
    return tokens[begin:index] if begin else ()


class StringResolver:
    """Resolves names to texts within one file.

    Args:
        source: The file.
        constants: Its own constants (`read_constants`).
        shared: Constants of the whole service whose name is unique in it.
    """

    def __init__(
        self, source: Source, constants: Mapping[str, Sequence[Token]], shared: Mapping[str, Sequence[Token]]
    ) -> None:
        self._source = source
        self._opening = {closing: opening for opening, closing in source.closing.items()}
        self._constants = constants
        self._shared = shared

    def lookup(self, name: str, index: int) -> str | None:
        """Give the text that `name` stands for at token `index`, or None when it is not a literal."""
        return self._resolve(name, index, frozenset())

    def _resolve(self, name: str, index: int, seen: frozenset[str]) -> str | None:
        if name in seen:
            return None
        bound = next(self._bindings(name, index), None)
        expression = self._constants.get(name, self._shared.get(name)) if bound is None else bound
        if not expression:
            return None
        inner = seen | {name}
        value = string_expression(expression, lambda other: self._resolve(other, index, inner), lambda _: None)
        return None if isinstance(value, Opaque) else value

    def _bindings(self, name: str, index: int) -> Iterator[Sequence[Token]]:
        """Walk back through the enclosing blocks to `let NAME = …;`; empty for what is mutable or a parameter."""
        tokens = self._source.tokens
        index -= 1
        while index >= 0 and tokens[index].text != "fn":
            if index in self._opening and tokens[index].text == "}":
                index = self._opening[index]  # a block that is closed: its names are gone
            elif tokens[index].text == name and tokens[index - 1].text in {"let", "mut"}:
                mutable = tokens[index - 1].text == "mut"
                yield () if mutable else _after_equals(tokens, self._source.closing, index + 1)
            elif tokens[index].text == name and self._is_parameter(index):
                yield ()  # a parameter hides a constant of its name
            index -= 1

    def _is_parameter(self, index: int) -> bool:
        tokens = self._source.tokens
        following = tokens[index + 1].text if index + 1 < len(tokens) else ""
        return following == ":" and tokens[index - 1].text in {"(", ",", "|"}
