"""Index the constants and functions of a service, which a text may come from, by their names and types."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence

import msgspec

from shared.contracts.tokens import Source


class Site(msgspec.Struct, frozen=True):
    """An expression or a function's body.

    Args:
        source: The file.
        begin: Index of its first token.
        end: Index behind its last one.
        parameters: Of a function, in order; without `self`.
        is_function: Whether it is a function's body.
    """

    source: Source
    begin: int
    end: int
    parameters: tuple[str, ...] = ()
    is_function: bool = False


class Sites:
    """Finds where a name is defined.

    Args:
        sources: Every file of the service.
    """

    def __init__(self, sources: Sequence[Source]) -> None:
        self._in_file: dict[str, dict[str, list[Site]]] = {}
        everywhere: defaultdict[str, list[Site]] = defaultdict(list)
        self._of_type: defaultdict[tuple[str, str], list[Site]] = defaultdict(list)
        for source in sources:
            here: defaultdict[str, list[Site]] = defaultdict(list)
            for owner, name, site in _sites(source):
                here[name].append(site)
                everywhere[name].append(site)
                if owner:
                    self._of_type[owner, name].append(site)
            self._in_file[source.path] = here
        counts = Counter({name: len(sites) for name, sites in everywhere.items()})
        self._unique = {name: sites[0] for name, sites in everywhere.items() if counts[name] == 1}

    def find(self, path: Sequence[str], file: str) -> Site | None:
        """Give the one definition that a path means; None when there is none, or more than one."""
        *before, name = path
        if before and (owned := self._of_type.get((before[-1], name))):
            return owned[0] if len(owned) == 1 else None
        here = self._in_file.get(file, {}).get(name, [])
        if len(here) == 1 and not (before and before[-1][:1].isupper()):
            return here[0]
        return self._unique.get(name)

    def around(self, source: Source, index: int) -> tuple[str, Site] | None:
        """Give the function around a place, where it has parameters and no other one of the service has its name."""
        inner: tuple[str, Site] | None = None
        for name, sites in self._in_file.get(source.path, {}).items():
            for site in sites:
                if (
                    site.is_function
                    and site.begin <= index < site.end
                    and (inner is None or site.begin > inner[1].begin)
                ):
                    inner = (name, site)
        return inner if inner and inner[1].parameters and inner[0] in self._unique else None


def _sites(source: Source) -> Iterator[tuple[str, str, Site]]:
    """Give (type it belongs to, name, site) of each constant and function of a file."""
    tokens = source.tokens
    owners = source.once(owners_of)
    for index, token in source.where({"const", "static", "fn"}):
        if index >= len(tokens) - 2:
            break
        name = tokens[index + 1]
        if not name.is_name:
            continue
        site: Site | None = None
        if token.text in {"const", "static"} and tokens[index + 2].text == ":":
            begin, end = _after_equals(source, index + 2)
            site = Site(source, begin, end) if begin else None
        elif token.text == "fn":
            site = _function(source, index)
        if site is not None:
            owner = next((owner for owner, begin, end in owners if begin < index < end), "")
            yield owner, name.text, site


def owners_of(source: Source) -> tuple[tuple[str, int, int], ...]:
    """Give (type, begin, end) of each `impl` block of a file; `begin` and `end` are the indexes of its braces."""
    return tuple(_owners(source))


def _owners(source: Source) -> Iterator[tuple[str, int, int]]:
    tokens = source.tokens
    for index, _ in source.where({"impl"}):
        body = next((i for i in range(index, min(index + 80, len(tokens))) if tokens[i].text in {"{", ";"}), 0)
        if body and tokens[body].text == "{" and body in source.closing:
            head = [each.text for each in tokens[index + 1 : body] if each.is_name]
            after_for = [t.text for t in tokens[index + 1 : body]]
            if "for" in after_for:
                position = after_for.index("for")
                head = [t.text for t in tokens[index + 2 + position : body] if t.is_name]
            if head:
                yield head[0], body, source.closing[body]


def _after_equals(source: Source, index: int) -> tuple[int, int]:
    tokens = source.tokens
    begin = 0
    while index < len(tokens) and tokens[index].text != ";":
        if tokens[index].text == "=" and not begin:
            begin = index + 1
        index = source.closing.get(index, index) + 1
    return begin, index


def _function(source: Source, index: int) -> Site | None:
    tokens, closing = source.tokens, source.closing
    opening = next((i for i in range(index, min(index + 60, len(tokens))) if tokens[i].text == "("), 0)
    if opening not in closing:
        return None
    parameters = tuple(
        tokens[i].text
        for i in range(opening + 1, closing[opening])
        if tokens[i].is_name and tokens[i + 1].text == ":" and tokens[i - 1].text in {"(", ",", "mut"}
    )
    body = closing[opening]
    while body < len(tokens) and tokens[body].text not in {"{", ";"}:
        body += 1
    if body not in closing:
        return None
    return Site(source, body + 1, closing[body], parameters, is_function=True)
