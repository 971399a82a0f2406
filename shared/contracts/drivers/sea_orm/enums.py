"""Read SeaORM's active enums and value types: labels of an enum, or other names of texts and integers."""

from __future__ import annotations

from collections.abc import Iterator

from shared.contracts.casing import rename_all
from shared.contracts.contract import RustEnum, TypeAlias
from shared.contracts.drivers.mapped import type_name
from shared.contracts.drivers.sea_orm.entities import CRATE, DRIVER
from shared.contracts.rust_syntax import render
from shared.contracts.tokens import Source
from shared.contracts.type_items import TypeItem, attribute_value, members, read_items, split_member

_STORED = {
    "String": "String", "Bytes": "Vec<u8>", "Json": "JsonValue", "Bool": "bool", "SmallInt": "i16", "Int": "i32",
    "BigInt": "i64", "Float": "f32", "Double": "f64", "Uuid": "Uuid", "TimeDateTimeWithTimeZone": "OffsetDateTime",
    "TimeDateTime": "PrimitiveDateTime", "TimeDate": "Date", "TimeTime": "Time", "ChronoDateTime": "NaiveDateTime",
    "ChronoDate": "NaiveDate", "ChronoTime": "NaiveTime",
}  # fmt: skip
"""Rust type by sea-query's `ArrayType`, as sqlx decodes it."""


def read_active_enums(source: Source) -> Iterator[RustEnum | TypeAlias]:
    """Give each active enum of a file: with its labels where it is an enum of PostgreSQL's, else what it is stored as.

    A struct that derives `DeriveValueType` is another name of its one field.
    """
    for item in read_items(source):
        if item.keyword == "enum" and item.derives("DeriveActiveEnum"):
            labels = _labels(source, item)
            name = item.value(CRATE, "enum_name")
            if item.value(CRATE, "db_type") == "Enum" and name and labels:
                yield RustEnum(
                    name=item.name.text, file=source.path, line=item.name.line, type_name=type_name(name),
                    labels=labels, driver=DRIVER,
                )  # fmt: skip
            else:
                stored = item.value(CRATE, "rs_type") or "String"
                yield TypeAlias(name=item.name.text, file=source.path, type=stored)
        elif item.keyword == "struct" and item.derives("DeriveValueType"):
            bracket, parts = members(source, item)
            if bracket == "(" and len(parts) == 1:
                yield TypeAlias(name=item.name.text, file=source.path, type=render(split_member(parts[0])[1]))


def _labels(source: Source, item: TypeItem) -> tuple[str, ...]:
    pattern = item.value(CRATE, "rename_all") or ""
    found: list[str] = []
    for member in members(source, item)[1]:
        attributes, rest = split_member(member)
        if not rest:
            return ()
        said = attribute_value(attributes, CRATE, "string_value")
        own = attribute_value(attributes, CRATE, "rename") or pattern
        if said is None and not own:
            return ()
        found.append(said if said is not None else rename_all(rest[0].text.removeprefix("r#"), own))
    return tuple(found)


def read_value_types(source: Source) -> Iterator[TypeAlias]:
    """Give what each type of a file is stored as for which `ValueType` is written by hand, as its `array_type` says."""
    tokens = source.tokens
    for index, _ in source.where({"ValueType"}):
        if index + 2 >= len(tokens) or tokens[index + 1].text != "for":
            continue
        body = index + 3
        while body < len(tokens) and tokens[body].text not in {"{", ";"}:
            body += 1
        said = {
            tokens[i + 2].text
            for i in range(body, source.closing.get(body, body) - 2)
            if tokens[i].text == "ArrayType" and tokens[i + 1].text == "::"
        }
        stored = _STORED.get(said.pop(), "") if len(said) == 1 else ""
        if stored:
            yield TypeAlias(name=tokens[index + 2].text, file=source.path, type=stored)
