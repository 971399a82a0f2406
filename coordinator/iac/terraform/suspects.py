"""Finds texts that hold SQL, or a script that runs psql, where it is not known whether anybody runs them."""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from coordinator.iac.expressions.values import Value, located_with_holes
from coordinator.iac.located_text import LocatedText
from coordinator.iac.terraform.instances import PlannedResource
from shared.schema.schema import Origin

_MAKES_AN_OBJECT = re.compile(
    r"(?:^|;)[ \t]*(?:create|alter)\s+(?:or\s+replace\s+)?(?:(?:unlogged|materialized|recursive|global|temp|temporary"
    r"|unique|foreign|event|constraint)\s+)*(?:table|view|function|procedure|index|schema|type|domain|extension|policy|trigger"
    r"|sequence|publication|subscription|server)\s",
    re.IGNORECASE | re.MULTILINE,
)
_RUNS_PSQL = re.compile(
    r"\bpsql\b[^\n]*(?:\s-[cf]\b|\s--(?:command|file)|<|\|)|\|\s*psql\b|\brds-data\s+(?:batch-)?execute"
)


class Suspect(msgspec.Struct, frozen=True, eq=False):
    """A text that may be run by somebody: where it stands, and whose it is."""

    resource: PlannedResource
    at: Origin
    name: str
    text: LocatedText

    @property
    def is_script(self) -> bool:
        """Whether it is a script that runs psql, and no SQL as it stands."""
        return _RUNS_PSQL.search(self.text.text) is not None


def suspects(resource: PlannedResource, written: set[str]) -> Iterator[Suspect]:
    """Return the texts of a resource that look like SQL or like a script that runs it.

    Args:
        resource: The resource.
        written: Names of the attributes and blocks that the configuration sets.
    """
    for name, value in resource.values.raw.items():
        if name in written:
            at = resource.declared_at(name)
            for inner, text in _texts(name, value):
                if _MAKES_AN_OBJECT.search(text.text) or _RUNS_PSQL.search(text.text):
                    yield Suspect(resource, at, inner, text)


def _texts(name: str, value: Value) -> Iterator[tuple[str, LocatedText]]:
    if isinstance(value.raw, dict):
        for key, item in value.raw.items():
            yield from _texts(key, item)
    elif isinstance(value.raw, tuple):
        for item in value.raw:
            yield from _texts(name, item)
    else:
        found = located_with_holes(value)
        if found is not None:
            yield name, found
