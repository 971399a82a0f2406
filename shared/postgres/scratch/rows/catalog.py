"""What the catalogs of a copy say of the tables that are filled: columns, types, keys, checks, partitions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import asyncpg
import msgspec

from shared.postgres.query_files import query_text
from shared.postgres.scratch.rows.values import TypeFacts
from shared.schema.identity import QualifiedName
from shared.sql import quote_identifier, quote_qualified


class FilledColumn(msgspec.Struct, frozen=True, kw_only=True):
    """A column of a table; `generated` ones are computed by PostgreSQL and given no value."""

    name: str
    type: int
    modifier: int
    spelling: str
    built_in: bool
    not_null: bool
    generated: bool


class Foreign(msgspec.Struct, frozen=True):
    """A foreign key: these columns are in those of the other table."""

    columns: tuple[str, ...]
    referenced: int
    referenced_columns: tuple[str, ...]
    validated: bool


class Check(msgspec.Struct, frozen=True):
    """A CHECK: the columns that it reads and its expression."""

    columns: tuple[str, ...]
    expression: str


class FilledTable(msgspec.Struct, frozen=True, kw_only=True):
    """A table as the copy has it.

    Args:
        oid: Of the table, in the copy.
        name: As the schema calls it.
        routes: It is partitioned: rows put into it are routed to its partitions.
        partition_of: The oid of its parent, of a partition.
        bound: Of a partition, as PostgreSQL deparses it.
        key: Columns of the partition key; None stands for an expression.
        forces_policies: Row security holds for the owner too.
        rules: Names of its rewrite rules.
        columns: In order.
        unique: The columns of each unique key.
        foreign: Its foreign keys.
        checks: Its checks.
    """

    oid: int
    name: QualifiedName
    routes: bool
    partition_of: int | None
    bound: str
    key: tuple[str | None, ...]
    forces_policies: bool
    rules: tuple[str, ...]
    columns: tuple[FilledColumn, ...] = ()
    unique: tuple[tuple[str, ...], ...] = ()
    foreign: tuple[Foreign, ...] = ()
    checks: tuple[Check, ...] = ()

    @property
    def sql(self) -> str:
        """The name for a statement."""
        return quote_qualified(self.name)

    def columns_sql(self, names: Iterable[str]) -> str:
        """Spell a list of columns for a statement."""
        return ", ".join(map(quote_identifier, names))


class CopyFacts(msgspec.Struct, frozen=True):
    """Everything that is known of the tables of a copy, in the order of their names."""

    tables: tuple[FilledTable, ...]
    types: dict[int, TypeFacts]


async def find_tables(connection: asyncpg.Connection, names: Iterable[QualifiedName]) -> tuple[int, ...]:
    """Give the oids of tables: they stay when a table is renamed or moved. Those that the copy lacks are left out.

    Raises:
        asyncpg.PostgresError: When the query fails.
    """
    wanted = [quote_qualified(name) for name in sorted(names)]
    return tuple(row["relation"] for row in await connection.fetch(query_text("scratch_rows_oids.sql"), wanted))


async def read_facts(connection: asyncpg.Connection, tables: Iterable[int]) -> CopyFacts:
    """Read what the copy says of tables; those that are gone are left out.

    Raises:
        asyncpg.PostgresError: When a query fails.
    """
    rows = await connection.fetch(query_text("scratch_rows_tables.sql"), list(tables))
    oids = [row["relation"] for row in rows]
    columns = await connection.fetch(query_text("scratch_rows_columns.sql"), oids)
    rules = await connection.fetch(query_text("scratch_rows_rules.sql"), oids)
    types = await connection.fetch(query_text("scratch_rows_types.sql"), oids)
    found = tuple(
        _table(
            row,
            [each for each in columns if each["relation"] == row["relation"]],
            [each for each in rules if each["relation"] == row["relation"]],
        )
        for row in rows
    )
    return CopyFacts(found, {row["type"]: _type(row) for row in types})


def _listed(text: str | None) -> tuple[Any, ...]:
    return tuple(msgspec.json.decode(text)) if text else ()


def _table(row: asyncpg.Record, columns: list[asyncpg.Record], rules: list[asyncpg.Record]) -> FilledTable:
    return FilledTable(
        oid=row["relation"],
        name=QualifiedName(row["namespace"], row["name"]),
        routes=row["routes"],
        partition_of=row["partition_of"],
        bound=row["bound"] or "",
        key=_listed(row["key"]),
        forces_policies=row["forces_policies"],
        rules=_listed(row["rules"]),
        columns=tuple(map(_column, columns)),
        unique=tuple(_listed(each["columns"]) for each in rules if each["type"] == "u" and each["columns"]),
        foreign=tuple(_foreign(each) for each in rules if each["type"] == "f"),
        checks=tuple(
            Check(_listed(each["columns"]), each["expression"])
            for each in rules
            if each["type"] == "c" and each["expression"]
        ),
    )


def _foreign(row: asyncpg.Record) -> Foreign:
    return Foreign(_listed(row["columns"]), row["referenced"], _listed(row["referenced_columns"]), row["validated"])


def _column(row: asyncpg.Record) -> FilledColumn:
    return FilledColumn(
        name=row["name"],
        type=row["type"],
        modifier=row["modifier"],
        spelling=row["spelling"],
        built_in=row["built_in"],
        not_null=row["not_null"],
        generated=row["generated"],
    )


def _type(row: asyncpg.Record) -> TypeFacts:
    return TypeFacts(
        spelling=row["spelling"],
        form=row["form"],
        category=row["category"],
        element=row["element"],
        base=row["base"],
        modifier=row["modifier"],
        not_null=row["not_null"],
        labels=_listed(row["labels"]),
        attributes=tuple((type_, modifier) for type_, modifier in _listed(row["attributes"])),
        checks=_listed(row["checks"]),
    )
