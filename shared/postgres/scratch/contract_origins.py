"""Find the table column that each result column of a query is, where it is one.

PostgreSQL says so in the row description of a prepared statement, which asyncpg does not pass on, and in the node tree
of a SQL-standard function body (`pg_proc.prosqlbody`, `resorigtbl` and `resorigcol` of a target entry; primnodes.h).
So the query becomes the body of a function that is rolled back. It is never called.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import asyncpg
import msgspec

from shared.contracts.facts import ColumnOrigin, QueryFacts, SqlType
from shared.postgres.query_files import query_text
from shared.schema.relations import Column
from shared.schema.schema import Snapshot
from shared.sql import quote_identifier

_NAME = "fleetdrift_origins"
_LISTS = re.compile(r":(targetList|returningList) \(([^()]*)\)")
_ENTRY = re.compile(r":resorigtbl (\d+) :resorigcol (\d+) :resjunk (true|false)")
_OUTER_BRACES = 2  # the query and its target entries; expressions lie deeper


async def attach_origins(
    connection: asyncpg.Connection, queries: Sequence[QueryFacts], observed: Snapshot, desired: Snapshot
) -> list[QueryFacts]:
    """Add the origins of result columns, for the queries where one may have lost its NOT NULL.

    Args:
        connection: A session on a copy of the observed shape, with the service's search path.
        queries: What it said of them.
        observed: The shape.
        desired: The declared shape.
    """
    tables = _weakened_tables(observed, desired)
    if not tables:
        return list(queries)
    # As written in a statement: bare, or quoted with its quotes doubled.
    names = re.compile("|".join(re.escape(quote_identifier(name)[1:-1]) for name in sorted(tables)), re.IGNORECASE)
    return [
        await _with_origins(connection, facts)
        if facts.columns and not facts.error and names.search(facts.sql)
        else facts
        for facts in queries
    ]


def _weakened_tables(observed: Snapshot, desired: Snapshot) -> set[str]:
    not_null = {item.identity for item in desired.schema if isinstance(item, Column) and item.not_null}
    return {
        item.parent
        for item in observed.schema
        if isinstance(item, Column) and not item.not_null and item.identity in not_null
    }


async def _with_origins(connection: asyncpg.Connection, facts: QueryFacts) -> QueryFacts:
    tree = await _node_tree(connection, facts)
    entries = target_entries(tree) if tree else []
    if len(entries) != len(facts.columns):
        return facts
    rows = await connection.fetch(
        query_text("contract_origin.sql"), [oid for oid, _ in entries], [number for _, number in entries]
    )
    origins = {row["position"]: ColumnOrigin(row["namespace"], row["name"], row["column"]) for row in rows}
    columns = (
        msgspec.structs.replace(column, origin=origins.get(position))
        for position, column in enumerate(facts.columns, start=1)
    )
    return msgspec.structs.replace(facts, columns=tuple(columns))


async def _node_tree(connection: asyncpg.Connection, facts: QueryFacts) -> str:
    """Give the node tree of a query, or nothing when PostgreSQL does not take it as a function's body."""
    kinds = ", ".join(_type_sql(kind) for kind in facts.parameters)
    await connection.execute("BEGIN READ WRITE")
    try:
        await connection.fetch(
            f"CREATE FUNCTION pg_temp.{_NAME} ({kinds}) RETURNS void LANGUAGE sql BEGIN ATOMIC {facts.sql}\n; END"
        )
        found = await connection.fetchval(
            "SELECT prosqlbody::text FROM pg_catalog.pg_proc"
            " WHERE proname = $1 AND pronamespace = pg_catalog.pg_my_temp_schema()",
            _NAME,
        )
    except asyncpg.PostgresError:
        if connection.is_closed():
            raise
        return ""
    finally:
        if not connection.is_closed():
            await connection.execute("ROLLBACK")
    return str(found or "")


def _type_sql(kind: SqlType) -> str:
    name = f"{quote_identifier(kind.namespace)}.{quote_identifier(kind.name)}"
    return f"{name}[]" if kind.array else name


def target_entries(tree: str) -> list[tuple[int, int]]:
    """Give (table oid, column number) of each visible result column of a node tree; zeros for computed ones."""
    found: dict[str, str] = dict(_LISTS.findall(_outer(tree)))
    body = found.get("returningList") or found.get("targetList", "")
    return [(int(oid), int(column)) for oid, column, junk in _ENTRY.findall(body) if junk == "false"]


def _outer(tree: str) -> str:
    """Drop everything deeper than the query's target entries, and every escaped character (outfuncs.c, outToken)."""
    kept: list[str] = []
    depth = 0
    for part in _pieces(tree):
        depth -= part == "}"
        if depth <= _OUTER_BRACES and part not in {"{", "}"}:
            kept.append(part)
        depth += part == "{"
    return "".join(kept)


def _pieces(tree: str) -> Iterable[str]:
    return re.findall(r"[{}]|[^{}]+", re.sub(r"\\.", "", tree, flags=re.DOTALL))
