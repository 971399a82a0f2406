"""Find the types that a Rust file defines, with their attributes and members, whatever derives them."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from shared.contracts.literals import string_value
from shared.contracts.rust_syntax import Attribute, matching_angle, read_attributes, split_types
from shared.contracts.tokens import Source, Token

_WORDS = frozenset({"struct", "enum", "union", "type", "#"})


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


def read_items(source: Source) -> tuple[TypeItem, ...]:
    """Give the structs, enums, unions and aliases of a file, in its order."""
    return source.once(_items)


def _items(source: Source) -> tuple[TypeItem, ...]:
    tokens = source.tokens
    found: list[TypeItem] = []
    end_of_attribute = 0
    for index, token in source.where(_WORDS):
        if index < end_of_attribute or index + 1 >= len(tokens):
            continue
        if token.text == "#":
            end_of_attribute = source.closing.get(index + 1, 0)
        elif tokens[index + 1].is_name and not (token.text == "type" and _is_associated(source, index)):
            body = index + 2
            if body < len(tokens) and tokens[body].text == "<":
                body = matching_angle(tokens, body) + 1
            attributes = tuple(read_attributes(_attributes_before(source, index)))
            found.append(TypeItem(token.text, tokens[index + 1], attributes, body))
    return tuple(found)


def _attributes_before(source: Source, index: int) -> list[Sequence[Token]]:
    """Give the insides of the `#[…]` that stand before an item and its `pub` or `pub(…)`."""
    tokens = source.tokens
    groups: list[Sequence[Token]] = []
    while index > 0:
        opening = source.opening.get(index - 1, -1)
        before = tokens[opening - 1].text if opening > 0 else ""
        if tokens[index - 1].text == "pub":
            index -= 1
        elif before == "#" and tokens[index - 1].text == "]":
            groups.append(tokens[opening + 1 : index - 1])
            index = opening - 1
        elif before == "pub" and tokens[index - 1].text == ")":
            index = opening - 1
        else:
            break
    return groups[::-1]


def _is_associated(source: Source, index: int) -> bool:
    """Say whether a place stands in an `impl` or `trait`: a `type` inside is no alias."""
    return any(begin < index < end for begin, end in source.once(_implementations))


def _implementations(source: Source) -> tuple[tuple[int, int], ...]:
    """Give the begin and end of each `impl` and `trait`."""
    tokens = source.tokens
    found: list[tuple[int, int]] = []
    for index, _ in source.where({"impl", "trait"}):
        body = next((i for i in range(index, len(tokens)) if tokens[i].text in {"{", ";", ")", "="}), len(tokens))
        if body in source.closing and tokens[body].text == "{":
            found.append((index, source.closing[body]))
    return tuple(found)


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
