"""Find the table column that each result column of a query is, and whether it can be NULL.

PostgreSQL says so in the node tree of a SQL-standard function body (`pg_proc.prosqlbody`, `resorigtbl` and `resorigcol`
of a target entry; primnodes.h). So the query becomes the body of a function that is rolled back. It is never called.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import asyncpg
import msgspec

from shared.contracts.facts import ColumnOrigin, QueryFacts, ResultColumn
from shared.contracts.node_tree import TreeNode, parse_query
from shared.contracts.nullability import Answer, NullFinder, Origin, RelationFacts, TreeCatalog, origins
from shared.postgres.query_files import query_text
from shared.postgres.scratch.type_catalog import type_sql
from shared.schema.identity import QualifiedName
from shared.sql import quote_identifier

_NAME = "fleetdrift_origins"


async def read_tree_catalog(connection: asyncpg.Connection) -> TreeCatalog:
    """Read what the numbers in the node trees of a database mean."""
    rows = await connection.fetch(query_text("tree_relations.sql"))
    strict = await connection.fetchval(query_text("strict_functions.sql"))
    names = {row["number"]: QualifiedName(row["namespace"], row["name"]) for row in rows}
    relations = {
        names[row["number"]]: RelationFacts(
            tuple(zip(row["names"] or (), row["not_null"] or (), strict=True)), row["tree"]
        )
        for row in rows
    }
    return TreeCatalog(relations=relations, names=names, strict=frozenset(strict))


async def attach_origins(
    connection: asyncpg.Connection, queries: Sequence[QueryFacts], here: TreeCatalog, declared: TreeCatalog
) -> list[QueryFacts]:
    """Add where result columns come from and whether they can be NULL, for the queries where that may have changed.

    Args:
        connection: A session on a copy of the observed shape, with the service's search path.
        queries: What it said of them.
        here: The catalog of that copy.
        declared: The catalog of the declared shape.
    """
    changed = _changed(here, declared)
    if not changed:
        return list(queries)
    # As written in a statement: bare, or quoted with its quotes doubled.
    names = re.compile("|".join(re.escape(quote_identifier(name)[1:-1]) for name in sorted(changed)), re.IGNORECASE)
    return [
        await _with_origins(connection, facts, here, declared)
        if facts.columns and not facts.error and names.search(facts.sql)
        else facts
        for facts in queries
    ]


def _changed(here: TreeCatalog, declared: TreeCatalog) -> set[str]:
    """Give the names of tables that lost a NOT NULL, of views that are defined otherwise, and of views over these."""
    changed = {
        name for name, facts in here.relations.items() if _may_give_more_nulls(facts, declared.relations.get(name))
    }
    while changed:
        over = {
            name
            for name, facts in here.relations.items()
            if facts.tree and name not in changed and _numbers(facts.tree, here) & changed
        }
        if not over:
            break
        changed |= over
    return {name.name for name in changed}


def _may_give_more_nulls(here: RelationFacts, declared: RelationFacts | None) -> bool:
    if declared is None:
        return False
    if here.tree or declared.tree:
        return _shape(here.tree) != _shape(declared.tree)
    not_null = {name for name, is_not_null in declared.columns if is_not_null}
    return any(name in not_null and not is_not_null for name, is_not_null in here.columns)


def _shape(tree: str) -> str:
    """Drop the numbers of a tree that another database has otherwise: what is left tells two views apart."""
    return re.sub(r":(?:relid|resorigtbl|location|stmt_location|stmt_len|consttype|vartype|\w*collid) -?\d+", "", tree)


def _numbers(tree: str, catalog: TreeCatalog) -> set[QualifiedName]:
    found = (int(number) for number in re.findall(r":relid (\d+)", tree))
    return {catalog.names[number] for number in found if number in catalog.names}


async def _with_origins(
    connection: asyncpg.Connection, facts: QueryFacts, here: TreeCatalog, declared: TreeCatalog
) -> QueryFacts:
    tree = await _node_tree(connection, facts)
    if tree is None:
        return facts
    places = origins(tree)
    now, then = NullFinder(tree, here, here).columns(), NullFinder(tree, here, declared).columns()
    if len(places) != len(facts.columns):
        return facts
    columns = (
        _with_origin(column, place, answers, here)
        for column, place, answers in zip(facts.columns, places, zip(now, then, strict=True), strict=True)
    )
    return msgspec.structs.replace(facts, columns=tuple(columns))


def _with_origin(
    column: ResultColumn, place: tuple[int, int], answers: tuple[Answer, Answer], here: TreeCatalog
) -> ResultColumn:
    name = here.names.get(place[0])
    is_table = name is not None and not here.relations[name].tree
    origin = ColumnOrigin(name.namespace, name.name, here.relations[name].columns[place[1] - 1][0]) if name else None
    now, then = answers
    source = now if isinstance(now, Origin) else None
    return msgspec.structs.replace(
        column,
        origin=origin if is_table else None,
        became_nullable=bool(now) and then is False,
        null_source=ColumnOrigin(source.table.namespace, source.table.name, source.column)
        if source and not source.is_join
        else None,
    )


async def _node_tree(connection: asyncpg.Connection, facts: QueryFacts) -> TreeNode | None:
    """Give the node tree of a query, or None when PostgreSQL does not take it as a function's body."""
    kinds = ", ".join(type_sql(kind) for kind in facts.parameters)
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
        return None
    finally:
        if not connection.is_closed():
            await connection.execute("ROLLBACK")
    return parse_query(str(found or ""))
