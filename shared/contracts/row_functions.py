"""Find the functions of a service that rows are handed to, and what they read: `fn job_of(row: &Row)`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from shared.contracts.contract import StructField
from shared.contracts.reading import Reading
from shared.contracts.row_flow import GetFinder
from shared.contracts.sites import owners_of
from shared.contracts.tokens import Source

_ROWS = frozenset({"Row", "PgRow"})
_BEFORE_A_TYPE = frozenset({"&", "mut", "::"})
_OF_MANY_TYPES = frozenset({"from", "try_from", "new", "from_row", "try_from_row"})
"""Names that say nothing without the type before them."""
_ROUNDS_OF_HANDING_ON = 2


class ServiceRowFunctions:
    """What the functions of a service read of the rows that they are given.

    Args:
        readings: Every file of the service.
    """

    def __init__(self, readings: Sequence[Reading]) -> None:
        self._reads: dict[tuple[str, str], frozenset[StructField]] = {}
        parameters = [(reading, found) for reading in readings if (found := list(_row_parameters(reading)))]
        for _ in range(_ROUNDS_OF_HANDING_ON if parameters else 0):
            self._reads = self._read(parameters)

    def _read(
        self, parameters: Sequence[tuple[Reading, list[tuple[str, str, int]]]]
    ) -> dict[tuple[str, str], frozenset[StructField]]:
        found: dict[tuple[str, str], frozenset[StructField]] = {}
        several: set[tuple[str, str]] = set()
        for reading, listed in parameters:
            driver = reading.imports.client_driver or "sqlx"
            calls = {index: "sqlx" if _type_of(reading.source, index) == "PgRow" else driver for _, _, index in listed}
            gets = GetFinder(reading, calls, self).read()
            for name, owner, index in listed:
                if (name, owner) in found:
                    several.add((name, owner))
                found[name, owner] = frozenset(gets.get(index, ()))
        return {key: fields for key, fields in found.items() if fields and key not in several}

    @property
    def names(self) -> frozenset[str]:
        """Give their names, without those of the types that they belong to."""
        return frozenset(name for name, _ in self._reads)

    def reads(self, name: str, owner: str) -> frozenset[StructField]:
        """Give what a function reads of a row; nothing where the name does not tell which one is meant.

        Args:
            name: As it is called.
            owner: The type before it, `Job` of `Job::try_from`; or empty.
        """
        if (name, owner) in self._reads:
            return self._reads[name, owner]
        alone = [fields for (known, _), fields in self._reads.items() if known == name]
        return alone[0] if len(alone) == 1 and not owner and name not in _OF_MANY_TYPES else frozenset()


def _row_parameters(reading: Reading) -> Iterator[tuple[str, str, int]]:
    """Give (function, type it belongs to, index of the parameter) of each parameter that is a row."""
    source = reading.source
    for index, _ in source.where(_ROWS):
        colon = index - 1
        while _is_before_a_type(source, colon):
            colon -= 1
        if source.tokens[colon].text != ":" or source.tokens[index + 1].text not in {",", ")"}:
            continue
        name = _function_around(source, colon)
        if name:
            owner = next((owner for owner, begin, end in source.once(owners_of) if begin < index < end), "")
            yield source.tokens[name].text, owner, colon - 1


def _is_before_a_type(source: Source, index: int) -> bool:
    """Whether a token is a reference, a lifetime, or part of a path: of `row: &'a tokio_postgres::Row`."""
    token = source.tokens[index]
    return token.text in _BEFORE_A_TYPE or token.text.startswith("'") or source.tokens[index + 1].text == "::"


def _function_around(source: Source, index: int) -> int:
    """Give the index of the name of the function whose parameter stands here; 0 for none."""
    opening = max((o for o, c in source.closing.items() if o < index < c and source.tokens[o].text == "("), default=0)
    name = opening - 1
    if opening and source.tokens[name].text == ">":  # generics
        while name > 0 and source.tokens[name].text != "<":
            name -= 1
        name -= 1
    return name if name > 0 and source.tokens[name - 1].text == "fn" else 0


def _type_of(source: Source, index: int) -> str:
    return next(token.text for token in source.tokens[index:] if token.text in _ROWS)
