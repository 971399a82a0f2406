"""Find the texts that are given to diesel in one file: `sql_query("…")`, `batch_execute("…")`."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from shared.contracts.contract import Query
from shared.contracts.drivers.diesel.tables import DRIVER
from shared.contracts.drivers.diesel.types import sent_type
from shared.contracts.inference import row_type
from shared.contracts.literals import split_arguments
from shared.contracts.reading import FoundQuery, Reading
from shared.contracts.rust_syntax import matching_angle, render, split_types

_FETCHES = {
    "load": "fetch_all", "load_iter": "fetch_all", "load_stream": "fetch_all", "get_results": "fetch_all",
    "get_result": "fetch_one", "first": "fetch_one", "execute": "execute",
}  # fmt: skip


class TextFinder:
    """Finds the texts in one file."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._tokens = reading.tokens
        self._text = reading.text

    def read(self) -> Iterator[FoundQuery]:
        """Give every text, in the order of the file."""
        for index, token in self._reading.source.where({"sql_query", "batch_execute", "sql"}):
            if not token.is_name or self._text(index + 1) not in {"(", "::"}:
                continue
            before = self._text(index - 1)
            if token.text == "sql_query" and before not in {".", "fn"}:
                yield from self._sql_query(index)
            elif token.text == "batch_execute" and before == "." and not self._reading.imports.client_in_service:
                yield from self._script(index)

    def _query(self, index: int, macro: str) -> Query:
        token = self._tokens[index]
        file = self._reading.source.path
        return Query(file=file, line=token.line, column=token.column, macro=macro, sql="", driver=DRIVER)

    def _script(self, index: int) -> Iterator[FoundQuery]:
        arguments = split_arguments(self._reading.inside(index + 1) or ())
        if len(arguments) == 1:
            query = msgspec.structs.replace(self._query(index, "client.batch_execute"), fetch="execute", arguments=0)
            yield from self._reading.found(self._reading.texts(arguments[0], index), query)

    def _sql_query(self, index: int) -> Iterator[FoundQuery]:
        inside = self._reading.inside(index + 1)
        arguments = split_arguments(inside or ())
        if len(arguments) != 1:
            return
        begin = index
        while self._text(begin - 1) == "::":
            begin -= 2
        types, fetch, written, end = self._chain(self._reading.source.closing[index + 1])
        sent = tuple(sent_type(each) or "unknown" for each in types)
        query = msgspec.structs.replace(
            self._query(index, "sql_query"),
            arguments=len(types) if fetch else -1,
            fetch=fetch,
            sent_types=sent if set(sent) - {"unknown"} else (),
            result_type=written or row_type(self._reading.source, begin, end, fetch),
        )
        yield from self._reading.found(self._reading.texts(arguments[0], index), query)

    def _chain(self, closing: int) -> tuple[tuple[str, ...], str, str, int]:
        """Give the SQL types that are bound, how it is run, the row's type if it is written, and the last token."""
        types: list[str] = []
        index = closing
        while self._text(index + 1) == ".":
            method, opening = self._text(index + 2), index + 3
            generics: list[str] = []
            if self._text(opening) == "::":
                end = matching_angle(self._tokens, opening + 1)
                generics = [render(part) for part in split_types(self._tokens[opening + 2 : end])]
                opening = end + 1
            if self._text(opening) != "(" or opening not in self._reading.source.closing:
                break
            index = self._reading.source.closing[opening]
            if method == "bind":
                types.append(generics[0] if generics else "")
            elif method in _FETCHES:
                named = generics[0] if generics and generics[0] != "_" else ""
                return tuple(types), _FETCHES[method], named, index
        return tuple(types), "", "", index
