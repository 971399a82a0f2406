"""Read the SQL types and enums of a diesel service: `postgres_type`, `DbEnum`, `Enum`, and `ToSql` by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from shared.contracts.casing import rename_all
from shared.contracts.contract import RustEnum
from shared.contracts.drivers.diesel.tables import DRIVER
from shared.contracts.drivers.mapped import type_name
from shared.contracts.literals import string_value
from shared.contracts.rust_syntax import Attribute
from shared.contracts.tokens import Source, Token
from shared.contracts.type_items import TypeItem, attribute_value, members, read_items, split_member

_ENUM_DERIVES = ("DbEnum", "Enum")
_PATHS = ("ExistingTypePath", "DieselTypePath", "DieselType")


def read_sql_types(source: Source) -> Iterator[tuple[str, str]]:
    """Give (Rust's name, PostgreSQL's name) of each SQL type that a file defines."""
    for item in read_items(source):
        if item.keyword == "struct" and item.derives("SqlType"):
            name = _postgres_type(item.attributes)
            if name:
                yield item.name.text, name
        elif item.keyword == "enum" and item.derives("DbEnum"):
            own = _said(item.attributes, "DieselType", "diesel_type") or f"{item.name.text}Mapping"
            if not _said(item.attributes, "ExistingTypePath", "existing_type_path"):
                yield own, type_name(_pg_type(item))


def read_enums(source: Source, sql_types: Mapping[str, str]) -> Iterator[RustEnum]:
    """Give every enum of a file that is stored as a label.

    Args:
        source: The file.
        sql_types: PostgreSQL's name of each SQL type that the service defines.
    """
    for item in read_items(source):
        if item.keyword != "enum" or not any(item.derives(name) for name in _ENUM_DERIVES):
            continue
        stored = _stored_as(item, sql_types)
        labels = _labels(source, item)
        if stored and labels:
            yield RustEnum(
                name=item.name.text, file=source.path, line=item.name.line, type_name=stored, labels=labels,
                driver=DRIVER,
            )  # fmt: skip
    yield from _by_hand(source, sql_types)


def _stored_as(item: TypeItem, sql_types: Mapping[str, str]) -> str:
    path = _said(item.attributes, *_PATHS, "existing_type_path") or _last_name(item.attributes, "sql_type")
    if path:
        name = path.rpartition("::")[2]
        return sql_types.get(name, type_name(_pg_type(item)) if item.derives("DbEnum") else "")
    return type_name(_pg_type(item)) if item.derives("DbEnum") else ""


def _pg_type(item: TypeItem) -> str:
    return _said(item.attributes, "PgType", "pg_type") or rename_all(item.name.text, "snake_case")


def _labels(source: Source, item: TypeItem) -> tuple[str, ...]:
    style = _said(item.attributes, "DbValueStyle", "value_style") or item.value(DRIVER, "rename_all")
    style = style or ("snake_case" if item.derives("DbEnum") else "")
    found: list[str] = []
    for member in members(source, item)[1]:
        attributes, rest = split_member(member)
        if not rest or not rest[0].is_name:
            return ()
        renamed = _said(attributes, "db_rename", "rename") or attribute_value(attributes, DRIVER, "rename")
        name = rest[0].text.removeprefix("r#")
        found.append(renamed or rename_all(name, style))
    return tuple(found)


def _said(attributes: Sequence[Attribute], *keys: str) -> str:
    """Give the value of `#[Key = "value"]` or `#[db_enum(key = "value")]`."""
    for attribute in attributes:
        for key in keys:
            value = attribute.entries.get("" if attribute.name == key else key, ())
            if value and value[0].is_string and attribute.name in {key, "db_enum"}:
                return string_value(value[0]) or ""
    return ""


def _last_name(attributes: Sequence[Attribute], key: str) -> str:
    for attribute in attributes:
        if attribute.name == DRIVER and key in attribute.entries:
            return next((token.text for token in reversed(attribute.entries[key]) if token.is_name), "")
    return ""


def _postgres_type(attributes: Sequence[Attribute]) -> str:
    """Give what `postgres_type(name = "…", schema = "…")` says, and diesel 1's `#[postgres(type_name = "…")]`."""
    for attribute in attributes:
        tokens = attribute.entries.get("postgres_type", ()) if attribute.name == DRIVER else ()
        name, schema = _after(tokens, "name"), _after(tokens, "schema")
        if name:
            return type_name(name, schema)
    old = attribute_value(attributes, "postgres", "type_name")
    return type_name(old) if old else ""


def _after(tokens: Sequence[Token], key: str) -> str:
    for index, token in enumerate(tokens[:-2]):
        if token.text == key and tokens[index + 1].text == "=" and tokens[index + 2].is_string:
            return string_value(tokens[index + 2]) or ""
    return ""


def _by_hand(source: Source, sql_types: Mapping[str, str]) -> Iterator[RustEnum]:
    """Read `impl ToSql<sql_types::State, Pg> for State { … State::Open => out.write_all(b"open") … }`."""
    tokens = source.tokens
    for index, token in source.where({"ToSql"}):
        if index + 1 >= len(tokens) or tokens[index + 1].text != "<":
            continue
        body = next((i for i in range(index, min(index + 40, len(tokens))) if tokens[i].text == "{"), 0)
        head = [each.text for each in tokens[index:body]]
        if body not in source.closing or "for" not in head:
            continue
        stored = next((sql_types[name] for name in head[: head.index("for")] if name in sql_types), "")
        inside = tokens[body : source.closing[body]]
        labels = tuple(dict.fromkeys(each.text[2:-1] for each in inside if each.text.startswith('b"')))
        if stored and labels:
            name = head[head.index("for") + 1]
            yield RustEnum(name=name, file=source.path, line=token.line, type_name=stored, labels=labels, driver=DRIVER)
