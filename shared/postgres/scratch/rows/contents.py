"""What the tables of a copy hold, and what of it is gone or another value later."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator

import asyncpg
import msgspec

from shared.kinds.recipes.column_types import is_lossless
from shared.postgres.scratch.rows.catalog import CopyFacts, FilledColumn, FilledTable
from shared.postgres.scratch.rows.values import TypeFacts
from shared.schema.identity import QualifiedName
from shared.sql import quote_identifier

Value = str | None


class Held(msgspec.Struct, frozen=True):
    """The rows of one table, as it was called: for each column its type, and its values row by row, as text."""

    name: QualifiedName
    columns: dict[str, FilledColumn]
    rows: tuple[tuple[Value, ...], ...]


class Contents(msgspec.Struct, frozen=True):
    """What the tables hold that keep rows themselves, by their oids."""

    tables: dict[int, Held]

    @property
    def count(self) -> int:
        """How many rows there are in all tables."""
        return sum(len(held.rows) for held in self.tables.values())


class Excused(msgspec.Struct, frozen=True):
    """What may be lost, because a statement that has run says so."""

    tables: frozenset[QualifiedName] = frozenset()
    columns: frozenset[tuple[QualifiedName, str]] = frozenset()


async def read_contents(connection: asyncpg.Connection, facts: CopyFacts, before: Contents | None = None) -> Contents:
    """Read every row.

    Args:
        connection: Whose settings say how values are written.
        facts: The tables as they are now.
        before: Columns that had another type of PostgreSQL's own then are read as values of that type.

    Raises:
        asyncpg.PostgresError: When a table cannot be read.
    """
    found: dict[int, Held] = {}
    for table in facts.tables:
        if table.routes:
            continue
        columns = [column for column in table.columns if not column.generated]
        was = before.tables.get(table.oid) if before is not None else None
        listed = ", ".join(_as_text(column, was, facts.types) for column in columns) or "NULL"
        rows = await connection.fetch(f"SELECT {listed} FROM ONLY {table.sql}")
        held = tuple(tuple(row) for row in rows)
        found[table.oid] = Held(table.name, {column.name: column for column in columns}, held)
    return Contents(found)


def _as_text(column: FilledColumn, was: Held | None, types: dict[int, TypeFacts]) -> str:
    """Spell a column as a text that stays while its values do: also when its type holds more than before."""
    name = quote_identifier(column.name)
    if _is_composite(types.get(column.type), types):  # an attribute that was added is NULL
        return f"pg_catalog.jsonb_strip_nulls(pg_catalog.to_jsonb({name}))::text"
    earlier = was.columns.get(column.name) if was is not None else None
    wider = earlier is not None and earlier.spelling != column.spelling and earlier.built_in and column.built_in
    if earlier is None or not wider or not is_lossless(earlier.spelling, column.spelling):
        return f"{name}::text"
    return f"CAST({name} AS {earlier.spelling})::text"


def _is_composite(facts: TypeFacts | None, types: dict[int, TypeFacts]) -> bool:
    """Say whether values of a type are rows, or arrays of rows."""
    while facts is not None and not facts.attributes:
        below = facts.base if facts.base is not None else facts.element
        facts = types.get(below) if below is not None else None
    return facts is not None


def losses(before: Contents, after: Contents, excused: Excused) -> Iterator[str]:
    """Say in sentences what was there before, and is not or is another value now."""
    for oid, held in before.tables.items():
        name = held.name
        if name in excused.tables or not held.rows:
            continue
        now = after.tables.get(oid)
        if now is None:
            yield f"{name} is gone with {len(held.rows)} rows"
        elif len(now.rows) != len(held.rows):
            yield f"{name} has {len(now.rows)} rows of {len(held.rows)}"
        else:
            yield from _losses_in(name, held, now, {column for table, column in excused.columns if table == name})


def _losses_in(name: QualifiedName, held: Held, now: Held, excused: Collection[str]) -> Iterator[str]:
    kept = [column for column in held.columns if column not in excused]
    gone = [column for column in kept if column not in now.columns]
    yield from (f"the column {column} of {name} is gone with its values" for column in gone)
    kept = [column for column in kept if column in now.columns]
    changed = [column for column in kept if _values(held, [column]) != _values(now, [column])]
    yield from (f"values of the column {column} of {name} are others" for column in changed)
    if not changed and _values(held, kept) != _values(now, kept):
        yield f"values of {name} are in other rows"


def _values(held: Held, columns: Collection[str]) -> Counter[tuple[Value, ...]]:
    places = {name: place for place, name in enumerate(held.columns)}
    return Counter(tuple(row[places[name]] for name in columns) for row in held.rows)


def leaves_without_rows(facts: CopyFacts, contents: Contents) -> Iterator[FilledTable]:
    """Give the tables that hold no row."""
    for table in facts.tables:
        if not table.routes and not contents.tables[table.oid].rows:
            yield table
