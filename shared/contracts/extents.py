"""Say where the call or macro of each query ends, and its column in characters: what editors and code hosts ask for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import msgspec

from shared.contracts.contract import Query
from shared.contracts.tokens import Source

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


class _Places:
    """The places of one file."""

    def __init__(self, source: Source, content: bytes) -> None:
        self._source = source
        self._lines = content.split(b"\n")
        self._at = {(token.line, token.column): index for index, token in enumerate(source.tokens)}

    def completed(self, query: Query) -> Query:
        column = query.column
        if column and query.line <= len(self._lines):
            before = self._lines[query.line - 1][: column - 1]
            column = len(before.decode("utf-8", "replace")) + 1
        return msgspec.structs.replace(query, column=column, end_line=self._end_line(query))

    def _end_line(self, query: Query) -> int:
        begin = self._at.get((query.line, query.column))
        if begin is None:
            return 0
        tokens, closing = self._source.tokens, self._source.closing
        for index in range(begin, min(begin + _MAX_TOKENS_TO_BRACKET, len(tokens))):
            if tokens[index].text in {"(", "[", "{"} and index in closing:
                return tokens[closing[index]].line
            if tokens[index].text in {";", "}"}:
                break
        return 0
