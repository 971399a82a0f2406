"""A table as Rust source maps it, and the statements that a mapping makes its driver send."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from shared.contracts.contract import Mapping, Query, RowStruct, RustComposite, RustEnum, StructField, TypeAlias, Unread
from shared.schema.identity import QualifiedName
from shared.sql import is_plain, quote_identifier, quote_qualified


class MappedColumn(msgspec.Struct, frozen=True, kw_only=True):
    """A column of a mapped table.

    Args:
        field: What Rust calls it.
        name: What the database calls it.
        type: What it is decoded as, as the driver's source writes it.
        sent: PostgreSQL's name of the type that is sent with a value for it; `unknown` where the server infers it.
        read: How it is selected where that is not its name alone: `CAST("state" AS text)`.
        written: The same for a value that is sent, with `{}` for the parameter.
    """

    field: str
    name: str
    type: str
    sent: str = "unknown"
    read: str = ""
    written: str = ""


class MappedTable(msgspec.Struct, frozen=True, kw_only=True):
    """A table that Rust source maps, with its place.

    Args:
        rust: What Rust calls it.
        name: What the database calls it; without a namespace it is found by the search path.
        keys: Fields of its primary key.
    """

    driver: str
    rust: str
    name: QualifiedName
    columns: tuple[MappedColumn, ...]
    keys: tuple[str, ...]
    file: str
    line: int
    column: int = 0

    def of(self, field: str) -> MappedColumn | None:
        """Give the column that Rust calls so."""
        return next((column for column in self.columns if column.field == field), None)

    @property
    def mapping(self) -> Mapping:
        """The table as a mapping with its place."""
        return Mapping(file=self.file, line=self.line, driver=self.driver, name=self.rust)

    def load(self, macro: str, result_type: str) -> Query:
        """Give the statement that loads whole rows: every column, by name.

        Args:
            macro: What stands for the call in messages: `diesel.table`.
            result_type: What Rust calls a row.
        """
        return Query(
            file=self.file, line=self.line, column=self.column, macro=macro, sql=select(self, self.columns),
            result_type=result_type, fetch="fetch_all", driver=self.driver, fields=fields_of(self.columns),
            mapping=self.rust,
        )  # fmt: skip


class MappedTables:
    """Finds the mapped tables of a service by the names that Rust gives them."""

    def __init__(self, tables: Iterable[MappedTable]) -> None:
        self.all = tuple(tables)

    def find(self, rust: str, file: str) -> MappedTable | None:
        """Give the table of a name, the file's own first; None when there is none, or more than one in the database."""
        named = [table for table in self.all if table.rust == rust]
        near = [table for table in named if table.file == file] or named
        if len({table.name for table in near}) != 1:
            return None
        return max(near, key=lambda table: len(table.columns))  # two crates of a workspace may map one table


class Findings(msgspec.Struct, frozen=True):
    """What was found of one driver in a service."""

    queries: tuple[Query, ...] = ()
    structs: tuple[RowStruct, ...] = ()
    enums: tuple[RustEnum, ...] = ()
    composites: tuple[RustComposite, ...] = ()
    aliases: tuple[TypeAlias, ...] = ()
    tables: tuple[Mapping, ...] = ()
    unread: tuple[Unread, ...] = ()


def select(table: MappedTable, columns: Sequence[MappedColumn]) -> str:
    """Write the SELECT of some columns."""
    listed = ", ".join(column.read or quote_identifier(column.name) for column in columns)
    return f"SELECT {listed} FROM {quote_qualified(table.name)}"


def insert(table: MappedTable, columns: Sequence[MappedColumn]) -> str:
    """Write the INSERT of one row, all of whose values are parameters."""
    if not columns:
        return f"INSERT INTO {quote_qualified(table.name)} DEFAULT VALUES"
    names = ", ".join(quote_identifier(column.name) for column in columns)
    values = ", ".join(_parameter(column, number) for number, column in enumerate(columns, start=1))
    return f"INSERT INTO {quote_qualified(table.name)} ({names}) VALUES ({values})"


def insert_unseen(table: MappedTable) -> str:
    """Write the INSERT of one row of which the source does not show what it sets: of no more than the mapped columns.

    What PostgreSQL refuses of this it refuses of any row without further columns. OVERRIDING lets identity columns take
    parameters, which the rows themselves may leave out.
    """
    written = insert(table, table.columns)
    head, values, rest = written.rpartition(" VALUES ")
    return f"{head} OVERRIDING SYSTEM VALUE{values}{rest}"


def update(table: MappedTable, columns: Sequence[MappedColumn]) -> str:
    """Write the UPDATE of some columns, all of whose values are parameters."""
    values = (
        f"{quote_identifier(column.name)} = {_parameter(column, number)}"
        for number, column in enumerate(columns, start=1)
    )
    return f"UPDATE {quote_qualified(table.name)} SET {', '.join(values)}"


def update_by_key(table: MappedTable, columns: Sequence[MappedColumn]) -> str:
    """Write the UPDATE of some columns of the row that a table's key names, which is given back."""
    keys = [column for column in table.columns if column.field in table.keys]
    if not keys:
        return update(table, columns)
    conditions = (
        f"{quote_identifier(key.name)} = {_parameter(key, number)}"
        for number, key in enumerate(keys, start=len(columns) + 1)
    )
    names = ", ".join(quote_identifier(key.name) for key in keys)
    return f"{update(table, columns)} WHERE {' AND '.join(conditions)} RETURNING {names}"


def join(table: MappedTable, columns: Sequence[str], other: MappedTable, others: Sequence[str]) -> str:
    """Write the join of two tables over equal columns."""
    left, right = quote_qualified(table.name), quote_qualified(other.name)
    pairs = (
        f"{left}.{quote_identifier(here)} = {right}.{quote_identifier(there)}"
        for here, there in zip(columns, others, strict=False)
    )
    return f"SELECT 1 FROM {left} INNER JOIN {right} ON {' AND '.join(pairs)}"  # quoted above


def fields_of(columns: Sequence[MappedColumn]) -> tuple[StructField, ...]:
    """Give what the rows of a SELECT of these columns are decoded into."""
    return tuple(StructField(name=str(position), type=column.type) for position, column in enumerate(columns))


def sent_types(columns: Sequence[MappedColumn]) -> tuple[str, ...]:
    """Give the types that are sent with values for these columns; nothing when the server infers them all."""
    sent = tuple(column.sent for column in columns)
    return sent if set(sent) - {"unknown"} else ()


def type_name(name: str, namespace: str = "") -> str:
    """Write the name of a type so that the server reads it as it is."""
    parts = [part if is_plain(part) else quote_identifier(part) for part in (namespace, name) if part]
    return ".".join(parts)


def _parameter(column: MappedColumn, number: int) -> str:
    return column.written.format(f"${number}") if column.written else f"${number}"
