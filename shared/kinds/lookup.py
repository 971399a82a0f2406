"""Find the facts of a kind by its tag. `registry` fills the table when the package is imported.

Recipes and families stand above this module and ask it about *other* kinds: what a comment is on, what a column hangs
on.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from shared.kinds.facts import Facts, Holds, Reads

_FACTS: dict[str, Facts] = {}


def install(records: Iterable[Facts]) -> None:
    """Fill the table, once, with a record of every kind."""
    _FACTS.update((record.tag, record) for record in records)


def facts_of(tag: str) -> Facts:
    """Give what is declared of a kind."""
    return _FACTS[tag]


@cache
def kinds_holding(*what: Holds) -> tuple[str, ...]:
    """Give the kinds under whose name such things can hang, by rank."""
    found = [record for record in _FACTS.values() if record.holds in what]
    return tuple(record.tag for record in sorted(found, key=lambda record: record.rank))


def tables() -> tuple[str, ...]:
    """Give the kinds that have rows: tables and foreign tables."""
    return kinds_holding(Holds.ROWS)


def relations() -> tuple[str, ...]:
    """Give the kinds that can be read from: tables, foreign tables, views and materialized views."""
    return kinds_holding(Holds.ROWS, Holds.QUERY)


@cache
def readers_of_columns() -> frozenset[str]:
    """Give the kinds that read columns, and stand in the way when the type of one changes."""
    return frozenset(record.tag for record in _FACTS.values() if record.reads is not Reads.NOTHING)
