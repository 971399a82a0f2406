"""The attributes of a provider's resource as parts of SQL: what is not known becomes a `HOLE` in the statement."""

from __future__ import annotations

from collections.abc import Iterator

from coordinator.iac.expressions.values import Value, located_with_holes
from coordinator.iac.located_text import HOLE
from coordinator.iac.terraform.instances import PlannedResource
from shared.sql import quote_identifier, quote_literal


class ResourceValues:
    """What a resource sets. What it leaves to the provider counts as not set.

    Args:
        resource: The resource.
    """

    def __init__(self, resource: PlannedResource) -> None:
        self._values: dict[str, Value] = resource.values.raw
        body = resource.block.body
        self._written = {*body.attributes, *(label for block in body.blocks for label in (block.type, *block.labels))}

    def _given(self, name: str) -> Value | None:
        value = self._values.get(name)
        if value is None or value.is_null or (not value.is_known and name not in self._written):
            return None
        return value

    def text(self, name: str) -> str:
        """Return a text; empty when it is not set, a `HOLE` in it for what is not known."""
        return text_of(self._given(name))

    def name(self, name: str) -> str:
        """Return a text as a quoted identifier."""
        return quote_identifier(self.text(name))

    def words(self, name: str, words: str) -> str:
        """Return words of SQL if an attribute is true, a `HOLE` if that is not known, else nothing."""
        return words_of(self._given(name), words)

    def texts(self, name: str) -> tuple[str, ...]:
        """Return a list or set of texts; empty when it is not set."""
        value = self._given(name)
        if value is None:
            return ()
        return tuple(map(text_of, value.raw)) if isinstance(value.raw, tuple) else (HOLE,)

    def blocks(self, name: str) -> Iterator[dict[str, Value]] | None:
        """Return the attributes of each nested block; None when it is not known which there are."""
        value = self._given(name)
        if value is None:
            return iter(())
        known = isinstance(value.raw, tuple) and all(isinstance(each.raw, dict) for each in value.raw)
        return (each.raw for each in value.raw) if known else None

    def options(self, name: str, *secret_but: str) -> str:
        """Return `OPTIONS (…)` of a map; nothing when it is empty.

        Args:
            name: The attribute.
            secret_but: Options whose values are compared; where any is given, the value of no other one matters, and
                one that is not known is written blank.
        """
        value = self._given(name)
        if value is None:
            return ""
        if not isinstance(value.raw, dict):
            return f" OPTIONS ({HOLE})"
        pairs = []
        for option, item in value.raw.items():
            text = text_of(item)
            blank = HOLE in text and secret_but and option not in secret_but
            pairs.append(f"{quote_identifier(option)} {quote_literal('' if blank else text)}")
        return f" OPTIONS ({', '.join(pairs)})" if pairs else ""


def text_of(value: Value | None) -> str:
    """Return a text; empty when it is not set, a `HOLE` when it is not known."""
    if value is None or value.is_null:
        return ""
    found = located_with_holes(value)
    return found.text if found is not None else HOLE


def words_of(value: Value | None, words: str) -> str:
    """Return words of SQL if a value is true, a `HOLE` if that is not known, else nothing."""
    if value is None or value.is_null:
        return ""
    return HOLE if not value.is_known else words if value.raw is True else ""
