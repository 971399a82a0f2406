"""Drifts of a service's database, made from its catalog: every kind of DDL that people run, on everything it fits."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import asyncpg

from tests.corpus.calls import ROLE

_QUERIES = Path(__file__).parent / "queries"


@dataclass(frozen=True)
class Mutation:
    """One drift.

    Args:
        kind: What sort of change it is.
        about: What is changed.
        ddl: The statements.
        rows: Statements that make the rows which the change allows and which the declared schema never had; tried after
            the queries have met the change itself.
    """

    kind: str
    about: str
    ddl: tuple[str, ...]
    rows: tuple[str, ...] = ()


@dataclass(frozen=True)
class Catalog:
    """What a database holds, as the files of `queries/` say it."""

    columns: tuple[asyncpg.Record, ...]
    constraints: tuple[asyncpg.Record, ...]
    views: tuple[asyncpg.Record, ...]
    others: tuple[asyncpg.Record, ...]

    @property
    def tables(self) -> list[str]:
        """Their quoted names."""
        return list(dict.fromkeys(column["table"] for column in self.columns))

    def of(self, kind: str) -> list[asyncpg.Record]:
        """Give the enums, domains, functions, …"""
        return [row for row in self.others if row["kind"] == kind]

    def of_type(self, type_name: str) -> list[asyncpg.Record]:
        """Give the columns of a type."""
        return [column for column in self.columns if column["type"] == type_name]

    def without_views(self, *statements: str) -> tuple[str, ...]:
        """Take the views away, run the statements, and make the views again."""
        drops = (
            f"DROP {'MATERIALIZED ' if view['materialized'] else ''}VIEW IF EXISTS {view['name']} CASCADE"
            for view in reversed(self.views)
        )
        return (*drops, *statements, *(text for view in self.views for text in _made(view)))


async def read_catalog(connection: asyncpg.Connection) -> Catalog:
    """Read what a database holds."""
    names = ("columns", "constraints", "views", "others")
    return Catalog(*[tuple(await connection.fetch((_QUERIES / f"{name}.sql").read_text())) for name in names])


Made = tuple[str, tuple[str, ...]] | tuple[str, tuple[str, ...], tuple[str, ...]]
Maker = Callable[[Catalog], Iterator[Made]]


def _made(view: asyncpg.Record) -> tuple[str, ...]:
    word = "MATERIALIZED VIEW" if view["materialized"] else "VIEW"
    return (
        f"CREATE {word} {view['name']} AS {view['definition']}",
        *view["indexes"],
        f"GRANT ALL ON {view['name']} TO {ROLE}",
    )
