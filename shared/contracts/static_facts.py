"""Say what is known of a contract's queries without a server: for shapes that cannot be rebuilt.

The facts have the form that PostgreSQL's own have, so the same rules judge them. Each query is read in both schemas
(`static_query.py`), and an error is claimed only where the declared schema gives none of its words.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from shared.contracts.contract import Contract, Query
from shared.contracts.facts import (
    UNTOLD,
    CheckFact,
    ColumnOrigin,
    QueryFacts,
    ResultColumn,
    ServerError,
    ShapeFacts,
    SqlType,
)
from shared.contracts.nullability import Answer, Origin
from shared.contracts.relations import Relations
from shared.contracts.sent_types import INFERRED
from shared.contracts.statement import read_statements
from shared.contracts.static_checks import check_holds
from shared.contracts.static_query import QueryReader, trees
from shared.contracts.static_rights import StaticRights
from shared.contracts.static_schema import StaticSchema, type_written
from shared.contracts.static_scope import StaticColumn
from shared.contracts.static_utility import conflict_errors, read_utility
from shared.contracts.trials import PLANNED
from shared.contracts.writes import check_probes
from shared.schema.schema import Snapshot


class _Reading(msgspec.Struct):
    """What was read of one query in one schema."""

    errors: list[ServerError]
    parameters: dict[int, SqlType]
    columns: tuple[StaticColumn, ...] | None


def describe_statically(
    contract: Contract, snapshot: Snapshot, search_path: tuple[str, ...], declared: Snapshot
) -> ShapeFacts:
    """Describe a contract's queries in one shape from its snapshot alone.

    Args:
        contract: What the service expects.
        snapshot: The shape.
        search_path: The service's.
        declared: The declared schema; the shape itself to describe that.
    """
    pair = _Pair(snapshot, declared, search_path, contract.role)
    queries = {query.key: pair.facts(query) for query in contract.queries}
    probes = check_probes(contract, Relations(snapshot, search_path))
    checks = tuple(CheckFact(probe, holds) for probe in probes if (holds := check_holds(probe)) is not None)
    return ShapeFacts(
        snapshot=snapshot,
        search_path=search_path,
        queries=tuple(queries[key] for key in sorted(queries)),
        checks=checks,
    )


class _Side:
    """One of the two schemas.

    Args:
        snapshot: The schema.
        search_path: The service's.
        role: As which it connects; empty where that is not known.
    """

    def __init__(self, snapshot: Snapshot, search_path: tuple[str, ...], role: str) -> None:
        self.schema = StaticSchema(snapshot, search_path)
        self.relations = Relations(snapshot, search_path)
        self.rights = StaticRights(snapshot, role) if role else None

    def read(self, query: Query, parameters: dict[int, SqlType], routine_names: frozenset[str]) -> _Reading:
        """Read a query.

        Args:
            query: Of the service.
            parameters: The types of its arguments that are fixed.
            routine_names: See `QueryReader`.
        """
        reader = QueryReader(self.schema, parameters, routine_names)
        columns: tuple[StaticColumn, ...] | None = ()
        statements = trees(query.sql)
        for kind, body in statements:
            columns = reader.statement(kind, body) if kind in PLANNED else read_utility(reader, kind, body)
        for statement in read_statements(query.sql):
            reader.errors += conflict_errors(statement, self.schema, self.relations)
        if self.rights and self.rights.known:
            reader.errors += self.rights.missing(reader.rights)
        return _Reading(reader.errors, reader.parameters, columns if len(statements) == 1 else ())


class _Pair:
    """Reads queries in one shape and in the declared schema."""

    def __init__(self, snapshot: Snapshot, declared: Snapshot, search_path: tuple[str, ...], role: str) -> None:
        self._here = _Side(snapshot, search_path, role)
        self._there = self._here if snapshot is declared else _Side(declared, search_path, role)
        self._names = frozenset(self._here.schema.own_names | self._there.schema.own_names)

    def facts(self, query: Query) -> QueryFacts:
        """Describe one query in the shape."""
        sent = {
            number: type_written(name) if "." in name else self._sent(name)
            for number, name in enumerate(query.sent_types, start=1)
            if name != INFERRED
        }
        then = self._there.read(query, sent, self._names)
        now = self._here.read(query, then.parameters if query.compiled else sent, self._names)
        known = {(error.sqlstate, error.message) for error in then.errors}
        new = [error for error in now.errors if (error.sqlstate, error.message) not in known]
        count = _highest(trees(query.sql))
        columns = () if new or now.columns is None else tuple(_results(now.columns, then.columns))
        return QueryFacts(
            key=query.key,
            error=new[0] if new else None,
            parameters=tuple(now.parameters.get(number, UNTOLD) for number in range(1, count + 1)),
            columns=columns,
        )

    def _sent(self, name: str) -> SqlType:
        bare = name.removesuffix("[]").strip('"').lower()
        kind = self._here.schema.type_named("", bare) or SqlType("pg_catalog", bare)
        return msgspec.structs.replace(kind, array=name.endswith("[]"))


def _results(now: tuple[StaticColumn, ...], then: tuple[StaticColumn, ...] | None) -> Iterator[ResultColumn]:
    before = then or ()
    for position, column in enumerate(now):
        was: Answer = None
        if position < len(before) and before[position].name == column.name:
            was = before[position].nulls
        source = column.nulls if isinstance(column.nulls, Origin) and not column.nulls.is_join else None
        became = bool(column.nulls) and was is False
        yield ResultColumn(
            column.name,
            column.type,
            origin=column.origin,
            became_nullable=became,
            null_source=ColumnOrigin(source.table.namespace, source.table.name, source.column)
            if source and became
            else None,
        )


def _highest(node: object) -> int:
    """Give the highest n of `$n` in a tree."""
    if isinstance(node, list | tuple):
        return max(map(_highest, node), default=0)
    if not isinstance(node, dict):
        return 0
    own = int(node["ParamRef"].get("number", 0)) if "ParamRef" in node else 0
    return max(own, max(map(_highest, node.values()), default=0))
