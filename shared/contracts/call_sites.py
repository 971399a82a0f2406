"""Find the calls of a function of the service, and what they give to its parameters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from shared.contracts.literals import split_arguments
from shared.contracts.rust_syntax import matching_angle
from shared.contracts.sites import Site
from shared.contracts.tokens import Source, Token

_MAX_CALLS = 24
"""So many calls of one function are looked at; of one with more nothing is said."""


class CallSite(msgspec.Struct, frozen=True):
    """One call of a function.

    Args:
        source: The file.
        index: Index of the function's name.
        arguments: By parameter.
    """

    source: Source
    index: int
    arguments: dict[str, Sequence[Token]]


class CallSites:
    """Finds calls.

    Args:
        sources: Every file of the service.
    """

    def __init__(self, sources: Sequence[Source]) -> None:
        self._sources = sources

    def of(self, name: str, site: Site) -> tuple[CallSite, ...]:
        """Give the calls of a function; none where there are too many, or one has another number of arguments.

        Args:
            name: Of the function, which no other one of the service has.
            site: Its body.
        """
        found: list[CallSite] = []
        for source in self._sources:
            for index, arguments in _calls(source, name):
                if len(arguments) != len(site.parameters) or len(found) == _MAX_CALLS:
                    return ()
                found.append(CallSite(source, index, dict(zip(site.parameters, arguments, strict=True))))
        return tuple(found)


def _calls(source: Source, name: str) -> Iterator[tuple[int, list[Sequence[Token]]]]:
    tokens = source.tokens
    for index, _ in source.where({name}):
        opening = index + 1
        if opening + 1 < len(tokens) and tokens[opening].text == "::" and tokens[opening + 1].text == "<":
            opening = matching_angle(tokens, opening + 1) + 1
        is_call = opening in source.closing and tokens[opening].text == "("
        if is_call and (index == 0 or tokens[index - 1].text != "fn"):
            yield index, split_arguments(tokens[opening + 1 : source.closing[opening]])
