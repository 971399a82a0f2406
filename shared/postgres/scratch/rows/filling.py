"""Fill the tables of a copy with generated rows, as far as its keys, checks and partitions let them in.

No code of a tenant runs: the copy's routines have stub bodies, and its triggers, rules and policies are switched off.
"""

from __future__ import annotations

from collections.abc import Iterator

import asyncpg
import msgspec

from shared.postgres.scratch.errors import words_of
from shared.postgres.scratch.rows.bounds import Assignment, assignments_of
from shared.postgres.scratch.rows.catalog import CopyFacts, FilledTable, Foreign
from shared.postgres.scratch.rows.choices import Choice, Chooser, Named
from shared.schema.identity import QualifiedName
from shared.sql import quote_identifier, quote_nullable

MAX_ROWS = 40
"""Rows of one table; of a partitioned one twice as many as it has partitions, if that is more."""
_PARENTS_ROWS = 12
"""Rows of a referenced table that others refer to."""

Row = dict[str, str | None]


class Filling(msgspec.Struct, frozen=True):
    """What came of filling.

    Args:
        refused: Tables that have no rows, each with the reason.
    """

    refused: dict[QualifiedName, str]


async def fill(connection: asyncpg.Connection, facts: CopyFacts, named: Named) -> Filling:
    """Put rows into every table, those that others refer to first.

    Args:
        connection: Of the copy's owner. Its routines are stubs.
        facts: The tables.
        named: Values that are worth trying.
    """
    filler = _Filler(connection, facts, named)
    await filler.switch_off()
    for table in in_order(facts):
        await filler.fill(table)
    return Filling(filler.refused)


def in_order(facts: CopyFacts) -> Iterator[FilledTable]:
    """Give the tables that rows are put into: no partitions, and what is referred to comes before who refers to it."""
    tables = {table.oid: table for table in facts.tables}
    roots = {oid: root_of(table, tables) for oid, table in tables.items()}
    waiting: dict[int, set[int]] = {}
    for table in facts.tables:
        needed = {roots[key.referenced].oid for key in table.foreign if key.referenced in roots}
        waiting.setdefault(roots[table.oid].oid, set()).update(needed - {roots[table.oid].oid})
    while waiting:
        ready = [oid for oid in waiting if not waiting[oid] & waiting.keys()] or [min(waiting)]
        for oid in ready:
            del waiting[oid]
            yield tables[oid]


def root_of(table: FilledTable, tables: dict[int, FilledTable]) -> FilledTable:
    """Give the table at the top of a partition."""
    while table.partition_of is not None and table.partition_of in tables:
        table = tables[table.partition_of]
    return table


class _Filler:
    def __init__(self, connection: asyncpg.Connection, facts: CopyFacts, named: Named) -> None:
        self.refused: dict[QualifiedName, str] = {}
        self._connection = connection
        self._facts = facts
        self._tables = {table.oid: table for table in facts.tables}
        self._chooser = Chooser(connection, facts.types, named)

    async def switch_off(self) -> None:
        """Switch off what would run or refuse when rows come in: triggers, rules, row security."""
        for table in self._facts.tables:
            statements = [f"ALTER TABLE {table.sql} DISABLE TRIGGER USER"]
            statements += [f"ALTER TABLE {table.sql} DISABLE RULE {quote_identifier(rule)}" for rule in table.rules]
            statements += [f"ALTER TABLE {table.sql} NO FORCE ROW LEVEL SECURITY"] if table.forces_policies else []
            try:
                await self._connection.execute(";\n".join(statements))
            except asyncpg.PostgresError as error:
                self.refused[table.name] = f"its triggers cannot be switched off: {words_of(error)}"

    async def fill(self, table: FilledTable) -> None:
        """Put rows into a table, or note why there are none."""
        if table.name in self.refused:
            return
        keys = [await self._parents_values(key, table) for key in table.foreign if not self._is_own(key, table)]
        if lacking := next((key for key in keys if not key.values), None):
            self.refused[table.name] = f"nothing that {table.columns_sql(lacking.columns)} could refer to has rows"
            return
        count_of_leaves, leaves = self._leaves(table)
        choices = await self._chooser.choices(table, keys)
        count = max(min(MAX_ROWS, max((len(choice.values) for choice in choices), default=0) + 1), 2 * count_of_leaves)
        rows = [self._with_own_keys(table, _composed(choices, leaves, number), number) for number in range(count)]
        reason = await self._insert(table, rows)
        if reason:
            self.refused[table.name] = reason

    def _leaves(self, table: FilledTable) -> tuple[int, list[Assignment]]:
        if not table.routes:
            return 0, []
        leaves = assignments_of(table, self._tables)
        return len(leaves), leaves

    def _is_own(self, key: Foreign, table: FilledTable) -> bool:
        referenced = self._tables.get(key.referenced)
        return referenced is not None and root_of(referenced, self._tables).oid == root_of(table, self._tables).oid

    async def _parents_values(self, key: Foreign, table: FilledTable) -> Choice:
        """Give what a foreign key can refer to."""
        referenced = self._tables.get(key.referenced)
        may_be_null = {column.name for column in table.columns if not column.not_null}
        found: list[tuple[str | None, ...]] = []
        if referenced is not None:
            listed = ", ".join(f"{quote_identifier(name)}::text" for name in key.referenced_columns)
            sql = f"SELECT DISTINCT {listed} FROM {referenced.sql} ORDER BY {listed} LIMIT {_PARENTS_ROWS}"
            found = [tuple(row) for row in await self._connection.fetch(sql) if None not in tuple(row)]
        if may_be_null.intersection(key.columns) and (found or may_be_null.issuperset(key.columns)):
            first = found[0] if found else (None,) * len(key.columns)
            found.append(tuple(None if n in may_be_null else v for n, v in zip(key.columns, first, strict=True)))
        return Choice(key.columns, tuple(found))

    def _with_own_keys(self, table: FilledTable, row: Row, number: int) -> Row:
        """Let a row refer to itself where its table refers to itself; every other one to nothing, if that may be."""
        may_be_null = {column.name for column in table.columns if not column.not_null}
        for key in table.foreign:
            if self._is_own(key, table):
                empty = number % 2 == 0 and may_be_null.issuperset(key.columns)
                for name, other in zip(key.columns, key.referenced_columns, strict=True):
                    row[name] = None if empty else row.get(other)
        return row

    async def _insert(self, table: FilledTable, rows: list[Row]) -> str:
        """Insert rows at once, or one by one where that is refused.

        Returns:
            Why none came in; empty when some did.
        """
        columns = [column.name for column in table.columns if not column.generated]
        if not columns:
            return await self._insert_empty(table)
        head = f"INSERT INTO {table.sql} ({table.columns_sql(columns)}) OVERRIDING SYSTEM VALUE VALUES "
        lines = [f"({', '.join(quote_nullable(row.get(name)) for name in columns)})" for row in rows]
        try:
            done = await self._connection.execute(f"{head}{', '.join(lines)} ON CONFLICT DO NOTHING")
        except asyncpg.PostgresError:
            return await self._insert_each([head + line for line in lines])
        return "" if done != "INSERT 0 0" else "its keys refuse every row that was tried"

    async def _insert_each(self, statements: list[str]) -> str:
        reason, inserted = "", 0
        for sql in statements:
            try:
                await self._connection.execute(sql)
            except asyncpg.PostgresError as error:
                reason = reason or words_of(error)
            else:
                inserted += 1
        return "" if inserted else f"no row that was tried comes in: {reason}"

    async def _insert_empty(self, table: FilledTable) -> str:
        try:
            await self._connection.execute(f"INSERT INTO {table.sql} DEFAULT VALUES")
        except asyncpg.PostgresError as error:
            return f"no row that was tried comes in: {words_of(error)}"
        return ""


def _composed(choices: list[Choice], leaves: list[Assignment], number: int) -> Row:
    """Put one row together: the first is the plain one, then each column goes through its values at its own place."""
    row: Row = {}
    for place, choice in enumerate(choices):
        shift = 0 if choice.unique or number == 0 else place
        chosen = choice.values[(number + shift) % len(choice.values)]
        row.update(zip(choice.columns, chosen, strict=True))
    if leaves:
        row.update(leaves[number % len(leaves)])
    return row
