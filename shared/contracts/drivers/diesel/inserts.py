"""Find diesel's inserts in one file: `insert_into(t::table).values(row).on_conflict(t::key)`."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from shared.contracts.contract import Query
from shared.contracts.drivers.diesel.derives import FindTable
from shared.contracts.drivers.diesel.tables import DRIVER
from shared.contracts.drivers.mapped import MappedColumn, MappedTable, insert, insert_unseen, sent_types
from shared.contracts.literals import split_arguments, string_value
from shared.contracts.method_chains import first_links
from shared.contracts.reading import Reading
from shared.contracts.rust_types import parse_rust_type
from shared.contracts.tokens import Token
from shared.sql import quote_identifier

FindInserted = Callable[[str, str], Sequence[MappedColumn]]
"""Gives the columns that a struct of a name inserts, seen from a file; nothing when that is not known."""


class InsertFinder:
    """Finds the inserts that one file makes by diesel.

    Args:
        reading: The file.
        table: Finds tables.
        inserted: Finds what structs insert.
    """

    def __init__(self, reading: Reading, table: FindTable, inserted: FindInserted) -> None:
        self._reading = reading
        self._tokens = reading.tokens
        self._text = reading.text
        self._table = table
        self._inserted = inserted

    def read(self) -> Iterator[Query]:
        """Give each whose table is in sight and that says more than a derive does, in the order of the file."""
        for index, _ in self._reading.source.where({"insert_into"}):
            if self._text(index + 1) == "(":
                path = [t.text for t in self._reading.inside(index + 1) or () if t.is_name]
                name = path[-2] if len(path) > 1 and path[-1] == "table" else path[-1] if path else ""
                table = self._table(name, self._reading.source.path)
                if table is not None:
                    yield from self._insert(index, table)

    def _insert(self, index: int, table: MappedTable) -> Iterator[Query]:
        chain = first_links(self._reading.source, self._reading.source.closing[index + 1])
        if "values" not in chain:
            return
        values = [token for token in chain["values"] if token.text != "&"]
        columns = _pairs(values, table)
        of_struct = () if columns else self._row(values, index)
        conflict = _conflict(chain, table)
        if conflict is None or (of_struct and not conflict):
            return  # what a struct inserts is said where its derive stands
        columns = columns or of_struct
        token = self._tokens[index]
        yield Query(
            file=self._reading.source.path, line=token.line, column=token.column, macro="diesel.insert_into",
            sql=(insert(table, columns) if columns else insert_unseen(table)) + conflict, fetch="execute",
            driver=DRIVER, sent_types=sent_types(columns), mapping=table.rust,
        )  # fmt: skip

    def _row(self, values: Sequence[Token], index: int) -> Sequence[MappedColumn]:
        """Give the columns of `New { … }`, or of a name whose type is in sight."""
        if len(values) > 1 and values[1].text == "{":
            return self._inserted(values[0].text, self._reading.source.path)
        (written,) = self._reading.argument_types([values], index) or ("",)
        name = parse_rust_type(written.lstrip("& ").removeprefix("mut ").strip("[]")).name
        return self._inserted(name, self._reading.source.path) if name else ()


def _conflict(chain: Mapping[str, Sequence[Token]], table: MappedTable) -> str | None:
    """Write the ON CONFLICT of a chain; empty for a chain without one, None where its key is not in sight."""
    if "filter_target" in chain:
        return None
    if "on_conflict" in chain:
        target = _target(chain["on_conflict"], table)
        return f" ON CONFLICT{target} DO NOTHING" if target else None
    return " ON CONFLICT DO NOTHING" if "on_conflict_do_nothing" in chain else ""


def _pairs(values: Sequence[Token], table: MappedTable) -> Sequence[MappedColumn]:
    """Give the columns of `t::a.eq(…)` or `(t::a.eq(…), t::b.eq(…))`; nothing where one of them is something else."""
    is_tuple = len(values) > 1 and values[0].text == "(" and values[-1].text == ")"
    parts = split_arguments(values[1:-1]) if is_tuple else [values]
    columns = [table.of(_before_eq(part)) for part in parts]
    known = [column for column in columns if column is not None]
    return known if len(known) == len(columns) else ()


def _before_eq(tokens: Sequence[Token]) -> str:
    """Give the column of `some::path::column.eq(…)`."""
    dot = next((i for i, token in enumerate(tokens) if token.text == "."), 0)
    is_eq = dot and dot + 1 < len(tokens) and tokens[dot + 1].text == "eq"
    return tokens[dot - 1].text.removeprefix("r#") if is_eq else ""


def _target(tokens: Sequence[Token], table: MappedTable) -> str:
    """Write what ON CONFLICT names; empty when it is no plain column, list of columns or constraint."""
    named = [token for token in tokens if token.is_string]
    if named and any(token.text == "on_constraint" for token in tokens):
        return f" ON CONSTRAINT {quote_identifier(string_value(named[0]) or '')}"
    is_list = bool(tokens) and tokens[0].text == "("
    parts = split_arguments(tokens[1:-1]) if is_list else [tokens]
    if any(not part or any(token.text != "::" and not token.is_name for token in part) for part in parts):
        return ""
    columns = [table.of(part[-1].text.removeprefix("r#")) for part in parts]
    if None in columns:
        return ""
    return f" ({', '.join(quote_identifier(column.name) for column in columns if column)})"
