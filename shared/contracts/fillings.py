"""Put something into the holes of a text, so that PostgreSQL can say what it thinks of the rest."""

from __future__ import annotations

from collections.abc import Iterator

from shared.contracts.statement import read_statements
from shared.contracts.texts import HOLE, Text

_FILLINGS = ("", "NULL", "1", "true")
"""For a condition that may be missing, for a value, for a column, for a condition that must be there."""


def fillings(text: Text) -> Iterator[str]:
    """Give the texts that are SQL with the same thing in each hole; none where the rest says too little.

    What is in the holes at run time is another matter: who judges such a text must first see that it works somewhere.
    """
    if len(text.value.replace(HOLE, "").split()) < 3:  # noqa: PLR2004  # SELECT something FROM somewhere
        return
    seen: set[str] = set()
    for filling in _FILLINGS:
        sql = text.value.replace(HOLE, filling)
        if sql not in seen and any(statement.tables for statement in read_statements(sql)):
            seen.add(sql)
            yield sql
