"""Find the functions of a service that rows are handed to, and what they read: `fn job_of(row: &Row)`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from shared.contracts.reading import Reading
from shared.contracts.row_flow import GetFinder, HandedRow
from shared.contracts.row_methods import row_methods
from shared.contracts.sites import owners_of
from shared.contracts.tokens import Source

_ROWS = frozenset({"Row", "PgRow"})
_BEFORE_A_TYPE = frozenset({"&", "mut", "::"})
_OF_MANY_TYPES = frozenset({"from", "try_from", "new", "from_row", "try_from_row"})
"""Names that say nothing without the type before them."""
_FUNCTIONS_DEEP_A_ROW_IS_FOLLOWED = 2


class _Parameter(msgspec.Struct, frozen=True):
    """A parameter that is a row.

    Args:
        function: Name of its function.
        owner: The type that the function belongs to; or empty.
        index: Where it stands in the file.
        position: Among the parameters, without `self`.
        is_sqlx: Whether the row is one of sqlx's by its type.
    """

    function: str
    owner: str
    index: int
    position: int
    is_sqlx: bool


class ServiceRowFunctions:
    """What the functions of a service read of the rows that they are given.

    Args:
        readings: Every file of the service.
    """

    def __init__(self, readings: Sequence[Reading]) -> None:
        self._reads: dict[tuple[str, str], HandedRow] = {}
        self._getters = row_methods([reading.source for reading in readings])
        parameters = [(reading, found) for reading in readings if (found := list(_row_parameters(reading.source)))]
        for _ in range(_FUNCTIONS_DEEP_A_ROW_IS_FOLLOWED if parameters else 0):
            self._reads = self._read(parameters)

    def _read(self, parameters: Sequence[tuple[Reading, list[_Parameter]]]) -> dict[tuple[str, str], HandedRow]:
        found: dict[tuple[str, str], HandedRow] = {}
        several: set[tuple[str, str]] = set()
        for reading, listed in parameters:
            driver = reading.imports.client_driver or "sqlx"
            calls = {each.index: "sqlx" if each.is_sqlx else driver for each in listed}
            gets = GetFinder(reading, calls, self).read()
            for each in listed:
                key = (each.function, each.owner)
                if key in found:
                    several.add(key)
                found[key] = HandedRow(each.position, frozenset(gets.get(each.index, ())))
        return {key: handed for key, handed in found.items() if handed.fields and key not in several}

    @property
    def names(self) -> frozenset[str]:
        """Give their names, without those of the types that they belong to."""
        return frozenset(name for name, _ in self._reads)

    @property
    def getters(self) -> Mapping[str, str]:
        """Give the methods of rows that read the column which they are given, with the type that they read it as."""
        return self._getters

    def reads(self, name: str, owner: str) -> HandedRow | None:
        """Give what a function reads of a row; None where the name does not tell which one is meant.

        Args:
            name: As it is called.
            owner: The type before it, `Job` of `Job::try_from`; or empty.
        """
        if (name, owner) in self._reads:
            return self._reads[name, owner]
        alone = [handed for (known, _), handed in self._reads.items() if known == name]
        return alone[0] if len(alone) == 1 and not owner and name not in _OF_MANY_TYPES else None


def _row_parameters(source: Source) -> Iterator[_Parameter]:
    for index, token in source.where(_ROWS):
        colon = index - 1
        while _is_before_a_type(source, colon):
            colon -= 1
        if source.tokens[colon].text != ":" or source.tokens[index + 1].text not in {",", ")"}:
            continue
        opening = max((o for o, c in source.closing.items() if o < colon < c), default=0)
        name = _function_before(source, opening) if source.tokens[opening].text == "(" else 0
        if name:
            owner = next((owner for owner, begin, end in source.once(owners_of) if begin < index < end), "")
            position = _position(source, opening, colon - 1)
            yield _Parameter(source.tokens[name].text, owner, colon - 1, position, token.text == "PgRow")


def _is_before_a_type(source: Source, index: int) -> bool:
    """Whether a token is a reference, a lifetime, or part of a path: of `row: &'a tokio_postgres::Row`."""
    token = source.tokens[index]
    return token.text in _BEFORE_A_TYPE or token.text.startswith("'") or source.tokens[index + 1].text == "::"


def _function_before(source: Source, opening: int) -> int:
    """Give the index of the name of the function whose parameters a bracket opens; 0 for another bracket."""
    name, depth = opening - 1, 0
    while name > 0 and (depth or source.tokens[name].text in {">", ">>"}):  # generics
        depth += {">": 1, ">>": 2, "<": -1}.get(source.tokens[name].text, 0)
        name -= 1
    return name if name > 0 and source.tokens[name - 1].text == "fn" else 0


def _position(source: Source, opening: int, index: int) -> int:
    """Give the number of the parameters before one, without `self`: a name and a colon begin each."""
    tokens = source.tokens
    return sum(
        tokens[i].is_name and tokens[i + 1].text == ":" and tokens[i - 1].text in {"(", ",", "mut"}
        for i in range(opening + 1, index)
    )
