"""Read sea-query's enums of names: `#[derive(Iden)] enum Ticket { Table, Id, Subject }` is a table with its columns."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from shared.contracts.casing import rename_all
from shared.contracts.contract import Mapping as ContractMapping
from shared.contracts.contract import Query, Unread
from shared.contracts.drivers.mapped import Findings, MappedColumn, MappedTable, MappedTables, select
from shared.contracts.drivers.sea_orm.migrations import is_migration
from shared.contracts.drivers.sea_query_chains import ChainFinder
from shared.contracts.drivers.sea_query_names import TABLE, Names, written_names
from shared.contracts.literals import string_value
from shared.contracts.reading import Reading
from shared.contracts.rust_syntax import Attribute
from shared.contracts.tokens import Source, Token
from shared.contracts.type_items import attribute_value, members, read_items, split_member
from shared.schema.identity import QualifiedName

DRIVER = "sea-query"
_CRATES = frozenset({"sea_query", "sea_orm"})


def read_sea_query(readings: Sequence[Reading]) -> Findings:
    """Read the names of tables and columns that a service gives to sea-query, and name what it builds of them.

    Args:
        readings: Every file of the service.
    """
    own = [reading for reading in readings if not is_migration(reading.source)]
    if not any(reading.source.names(_CRATES) for reading in own):
        return Findings()
    tables = [table for reading in own for table in _tables(reading.source)]
    items = {type_: said[""] for reading in own for type_, _, said in written_names(reading.source) if "" in said}
    names = Names(MappedTables(tables), items)
    chains = (query for reading in own for query in ChainFinder(reading, names, DRIVER).read())
    return Findings(
        queries=(*map(_select, tables), *chains),
        tables=tuple(
            ContractMapping(file=table.file, line=table.line, driver=DRIVER, name=table.rust) for table in tables
        ),
        unread=tuple(place for reading in own for place in _built(reading.source)),
    )


def _tables(source: Source) -> Iterator[MappedTable]:
    for item in read_items(source):
        if item.keyword != "enum" or not (item.derives("Iden") or item.derives("DeriveIden")):
            continue
        variants = [split_member(member) for member in members(source, item)[1]]
        names = {rest[0].text: _said(attributes) for attributes, rest in variants if rest}
        if TABLE in names:
            names[TABLE] = names[TABLE] or _said(item.attributes) or rename_all(item.name.text, "snake_case")
        yield from _table(source, item.name, names)
    for _, token, said in written_names(source):
        yield from _table(source, token, said)


def _table(source: Source, name: Token, names: Mapping[str, str]) -> Iterator[MappedTable]:
    """Give the table of a type that names one, with its columns; nothing for names of other things."""
    if TABLE not in names or len(names) == 1:
        return
    columns = tuple(
        MappedColumn(field=field, name=said or rename_all(field, "snake_case"), type="")
        for field, said in names.items() if field != TABLE
    )  # fmt: skip
    yield MappedTable(
        driver=DRIVER, rust=name.text, name=QualifiedName("", names[TABLE]), columns=columns, keys=(),
        file=source.path, line=name.line, column=name.column,
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
    for index, token in source.where({"PostgresQueryBuilder"}):
        before = tokens[index - 1].text if index else ""
        if before == "(":
            reason = "the SQL is built by sea-query at run time: only the names of its tables and columns are checked"
            yield Unread(file=source.path, line=token.line, reason=reason, driver=DRIVER, macro="build")
