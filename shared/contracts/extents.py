"""Say where the call or macro of each query ends, and its column in characters: what editors and code hosts ask for."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property

import msgspec

from shared.contracts.contract import Query
from shared.contracts.tokens import Source, Token

_MAX_TOKENS_TO_BRACKET = 40  # from the name of a macro or function over its type arguments


def with_extents(queries: Iterable[Query], sources: Sequence[Source], contents: Mapping[str, bytes]) -> Iterator[Query]:
    """Complete the places of queries.

    Args:
        queries: As they were found: their columns count bytes.
        sources: The files.
        contents: Their bytes, by path.
    """
    places = {source.path: _Places(source, contents[source.path]) for source in sources}
    for query in queries:
        file = places.get(query.file)
        yield query if file is None else file.completed(query)


def _place(token: Token) -> tuple[int, int]:
    return token.line, token.column


class _Places:
    """The places of one file."""

    def __init__(self, source: Source, content: bytes) -> None:
        self._source = source
        self._content = content

    @cached_property
    def _lines(self) -> list[bytes]:
        return self._content.split(b"\n")

    def completed(self, query: Query) -> Query:
        column = query.column
        if column and query.line <= len(self._lines):
            before = self._lines[query.line - 1][: column - 1]
            column = len(before.decode("utf-8", "replace")) + 1
        return msgspec.structs.replace(query, column=column, end_line=self._end_line(query))

    def _end_line(self, query: Query) -> int:
        tokens, closing = self._source.tokens, self._source.closing
        place = (query.line, query.column)
        begin = bisect_left(tokens, place, key=_place)
        if begin == len(tokens) or _place(tokens[begin]) != place:
            return 0
        for index in range(begin, min(begin + _MAX_TOKENS_TO_BRACKET, len(tokens))):
            if tokens[index].text in {"(", "[", "{"} and index in closing:
                return tokens[closing[index]].line
            if tokens[index].text in {";", "}"}:
                break
        return 0
