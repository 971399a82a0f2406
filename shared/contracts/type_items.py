"""Find the types that a Rust file defines, with their attributes and members, whatever derives them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from shared.contracts.literals import string_value
from shared.contracts.rust_syntax import Attribute, matching_angle, read_attributes, split_types
from shared.contracts.tokens import Source, Token


class TypeItem(msgspec.Struct, frozen=True):
    """`struct NAME`, `enum NAME` or `type NAME`, with its attributes and what follows the name."""

    keyword: str
    name: Token
    attributes: tuple[Attribute, ...]
    body: int  # index of the first token behind the name and its generics

    def derives(self, name: str) -> bool:
        """Say whether `#[derive(…)]` names it, with or without a path."""
        return any(
            path and path[-1] == name for attribute in self.attributes if attribute.name == "derive"
            for path in attribute.paths
        )  # fmt: skip

    def value(self, crate: str, key: str) -> str | None:
        """Give the value of `#[crate(key = "value")]`; see `attribute_value`."""
        return attribute_value(self.attributes, crate, key)


def read_items(source: Source) -> Iterator[TypeItem]:
    """Give the structs, enums, unions and aliases of a file, in its order."""
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
                yield TypeItem(text, tokens[index + 1], tuple(read_attributes(groups)), body)
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


def attribute_value(attributes: Sequence[Attribute], crate: str, key: str) -> str | None:
    """Give the value of `#[crate(key = "value")]`, "" for a bare or parenthesised key, None where it is absent."""
    for attribute in attributes:
        if attribute.name == crate and key in attribute.entries:
            value = attribute.entries[key]
            return (string_value(value[0]) or "") if value and value[0].is_string else ""
    return None


def split_member(tokens: Sequence[Token]) -> tuple[tuple[Attribute, ...], Sequence[Token]]:
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


def members(source: Source, item: TypeItem) -> tuple[str, list[Sequence[Token]]]:
    """Give the opening bracket of an item's body and its comma-separated members."""
    tokens = source.tokens
    index = item.body
    while index < len(tokens) and tokens[index].text not in {"{", "(", ";"}:
        index += 1  # a where clause
    if index not in source.closing:
        return "", []
    return tokens[index].text, split_types(tokens[index + 1 : source.closing[index]])
