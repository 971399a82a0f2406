"""Find the pieces of SQL inside diesel's query builder in one file: `t::table.filter(sql::<Bool>("length(a) > 3"))`."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import msgspec

from shared.contracts.contract import Query
from shared.contracts.drivers.diesel.derives import FindTable
from shared.contracts.drivers.diesel.tables import DRIVER
from shared.contracts.drivers.diesel.types import sent_type
from shared.contracts.drivers.mapped import MappedTable, insert_unseen
from shared.contracts.literals import split_arguments
from shared.contracts.method_chains import Link, links
from shared.contracts.reading import FoundQuery, Reading
from shared.contracts.rust_syntax import matching_angle, render, split_types
from shared.contracts.statement import read_statements
from shared.contracts.texts import Text, Texts, joined
from shared.sql import quote_qualified

_QUALIFIED = re.compile(r"\b([a-z_]\w*)\s*\.\s*[\w*]")
_FORMS = (
    "SELECT {piece} FROM {tables}",
    "SELECT 1 FROM {tables} WHERE {piece}",
    "SELECT 1 FROM {tables} ORDER BY {piece}",
)
_UNREAD = "a piece of SQL inside diesel's query builder is not checked: the tables that it is about are not in sight"


class PieceFinder:
    """Finds the pieces of SQL that one file gives to diesel's query builder.

    Args:
        reading: The file.
        table: Finds tables.
    """

    def __init__(self, reading: Reading, table: FindTable) -> None:
        self._reading = reading
        self._tokens = reading.tokens
        self._text = reading.text
        self._table = table

    def read(self) -> Iterator[FoundQuery]:
        """Give each as a statement over its tables, in the order of the file."""
        for index, _ in self._reading.source.where({"sql"}):
            if self._text(index + 1) != "::" or self._text(index + 2) != "<":
                continue
            opening = matching_angle(self._tokens, index + 2) + 1
            if self._text(index - 1) not in {".", "fn"} and opening in self._reading.source.closing:
                yield from self._piece(index, opening)

    def _piece(self, index: int, opening: int) -> Iterator[FoundQuery]:
        token = self._tokens[index]
        arguments = split_arguments(self._reading.inside(opening) or ())
        if len(arguments) != 1:
            return
        following = list(links(self._reading.source, self._reading.source.closing[opening]))
        texts, sent = self._whole(self._reading.texts(arguments[0], index), following, index)
        query = Query(
            file=self._reading.source.path, line=token.line, column=token.column, macro="sql", sql="", fetch="execute",
            driver=DRIVER, sent_types=sent if set(sent) - {"unknown"} else (),
        )  # fmt: skip
        named = self._named_around(index)
        for text in texts:
            statement = self._statement(text.value.strip().rstrip(";"), index, named) if text.known else ""
            if statement:
                yield msgspec.structs.replace(query, sql=statement)
            else:
                yield self._reading.unread(query, text.reasons[0] if text.reasons else _UNREAD)

    def _whole(self, texts: Texts, following: Sequence[Link], index: int) -> tuple[Texts, tuple[str, ...]]:
        """Add what `.bind::<T, _>(x)` and `.sql("…")` put behind it; give also the types that are sent."""
        sent: list[str] = []
        for link in following:
            if link.name == "bind":
                opening = self._reading.source.opening[link.closing]
                generics = split_types(self._tokens[self._generics(opening) : opening - 1])
                sent.append((sent_type(render(generics[0])) if generics else "") or "unknown")
                texts = joined([texts, (Text(f"${len(sent)}"),)])
            elif link.name == "sql":
                texts = joined([texts, self._reading.texts(link.inside, index)])
            else:
                break
        return texts, tuple(sent)

    def _generics(self, opening: int) -> int:
        """Give the index of the first token behind the `<` of `bind::<…>(`."""
        begin = opening
        while begin > 0 and self._text(begin) != "bind":
            begin -= 1
        return begin + 3

    def _statement(self, piece: str, index: int, around: Sequence[MappedTable]) -> str:
        """Write the statement of a piece; empty where its tables are not in sight, or it does not parse."""
        file = self._reading.source.path
        named = [self._table(name, file) for name in dict.fromkeys(_QUALIFIED.findall(piece))]
        tables = [table for table in named if table is not None] or list(around)
        if not tables:
            return ""
        if self._text(index - 1) == "(" and self._text(index - 2) == "on_conflict":
            forms = [f"{insert_unseen(tables[0])} ON CONFLICT {piece} DO NOTHING"]
        else:
            listed = ", ".join(quote_qualified(table.name) for table in tables)
            forms = [form.format(piece=piece, tables=listed) for form in _FORMS]
        return next((form for form in forms if any(statement.tables for statement in read_statements(form))), "")

    def _named_around(self, index: int) -> list[MappedTable]:
        """Give the tables that the Rust statement around a token names: `users::table`, `users::id`."""
        source = self._reading.source
        begin = index
        while begin > 0 and self._text(begin - 1) not in {";", "{", "}"}:
            begin = source.opening.get(begin - 1, begin - 1)
        end = index
        while end < len(self._tokens) and self._text(end) not in {";", "{", "}"}:
            end = source.closing.get(end, end) + 1
        names = [self._text(i) for i in range(begin, end) if self._tokens[i].is_name and self._text(i + 1) == "::"]
        found = [self._table(name.removeprefix("r#"), source.path) for name in dict.fromkeys(names)]
        return [table for table in found if table is not None]
