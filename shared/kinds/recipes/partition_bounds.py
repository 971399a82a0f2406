"""A partition's bound as an expression over its columns, for the CHECK that spares ATTACH and DETACH a reading of rows.

PostgreSQL reads no rows where a valid CHECK implies the bound (ALTER TABLE, ATTACH PARTITION). What is not told here
(bounds of hash partitions, keys that are expressions, other types) is read as before.
"""

from __future__ import annotations

import re

from shared.kinds.recipes.column_types import base_of
from shared.kinds.side import Side
from shared.schema.identity import QualifiedName
from shared.schema.relations import Column, ForeignTable, Table
from shared.sql import quote_identifier

_COMPARED_AS = {
    "smallint": "smallint", "integer": "integer", "bigint": "bigint", "numeric": "numeric", "date": "date",
    "uuid": "uuid", "boolean": "boolean", "text": "text", "character varying": "text",
    "timestamp without time zone": "timestamp", "timestamp with time zone": "timestamptz",
}  # fmt: skip
"""Types of keys, and the type by whose operators PostgreSQL compares them (pg_opclass, opcintype)."""

_VALUE = r"(?:'(?:[^']|'')*'|-?[0-9.]+|true|false|NULL|MINVALUE|MAXVALUE)"
_VALUES = rf"\(({_VALUE}(?:, {_VALUE})*)\)"
IN = re.compile(rf"FOR VALUES IN {_VALUES}")
FROM_TO = re.compile(rf"FOR VALUES FROM {_VALUES} TO {_VALUES}")
"""How PostgreSQL writes the bounds of list and range partitions."""
_KEY = re.compile(r'"(?:[^"]|"")*"|[^\W\d][\w$]*')
_OPEN = frozenset({"MINVALUE", "MAXVALUE"})


def bound_expression(table: Table | ForeignTable, side: Side) -> str | None:
    """Write what the rows of a partition have in common; None where it is not known how.

    Args:
        table: With the bound.
        side: That has the partitioned table, whose columns are called like the partition's.
    """
    above = table.partition_of
    if above is None:
        return None
    keys = [_Key(column) for column in key_columns(above, side)]
    if listed := IN.fullmatch(table.partition_bound):
        return _within_list(keys[0], bound_values(listed[1])) if len(keys) == 1 else None
    if ranged := FROM_TO.fullmatch(table.partition_bound):
        lower, upper = bound_values(ranged[1]), bound_values(ranged[2])
        return _within_range(keys, lower, upper) if len(keys) == len(lower) == len(upper) else None
    return None


def bound_values(values: str) -> list[str]:
    """Cut the constants of a bound apart, as they are written."""
    return re.findall(_VALUE, values)


class _Key:
    """A column of a partition key; `value` writes a constant that is compared with it."""

    def __init__(self, column: Column) -> None:
        self.name = quote_identifier(column.name)
        self._type = _COMPARED_AS[base_of(column.type)]

    def value(self, text: str) -> str:
        return f"{text}::{self._type}"


def key_columns(table: QualifiedName, side: Side) -> list[Column]:
    """Give the columns of a key whose types are compared in a known way.

    Args:
        table: The partitioned one.
        side: That has it.

    Returns:
        Nothing where the key holds anything else, such as an expression, an operator class or another type.
    """
    parent = side.table(table)
    if not isinstance(parent, Table):
        return []
    method, _, listed = parent.partition_key.partition(" ")
    names = listed.removeprefix("(").removesuffix(")").split(", ")
    columns = {quote_identifier(c.name): c for c in side.columns(table)} | {c.name: c for c in side.columns(table)}
    found = [columns.get(name) for name in names if _KEY.fullmatch(name)]
    known = [column for column in found if column is not None and base_of(column.type) in _COMPARED_AS]
    return known if method in ("LIST", "RANGE") and len(known) == len(names) else []


def _within_list(key: _Key, values: list[str]) -> str:
    given = [key.value(value) for value in values if value != "NULL"]
    one_of = f"{key.name} IN ({', '.join(given)})" if len(given) > 1 else f"{key.name} = {given[0]}" if given else ""
    if "NULL" in values:
        return f"{key.name} IS NULL OR {one_of}" if one_of else f"{key.name} IS NULL"
    return f"{key.name} IS NOT NULL AND {one_of}"


def _within_range(keys: list[_Key], lower: list[str], upper: list[str]) -> str:
    """Compare row-wise, as PostgreSQL writes it out (partbounds.c, get_qual_for_range)."""
    parts = [f"{key.name} IS NOT NULL" for key in keys]
    start = next((n for n, bounds in enumerate(zip(lower, upper, strict=True)) if bounds[0] != bounds[1]), len(keys))
    parts += [f"{key.name} = {key.value(value)}" for key, value in zip(keys[:start], lower[:start], strict=True)]
    for bound, strict, last in ((lower, ">", ">="), (upper, "<", "<")):
        if arms := _arms(keys[start:], bound[start:], strict, last):
            parts.append(arms[0] if len(arms) == 1 else f"({' OR '.join(arms)})")
    return " AND ".join(parts)


def _arms(keys: list[_Key], bound: list[str], strict: str, last: str) -> list[str]:
    """Write the ways in which a row is on the inner side of one bound; none where that is open."""
    arms = []
    for n, (key, value) in enumerate(zip(keys, bound, strict=True)):
        if value in _OPEN:
            break
        ends, open_next = n + 1 == len(keys), n + 1 < len(keys) and bound[n + 1] in _OPEN
        inclusive = last if ends else f"{strict}=" if open_next and _includes(bound[n + 1], strict) else strict
        equal = [f"{k.name} = {k.value(v)}" for k, v in zip(keys[:n], bound[:n], strict=True)]
        parts = [*equal, f"{key.name} {inclusive} {key.value(value)}"]
        arms.append(" AND ".join(parts) if len(parts) == 1 else f"({' AND '.join(parts)})")
    return arms


def _includes(following: str, strict: str) -> bool:
    """Say whether a bound whose next column is open holds the rows that are equal in this one."""
    return following == ("MINVALUE" if strict == ">" else "MAXVALUE")
