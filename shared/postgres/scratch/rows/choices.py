"""What the columns of one table can be given, alone or together: values that types, domains and checks accept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import asyncpg
import msgspec

from shared.postgres.scratch.rows.bounds import literals_in
from shared.postgres.scratch.rows.catalog import Check, FilledColumn, FilledTable
from shared.postgres.scratch.rows.values import TypeFacts, distinct_values, values_of
from shared.schema.identity import QualifiedName
from shared.sql import quote_identifier, quote_literal, quote_nullable

_EXTRA_VALUES_OF_A_KEY = 12
"""Values more of a column in a unique key, so that many rows can differ in it."""
_MAX_COLUMNS_TOGETHER = 4
"""Columns that are chosen together because checks compare them; checks over more are left to luck."""
_MAX_VALUES_TOGETHER = 10
"""Values of each of those columns that are tried in all combinations."""
_MAX_COMBINATIONS = 16
"""Combinations that are kept."""
_MAX_LENGTH_IN_A_CHECK = 200
"""A check that names a number up to this may mean a length."""


Named = Mapping[tuple[QualifiedName, str], tuple[str, ...]]
"""For a column of a table, values that are worth trying because the plan is about them."""


class Choice(msgspec.Struct, frozen=True):
    """Columns, and the values that they can have together. `unique` ones are gone through without a shift."""

    columns: tuple[str, ...]
    values: tuple[tuple[str | None, ...], ...]
    unique: bool = False


class Chooser:
    """Finds values for columns; what a type or a check accepts is asked of the copy."""

    def __init__(self, connection: asyncpg.Connection, types: dict[int, TypeFacts], named: Named) -> None:
        self._connection = connection
        self._types = types
        self._named = named
        self._accepted: dict[tuple[str, str], bool] = {}

    async def choices(self, table: FilledTable, bound: Iterable[Choice]) -> list[Choice]:
        """Give the choices for all columns of a table that take values.

        Args:
            table: The table.
            bound: Choices that foreign keys leave; of two about one column the first counts.
        """
        found: list[Choice] = []
        taken: set[str] = set()
        for choice in bound:
            if not taken.intersection(choice.columns):
                found.append(choice)
                taken.update(choice.columns)
        unique = {name for key in table.unique for name in key}
        columns = [column for column in table.columns if not column.generated and column.name not in taken]
        single = {column.name: await self._single(table, column) for column in columns}
        for group, checks in _groups(table, single):
            fitting = await self._fitting({name: single[name] for name in group}, checks, table)
            if fitting:
                found.append(Choice(group, fitting, bool(unique.intersection(group))))
                for name in group:
                    del single[name]
        found += [Choice((n,), tuple((value,) for value in values), n in unique) for n, values in single.items()]
        return [choice for choice in found if choice.values]

    async def _single(self, table: FilledTable, column: FilledColumn) -> list[str | None]:
        facts = self._types.get(column.type)
        checks = [check.expression for check in table.checks if column.name in check.columns]
        named = [text for expression in (*checks, *(facts.checks if facts else ())) for text in literals_in(expression)]
        named += ["x" * int(text) for text in named if text.isdecimal() and 0 < int(text) <= _MAX_LENGTH_IN_A_CHECK]
        usual = values_of(self._types, column.type, column.modifier)
        named += self._named.get((table.name, column.name), ())
        values: list[str | None] = [text for text in named if await self._is_accepted(column.spelling, text)]
        if facts is None or facts.form == "d" or not (column.built_in or facts.labels):
            usual = tuple([text for text in usual if await self._is_accepted(column.spelling, text)])
        values += [text for text in usual if text not in values]
        if any(column.name in key for key in table.unique) and facts is not None:
            further = distinct_values(facts, self._types, _EXTRA_VALUES_OF_A_KEY)
            further = tuple([text for text in further if not named or await self._is_accepted(column.spelling, text)])
            values = [*values[:1], *further, *(text for text in values[1:] if text not in further)]
        if not column.not_null and not (facts is not None and facts.not_null):
            values.insert(1, None)
        return values

    async def _is_accepted(self, spelling: str, text: str) -> bool:
        """Ask whether a type takes a text. A domain's checks count, too long a text is cut and accepted."""
        key = (spelling, text)
        if key not in self._accepted:
            try:
                await self._connection.execute(f"SELECT CAST({quote_literal(text)} AS {spelling})")
            except asyncpg.PostgresError:
                self._accepted[key] = False
            else:
                self._accepted[key] = True
        return self._accepted[key]

    async def _fitting(
        self, values: dict[str, list[str | None]], checks: list[Check], table: FilledTable
    ) -> tuple[tuple[str | None, ...], ...]:
        """Give combinations of values that pass the checks; none where they cannot be asked about."""
        spellings = {column.name: column.spelling for column in table.columns}
        sources = []
        for number, (name, listed) in enumerate(values.items()):
            some = listed if len(values) == 1 else listed[:_MAX_VALUES_TOGETHER]
            rows = ", ".join(f"(CAST({quote_nullable(value)} AS {spellings[name]}))" for value in some)
            sources.append(f"(VALUES {rows}) AS v{number} ({quote_identifier(name)})")
        names = ", ".join(f"{quote_identifier(name)}::text" for name in values)
        passed = " AND ".join(f"(({check.expression}) IS NOT FALSE)" for check in checks)
        order = f"pg_catalog.md5(pg_catalog.concat_ws(',', {names}))"
        sql = f"SELECT {names} FROM {', '.join(sources)} WHERE {passed} ORDER BY {order} LIMIT {_MAX_COMBINATIONS}"
        try:
            return tuple(tuple(row) for row in await self._connection.fetch(sql))
        except asyncpg.PostgresError:
            return ()


def _groups(table: FilledTable, free: dict[str, list[str | None]]) -> list[tuple[tuple[str, ...], list[Check]]]:
    """Put together the columns that checks compare with each other, as far as they are free."""
    groups: list[tuple[set[str], list[Check]]] = []
    for check in table.checks:
        names = set(check.columns)
        if not names or not names <= free.keys():
            continue
        apart = [group for group in groups if not group[0] & names]
        for group in groups:
            if group[0] & names:
                names |= group[0]
        joined = [old for group in groups if group not in apart for old in group[1]]
        groups = [*apart, (names, [*joined, check])]
    order = {column.name: number for number, column in enumerate(table.columns)}
    few = [(names, checks) for names, checks in groups if len(names) <= _MAX_COLUMNS_TOGETHER]
    return [(tuple(sorted(names, key=order.__getitem__)), checks) for names, checks in few]
