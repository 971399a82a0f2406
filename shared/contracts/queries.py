"""Find the queries in one Rust file: sqlx macros and functions, and tokio-postgres calls."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

import msgspec

from shared.contracts.argument_types import ArgumentTypes
from shared.contracts.contract import Constant, Query, Unread
from shared.contracts.imports import SQLX_FUNCTIONS, SQLX_MACROS, Imports
from shared.contracts.inference import row_type
from shared.contracts.literals import (
    Opaque,
    constant_path,
    constant_value,
    split_arguments,
    string_expression,
)
from shared.contracts.names import StringResolver
from shared.contracts.rust_syntax import matching_angle, render, split_types
from shared.contracts.tokens import Source, Token

_RUNNING_METHODS = frozenset(
    {"fetch", "fetch_all", "fetch_many", "fetch_one", "fetch_optional", "execute", "execute_many"}
)
_CLIENT_METHODS = frozenset(
    {"query", "query_one", "query_opt", "execute", "prepare", "prepare_cached", "batch_execute", "simple_query"}
)
_OTHER_DATABASES = frozenset({"Sqlite", "MySql", "Any", "Mssql"})
_SQL = re.compile(r"\s*(?:--|/\*|[A-Za-z]+\s)")
_STATEMENT = re.compile(r"\s*(?:SELECT|INSERT|UPDATE|DELETE|WITH|MERGE|VALUES)\b", re.IGNORECASE)

FoundQuery = Query | Unread


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
    """Finds the queries of one file.

    Args:
        source: The file.
        imports: What its `use` declarations say.
        strings: Resolves the names of constants and variables.
        read_file: Gives the text of a file of the service by its path, or None.
        crate_roots: Folders that may be the root of the file's crate, nearest first: `query_file!` is relative to it.
        labels: Database label by (enum, variant).
        types: Finds the types of arguments.
    """

    def __init__(
        self,
        source: Source,
        imports: Imports,
        strings: StringResolver,
        *,
        read_file: Callable[[str], str | None],
        crate_roots: Sequence[str],
        labels: Mapping[tuple[str, str], str],
        types: ArgumentTypes,
    ) -> None:
        self._source = source
        self._tokens = source.tokens
        self._imports = imports
        self._strings = strings
        self._read_file = read_file
        self._crate_roots = crate_roots
        self._labels = labels
        self._types = types

    def read(self) -> Iterator[FoundQuery]:
        """Give every query, in the order of the file."""
        known = SQLX_FUNCTIONS | SQLX_MACROS | self._imports.names.keys()
        for index, token in enumerate(self._tokens):
            if not token.is_name:
                continue
            if token.text in known and self._text(index - 1) not in {".", "fn"}:
                yield from self._sqlx(index)
            elif token.text == "QueryBuilder" and self._imports.sqlx_in_file and self._text(index + 1) in {"::", "<"}:
                yield from self._builder(index)
            elif self._imports.sqlx_in_file and token.text in _RUNNING_METHODS and self._text(index - 1) == ".":
                yield from self._executor(index)
            elif self._imports.client and token.text in _CLIENT_METHODS and self._text(index - 1) == ".":
                yield from self._client(index)

    def _text(self, index: int) -> str:
        return self._tokens[index].text if 0 <= index < len(self._tokens) else ""

    def _inside(self, opening: int) -> Sequence[Token] | None:
        closing = self._source.closing.get(opening)
        return None if closing is None else self._tokens[opening + 1 : closing]

    def _sqlx(self, index: int) -> Iterator[FoundQuery]:
        path_begin = index
        while self._text(path_begin - 1) == "::" and path_begin >= 2:  # noqa: PLR2004  # a name and ::
            path_begin -= 2
        path = [t.text for t in self._tokens[path_begin : index + 1] if t.text != "::"]
        name = self._imports.sqlx_name(path)
        if name is None:
            return
        if self._text(index + 1) == "!":
            if name in SQLX_MACROS:
                yield from self._macro(index, name)
        elif name in SQLX_FUNCTIONS:
            yield from self._function(path_begin, index, name)

    def _macro(self, index: int, name: str) -> Iterator[FoundQuery]:
        inside = self._inside(index + 2)
        if inside is None:
            return
        line = self._tokens[index].line
        result_type = ""
        if "_as" in name:
            first, inside = split_types(inside, limit=1)
            result_type = render(first)
        sql_tokens, *arguments = split_arguments(inside) or [()]
        sql = self._sql(sql_tokens, index, "_file" in name)
        if isinstance(sql, Opaque):
            yield self._unread(line, f"{name}!", str(sql))
            return
        yield Query(
            file=self._source.path,
            line=line,
            macro=f"{name}!",
            sql=sql,
            result_type=result_type,
            arguments=len(arguments),
            fetch=self._chain(self._source.closing[index + 2]).fetch,
            constants=self._constants(arguments),
            column=self._tokens[index].column,
        )

    def _function(self, path_begin: int, index: int, name: str) -> Iterator[FoundQuery]:
        generics: list[str] = []
        opening = index + 1
        if self._text(opening) == "::" and self._text(opening + 1) == "<":
            end = matching_angle(self._tokens, opening + 1)
            generics = [render(part) for part in split_types(self._tokens[opening + 2 : end])]
            opening = end + 1
        inside = self._inside(opening) if self._text(opening) == "(" else None
        if inside is None or _names_other_database(generics):
            return
        arguments = split_arguments(inside)
        sql = self._sql(arguments[0] if arguments else (), index, from_file=False)
        line = self._tokens[index].line
        if isinstance(sql, Opaque):
            yield self._unread(line, name, str(sql))
            return
        chain = self._chain(self._source.closing[opening])
        yield Query(
            file=self._source.path,
            line=line,
            macro=name,
            sql=sql,
            result_type=self._result_type(name, generics, path_begin, chain),
            arguments=len(chain.binds) if chain.fetch and not name.endswith("_with") else -1,
            fetch=chain.fetch,
            constants=self._constants(chain.binds),
            column=self._tokens[path_begin].column,
            argument_types=self._argument_types(chain.binds, index),
        )

    def _result_type(self, name: str, generics: Sequence[str], path_begin: int, chain: Chain) -> str:
        if not name.startswith(("query_as", "query_scalar")):
            return ""
        written = generics[1] if len(generics) > 1 else "_"
        return written if written != "_" else row_type(self._source, path_begin, chain.end, chain.fetch)

    def _unread(self, line: int, macro: str, reason: str, driver: str = "sqlx") -> Unread:
        return Unread(file=self._source.path, line=line, macro=macro, reason=reason, driver=driver)

    def _builder(self, index: int) -> Iterator[FoundQuery]:
        path = [self._text(i) for i in range(index + 1, index + 9)]
        if "new" in path and not _OTHER_DATABASES.intersection(path):
            reason = "the SQL is built by QueryBuilder at run time"
            line = self._tokens[index].line
            yield self._unread(line, "QueryBuilder", reason)

    def _executor(self, index: int) -> Iterator[Query]:
        """Read `connection.execute("…")`: sqlx's Executor takes a bare text, of any number of statements."""
        inside = self._inside(index + 1) if self._text(index + 1) == "(" else None
        arguments = split_arguments(inside or ())
        sql = self._sql(arguments[0], index, from_file=False) if len(arguments) == 1 else ""
        if not isinstance(sql, Opaque) and _SQL.match(sql):
            method = self._text(index)
            line = self._tokens[index].line
            yield Query(
                file=self._source.path, line=line, macro=f"executor.{method}", sql=sql, arguments=0, fetch=method
            )

    def _client(self, index: int) -> Iterator[FoundQuery]:
        inside = self._inside(index + 1) if self._text(index + 1) == "(" else None
        arguments = split_arguments(inside or ())
        if not arguments:
            return
        sql = self._sql(arguments[0], index, from_file=False)
        if isinstance(sql, Opaque) or not _STATEMENT.match(sql):
            return  # a prepared statement, or the method of something else
        bound = arguments[1][1:] if len(arguments) > 1 and arguments[1][0].text == "&" else []
        is_array = bool(bound) and bound[0].text == "[" and bound[-1].text == "]"
        listed = split_arguments(bound[1:-1]) if is_array else []
        yield Query(
            file=self._source.path,
            line=self._tokens[index].line,
            macro=f"client.{self._text(index)}",
            sql=sql,
            arguments=len(listed) if is_array else -1,
            column=self._tokens[index].column,
            argument_types=self._argument_types(listed, index),
            fetch="execute" if self._text(index) == "execute" else "",
            driver="tokio-postgres",
        )

    def _sql(self, tokens: Sequence[Token], index: int, from_file: bool) -> str:
        folder = posixpath.dirname(self._source.path)

        def include(path: str) -> str | None:
            return self._read_file(posixpath.normpath(posixpath.join(folder, path)))

        text = string_expression(tokens, lambda name: self._strings.lookup(name, index), include)
        if not from_file or isinstance(text, Opaque):
            return text
        for root in self._crate_roots:
            content = self._read_file(posixpath.normpath(posixpath.join(root, text)))
            if content is not None:
                return content
        return Opaque(f"the file {text} is not among the service's files")

    def _chain(self, closing: int) -> Chain:
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
            inside = self._inside(opening) if self._text(opening) == "(" else None
            if inside is None or method == "try_bind":
                return Chain(tuple(binds), "", index)
            index = self._source.closing[opening]
            if method == "bind":
                binds.append(inside)
            elif method in _RUNNING_METHODS:
                return Chain(tuple(binds), method, index)

    def _argument_types(self, arguments: Sequence[Sequence[Token]], index: int) -> tuple[str, ...]:
        found = tuple(self._types.of(tokens, index) for tokens in arguments)
        return found if any(found) else ()

    def _constants(self, arguments: Sequence[Sequence[Token]]) -> tuple[Constant, ...]:
        found: list[Constant] = []
        for position, tokens in enumerate(arguments, start=1):
            value = constant_value(tokens)
            if value is None and (path := constant_path(tokens)) is not None:
                value = self._labels.get(path)
            if value is not None:
                found.append(Constant(position, value))
        return tuple(found)


def _names_other_database(generics: Sequence[str]) -> bool:
    return bool(generics) and generics[0].rpartition("::")[2] in _OTHER_DATABASES
