"""The texts that a Rust expression can stand for: several, where the source takes one of several ways; with holes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

HOLE = "\N{OBJECT REPLACEMENT CHARACTER}"
"""Stands in a text for what is not in the source."""

MAX_TEXTS = 24
"""So many ways are followed; what has more is opaque."""


class Text(msgspec.Struct, frozen=True):
    """One text that a Rust expression can stand for, with holes for what is not in the source.

    Args:
        value: With a `HOLE` for each part that is not in the source.
        reasons: Why, for each hole: the end of a sentence.
        several: True when the source put it together on one of several ways, not all of which may be taken.
    """

    value: str
    reasons: tuple[str, ...] = ()
    several: bool = False

    @property
    def known(self) -> bool:
        """Whether it has no hole."""
        return not self.reasons

    def __add__(self, other: Text) -> Text:
        """Put one text behind the other."""
        return Text(self.value + other.value, self.reasons + other.reasons, self.several or other.several)


Texts = tuple[Text, ...]


def hole(reason: str) -> Texts:
    """Give a text that is one hole: nothing of it is in the source."""
    return (Text(HOLE, (reason,)),)


def joined(parts: Iterable[Texts], separator: str = "") -> Texts:
    """Put alternatives behind each other in every combination."""
    texts: Texts | None = None
    between = Text(separator)
    for part in parts:
        if texts is None:
            texts = part
            continue
        texts = tuple(text + between + more for text in texts for more in part)
        if len(texts) > MAX_TEXTS:
            return hole("the SQL is put together in too many ways")
    return texts if texts is not None else (Text(""),)


def one_of(ways: Sequence[Texts]) -> Texts:
    """Give the alternatives of several ways, each text once."""
    found = dict.fromkeys(text for way in ways for text in way)
    if len(found) > MAX_TEXTS:
        return hole("the SQL is put together in too many ways")
    return tuple(found) or hole("the SQL is computed at run time")
