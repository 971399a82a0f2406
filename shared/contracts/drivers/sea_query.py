"""Read sea-query's enums of names: `#[derive(Iden)] enum Ticket { Table, Id, Subject }` is a table with its columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shared.contracts.casing import rename_all
from shared.contracts.contract import Mapping, Query, Unread
from shared.contracts.drivers.mapped import Findings, MappedColumn, MappedTable, MappedTables, select
from shared.contracts.drivers.sea_query_inserts import InsertFinder
from shared.contracts.literals import string_value
from shared.contracts.reading import Reading
from shared.contracts.rust_syntax import Attribute
from shared.contracts.tokens import Source
from shared.contracts.type_items import attribute_value, members, read_items, split_member
from shared.schema.identity import QualifiedName

DRIVER = "sea-query"
_CRATES = frozenset({"sea_query", "sea_orm"})
_MIGRATIONS = frozenset({"MigrationTrait", "DeriveMigrationName", "MigratorTrait"})
_TABLE = "Table"


def read_sea_query(readings: Sequence[Reading]) -> Findings:
    """Read the names of tables and columns that a service gives to sea-query, and name what it builds of them.

    Args:
        readings: Every file of the service.
    """
    own = [reading for reading in readings if not _MIGRATIONS.intersection(token.text for token in reading.tokens)]
    if not any(token.text in _CRATES for reading in own for token in reading.tokens):
        return Findings()
    tables = [table for reading in own for table in _tables(reading.source)]
    found = MappedTables(tables)
    inserts = (query for reading in own for query in InsertFinder(reading, found, DRIVER).read())
    return Findings(
        queries=(*map(_select, tables), *inserts),
        tables=tuple(Mapping(file=table.file, line=table.line, driver=DRIVER, name=table.rust) for table in tables),
        unread=tuple(place for reading in own for place in _built(reading.source)),
    )


def _tables(source: Source) -> Iterator[MappedTable]:
    for item in read_items(source):
        if item.keyword != "enum" or not (item.derives("Iden") or item.derives("DeriveIden")):
            continue
        variants = [split_member(member) for member in members(source, item)[1]]
        names = {rest[0].text: _said(attributes) for attributes, rest in variants if rest}
        if _TABLE not in names or len(names) == 1:
            continue  # names of other things
        table = names.pop(_TABLE) or _said(item.attributes) or rename_all(item.name.text, "snake_case")
        columns = tuple(
            MappedColumn(field=field, name=said or rename_all(field, "snake_case"), type="")
            for field, said in names.items()
        )
        yield MappedTable(
            driver=DRIVER, rust=item.name.text, name=QualifiedName("", table), columns=columns, keys=(),
            file=source.path, line=item.name.line, column=item.name.column,
        )  # fmt: skip


def _said(attributes: Sequence[Attribute]) -> str:
    """Give what `#[iden = "name"]`, `#[iden(rename = "name")]` or `#[sea_orm(iden = "name")]` says."""
    for attribute in attributes:
        value = attribute.entries.get("", ()) if attribute.name == "iden" else ()
        if value and value[0].is_string:
            return string_value(value[0]) or ""
    return attribute_value(attributes, "iden", "rename") or attribute_value(attributes, "sea_orm", "iden") or ""


def _select(table: MappedTable) -> Query:
    """Give a statement that names the table and its columns, as the builder's do."""
    return Query(
        file=table.file, line=table.line, column=table.column, macro="sea_query.iden",
        sql=select(table, table.columns), fetch="execute", driver=DRIVER, mapping=table.rust,
    )  # fmt: skip


def _built(source: Source) -> Iterator[Unread]:
    """Name each place where a statement is built for PostgreSQL."""
    tokens = source.tokens
    for index, token in enumerate(tokens):
        before = tokens[index - 1].text if index else ""
        if token.text == "PostgresQueryBuilder" and before == "(":
            reason = "the SQL is built by sea-query at run time: only the names of its tables and columns are checked"
            yield Unread(file=source.path, line=token.line, reason=reason, driver=DRIVER, macro="build")
