"""Which values of a partition key a partition takes, read from its bound as PostgreSQL deparses it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from shared.postgres.scratch.rows.catalog import FilledTable

Assignment = dict[str, str | None]
"""Column → the value that leads a row into a partition."""

_MAX_PARTITIONS = 60
"""Partitions of one table that get rows of their own; the others get what happens to fit."""
_MAX_LISTED = 2
"""Values of one list partition that are tried."""
_LITERAL = re.compile(
    r"E?'(?P<quoted>(?:[^']|'')*)'(?:::[^,()]+(?:\([0-9, ]+\))?)?"
    r"|(?P<word>NULL|MINVALUE|MAXVALUE|true|false)|(?P<number>-?[0-9][0-9.eE+-]*)"
)
_LISTED = re.compile(r"FOR VALUES IN \((?P<values>.*)\)", re.DOTALL)
_RANGE = re.compile(r"FOR VALUES FROM \((?P<values>.*?)\) TO \(", re.DOTALL)
_UNBOUNDED = ("MINVALUE", "MAXVALUE")


def assignments_of(root: FilledTable, tables: Mapping[int, FilledTable]) -> list[Assignment]:
    """Give what leads rows into the partitions below a table, for each of them in turn.

    A partition by hash, a default one, and one below every value get no assignment: what is tried in general is
    spread over them.
    """
    return list(_below(root, {}, tables))[:_MAX_PARTITIONS]


def _below(table: FilledTable, given: Assignment, tables: Mapping[int, FilledTable]) -> Iterator[Assignment]:
    partitions = [each for each in tables.values() if each.partition_of == table.oid]
    if not partitions:
        yield given
    for partition in partitions:
        for own in _own(table, partition.bound):
            yield from _below(partition, {**given, **own}, tables)


def _own(parent: FilledTable, bound: str) -> Iterator[Assignment]:
    if listed := _LISTED.match(bound):
        column = parent.key[0] if parent.key else None
        values = [value for value, known in _literals(listed["values"]) if known][:_MAX_LISTED]
        yield from ({column: value} for value in values) if column is not None and values else ({},)
    elif ranged := _RANGE.match(bound):
        pairs = zip(parent.key, _literals(ranged["values"]), strict=False)
        yield {column: value for column, (value, known) in pairs if column is not None and known}
    else:
        yield {}


def _literals(text: str) -> Iterator[tuple[str | None, bool]]:
    """Give each literal, and whether it is a value: MINVALUE is none."""
    for found in _LITERAL.finditer(text):
        if found["quoted"] is not None:
            yield found["quoted"].replace("''", "'"), True
        elif found["word"] is not None:
            yield (None if found["word"] == "NULL" else found["word"]), found["word"] not in _UNBOUNDED
        else:
            yield found["number"], True


def literals_in(expression: str) -> tuple[str, ...]:
    """Give the values that an expression names, in their order: what a CHECK compares a column with, it may allow."""
    return tuple(dict.fromkeys(value for value, known in _literals(expression) if known and value is not None))
