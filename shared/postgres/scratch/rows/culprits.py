"""Find by experiment on which rows a statement fails: it is run with ever fewer rows, and undone."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import asyncpg
import msgspec

from shared.postgres.scratch.errors import ScratchError
from shared.postgres.scratch.rows.catalog import CopyFacts, FilledTable
from shared.sql import quote_identifier, quote_literal

_MAX_TABLES = 12
"""Tables that are suspected of one failure, the nearest first."""
_MAX_ROUNDS = 6
"""How often rows are removed that refer to rows that were removed."""
_MAX_NAMED = 3
"""Values that a description names."""
_MAX_SHOWN = 40
"""Characters of a value that a description shows."""

_COLUMN = "fleetdrift_written_anew"
"""A column whose addition rewrites a table, within a transaction that is undone."""


class TrialsUsedUpError(Exception):
    """So many experiments were made that no more are."""


class Culprits(msgspec.Struct, frozen=True):
    """Rows on which a statement fails.

    Args:
        table: Where they are.
        places: Their `ctid`.
        description: Which they are, as a condition; for people.
    """

    table: FilledTable
    places: tuple[str, ...]
    description: str


class Row(msgspec.Struct, frozen=True):
    """A row: where it is, and its values as text."""

    place: str
    values: dict[str, str | None]


class _Trial(msgspec.Struct, frozen=True):
    """What is tried: a statement, among these tables, of which some are emptied."""

    run: Callable[[], Awaitable[None]]
    facts: CopyFacts
    emptied: tuple[FilledTable, ...] = ()


class Experiments:
    """Runs a statement on fewer rows than there are.

    Args:
        connection: Whose foreign keys do not fire.
        most: How many experiments may be made in all.
    """

    def __init__(self, connection: asyncpg.Connection, most: int) -> None:
        self._connection = connection
        self._left = most

    async def find(
        self, run: Callable[[], Awaitable[None]], suspects: Sequence[FilledTable], facts: CopyFacts, column: str
    ) -> Culprits | None:
        """Find the rows on which a statement fails.

        Args:
            run: Runs it; raises ScratchError where it fails.
            suspects: Tables, the likeliest first.
            facts: All tables as they are now.
            column: Of which rows are described first where they differ in it; may be empty.

        Returns:
            Rows of one table, though there may be more in others; None where it fails whatever the suspects hold.

        Raises:
            TrialsUsedUpError: When too many experiments were made.
        """
        near = [table for table in suspects if await self._rows(table)][:_MAX_TABLES]
        trial = _Trial(run, facts)
        for table in near:
            if await self._passes(trial, table, ()):
                return await self._among(trial, table, column)
        for table in near:  # none alone: one after the other is emptied too
            if await self._passes(trial, table, ()):
                return await self._among(trial, table, column)
            trial = msgspec.structs.replace(trial, emptied=(*trial.emptied, table))
        return None

    async def _among(self, trial: _Trial, table: FilledTable, column: str) -> Culprits:
        rows = await self._rows(table)
        failing = await self._failing(trial, table, rows)
        if failing:
            passing = [row for row in rows if row not in failing]
            return Culprits(table, tuple(row.place for row in failing), _condition_for(failing, passing, column))
        extra = await self._too_many(trial, table, [], rows)
        return Culprits(table, tuple(row.place for row in extra), "they cannot be there together")

    async def _failing(self, trial: _Trial, table: FilledTable, rows: tuple[Row, ...]) -> list[Row]:
        """Find the rows on which the statement fails when each is there alone, by halves: most are not at fault."""
        if not rows or await self._passes(trial, table, rows):
            return []
        if len(rows) == 1:
            return [*rows]
        half = len(rows) // 2
        parts = (rows[:half], rows[half:])
        return [row for part in parts for row in await self._failing(trial, table, part)]

    async def _too_many(self, trial: _Trial, table: FilledTable, kept: list[Row], rows: tuple[Row, ...]) -> list[Row]:
        """Find the rows without which the others can be there together; `kept` grows by those."""
        if await self._passes(trial, table, (*kept, *rows)):
            kept += rows
            return []
        if len(rows) == 1:
            return [*rows]
        half = len(rows) // 2
        parts = (rows[:half], rows[half:])
        return [row for part in parts for row in await self._too_many(trial, table, kept, part)]

    async def _rows(self, table: FilledTable) -> tuple[Row, ...]:
        names = [column.name for column in table.columns]
        listed = "".join(f", {quote_identifier(name)}::text" for name in names)
        found = await self._connection.fetch(f"SELECT ctid::text{listed} FROM ONLY {table.sql} ORDER BY ctid")
        return tuple(Row(row[0], dict(zip(names, tuple(row)[1:], strict=True))) for row in found)

    async def _passes(self, trial: _Trial, table: FilledTable, kept: tuple[Row, ...]) -> bool:
        """Say whether the statement runs when of one table only some rows are there; nothing is left of it."""
        if self._left <= 0:
            raise TrialsUsedUpError
        self._left -= 1
        await self._connection.execute("BEGIN")
        try:
            for other in trial.emptied:
                await self._keep_only(other, (), trial.facts)
            await self._keep_only(table, kept, trial.facts)
            await trial.run()
        except (ScratchError, asyncpg.PostgresError):
            return False
        else:
            return True
        finally:
            await self._connection.execute("ROLLBACK")

    async def _keep_only(self, table: FilledTable, kept: tuple[Row, ...], facts: CopyFacts) -> None:
        await self._remove(table, tuple(row.place for row in kept), facts, condition="ctid <> ALL")
        await self._forget_removed(table)

    async def _forget_removed(self, table: FilledTable) -> None:
        """Write a table anew: an index that is built in the transaction of a DELETE reads the deleted rows too."""
        await self._connection.execute("SAVEPOINT written_anew")
        try:
            sql = f"ALTER TABLE {table.sql} ADD COLUMN {_COLUMN} double precision DEFAULT pg_catalog.random()"
            await self._connection.execute(f"{sql}; ALTER TABLE {table.sql} DROP COLUMN {_COLUMN}")
        except asyncpg.PostgresError:  # of partitions and typed tables PostgreSQL refuses it
            await self._connection.execute("ROLLBACK TO SAVEPOINT written_anew")

    async def remove(self, culprits: Culprits, facts: CopyFacts) -> None:
        """Remove rows for good, with those that refer to them."""
        await self._remove(culprits.table, culprits.places, facts, condition="ctid = ANY")

    async def _remove(self, table: FilledTable, places: tuple[str, ...], facts: CopyFacts, *, condition: str) -> None:
        sql = f"DELETE FROM ONLY {table.sql} WHERE {condition} ($1::text[]::tid[])"
        await self._connection.execute(sql, list(places))
        statements = list(_orphans(facts))
        for _ in range(_MAX_ROUNDS):
            done = [await self._connection.execute(sql) for sql in statements]
            if all(status == "DELETE 0" for status in done):
                break


def _orphans(facts: CopyFacts) -> list[str]:
    """Write the statements that remove rows whose foreign key points at nothing."""
    tables = {table.oid: table for table in facts.tables}
    found = []
    for table in facts.tables:
        for key in table.foreign:
            above = tables.get(key.referenced)
            if above is None or not key.validated:
                continue
            pairs = zip(key.columns, key.referenced_columns, strict=True)
            same = " AND ".join(f"p.{quote_identifier(there)} = c.{quote_identifier(here)}" for here, there in pairs)
            bound = " AND ".join(f"c.{quote_identifier(name)} IS NOT NULL" for name in key.columns)
            exists = f"EXISTS (SELECT FROM {above.sql} AS p WHERE {same})"
            found.append(f"DELETE FROM {table.sql} AS c WHERE {bound} AND NOT {exists}")
    return found


def _condition_for(failing: Sequence[Row], passing: Sequence[Row], first: str) -> str:
    """Write a condition that holds for the failing rows and for none of the passing ones.

    Args:
        failing: At least one row.
        passing: The others.
        first: The column that is looked at before the others; may be empty.
    """
    names = sorted(failing[0].values, key=lambda name: (name != first, len({row.values.get(name) for row in failing})))
    for name in names:
        values = {row.values[name] for row in failing}
        if passing and not values & {row.values[name] for row in passing}:
            return _condition(name, values)
    if not passing:
        return "any row"
    return " AND ".join(_condition(name, {failing[0].values[name]}) for name in names[:_MAX_NAMED])


def _condition(name: str, values: set[str | None]) -> str:
    column = quote_identifier(name)
    words = sorted(value for value in values if value is not None)
    parts = [f"{column} IS NULL"] if None in values else []
    if len(words) == 1:
        parts.append(f"{column} = {_shown(words[0])}")
    elif words:
        more = ", …" if len(words) > _MAX_NAMED else ""
        parts.append(f"{column} IN ({', '.join(map(_shown, words[:_MAX_NAMED]))}{more})")
    return " OR ".join(parts)


def _shown(value: str) -> str:
    return quote_literal(value if len(value) <= _MAX_SHOWN else f"{value[:_MAX_SHOWN]}…")
