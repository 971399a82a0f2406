"""Put together what a `QueryBuilder` of sqlx builds, as far as its pieces stand in the source."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from shared.contracts.contract import Query
from shared.contracts.inference import row_type
from shared.contracts.literals import split_arguments
from shared.contracts.queries import OTHER_DATABASES, QueryFinder
from shared.contracts.reading import FoundQuery, Reading
from shared.contracts.rust_syntax import matching_angle, render, split_types
from shared.contracts.texts import Text, Texts, hole, joined, one_of
from shared.contracts.tokens import Token

_BUILDS = {"build": "query", "build_query_as": "query_as", "build_query_scalar": "query_scalar"}
_PUSHES = frozenset({
    "push", "push_bind", "push_unseparated", "push_bind_unseparated", "push_values", "push_tuples", "separated",
})  # fmt: skip
_BIND = "\0"
"""Stands for a bound value until the values are numbered."""


class _Piece(msgspec.Struct, frozen=True):
    """One call that adds to the text."""

    index: int
    texts: Texts
    conditional: bool


class BuilderFinder:
    """Finds the query builders of one file."""

    def __init__(self, reading: Reading, queries: QueryFinder) -> None:
        self._reading = reading
        self._queries = queries
        self._tokens = reading.tokens
        self._text = reading.text

    def read(self) -> Iterator[FoundQuery]:
        """Give what each builder builds."""
        if not self._reading.imports.sqlx_in_service:
            return
        for index, token in self._reading.source.where({"QueryBuilder"}):
            if token.is_name and self._text(index + 1) in {"::", "<"}:
                yield from self._builder(index)

    def _builder(self, index: int) -> Iterator[FoundQuery]:
        opening = self._constructor(index)
        if opening is None:
            return
        token = self._tokens[index]
        query = Query(
            file=self._reading.source.path, line=token.line, column=token.column, macro="QueryBuilder", sql=""
        )
        closing = self._reading.source.closing[opening]
        texts = self._reading.texts(self._tokens[opening + 1 : closing], index)
        pieces = [_Piece(index, texts, conditional=False), *self._pieces(index, closing)]
        built = self._built(index, closing)
        if built is None or self._is_lent(index, closing, built):
            pieces.append(_Piece(index, hole("other functions push to the QueryBuilder"), conditional=False))
        else:
            query = msgspec.structs.replace(query, **self._how(built))
        yield from self._reading.found(tuple(map(_numbered, _assembled(pieces))), query)

    def _constructor(self, index: int) -> int | None:
        """Give the index of the bracket behind `QueryBuilder::<Postgres>::new`; None for another database."""
        at = index + 1
        named: set[str] = set()
        for _ in range(3):
            if self._text(at) == "::" and self._text(at + 1) == "<":
                at += 1
            if self._text(at) == "<":
                end = matching_angle(self._tokens, at)
                named.update(token.text for token in self._tokens[at:end])
                at = end + 1
            elif self._text(at) == "::" and self._text(at + 1) in {"new", "with_arguments"}:
                return None if OTHER_DATABASES.intersection(named) or self._text(at + 2) != "(" else at + 2
        return None

    def _pieces(self, index: int, closing: int) -> Iterator[_Piece]:
        """Give the calls on the builder and on what is parted from it, up to the end of the block."""
        names = self._names(index)
        separators: dict[str, str] = {}
        started: set[str] = set()
        base = self._depth(closing)
        at = closing
        while at < len(self._tokens):
            if self._text(at) == "}" and self._depth(at) < base:
                return
            receiver = self._receiver(at, names | separators.keys(), closing)
            method = self._text(at)
            if receiver and method in _PUSHES and self._text(at + 1) == "(" and at + 1 in self._reading.source.closing:
                inside = self._reading.inside(at + 1) or ()
                if method == "separated":
                    bound = self._let_before(at)
                    separators[bound] = self._known(inside, at)
                    started.discard(bound)
                else:
                    texts = self._pushed(method, inside, at)
                    separated = method in {"push", "push_bind"} and receiver in separators
                    if separated and receiver in started:
                        texts = joined([(Text(separators[receiver]),), texts])
                    started.add(receiver)
                    yield _Piece(at, texts, conditional=self._is_conditional(at, base))
            at += 1

    def _names(self, index: int) -> set[str]:
        """Give the name that the builder is bound to."""
        begin = index
        while begin > 0 and self._text(begin) not in {"let", ";", "{", "}"}:
            begin -= 1
        if self._text(begin) != "let":
            return set()
        return {self._text(begin + 2) if self._text(begin + 1) == "mut" else self._text(begin + 1)}

    def _let_before(self, index: int) -> str:
        begin = index
        while begin > 0 and self._text(begin) not in {"let", ";", "{", "}"}:
            begin -= 1
        if self._text(begin) != "let":
            return ""
        return self._text(begin + 2) if self._text(begin + 1) == "mut" else self._text(begin + 1)

    def _receiver(self, at: int, names: set[str], closing: int) -> str:
        """Give the name whose method stands at a token, through chained calls; empty for something else."""
        if self._text(at - 1) != ".":
            return ""
        opening = self._reading.source.opening
        before = at - 2
        while before in opening and self._text(before) == ")":
            if before == closing:
                return next(iter(sorted(names)), "") or "?"
            name = opening[before] - 1
            if self._text(name - 1) != ".":
                return ""
            before = name - 2
        return self._text(before) if self._text(before) in names else ""

    def _pushed(self, method: str, inside: Sequence[Token], at: int) -> Texts:
        if method in {"push_bind", "push_bind_unseparated"}:
            return (Text(_BIND),)
        if method in {"push", "push_unseparated"}:
            return self._reading.texts(inside, at)
        arguments = split_arguments(inside)
        closure = arguments[1] if len(arguments) > 1 else ()
        binds = sum(token.text == "push_bind" for token in closure)
        if not binds or any(token.text == "push" for token in closure):
            return hole("the rows are made at run time")
        row = f"({', '.join([_BIND] * binds)})"
        return (Text(f"VALUES {row}" if method == "push_values" else row),)

    def _known(self, tokens: Sequence[Token], at: int) -> str:
        text = self._reading.texts(tokens, at)[0]
        return text.value if text.known else ", "

    def _depth(self, at: int) -> int:
        closing = self._reading.source.closing
        return sum(begin < at < end for begin, end in closing.items() if self._text(begin) == "{")

    def _is_conditional(self, at: int, base: int) -> bool:
        """Say whether a piece stands in an `if` or `match`: a loop is taken as run once."""
        if self._depth(at) <= base:
            return False
        closing = self._reading.source.closing
        inner = max(begin for begin, end in closing.items() if begin < at < end and self._text(begin) == "{")
        begin = inner
        while begin > 0 and self._text(begin - 1) not in {";", "{", "}"}:
            begin -= 1
        return self._text(begin) not in {"for", "while", "loop"}

    def _built(self, index: int, closing: int) -> int | None:
        """Give the index of the `build…` that ends the builder."""
        names = self._names(index)
        for at in range(closing, len(self._tokens)):
            if self._text(at) in _BUILDS and self._receiver(at, names, closing):
                return at
            if self._text(at) == "fn":
                return None
        return None

    def _is_lent(self, index: int, closing: int, built: int) -> bool:
        """Say whether the builder is given to a function, which may push to it."""
        names = self._names(index)
        return any(
            self._text(at) in names and self._text(at - 1) == "mut" and self._text(at - 2) == "&"
            for at in range(closing, built)
        )

    def _how(self, built: int) -> dict[str, object]:
        macro = _BUILDS[self._text(built)]
        opening, generics = built + 1, ""
        if self._text(opening) == "::":
            end = matching_angle(self._tokens, opening + 1)
            parts = split_types(self._tokens[opening + 2 : end])
            generics = render(parts[-1]) if parts else ""
            opening = end + 1
        closing = self._reading.source.closing.get(opening, opening)
        chain = self._queries.chain(closing)
        result = ""
        if macro != "query":
            result = (
                generics if generics not in {"", "_"} else row_type(self._reading.source, built, chain.end, chain.fetch)
            )
        return {"macro": macro, "result_type": result, "fetch": chain.fetch}


def _assembled(pieces: Sequence[_Piece]) -> Texts:
    texts: Texts = (Text(""),)
    for piece in pieces:
        longer = joined([texts, piece.texts])
        if piece.conditional:
            longer = one_of([texts, tuple(Text(each.value, each.reasons, several=True) for each in longer)])
        texts = longer
    return texts


def _numbered(text: Text) -> Text:
    """Put `$1`, `$2`, … in the place of the bound values."""
    first, *rest = text.value.split(_BIND)
    value = first + "".join(f"${number}{part}" for number, part in enumerate(rest, start=1))
    return Text(value, text.reasons, text.several)
