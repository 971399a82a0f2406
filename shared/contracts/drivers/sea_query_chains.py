"""Find the statements that sea-query builds in one chain: `Query::select().column(Ticket::Id).from(Ticket::Table)`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from shared.contracts.contract import Query
from shared.contracts.drivers.sea_query_names import NamedTable, Names
from shared.contracts.literals import split_arguments
from shared.contracts.method_chains import Link, links
from shared.contracts.reading import Reading
from shared.contracts.tokens import Token, match_brackets
from shared.sql import quote_identifier, quote_qualified

_VERBS = frozenset({"select", "insert", "update", "delete"})
_TABLES = {
    "from": 0, "into_table": 0, "table": 0, "from_table": 0, "inner_join": 0, "left_join": 0, "right_join": 0,
    "full_outer_join": 0, "cross_join": 0, "join": 1,
}  # fmt: skip
"""Position of the table among the arguments of a method."""
_COLUMN = frozenset({"column", "group_by_col", "order_by", "order_by_with_nulls", "returning_col", "value"})
_COLUMNS = frozenset({"columns", "group_by_columns", "distinct_on"})
_HIDDEN = frozenset({
    "from_as", "from_subquery", "from_function", "from_values", "join_as", "join_subquery", "join_lateral", "with",
    "expr_as", "expr_window_as", "expr_window_name_as",
})  # fmt: skip
"""Methods that name something else: beside them a text without a table may mean that."""
_NOT_TABLES = frozenset({"table_name", "from_as", "from_subquery", "join_as", "join_subquery", "join_lateral"})
_Column = tuple[NamedTable, str]


class ChainFinder:
    """Finds the statements that sea-query builds in one file.

    Args:
        reading: The file.
        names: What names mean.
        driver: Who sends it.
    """

    def __init__(self, reading: Reading, names: Names, driver: str) -> None:
        self._reading = reading
        self._names = names
        self._driver = driver
        self._file = reading.source.path
        self._made_here = frozenset(self._relations_made_here())

    def read(self) -> Iterator[Query]:
        """Give each whose tables are in sight, with the columns that are, in the order of the file."""
        text = self._reading.text
        for index, token in enumerate(self._reading.tokens):
            opening = index + 1
            begins = token.text in _VERBS and [text(index - 2), text(index - 1)] == ["Query", "::"]
            if not begins or text(opening) != "(" or opening not in self._reading.source.closing:
                continue
            chain = list(links(self._reading.source, self._reading.source.closing[opening]))
            tables = [table for link in chain if link.name in _TABLES and (table := self._table(link))]
            query = Query(
                file=self._file, line=token.line, column=token.column, macro=f"sea_query.{token.text}", sql="",
                fetch="execute", driver=self._driver, mapping=tables[0].name.name if tables else "",
            )  # fmt: skip
            if tables:
                yield from self._statement(query, chain, list(dict.fromkeys(tables)))

    def _statement(self, query: Query, chain: Sequence[Link], tables: Sequence[NamedTable]) -> Iterator[Query]:
        verb = query.macro.removeprefix("sea_query.")
        columns = list(dict.fromkeys(self._columns(chain, tables)))
        if verb == "insert":
            yield from self._insert(query, chain, tables[0])
        elif verb == "update":
            yield from self._update(query, chain, tables[0], columns)
        elif verb == "delete":
            yield msgspec.structs.replace(query, sql=f"DELETE FROM {_quoted(tables[0])}{_where(columns)}")
        else:
            listed = ", ".join(map(_qualified, columns)) or "1"
            yield msgspec.structs.replace(query, sql=f"SELECT {listed} FROM {', '.join(map(_quoted, tables))}")

    def _table(self, link: Link) -> NamedTable | None:
        arguments = split_arguments(link.inside)
        position = _TABLES[link.name]
        table = self._names.table(arguments[position], self._file) if len(arguments) > position else None
        return None if table is None or table.name.name in self._made_here else table

    def _relations_made_here(self) -> Iterator[str]:
        """Give the texts that the file gives to what is no table: sub-selects, CTEs, aliases."""
        tokens, closing = self._reading.tokens, self._reading.source.closing
        for index, token in enumerate(tokens[:-1]):
            if token.text in _NOT_TABLES and index + 1 in closing and tokens[index - 1].text == ".":
                for argument in split_arguments(tokens[index + 2 : closing[index + 1]]):
                    table = self._names.table(argument, self._file)
                    if table is not None and table.mapped is None:
                        yield table.name.name

    def _columns(self, chain: Sequence[Link], tables: Sequence[NamedTable]) -> Iterator[_Column]:
        """Give the columns that a chain names anywhere."""
        alone = len(tables) == 1 and not any(link.name in _HIDDEN for link in chain)
        for tokens in self._named(chain):
            found = self._names.column(tokens, tables, tables[0] if alone else None, self._file)
            if found is not None:
                yield found

    def _named(self, chain: Sequence[Link]) -> Iterator[Sequence[Token]]:
        for link in chain:
            arguments = split_arguments(link.inside)
            if link.name in _COLUMN and arguments:
                yield arguments[0]
            elif link.name in _COLUMNS and arguments:
                yield from _elements(arguments[0]) or ()
            yield from _expressions(link.inside)

    def _insert(self, query: Query, chain: Sequence[Link], table: NamedTable) -> Iterator[Query]:
        given = {link.name: link.inside for link in reversed(chain)}
        named = _elements(given.get("columns", ())) or ()
        columns = [self._names.column(tokens, [table], table, self._file) for tokens in named]
        if not columns or None in columns:
            return
        rows = [link.inside for link in chain if link.name in {"values", "values_panic"}]
        values = _elements(rows[0]) if len(rows) == 1 else None
        listed = ", ".join(quote_identifier(column[1]) for column in columns if column)
        numbers = ", ".join(f"${number}" for number in range(1, len(columns) + 1))
        text = f"INSERT INTO {quote_qualified(table.name)} ({listed}) VALUES ({numbers})"
        yield msgspec.structs.replace(
            query,
            sql=text + self._conflict(given.get("on_conflict", ()), table),
            constants=self._reading.constants(values) if values and len(values) == len(columns) else (),
        )

    def _conflict(self, tokens: Sequence[Token], table: NamedTable) -> str:
        """Write the key of `OnConflict::column(Ticket::Id)` or `OnConflict::columns([…])`; nothing for another one."""
        texts = [token.text for token in tokens]
        closing = match_brackets(tuple(tokens)).get(3, 0)
        if texts[:2] != ["OnConflict", "::"] or texts[2:3] not in (["column"], ["columns"]) or not closing:
            return ""
        inside = tokens[4:closing]
        keys = [inside] if texts[2] == "column" else _elements(inside) or []
        columns = [self._names.column(key, [table], table, self._file) for key in keys]
        if not columns or None in columns:
            return ""
        return f" ON CONFLICT ({', '.join(quote_identifier(c[1]) for c in columns if c)}) DO NOTHING"

    def _update(
        self, query: Query, chain: Sequence[Link], table: NamedTable, columns: Sequence[_Column]
    ) -> Iterator[Query]:
        pairs = [pair for link in chain for pair in _assignments(link)]
        targets = [self._names.column(pair[0], [table], table, self._file) for pair in pairs]
        if not targets or None in targets:
            return
        names = [target[1] for target in targets if target]
        settings = ", ".join(f"{quote_identifier(name)} = ${number}" for number, name in enumerate(names, start=1))
        where = [column for column in columns if column[1] not in names and column[0] == table]
        yield msgspec.structs.replace(
            query,
            sql=f"UPDATE {quote_qualified(table.name)} SET {settings}{_where(where)}",
            constants=self._reading.constants([pair[1] for pair in pairs]),
        )


def _assignments(link: Link) -> list[list[Sequence[Token]]]:
    """Give (column, value) of `.value(Ticket::Seat, 1)` or of each pair of `.values([(Ticket::Seat, 1.into())])`."""
    if link.name == "value":
        pairs = [split_arguments(link.inside)]
    elif link.name == "values":
        pairs = [split_arguments(pair[1:-1]) for pair in _elements(link.inside) or ()]
    else:
        pairs = []
    return [pair for pair in pairs if len(pair) == 2]  # noqa: PLR2004  # a column and a value


def _expressions(tokens: Sequence[Token]) -> Iterator[Sequence[Token]]:
    """Give what stands in each `Expr::col(…)`."""
    closing = match_brackets(tuple(tokens))
    for index in range(2, len(tokens) - 1):
        before = [tokens[index - 2].text, tokens[index - 1].text]
        if tokens[index].text in {"col", "column"} and before == ["Expr", "::"] and index + 1 in closing:
            yield tokens[index + 2 : closing[index + 1]]


def _elements(tokens: Sequence[Token]) -> list[Sequence[Token]] | None:
    """Give the elements of `[a, b]` or `vec![a, b]`; None when they are made elsewhere."""
    if tokens and tokens[0].text == "vec":
        tokens = tokens[2:]
    is_array = len(tokens) > 1 and tokens[0].text == "[" and tokens[-1].text == "]"
    return split_arguments(tokens[1:-1]) if is_array else None


def _quoted(table: NamedTable) -> str:
    return quote_qualified(table.name)


def _qualified(column: _Column) -> str:
    return f"{_quoted(column[0])}.{quote_identifier(column[1])}"


def _where(columns: Sequence[_Column]) -> str:
    """Write a condition that names columns, whatever their types are."""
    named = " AND ".join(f"{_qualified(column)} IS NULL" for column in columns)
    return f" WHERE {named}" if named else ""
