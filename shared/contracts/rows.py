"""Read the structs, enums and type aliases of one Rust file, as sqlx's derives do.

The rules are those of sqlx-macros-core, `derives/attributes.rs`, `derives/row.rs` and `derives/type.rs` (0.8).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from shared.contracts.casing import rename_all
from shared.contracts.contract import RowStruct, RustEnum, StructField, TypeAlias
from shared.contracts.delegated_types import delegated_types
from shared.contracts.rust_syntax import Attribute, render
from shared.contracts.tokens import Source
from shared.contracts.type_items import TypeItem, attribute_value, members, read_items, split_member


class FileTypes(msgspec.Struct, frozen=True):
    """The types that one file defines.

    Args:
        structs: Row structs: those that derive `FromRow`.
        enums: Enums that derive `sqlx::Type` and are stored as labels.
        labels: Database label by (enum, variant), of these enums.
        aliases: Other names of types: `type X = Y`, transparent newtypes, enums stored as integers.
        defined: Every type the file defines.
        fields: Type of each field of every struct, by struct and field.
    """

    structs: tuple[RowStruct, ...]
    enums: tuple[RustEnum, ...]
    labels: dict[tuple[str, str], str]
    aliases: tuple[TypeAlias, ...]
    defined: tuple[str, ...]
    fields: dict[str, dict[str, str]]


def read_types(source: Source) -> FileTypes:
    """Read the type definitions of one file."""
    structs: list[RowStruct] = []
    enums: list[RustEnum] = []
    labels: dict[tuple[str, str], str] = {}
    aliases: list[TypeAlias] = []
    defined: list[str] = []
    fields: dict[str, dict[str, str]] = {}
    for item in read_items(source):
        defined.append(item.name.text)
        if item.keyword == "struct":
            fields[item.name.text] = dict(_plain_fields(source, item))
        if item.keyword == "struct" and item.derives("FromRow"):
            structs.extend(_row_struct(source, item))
        if item.keyword == "enum" and item.derives("Type"):
            variants = dict(_variants(source, item))
            representation = _representation(item)
            if representation:
                aliases.append(TypeAlias(name=item.name.text, file=source.path, type=representation))
            elif variants:
                enums.append(_rust_enum(source, item, variants))
                labels.update({(item.name.text, variant): label for variant, label in variants.items()})
        aliased = _alias(source, item)
        if aliased:
            aliases.append(TypeAlias(name=item.name.text, file=source.path, type=aliased))
    derived = {alias.name for alias in aliases}
    aliases += (alias for alias in delegated_types(source) if alias.name not in derived)
    return FileTypes(tuple(structs), tuple(enums), labels, tuple(aliases), tuple(defined), fields)


def _row_struct(source: Source, item: TypeItem) -> Iterator[RowStruct]:
    bracket, parts = members(source, item)
    fields: list[StructField] = []
    everything_default = item.value("sqlx", "default") is not None
    for position, member in enumerate(parts):
        attributes, rest = split_member(member)
        if bracket == "(":
            fields.append(StructField(name=str(position), type=render(rest)))
            continue
        if len(rest) < 3 or rest[1].text != ":":  # noqa: PLR2004  # name, colon, type
            continue
        field = _field(rest[0].text.removeprefix("r#"), render(rest[2:]), attributes, item.value("sqlx", "rename_all"))
        if field is not None:
            fields.append(msgspec.structs.replace(field, optional=field.optional or everything_default))
    yield RowStruct(
        name=item.name.text,
        file=source.path,
        line=item.name.line,
        fields=tuple(fields),
        positional=bracket == "(",
    )


def _plain_fields(source: Source, item: TypeItem) -> Iterator[tuple[str, str]]:
    bracket, parts = members(source, item)
    for member in parts:
        rest = split_member(member)[1]
        if bracket == "{" and len(rest) > 2 and rest[1].text == ":":  # noqa: PLR2004  # name, colon, type
            yield rest[0].text, render(rest[2:])


def _field(name: str, written: str, attributes: Sequence[Attribute], pattern: str | None) -> StructField | None:
    if attribute_value(attributes, "sqlx", "skip") is not None:
        return None
    column = attribute_value(attributes, "sqlx", "rename") or (rename_all(name, pattern) if pattern else name)
    decoded = attribute_value(attributes, "sqlx", "try_from") or written
    json = next((a.entries["json"] for a in attributes if a.name == "sqlx" and "json" in a.entries), None)
    if json is not None:
        nullable = any(token.text == "nullable" for token in json)
        decoded = f"Option<Json<{decoded}>>" if nullable else f"Json<{decoded}>"
    return StructField(
        name=column,
        type=decoded,
        optional=attribute_value(attributes, "sqlx", "default") is not None,
        flatten=attribute_value(attributes, "sqlx", "flatten") is not None,
    )


def _variants(source: Source, item: TypeItem) -> Iterator[tuple[str, str]]:
    """Give (variant, label); variants that carry data make it no label enum, and give nothing."""
    pattern = item.value("sqlx", "rename_all")
    found: list[tuple[str, str]] = []
    for member in members(source, item)[1]:
        attributes, rest = split_member(member)
        if not rest or not rest[0].is_name or (len(rest) > 1 and rest[1].text != "="):
            return
        name = rest[0].text.removeprefix("r#")
        renamed = attribute_value(attributes, "sqlx", "rename")
        found.append((rest[0].text, renamed or (rename_all(name, pattern) if pattern else name)))
    yield from found


def _representation(item: TypeItem) -> str:
    """Give the integer type of `#[repr(i32)]`, which sqlx stores instead of labels."""
    for attribute in item.attributes:
        if attribute.name == "repr":
            return next((path[0] for path in attribute.paths if path and path[0][0] in "iu"), "")
    return ""


def _rust_enum(source: Source, item: TypeItem, variants: dict[str, str]) -> RustEnum:
    return RustEnum(
        name=item.name.text,
        file=source.path,
        line=item.name.line,
        type_name=item.value("sqlx", "type_name") or item.name.text,
        labels=tuple(variants.values()),
    )


def _alias(source: Source, item: TypeItem) -> str:
    """Give the type behind `type X = Y;` or a transparent newtype; empty for what is neither."""
    tokens = source.tokens
    if item.keyword == "type":
        if item.body >= len(tokens) or tokens[item.body].text != "=" or tokens[item.body - 1].text == ">":
            return ""  # an associated type, or one with parameters
        end = next((i for i in range(item.body, len(tokens)) if tokens[i].text == ";"), len(tokens))
        return render(tokens[item.body + 1 : end])
    if item.keyword == "struct" and item.derives("Type") and item.value("sqlx", "transparent") is not None:
        bracket, parts = members(source, item)
        rest = split_member(parts[0])[1] if len(parts) == 1 else ()
        return render(rest) if bracket == "(" else render(rest[2:])
    return ""
