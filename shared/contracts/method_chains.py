"""Follow chained methods: what stands behind `Query::select()` or `insert_into(t::table)`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from shared.contracts.rust_syntax import matching_angle
from shared.contracts.tokens import Source, Token


class Link(msgspec.Struct, frozen=True):
    """One method of a chain.

    Args:
        name: Of the method.
        inside: What stands in its brackets.
        closing: Index of its closing bracket.
    """

    name: str
    inside: Sequence[Token]
    closing: int


def links(source: Source, closing: int) -> Iterator[Link]:
    """Give the methods that follow a call, in their order.

    Args:
        source: The file.
        closing: Index of the call's closing bracket.
    """
    tokens = source.tokens
    while closing + 3 < len(tokens) and tokens[closing + 1].text in {".", "?"}:
        if tokens[closing + 1].text == "?" or tokens[closing + 2].text == "await":
            closing += 1 if tokens[closing + 1].text == "?" else 2
            continue
        opening = closing + 3
        if tokens[opening].text == "::":
            opening = matching_angle(tokens, opening + 1) + 1
        if opening not in source.closing or tokens[opening].text != "(":
            return
        name, begin = tokens[closing + 2].text, opening + 1
        closing = source.closing[opening]
        yield Link(name, tokens[begin:closing], closing)


def first_links(source: Source, closing: int) -> dict[str, Sequence[Token]]:
    """Give what stands in the brackets of each method that follows a call, the first of each name."""
    found: dict[str, Sequence[Token]] = {}
    for link in links(source, closing):
        found.setdefault(link.name, link.inside)
    return found
