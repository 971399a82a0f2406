"""Resolve the names of a query without a server: what its FROM gives, and which column a name means there."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from shared.contracts.facts import UNTOLD, ColumnOrigin, ServerError, SqlType
from shared.contracts.nullability import Answer
from shared.schema.identity import QualifiedName

_SYSTEM_COLUMNS = frozenset({"ctid", "xmin", "xmax", "cmin", "cmax", "tableoid", "oid"})


class StaticColumn(msgspec.Struct, frozen=True):
    """A column of what a query reads or gives.

    Args:
        name: Of the column.
        type: UNTOLD where it is not certain.
        nulls: Whether it can be NULL, and through which column of a table; as `NullFinder` answers.
        origin: The table column it is, and is not computed from.
    """

    name: str
    type: SqlType = UNTOLD
    nulls: Answer = None
    origin: ColumnOrigin | None = None


Columns = tuple[StaticColumn, ...]
"""Of a relation or a result, in order."""


class Source(msgspec.Struct, frozen=True):
    """One item of a FROM clause: a table, a sub-select, a join or a function, with its columns.

    Args:
        alias: By which its columns are named.
        columns: In order; None where they are not known.
        relation: What is read, where it is a relation.
    """

    alias: str
    columns: Columns | None
    relation: QualifiedName | None = None


class Scope:
    """The names that one query sees.

    Args:
        parent: What is seen from outside, in a sub-select.
    """

    def __init__(self, parent: Scope | None = None) -> None:
        self.parent = parent
        self.sources: list[Source] = []
        self.merged: set[str] = set()
        self.filled: set[tuple[str, str]] = set()
        self._common: dict[str, Columns | None] = {}

    def name(self, alias: str, columns: Columns | None) -> None:
        """Add what WITH names."""
        self._common[alias] = columns

    def is_common(self, name: str) -> bool:
        """Say whether WITH names something, here or outside."""
        return name in self._common or (self.parent is not None and self.parent.is_common(name))

    def common(self, name: str) -> Columns | None:
        """Give the columns of what WITH names."""
        if name in self._common:
            return self._common[name]
        return self.parent.common(name) if self.parent else None

    def find(self, qualifier: str, column: str) -> tuple[Source, StaticColumn] | ServerError | None:
        """Give the column that a name means, or PostgreSQL's refusal; None where it is not certain.

        Args:
            qualifier: Before the dot; or empty.
            column: The column's name.
        """
        near = [source for source in self.sources if qualifier in {"", source.alias}]
        found = [(source, each) for source in near for each in source.columns or () if each.name == column]
        if len(found) > 1 and column not in self.merged:
            return ServerError("42702", f'column reference "{column}" is ambiguous')
        if found:
            return self._filled(*found[0])
        if any(source.columns is None for source in near) or column in _SYSTEM_COLUMNS:
            return None
        if self.parent is not None:
            return self.parent.find(qualifier, column)
        if not qualifier and any(source.alias == column for source in self.sources):
            return None  # a whole row
        return ServerError("42703", f"column {f'{qualifier}.' if qualifier else ''}{column} does not exist")

    def _filled(self, source: Source, column: StaticColumn) -> tuple[Source, StaticColumn]:
        if (source.alias, column.name) in self.filled:
            column = msgspec.structs.replace(column, nulls=False)
        return source, column

    def every(self, qualifier: str) -> tuple[tuple[Source, StaticColumn], ...] | None:
        """Give the columns that `*` or `qualifier.*` means; None where they are not known."""
        near = [source for source in self.sources if qualifier in {"", source.alias}]
        if any(source.columns is None for source in near) or not near or (self.merged and not qualifier):
            return None
        return tuple(self._filled(source, column) for source in near for column in source.columns or ())


def with_nulls(sources: Iterable[Source], nulls: Answer) -> list[Source]:
    """Give sources whose rows an outer join fills with NULL where it finds none."""
    return [
        msgspec.structs.replace(
            source,
            columns=None
            if source.columns is None
            else tuple(msgspec.structs.replace(column, nulls=nulls) for column in source.columns),
        )
        for source in sources
    ]
