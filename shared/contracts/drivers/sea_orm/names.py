"""Find which entity a name means: `agent::Entity`, or `Agents` after `use super::agent::Entity as Agents`."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Sequence

from shared.contracts.imports import declarations
from shared.contracts.tokens import Source, Token

PARTS = frozenset({"Entity", "Column", "Model", "ActiveModel", "Relation"})
"""What SeaORM's derives define in the module of an entity."""
_OUTSIDE = frozenset({"crate", "super", "self"})
_Meant = tuple[str, str]
"""Part of an entity, and its module."""


def module_of(path: str) -> str:
    """Give the name of the module that a file is."""
    name = posixpath.basename(path).removesuffix(".rs")
    return posixpath.basename(posixpath.dirname(path)) if name == "mod" else name


class EntityNames:
    """The names under which files know the parts of entities.

    Args:
        sources: Every file of the service.
    """

    def __init__(self, sources: Sequence[Source]) -> None:
        self._here: dict[str, dict[str, _Meant]] = {}
        passed_on: dict[str, set[_Meant]] = {}
        for source in sources:
            for path, local, is_public in declarations(source):
                if path[-1] not in PARTS or len(path) == 1 or path[-2] in _OUTSIDE:
                    continue
                meant = (path[-1], path[-2])
                self._here.setdefault(source.path, {})[local] = meant
                if is_public:
                    passed_on.setdefault(local, set()).add(meant)
        self._passed_on = {local: meant for local, (meant, *others) in passed_on.items() if not others}

    def module(self, path: Sequence[str], part: str, file: str) -> str:
        """Give the module of the entity whose part a path means; empty where it means none.

        Args:
            path: Its names: `["super", "agent", "Entity"]`, `["Agents"]`.
            part: One of `PARTS`.
            file: Where it stands.
        """
        *before, last = path
        if last == part and before and before[-1] not in _OUTSIDE:
            return before[-1]
        known, module = self._here.get(file, {}).get(last) or self._passed_on.get(last, ("", ""))
        if known == part:
            return module
        return module_of(file) if last == part else ""


def implemented(source: Source) -> Iterator[tuple[int, int, list[str]]]:
    """Give (begin, end, path) of each `impl` block: what `Self` means in it."""
    tokens = source.tokens
    for index, token in enumerate(tokens):
        if token.text != "impl":
            continue
        body = index + 1
        while body < len(tokens) and tokens[body].text not in {"{", ";", ")", "where"}:
            body += 1
        if body not in source.closing:
            continue
        last = body - 1
        if tokens[last].is_name:
            yield body, source.closing[body], path_before(tokens, last)


def path_before(tokens: Sequence[Token], index: int) -> list[str]:
    """Give the names of the path whose last one stands at a token: `["super", "agent", "ActiveModel"]`."""
    path = [tokens[index].text]
    while index > 1 and tokens[index - 1].text == "::" and tokens[index - 2].text not in {">", ")"}:
        index -= 2
        path.insert(0, tokens[index].text)
    return path
