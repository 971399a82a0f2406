"""Read SeaORM's entities: the columns of `Model`, and its relations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

import msgspec

from shared.contracts.casing import rename_all
from shared.contracts.contract import RustEnum, Unread
from shared.contracts.drivers.mapped import MappedColumn, MappedTable
from shared.contracts.drivers.sea_orm.names import EntityNames, module_of
from shared.contracts.drivers.sea_orm.types import read_type, sent_type
from shared.contracts.rust_syntax import Attribute, render
from shared.contracts.rust_types import parse_rust_type
from shared.contracts.tokens import Source, Token
from shared.contracts.type_items import TypeItem, attribute_value, members, read_items, split_member
from shared.schema.identity import QualifiedName
from shared.sql import quote_identifier

DRIVER = "sea-orm"
CRATE = "sea_orm"
_RELATIONS = ("has_one", "has_many", "belongs_to", "self_ref")
_OWN = frozenset({"Entity", "Self"})
_COLUMN = re.compile(r"Column::(\w+)")
_PATH = re.compile(r"\w+(?:\s*::\s*\w+)*")


class Relation(msgspec.Struct, frozen=True):
    """One `belongs_to` of an entity: its columns, and those of the other entity, as fields."""

    module: str
    columns: tuple[str, ...]
    other: str
    others: tuple[str, ...]
    file: str
    line: int
    column: int


def read_entities(source: Source, enums: Mapping[str, RustEnum]) -> Iterator[MappedTable | Unread]:
    """Give every entity of a file, and each that was seen and not understood.

    Args:
        source: The file.
        enums: The active enums of the service that are stored as labels of an enum, by name.
    """
    for item in read_items(source):
        if item.keyword != "struct" or not item.derives("DeriveEntityModel"):
            continue
        table = item.value(CRATE, "table_name") or ""
        columns, keys = _columns(source, item, enums)
        if not table or not columns:
            reason = "the entity does not say its table_name, or has no columns"
            yield Unread(file=source.path, line=item.name.line, reason=reason, driver=DRIVER)
            continue
        yield MappedTable(
            driver=DRIVER, rust=_enclosing_module(source, item) or module_of(source.path),
            name=QualifiedName(item.value(CRATE, "schema_name") or "", table), columns=columns, keys=keys,
            file=source.path, line=item.name.line, column=item.name.column,
        )  # fmt: skip


def _enclosing_module(source: Source, item: TypeItem) -> str:
    """Give the name of the `mod name { … }` in the file that the entity stands in; empty for the file's own."""
    tokens = source.tokens
    found = ""
    for index in range(item.body):
        if tokens[index].text == "mod" and source.closing.get(index + 2, 0) > item.body:
            found = tokens[index + 1].text
    return found


def _columns(
    source: Source, item: TypeItem, enums: Mapping[str, RustEnum]
) -> tuple[tuple[MappedColumn, ...], tuple[str, ...]]:
    pattern = item.value(CRATE, "rename_all") or "snake_case"
    columns: list[MappedColumn] = []
    keys: list[str] = []
    for member in members(source, item)[1]:
        attributes, rest = split_member(member)
        ignored = attribute_value(attributes, CRATE, "ignore") is not None
        related = any(attribute_value(attributes, CRATE, key) is not None for key in _RELATIONS)
        if ignored or related or len(rest) < 3:  # noqa: PLR2004  # name, colon, type
            continue
        field = rest[0].text.removeprefix("r#")
        if attribute_value(attributes, CRATE, "primary_key") is not None:
            keys.append(field)
        name = attribute_value(attributes, CRATE, "column_name") or rename_all(field, pattern)
        columns.append(_column(field, name, render(rest[2:]), attributes, enums))
    return tuple(columns), tuple(keys)


def _column(
    field: str, name: str, written: str, attributes: Sequence[Attribute], enums: Mapping[str, RustEnum]
) -> MappedColumn:
    """Give one column; an enum is sent and selected as text and cast (`Column::save_as`, `select_as`)."""
    rust = parse_rust_type(written)
    enum = enums.get(rust.name)
    cast_to = attribute_value(attributes, CRATE, "select_as") or ""
    cast_from = attribute_value(attributes, CRATE, "save_as") or ""
    suffix = "[]" if rust.array else ""
    read = read_type(rust)
    if enum is not None:
        read = read if rust.array else read.replace(rust.name, "String")
        cast_to, cast_from = cast_to or f"text{suffix}", cast_from or f"{enum.type_name}{suffix}"
    return MappedColumn(
        field=field,
        name=name,
        type=read,
        sent=f"text{suffix}" if enum is not None else sent_type(rust),
        read=f"CAST({quote_identifier(name)} AS {cast_to}) AS {quote_identifier(name)}" if cast_to else "",
        written=f"CAST({{}} AS {cast_from})" if cast_from else "",
    )


def read_relations(source: Source, names: EntityNames) -> Iterator[Relation | Unread]:
    """Give every `belongs_to` of the entities of a file.

    Args:
        source: The file.
        names: Find entities by the names that files give them.
    """
    for item in read_items(source):
        is_relation = item.keyword == "enum" and item.derives("DeriveRelation")
        if not is_relation and not (item.keyword == "struct" and item.derives("DeriveEntityModel")):
            continue
        module = _enclosing_module(source, item) or module_of(source.path)
        for member in members(source, item)[1]:
            attributes, rest = split_member(member)
            if attribute_value(attributes, CRATE, "belongs_to") is not None and rest:
                yield _relation(source, names, module, attributes, rest)


def _relation(
    source: Source, names: EntityNames, module: str, attributes: Sequence[Attribute], member: Sequence[Token]
) -> Relation | Unread:
    line, column = member[0].line, member[0].column
    said = {key: attribute_value(attributes, CRATE, key) or "" for key in ("belongs_to", "from", "to")}
    other = _target(said["belongs_to"] or render(member[2:]), names, source.path)
    columns, others = (tuple(map(_field, _names(said[key]))) for key in ("from", "to"))
    if not other or not columns or len(columns) != len(others):
        reason = "the columns of the relation's `from` and `to` are not in sight"
        return Unread(file=source.path, line=line, reason=reason, driver=DRIVER)
    return Relation(module, columns, module if other in _OWN else other, others, source.path, line, column)


def _target(said: str, names: EntityNames, file: str) -> str:
    """Give the module of the entity that a text names: `super::agent::Entity`, `Agents`, `HasOne<agent::Entity>`.

    An entity of the file itself is `Entity`; empty where none is named.
    """
    paths: list[str] = _PATH.findall(said.replace(" ", ""))
    for path in (each.split("::") for each in paths):
        if path in (["Entity"], ["Self"]):
            return path[0]
        for part in ("Entity", "Column"):
            module = names.module(path, part, file)
            if module:
                return module
    return ""


def _names(said: str) -> list[str]:
    """Give the columns of `Column::OwnerId`, `(Column::A, Column::B)`, or of fields as SeaORM 2 writes them."""
    named = _COLUMN.findall(said)
    return named or re.findall(r"\w+", said)


def _field(name: str) -> str:
    return rename_all(name, "snake_case")
