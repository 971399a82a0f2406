"""Read diesel's `table!` and `view!`: columns, types, primary keys; and `joinable!`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from shared.contracts.contract import Unread
from shared.contracts.drivers.diesel.types import sent_type
from shared.contracts.drivers.mapped import MappedColumn, MappedTable
from shared.contracts.literals import string_value
from shared.contracts.rust_syntax import render, split_types
from shared.contracts.rust_types import parse_rust_type
from shared.contracts.tokens import Source, Token, match_brackets
from shared.schema.identity import QualifiedName

DRIVER = "diesel"
_DECLARES = re.compile(r"table|view")
_JOINS = re.compile(r"joinable")
_OTHER_DATABASE = re.compile(r"sqlite|mysql|mariadb")
_POSTGRES = re.compile(r"postgres|(?:^|[/_.])pg(?:[/_.]|$)")


class Joinable(msgspec.Struct, frozen=True, order=True):
    """One `joinable!(child -> parent (key))`, with its place."""

    child: str
    parent: str
    key: str
    file: str
    line: int
    column: int


def is_for_another_database(path: str) -> bool:
    """Say whether a file's path means another database than PostgreSQL: `schemas/sqlite/schema.rs`."""
    return _OTHER_DATABASE.search(path) is not None and _POSTGRES.search(path) is None


def read_tables(source: Source, sql_types: Mapping[str, str]) -> Iterator[MappedTable | Unread]:
    """Give every table of a file, and each place where one was seen and not understood.

    Args:
        source: The file.
        sql_types: PostgreSQL's name of each SQL type that the service defines.
    """
    for index, inside in _calls(source, _DECLARES):
        if not any(token.text == "->" for token in inside):
            continue  # the `table!` of something else
        token = source.tokens[index]
        reader = _TableReader(inside, sql_types, (source.path, token.line, token.column))
        found = list(reader.tables())
        yield from found
        if not found or reader.torn:
            reason = "the table! does not read as name (key) { column -> Type, … }"
            yield Unread(file=source.path, line=token.line, reason=reason, driver=DRIVER)


def read_joinables(source: Source) -> Iterator[Joinable]:
    """Give every `joinable!` of a file."""
    for index, inside in _calls(source, _JOINS):
        names = [token.text.removeprefix("r#") for token in inside if token.is_name]
        arrow = next((i for i, token in enumerate(inside) if token.text == "->"), 0)
        before = sum(token.is_name for token in inside[:arrow])
        if arrow and len(names) > before + 1:
            token = source.tokens[index]
            yield Joinable(names[before - 1], names[-2], names[-1], source.path, token.line, token.column)


def _calls(source: Source, name: re.Pattern[str]) -> Iterator[tuple[int, Sequence[Token]]]:
    tokens = source.tokens
    for mark, _ in source.where({"!"}):
        if mark and tokens[mark - 1].is_name and name.fullmatch(tokens[mark - 1].text) and mark + 1 in source.closing:
            yield mark - 1, tokens[mark + 2 : source.closing[mark + 1]]


class _TableReader:
    """Reads what stands in one `table!`."""

    def __init__(self, tokens: Sequence[Token], sql_types: Mapping[str, str], place: tuple[str, int, int]) -> None:
        self._tokens = tuple(tokens)
        self._closing = match_brackets(self._tokens)
        self._sql_types = sql_types
        self._place = place
        self.torn = False

    def tables(self) -> Iterator[MappedTable]:
        index = 0
        while index < len(self._tokens):
            if self._tokens[index].text == "use":
                index = next((i for i in range(index, len(self._tokens)) if self._tokens[i].text == ";"), index) + 1
                continue
            name, index = self._attributes(index)
            index, table = self._table(index, name)
            if table is None:
                self.torn = True
                return
            yield table

    def _attributes(self, index: int) -> tuple[str, int]:
        """Pass over `#[…]`; give what `sql_name` says."""
        name = ""
        while self._text(index) == "#" and index + 1 in self._closing:
            inside = self._tokens[index + 2 : self._closing[index + 1]]
            if inside and inside[0].text == "sql_name" and inside[-1].is_string:
                name = string_value(inside[-1]) or ""
            index = self._closing[index + 1] + 1
        return name, index

    def _table(self, index: int, sql_name: str) -> tuple[int, MappedTable | None]:
        path = []
        while index < len(self._tokens) and self._text(index) not in {"(", "{"}:
            if self._text(index) not in {".", "::"}:
                path.append(self._text(index).removeprefix("r#"))
            index += 1
        keys: tuple[str, ...] = ("id",)
        if self._text(index) == "(" and index in self._closing:
            end = self._closing[index]
            keys = tuple(token.text.removeprefix("r#") for token in self._tokens[index + 1 : end] if token.is_name)
            index = end + 1
        if not path or index not in self._closing or self._text(index) != "{":
            return index, None
        inside = self._tokens[index + 1 : self._closing[index]]
        columns = tuple(filter(None, map(self._column, split_types(inside))))
        if not columns or len(columns) != len(split_types(inside)):
            return index, None
        file, line, column = self._place
        name = QualifiedName(path[-2] if len(path) > 1 else "", sql_name or path[-1])
        table = MappedTable(
            driver=DRIVER, rust=path[-1], name=name, columns=columns, keys=keys, file=file, line=line, column=column
        )
        return self._closing[index] + 1, table

    def _column(self, tokens: Sequence[Token]) -> MappedColumn | None:
        reader = _TableReader(tokens, self._sql_types, self._place)
        sql_name, index = reader._attributes(0)  # the same class
        if reader._text(index + 1) != "->" or index + 2 >= len(tokens):
            return None
        field = tokens[index].text.removeprefix("r#")
        written = render(tokens[index + 2 :])
        return MappedColumn(field=field, name=sql_name or field, type=written, sent=self._sent(written))

    def _sent(self, written: str) -> str:
        rust = parse_rust_type(written)
        own = self._sql_types.get(rust.name)
        if own is not None:
            return f"{own}[]" if rust.array else own
        return sent_type(written) or "unknown"

    def _text(self, index: int) -> str:
        return self._tokens[index].text if 0 <= index < len(self._tokens) else ""
