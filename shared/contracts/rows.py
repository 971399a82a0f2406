"""Read the structs, enums and type aliases of one Rust file, as sqlx's derives do.

The rules are those of sqlx-macros-core, `derives/attributes.rs`, `derives/row.rs` and `derives/type.rs` (0.8).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from shared.contracts.casing import rename_all
from shared.contracts.contract import RowStruct, RustEnum, StructField, TypeAlias
from shared.contracts.literals import string_value
from shared.contracts.rust_syntax import Attribute, matching_angle, read_attributes, render, split_types
from shared.contracts.tokens import Source, Token


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


class _TypeItem(msgspec.Struct, frozen=True):
    """`struct NAME`, `enum NAME` or `type NAME`, with its attributes and what follows the name."""

    keyword: str
    name: Token
    attributes: tuple[Attribute, ...]
    body: int  # index of the first token behind the name and its generics

    def derives(self, name: str) -> bool:
        return any(
            path and path[-1] == name for attribute in self.attributes if attribute.name == "derive"
            for path in attribute.paths
        )  # fmt: skip

    def sqlx(self, key: str) -> str | None:
        return _sqlx_value(self.attributes, key)


def read_types(source: Source) -> FileTypes:
    """Read the type definitions of one file."""
    structs: list[RowStruct] = []
    enums: list[RustEnum] = []
    labels: dict[tuple[str, str], str] = {}
    aliases: list[TypeAlias] = []
    defined: list[str] = []
    fields: dict[str, dict[str, str]] = {}
    for item in _items(source):
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
    return FileTypes(tuple(structs), tuple(enums), labels, tuple(aliases), tuple(defined), fields)


def _items(source: Source) -> Iterator[_TypeItem]:
    tokens = source.tokens
    groups: list[Sequence[Token]] = []
    associated = _ends_of_implementations(source)
    inside = index = 0
    while index < len(tokens):
        text = tokens[index].text
        inside = max(inside, associated.get(index, 0))
        if text == "#" and index + 1 in source.closing:
            end = source.closing[index + 1]
            groups.append(tokens[index + 2 : end])
            index = end
        elif text in {"struct", "enum", "union", "type"} and index + 1 < len(tokens) and tokens[index + 1].is_name:
            body = index + 2
            if body < len(tokens) and tokens[body].text == "<":
                body = matching_angle(tokens, body) + 1
            if text != "type" or index >= inside:
                yield _TypeItem(text, tokens[index + 1], tuple(read_attributes(groups)), body)
            groups, index = [], index + 1
        elif text == "pub" and index + 1 in source.closing and tokens[index + 1].text == "(":
            index = source.closing[index + 1]
        elif text != "pub":
            groups = []
        index += 1


def _ends_of_implementations(source: Source) -> dict[int, int]:
    """Give the end of each `impl` and `trait` by its begin: a `type` inside is no alias."""
    tokens = source.tokens
    found: dict[int, int] = {}
    for index, token in enumerate(tokens):
        if token.text in {"impl", "trait"}:
            body = next((i for i in range(index, len(tokens)) if tokens[i].text in {"{", ";", ")", "="}), len(tokens))
            found[index] = source.closing.get(body, 0) if body < len(tokens) and tokens[body].text == "{" else 0
    return found


def _sqlx_value(attributes: Sequence[Attribute], key: str) -> str | None:
    """Give the value of `#[sqlx(key = "value")]`, "" for a bare or parenthesised key, None where it is absent."""
    for attribute in attributes:
        if attribute.name == "sqlx" and key in attribute.entries:
            value = attribute.entries[key]
            return (string_value(value[0]) or "") if value and value[0].is_string else ""
    return None


def _split_member(tokens: Sequence[Token]) -> tuple[tuple[Attribute, ...], Sequence[Token]]:
    """Part the attributes and visibility of a field or variant from the rest."""
    groups: list[Sequence[Token]] = []
    index = 0
    while index < len(tokens) and tokens[index].text in {"#", "pub"}:
        opening = index + 1
        visibility = tokens[index].text == "pub"
        if (
            opening < len(tokens)
            and tokens[opening].text in {"[", "("}
            and not (visibility and tokens[opening].text == "[")
        ):
            depth, end = 1, opening
            while depth and end + 1 < len(tokens):
                end += 1
                depth += {"(": 1, "[": 1, ")": -1, "]": -1}.get(tokens[end].text, 0)
            if not visibility:
                groups.append(tokens[opening + 1 : end])
            index = end + 1
        else:
            index += 1
    return tuple(read_attributes(groups)), tokens[index:]


def _members(source: Source, item: _TypeItem) -> tuple[str, list[Sequence[Token]]]:
    """Give the opening bracket of an item's body and its comma-separated members."""
    tokens = source.tokens
    index = item.body
    while index < len(tokens) and tokens[index].text not in {"{", "(", ";"}:
        index += 1  # a where clause
    if index not in source.closing:
        return "", []
    return tokens[index].text, split_types(tokens[index + 1 : source.closing[index]])


def _row_struct(source: Source, item: _TypeItem) -> Iterator[RowStruct]:
    bracket, members = _members(source, item)
    fields: list[StructField] = []
    everything_default = item.sqlx("default") is not None
    for position, member in enumerate(members):
        attributes, rest = _split_member(member)
        if bracket == "(":
            fields.append(StructField(name=str(position), type=render(rest)))
            continue
        if len(rest) < 3 or rest[1].text != ":":  # noqa: PLR2004  # name, colon, type
            continue
        field = _field(rest[0].text.removeprefix("r#"), render(rest[2:]), attributes, item.sqlx("rename_all"))
        if field is not None:
            fields.append(msgspec.structs.replace(field, optional=field.optional or everything_default))
    yield RowStruct(
        name=item.name.text,
        file=source.path,
        line=item.name.line,
        fields=tuple(fields),
        positional=bracket == "(",
    )


def _plain_fields(source: Source, item: _TypeItem) -> Iterator[tuple[str, str]]:
    bracket, members = _members(source, item)
    for member in members:
        rest = _split_member(member)[1]
        if bracket == "{" and len(rest) > 2 and rest[1].text == ":":  # noqa: PLR2004  # name, colon, type
            yield rest[0].text, render(rest[2:])


def _field(name: str, written: str, attributes: Sequence[Attribute], pattern: str | None) -> StructField | None:
    if _sqlx_value(attributes, "skip") is not None:
        return None
    column = _sqlx_value(attributes, "rename") or (rename_all(name, pattern) if pattern else name)
    decoded = _sqlx_value(attributes, "try_from") or written
    json = next((a.entries["json"] for a in attributes if a.name == "sqlx" and "json" in a.entries), None)
    if json is not None:
        nullable = any(token.text == "nullable" for token in json)
        decoded = f"Option<Json<{decoded}>>" if nullable else f"Json<{decoded}>"
    return StructField(
        name=column,
        type=decoded,
        optional=_sqlx_value(attributes, "default") is not None,
        flatten=_sqlx_value(attributes, "flatten") is not None,
    )


def _variants(source: Source, item: _TypeItem) -> Iterator[tuple[str, str]]:
    """Give (variant, label); variants that carry data make it no label enum, and give nothing."""
    pattern = item.sqlx("rename_all")
    found: list[tuple[str, str]] = []
    for member in _members(source, item)[1]:
        attributes, rest = _split_member(member)
        if not rest or not rest[0].is_name or (len(rest) > 1 and rest[1].text != "="):
            return
        name = rest[0].text.removeprefix("r#")
        renamed = _sqlx_value(attributes, "rename")
        found.append((rest[0].text, renamed or (rename_all(name, pattern) if pattern else name)))
    yield from found


def _representation(item: _TypeItem) -> str:
    """Give the integer type of `#[repr(i32)]`, which sqlx stores instead of labels."""
    for attribute in item.attributes:
        if attribute.name == "repr":
            return next((path[0] for path in attribute.paths if path and path[0][0] in "iu"), "")
    return ""


def _rust_enum(source: Source, item: _TypeItem, variants: dict[str, str]) -> RustEnum:
    return RustEnum(
        name=item.name.text,
        file=source.path,
        line=item.name.line,
        type_name=item.sqlx("type_name") or item.name.text,
        labels=tuple(variants.values()),
    )


def _alias(source: Source, item: _TypeItem) -> str:
    """Give the type behind `type X = Y;` or a transparent newtype; empty for what is neither."""
    tokens = source.tokens
    if item.keyword == "type":
        if item.body >= len(tokens) or tokens[item.body].text != "=" or tokens[item.body - 1].text == ">":
            return ""  # an associated type, or one with parameters
        end = next((i for i in range(item.body, len(tokens)) if tokens[i].text == ";"), len(tokens))
        return render(tokens[item.body + 1 : end])
    if item.keyword == "struct" and item.derives("Type") and item.sqlx("transparent") is not None:
        bracket, members = _members(source, item)
        rest = _split_member(members[0])[1] if len(members) == 1 else ()
        return render(rest) if bracket == "(" else render(rest[2:])
    return ""
