"""Find the queries of sqlx in one Rust file: its macros and functions, and texts that are given to a connection."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from shared.contracts.contract import Query
from shared.contracts.imports import SQLX_FUNCTIONS, SQLX_MACROS
from shared.contracts.inference import row_type
from shared.contracts.literals import split_arguments
from shared.contracts.reading import FoundQuery, Reading
from shared.contracts.rust_syntax import matching_angle, render, split_types
from shared.contracts.tokens import Token

RUNNING_METHODS = frozenset(
    {"fetch", "fetch_all", "fetch_many", "fetch_one", "fetch_optional", "execute", "execute_many"}
)
OTHER_DATABASES = frozenset({"Sqlite", "MySql", "Any", "Mssql"})
_FIRST_WORDS = frozenset({
    "SELECT", "INSERT", "UPDATE", "DELETE", "WITH", "MERGE", "VALUES", "TABLE", "CREATE", "ALTER", "DROP", "TRUNCATE",
    "LOCK", "COPY", "REFRESH", "REINDEX", "VACUUM", "ANALYZE", "CLUSTER", "CALL", "DO", "SET", "RESET", "SHOW", "BEGIN",
    "START", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE", "LISTEN", "UNLISTEN", "NOTIFY", "GRANT", "REVOKE", "COMMENT",
    "DECLARE", "FETCH", "CLOSE", "EXPLAIN", "PREPARE", "EXECUTE", "DEALLOCATE", "DISCARD", "SECURITY", "IMPORT",
    "REASSIGN",
})  # fmt: skip
_BLANK = re.compile(r"[\s(;]+|--[^\n]*")
_COMMENT_EDGE = re.compile(r"/\*|\*/")
_WORD = re.compile(r"[A-Za-z]+\b")


def begins_statement(text: str) -> bool:
    """Say whether a text begins as SQL does: comments, which nest, and parentheses may stand before."""
    position = 0
    while position < len(text):
        blank = _BLANK.match(text, position)
        if blank:
            position = blank.end()
        elif text.startswith("/*", position):
            position = _comment_end(text, position)
        else:
            break
    word = _WORD.match(text, position)
    return word is not None and word[0].upper() in _FIRST_WORDS


def _comment_end(text: str, position: int) -> int:
    depth = 0
    for edge in _COMMENT_EDGE.finditer(text, position):
        depth += 1 if edge[0] == "/*" else -1
        if depth == 0:
            return edge.end()
    return len(text)


class Chain(msgspec.Struct, frozen=True):
    """The method calls behind a query function: what is bound, and what runs it.

    Args:
        binds: The arguments of `.bind(…)`, in order.
        fetch: The method that runs the query, or empty when the chain ends before it.
        end: Index of the last token of the chain.
    """

    binds: tuple[Sequence[Token], ...]
    fetch: str
    end: int


class QueryFinder:
    """Finds the queries of sqlx in one file."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._tokens = reading.tokens
        self._text = reading.text

    def read(self) -> Iterator[FoundQuery]:
        """Give every query, in the order of the file."""
        imports = self._reading.imports
        known = SQLX_FUNCTIONS | SQLX_MACROS | imports.names.keys()
        for index, token in self._reading.source.where(known | RUNNING_METHODS if imports.sqlx_in_service else known):
            if not token.is_name:
                continue
            before = self._text(index - 1)
            if token.text in known and before not in {".", "fn"}:
                yield from self._sqlx(index)
            elif imports.sqlx_in_service and token.text in RUNNING_METHODS:
                if before == ".":
                    yield from self._executor(index)
                elif before == "::" and self._text(index - 2) == "Executor":
                    yield from self._executor(index, receivers=1)

    def _query(self, index: int, macro: str) -> Query:
        token = self._tokens[index]
        return Query(file=self._reading.source.path, line=token.line, column=token.column, macro=macro, sql="")

    def _sqlx(self, index: int) -> Iterator[FoundQuery]:
        path_begin = index
        while self._text(path_begin - 1) == "::" and path_begin >= 2:  # noqa: PLR2004  # a name and ::
            path_begin -= 2
        path = [t.text for t in self._tokens[path_begin : index + 1] if t.text != "::"]
        name = self._reading.imports.sqlx_name(path)
        if name is None:
            return
        if self._text(index + 1) == "!":
            if name in SQLX_MACROS:
                yield from self._macro(index, name)
        elif name in SQLX_FUNCTIONS:
            yield from self._function(path_begin, index, name)

    def _macro(self, index: int, name: str) -> Iterator[FoundQuery]:
        reading = self._reading
        inside = reading.inside(index + 2)
        if inside is None:
            return
        result_type = ""
        if "_as" in name:
            first, inside = split_types(inside, limit=1)
            result_type = render(first)
        sql_tokens, *arguments = split_arguments(inside) or [()]
        query = msgspec.structs.replace(
            self._query(index, f"{name}!"),
            result_type=result_type,
            arguments=len(arguments),
            fetch=self.chain(reading.source.closing[index + 2]).fetch,
            constants=reading.constants(arguments),
        )
        texts = reading.file_texts(sql_tokens, index) if "_file" in name else reading.texts(sql_tokens, index)
        yield from reading.found(texts, query)

    def _function(self, path_begin: int, index: int, name: str) -> Iterator[FoundQuery]:
        reading = self._reading
        generics: list[str] = []
        opening = index + 1
        if self._text(opening) == "::" and self._text(opening + 1) == "<":
            end = matching_angle(self._tokens, opening + 1)
            generics = [render(part) for part in split_types(self._tokens[opening + 2 : end])]
            opening = end + 1
        inside = reading.inside(opening) if self._text(opening) == "(" else None
        if inside is None or _names_other_database(generics):
            return
        arguments = split_arguments(inside)
        chain = self.chain(reading.source.closing[opening])
        query = msgspec.structs.replace(
            self._query(path_begin, name),
            line=self._tokens[index].line,
            result_type=self._result_type(name, generics, path_begin, chain),
            arguments=len(chain.binds) if chain.fetch and not name.endswith("_with") else -1,
            fetch=chain.fetch,
            constants=reading.constants(chain.binds),
            argument_types=reading.argument_types(chain.binds, index),
        )
        yield from reading.found(reading.texts(arguments[0] if arguments else (), index), query)

    def _result_type(self, name: str, generics: Sequence[str], path_begin: int, chain: Chain) -> str:
        if not name.startswith(("query_as", "query_scalar")):
            return ""
        written = generics[1] if len(generics) > 1 else "_"
        return written if written != "_" else row_type(self._reading.source, path_begin, chain.end, chain.fetch)

    def _executor(self, index: int, receivers: int = 0) -> Iterator[FoundQuery]:
        """Read `connection.execute("…")`: sqlx's Executor takes a bare text, of any number of statements."""
        reading = self._reading
        inside = reading.inside(index + 1) if self._text(index + 1) == "(" else None
        arguments = split_arguments(inside or ())[receivers:]
        if len(arguments) != 1 or arguments[0][0].text == "|":
            return
        method = self._text(index)
        query = msgspec.structs.replace(self._query(index, f"executor.{method}"), arguments=0, fetch=method)
        texts = tuple(
            text for text in reading.texts(arguments[0], index) if text.known and begins_statement(text.value)
        )
        yield from reading.found(texts, query)  # what is no text is a query that was made by one of the functions

    def chain(self, closing: int) -> Chain:
        """Follow the method calls behind a closing bracket."""
        binds: list[Sequence[Token]] = []
        index = closing
        while True:
            if self._text(index + 1) == "?":
                index += 1
                continue
            if self._text(index + 1) != ".":
                return Chain(tuple(binds), "", index)
            method, opening = self._text(index + 2), index + 3
            if self._text(opening) == "::":
                opening = matching_angle(self._tokens, opening + 1) + 1
            inside = self._reading.inside(opening) if self._text(opening) == "(" else None
            if inside is None or method == "try_bind":
                return Chain(tuple(binds), "", index)
            index = self._reading.source.closing[opening]
            if method == "bind":
                binds.append(inside)
            elif method in RUNNING_METHODS:
                return Chain(tuple(binds), method, index)


def _names_other_database(generics: Sequence[str]) -> bool:
    return bool(generics) and generics[0].rpartition("::")[2] in OTHER_DATABASES
