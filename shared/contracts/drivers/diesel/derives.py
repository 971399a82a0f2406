"""Read diesel's derives: what a struct selects, inserts, changes, joins or reads by name."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

import msgspec

from shared.contracts.casing import rename_all
from shared.contracts.contract import Mapping as ContractMapping
from shared.contracts.contract import Query, RowStruct, StructField, Unread
from shared.contracts.drivers.diesel.tables import DRIVER
from shared.contracts.drivers.mapped import (
    MappedColumn,
    MappedTable,
    fields_of,
    insert,
    join,
    select,
    sent_types,
    update,
)
from shared.contracts.literals import string_value
from shared.contracts.rust_syntax import Attribute, render, split_types
from shared.contracts.rust_types import parse_rust_type
from shared.contracts.tokens import Source, Token
from shared.contracts.type_items import TypeItem, attribute_value, members, read_items, split_member

_DERIVES = ("Queryable", "Selectable", "Insertable", "AsChangeset", "Identifiable", "Associations", "QueryableByName")
_MAX_DEPTH = 8  # of embedded structs: deeper is a cycle

FindTable = Callable[[str, str], MappedTable | None]
"""Gives the table that a name means in a file, or None when there is none or more than one."""


class Field(msgspec.Struct, frozen=True):
    """A field of a struct, as diesel's attributes say it."""

    name: str
    type: str
    attributes: tuple[Attribute, ...]

    @property
    def column(self) -> str:
        """Give the name that the field has as a column in `table!`."""
        return last_name(self.attributes, "column_name") or self.name

    def has(self, key: str) -> bool:
        """Say whether `#[diesel(key)]` stands at it."""
        return attribute_value(self.attributes, DRIVER, key) is not None


class DerivedStruct(msgspec.Struct, frozen=True):
    """A struct with a derive of diesel's, and its place."""

    item: TypeItem
    file: str
    fields: tuple[Field, ...]

    @property
    def name(self) -> str:
        """Give the name of the Rust struct."""
        return self.item.name.text

    @property
    def table_name(self) -> str:
        """Give the table it says, or the one that its name means to diesel."""
        return last_name(self.item.attributes, "table_name") or f"{rename_all(self.name, 'snake_case')}s"


def last_name(attributes: Sequence[Attribute], key: str) -> str:
    """Give the last name of `#[diesel(key = some::path)]`, or of diesel 1's `#[key = "path"]`."""
    for attribute in attributes:
        if attribute.name == DRIVER and key in attribute.entries:
            tokens = attribute.entries[key]
        elif attribute.name == key:
            tokens = attribute.entries.get("", ())
        else:
            continue
        if tokens and tokens[-1].is_string:
            return (string_value(tokens[-1]) or "").rpartition("::")[2]
        return next((token.text.removeprefix("r#") for token in reversed(tokens) if token.is_name), "")
    return ""


def read_structs(source: Source) -> Iterator[DerivedStruct]:
    """Give every struct of a file that has a derive of diesel's."""
    for item in read_items(source):
        if item.keyword == "struct" and any(item.derives(name) for name in _DERIVES):
            yield DerivedStruct(item, source.path, tuple(_fields(source, item)))


def _fields(source: Source, item: TypeItem) -> Iterator[Field]:
    bracket, parts = members(source, item)
    for position, member in enumerate(parts):
        attributes, rest = split_member(member)
        if bracket == "(":
            yield Field(str(position), render(rest), attributes)
        elif len(rest) > 2 and rest[1].text == ":":  # noqa: PLR2004  # name, colon, type
            yield Field(rest[0].text.removeprefix("r#"), render(rest[2:]), attributes)


class DeriveReader:
    """Turns the derives of a service into the statements that diesel makes of them.

    Args:
        structs: Of every file.
        table: Finds tables.
    """

    def __init__(self, structs: Sequence[DerivedStruct], table: FindTable) -> None:
        self._structs = structs
        self._table = table

    def mappings(self) -> Iterator[ContractMapping]:
        """Give every struct that is mapped to rows of tables."""
        for struct in self._structs:
            if not struct.item.derives("QueryableByName"):
                line = struct.item.name.line
                yield ContractMapping(file=struct.file, line=line, driver=DRIVER, name=struct.name)

    def rows(self) -> Iterator[RowStruct]:
        """Give the structs that are read by name: `QueryableByName`."""
        for struct in self._structs:
            if struct.item.derives("QueryableByName"):
                fields = tuple(self._by_name(struct))
                line = struct.item.name.line
                yield RowStruct(name=struct.name, file=struct.file, line=line, fields=fields, driver=DRIVER)

    def _by_name(self, struct: DerivedStruct) -> Iterator[StructField]:
        table = self._table(struct.table_name, struct.file)
        for field in struct.fields:
            column = table.of(field.column) if table else None
            written = _sql_type(field.attributes)
            if field.has("embed"):
                yield StructField(name=field.name, type=field.type, flatten=True)
            elif written or column:
                name = column.name if column and not written else field.column
                yield StructField(name=name, type=written or (column.type if column else ""))

    def statements(self) -> Iterator[Query | Unread]:
        """Give the statements that the derives stand for."""
        for struct in self._structs:
            derives = struct.item.derives
            if not any(map(derives, ("Selectable", "Insertable", "AsChangeset", "Associations"))):
                continue
            table = self._table(struct.table_name, struct.file)
            if table is None and _only_embeds(struct):
                continue
            if table is None:
                yield self._unread(struct, f"the service has no one table! of the name {struct.table_name}")
                continue
            if derives("Selectable"):
                yield from self._select(struct, table)
            if derives("Insertable"):
                yield from self._write(struct, table, "skip_insertion", "Insertable", insert)
            if derives("AsChangeset"):
                yield from self._write(struct, table, "skip_update", "AsChangeset", update)
            if derives("Associations"):
                yield from self._associations(struct, table)

    def inserted(self, name: str, file: str) -> tuple[MappedColumn, ...]:
        """Give the columns that a struct of a name inserts; nothing where they, or the one struct, are not in sight.

        Args:
            name: Of the struct.
            file: Where it is named; one that this file defines comes first.
        """
        named = [each for each in self._structs if each.name == name and each.item.derives("Insertable")]
        near = [each for each in named if each.file == file] or named
        table = self._table(near[0].table_name, near[0].file) if len(near) == 1 else None
        columns = self._columns(near[0], table, "skip_insertion", "Insertable") if table else ()
        return columns if isinstance(columns, tuple) else ()

    def _select(self, struct: DerivedStruct, table: MappedTable) -> Iterator[Query | Unread]:
        columns = self._columns(struct, table, "select_expression", "Selectable")
        if isinstance(columns, Unread):
            yield columns
        elif columns:
            query = self._query(struct, "Selectable", select(table, columns))
            yield msgspec.structs.replace(query, fetch="fetch_all", fields=fields_of(columns))

    def _write(
        self,
        struct: DerivedStruct,
        table: MappedTable,
        skip: str,
        derive: str,
        write: Callable[[MappedTable, Sequence[MappedColumn]], str],
    ) -> Iterator[Query | Unread]:
        columns = self._columns(struct, table, skip, derive)
        if isinstance(columns, Unread):
            yield columns
            return
        if derive == "AsChangeset":
            keys = _names(struct.item.attributes, "primary_key") or table.keys
            columns = tuple(column for column in columns if column.field not in keys)
        if columns:
            query = self._query(struct, derive, write(table, columns))
            yield msgspec.structs.replace(query, fetch="execute", sent_types=sent_types(columns))

    def _columns(
        self, struct: DerivedStruct, table: MappedTable, skip: str, derive: str, depth: int = 0
    ) -> tuple[MappedColumn, ...] | Unread:
        found: list[MappedColumn] = []
        for field in struct.fields:
            if field.has(skip):
                continue
            if field.has("embed"):
                inner = self._embedded(field, derive)
                columns = self._columns(inner, table, skip, derive, depth + 1) if inner and depth < _MAX_DEPTH else ()
                if isinstance(columns, Unread):
                    return columns
                own = inner is None or self._table(inner.table_name, inner.file) in {table, None}
                found.extend(columns if own else ())
                continue
            column = table.of(field.column)
            if column is None:
                return self._unread(struct, f"its field {field.name} is no column of the table! {table.rust}")
            found.append(column)
        return tuple(found)

    def _embedded(self, field: Field, derive: str) -> DerivedStruct | None:
        name = parse_rust_type(field.type).name
        named = [each for each in self._structs if each.name == name and each.item.derives(derive)]
        return named[0] if len(named) == 1 else None

    def _associations(self, struct: DerivedStruct, table: MappedTable) -> Iterator[Query | Unread]:
        for parent, key in _belongs_to(struct.item.attributes):
            other = self._parent(parent, struct.file)
            column = table.of(key)
            if other is None or column is None or len(other.keys) != 1:
                yield self._unread(struct, f"the table or the key of belongs_to({parent}) is not in sight")
                continue
            there = other.of(other.keys[0])
            text = join(table, [column.name], other, [there.name if there else other.keys[0]])
            yield msgspec.structs.replace(self._query(struct, "belongs_to", text), fetch="execute")

    def _parent(self, name: str, file: str) -> MappedTable | None:
        for struct in self._structs:
            if struct.name == name:
                return self._table(struct.table_name, struct.file)
        return self._table(f"{rename_all(name, 'snake_case')}s", file)

    def _query(self, struct: DerivedStruct, form: str, sql: str) -> Query:
        token = struct.item.name
        return Query(
            file=struct.file, line=token.line, column=token.column, macro=f"derive.{form}", sql=sql, driver=DRIVER,
            result_type=struct.name, mapping=struct.name,
        )  # fmt: skip

    def _unread(self, struct: DerivedStruct, reason: str) -> Unread:
        return Unread(file=struct.file, line=struct.item.name.line, reason=reason, driver=DRIVER)


def _only_embeds(struct: DerivedStruct) -> bool:
    """Say whether a struct has no column of its own: it puts together others, which are read where they stand."""
    written = ("Insertable", "AsChangeset", "Associations")
    elsewhere = all(field.has("embed") or field.has("select_expression") for field in struct.fields)
    return elsewhere and not any(map(struct.item.derives, written))


def _sql_type(attributes: Sequence[Attribute]) -> str:
    """Give what `#[diesel(sql_type = …)]` says, or diesel 1's `#[sql_type = "…"]`."""
    for attribute in attributes:
        if attribute.name == DRIVER and "sql_type" in attribute.entries:
            return render(attribute.entries["sql_type"])
        if attribute.name == "sql_type" and (value := attribute.entries.get("")):
            return string_value(value[0]) or ""
    return ""


def _names(attributes: Sequence[Attribute], key: str) -> tuple[str, ...]:
    """Give the names of `#[diesel(key(a, b))]`, or of diesel 1's `#[key(a, b)]`."""
    for attribute in attributes:
        if attribute.name == DRIVER and key in attribute.entries:
            return tuple(token.text for token in attribute.entries[key] if token.is_name)
        if attribute.name == key:
            return tuple(path[-1] for path in attribute.paths if path)
    return ()


def _belongs_to(attributes: Sequence[Attribute]) -> Iterator[tuple[str, str]]:
    """Give (struct, key) of each `belongs_to(Parent, foreign_key = key)`."""
    for attribute in attributes:
        if attribute.name == DRIVER and "belongs_to" in attribute.entries:
            parts = split_types(attribute.entries["belongs_to"][:-1])
            parent = [token.text for token in parts[0] if token.is_name] if parts else []
            key: Sequence[Token] = next((part[2:] for part in parts[1:] if part[0].text == "foreign_key"), ())
        elif attribute.name == "belongs_to" and attribute.paths:
            parent, key = attribute.paths[0], attribute.entries.get("foreign_key", ())
        else:
            continue
        if parent:
            written = string_value(key[0]) if key and key[0].is_string else "".join(token.text for token in key)
            yield parent[-1], written or f"{rename_all(parent[-1], 'snake_case')}_id"
