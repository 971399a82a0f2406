"""What the numbers of types mean in one scratch database, and which number a type of a name has."""

from __future__ import annotations

from collections.abc import Iterable

import asyncpg

from shared.contracts.facts import SqlType
from shared.postgres.query_files import query_text
from shared.sql import quote_identifier

_INFERRED = {"unknown": 0}
"""The name that leaves a parameter's type to the server, and the number that does so in the protocol (Parse)."""


class TypeCatalog:
    """Looks types up, each once.

    Args:
        connection: A session on the database, whose search path finds types without a namespace.
    """

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection
        self._names: dict[int, SqlType] = {}

    async def learn(self, numbers: Iterable[int]) -> None:
        """Look up what types are called, so that `name` can tell."""
        unknown = sorted(set(numbers) - self._names.keys())
        if not unknown:
            return
        for row in await self._connection.fetch(query_text("types_by_number.sql"), unknown):
            self._names[row["number"]] = SqlType(row["namespace"], row["name"], row["is_array"])

    def name(self, number: int) -> SqlType:
        """Give the name of a type that was learnt."""
        return self._names[number]

    async def numbers(self, names: Iterable[str]) -> dict[str, int]:
        """Give the numbers of the types that exist, by name as SQL writes it."""
        wanted = sorted(set(names) - _INFERRED.keys())
        rows = await self._connection.fetch(query_text("types_by_name.sql"), wanted) if wanted else ()
        return _INFERRED | {row["name"]: row["number"] for row in rows if row["number"] is not None}


def type_sql(kind: SqlType) -> str:
    """Write a type as SQL."""
    name = f"{quote_identifier(kind.namespace)}.{quote_identifier(kind.name)}"
    return f"{name}[]" if kind.array else name
