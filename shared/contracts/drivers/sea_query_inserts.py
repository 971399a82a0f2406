"""Find the INSERTs that sea-query builds: `Query::insert().into_table(Ticket::Table).columns([Ticket::Id])`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shared.contracts.contract import Query
from shared.contracts.drivers.mapped import MappedColumn, MappedTable, MappedTables, insert
from shared.contracts.literals import split_arguments
from shared.contracts.method_chains import first_links
from shared.contracts.reading import Reading
from shared.contracts.tokens import Token
from shared.sql import quote_identifier

_TABLE = "Table"


class InsertFinder:
    """Finds them.

    Args:
        reading: The file.
        tables: The tables whose names the service gives to sea-query.
        driver: Who sends it.
    """

    def __init__(self, reading: Reading, tables: MappedTables, driver: str) -> None:
        self._reading = reading
        self._tables = tables
        self._driver = driver
        self._text = reading.text

    def read(self) -> Iterator[Query]:
        """Give each whose table and columns are in sight, in the order of the file."""
        for index, token in enumerate(self._reading.tokens):
            before = [self._text(index - 2), self._text(index - 1)]
            if token.text == "insert" and before == ["Query", "::"] and self._text(index + 1) == "(":
                yield from self._insert(index)

    def _insert(self, index: int) -> Iterator[Query]:
        chain = first_links(self._reading.source, self._reading.source.closing[index + 1])
        table = self._named(chain.get("into_table", ()))
        columns = self._columns(chain.get("columns", ()), table) if table else ()
        if table is None or not columns:
            return
        token = self._reading.tokens[index]
        yield Query(
            file=self._reading.source.path, line=token.line, column=token.column, macro="sea_query.insert",
            sql=insert(table, columns) + self._conflict(chain.get("on_conflict", ()), table), fetch="execute",
            driver=self._driver, mapping=table.rust,
        )  # fmt: skip

    def _named(self, tokens: Sequence[Token]) -> MappedTable | None:
        """Give the table of `Ticket::Table`."""
        names = [token.text for token in tokens if token.is_name]
        is_table = len(names) > 1 and names[-1] == _TABLE
        return self._tables.find(names[-2], self._reading.source.path) if is_table else None

    def _columns(self, tokens: Sequence[Token], table: MappedTable) -> Sequence[MappedColumn]:
        """Give the columns of `[Ticket::Id, Ticket::Subject]`; nothing when one of them is not in sight."""
        bare = [token for token in tokens if token.text not in {"vec", "!"}]
        if len(bare) < 2 or bare[0].text != "[":  # noqa: PLR2004  # the brackets
            return ()
        found = [_column(part, table) for part in split_arguments(bare[1:-1])]
        return [column for column in found if column is not None] if None not in found else ()

    def _conflict(self, tokens: Sequence[Token], table: MappedTable) -> str:
        """Write the key of `OnConflict::column(Ticket::Id)` or `OnConflict::columns([…])`; nothing for another one."""
        texts = [token.text for token in tokens]
        if texts[:2] != ["OnConflict", "::"] or texts[2:3] not in (["column"], ["columns"]) or ")" not in texts:
            return ""
        inside = tokens[4 : texts.index(")")]
        columns = [_column(inside, table)] if texts[2] == "column" else self._columns(inside, table)
        if not columns or None in columns:
            return ""
        return f" ON CONFLICT ({', '.join(quote_identifier(c.name) for c in columns if c)}) DO NOTHING"


def _column(tokens: Sequence[Token], table: MappedTable) -> MappedColumn | None:
    names = [token.text for token in tokens if token.is_name]
    return table.of(names[-1]) if len(names) > 1 and names[-2] == table.rust else None
