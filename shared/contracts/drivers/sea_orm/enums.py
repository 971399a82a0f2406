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
