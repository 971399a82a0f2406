"""Prepare and plan a service's queries on a scratch copy of a shape; the statements themselves never run.

The copy is thrown away afterwards and its role owns nothing else; the session is read-only while this runs, so that
what the planner evaluates (immutable functions of the tenant's) leaves no trace either.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import asyncpg

from shared.contracts.contract import Contract
from shared.contracts.facts import CheckFact, ShapeFacts
from shared.contracts.relations import Relations
from shared.contracts.writes import check_probes
from shared.postgres.names.placeholders import PLACEHOLDER
from shared.postgres.scratch.contract_origins import attach_origins, read_tree_catalog
from shared.postgres.scratch.contract_queries import QueryChecker
from shared.postgres.scratch.database import ScratchDatabase
from shared.postgres.scratch.type_catalog import TypeCatalog
from shared.schema.canonical import canonical_json
from shared.schema.identity import QualifiedName
from shared.schema.relations import Index
from shared.schema.schema import Snapshot
from shared.sql import quote_identifier, quote_literal, quote_qualified

_SESSION_SETTINGS = {
    "default_transaction_read_only": "on",
    "plan_cache_mode": "force_generic_plan",  # EXPLAIN EXECUTE then plans for any arguments, on every version
    "statement_timeout": "5s",
    "lock_timeout": "2s",
    "jit": "off",
    "row_security": "on",
    "standard_conforming_strings": "on",
}
_SETTING = re.compile(r"current_setting\s*\((?:\s|\\[nrt])*'([\w.]+)'", re.IGNORECASE)  # also within JSON
_MAX_SETTINGS = 3


async def describe_contract(
    db: ScratchDatabase, contract: Contract, snapshot: Snapshot, *, baseline: ShapeFacts | None = None
) -> ShapeFacts:
    """Ask PostgreSQL everything that the rules need to know of a contract in one shape.

    Args:
        db: A scratch database that holds the shape. It keeps its objects but for invalid unique indexes.
        contract: What the service expects.
        snapshot: The shape.
        baseline: The declared shape, measured: macros are then prepared with the argument types they were compiled
            for, and the origins of columns are read where they matter.

    Raises:
        OSError, asyncpg.InterfaceError: When the scratch server goes away.
    """
    path = search_path_of(contract, snapshot)
    declared = {facts.key: facts for facts in baseline.queries} if baseline else {}
    await _drop_invalid_indexes(db.connection, snapshot)
    by_key = {query.key: query for query in contract.queries}
    wanted = [by_key[key] for key in sorted(by_key)]
    async with _service_session(db.connection, path, contract.role) as connection:
        checker = QueryChecker(connection, db.name, settings_read(contract, snapshot), TypeCatalog(connection))
        queries = await checker.ask(wanted, declared)
        probes = check_probes(contract, Relations(snapshot, path))
        checks = [CheckFact(probe, await checker.holds(probe)) for probe in probes]
        catalog = await read_tree_catalog(connection)
        if baseline and baseline.catalog:
            queries = await attach_origins(connection, queries, catalog, baseline.catalog)
    return ShapeFacts(
        snapshot=snapshot, search_path=path, queries=tuple(queries), checks=tuple(checks), catalog=catalog
    )


def search_path_of(contract: Contract, snapshot: Snapshot) -> tuple[str, ...]:
    """Give a service's search path; by default the tenant's own namespace where there is one, then public."""
    if contract.search_path:
        return contract.search_path
    namespaces = {item.namespace for item in snapshot.schema}
    return (PLACEHOLDER, "public") if PLACEHOLDER in namespaces else ("public",)


def settings_read(contract: Contract, snapshot: Snapshot) -> tuple[str, ...]:
    """Give the names of settings that queries, policies, views or defaults read, as far as they are literals."""
    texts = [canonical_json(snapshot.schema).decode(), *(query.sql for query in contract.queries)]
    return tuple(sorted({name for text in texts for name in _SETTING.findall(text)})[:_MAX_SETTINGS])


async def _drop_invalid_indexes(connection: asyncpg.Connection, snapshot: Snapshot) -> None:
    """Drop from the copy the indexes that are invalid in the tenant: in an empty copy every index is valid."""
    for item in snapshot.schema:
        if isinstance(item, Index) and item.unique and not item.valid:
            name = quote_qualified(QualifiedName(item.namespace, item.name))
            with suppress(asyncpg.PostgresError):  # a partition's index that another requires stays
                await connection.execute(f"DROP INDEX IF EXISTS {name}")


@asynccontextmanager
async def _service_session(
    connection: asyncpg.Connection, path: tuple[str, ...], role: str
) -> AsyncIterator[asyncpg.Connection]:
    """Hold a read-only session with the service's search path and rights, and put every setting back."""
    settings = {**_SESSION_SETTINGS, "search_path": ", ".join(quote_identifier(name) for name in path)}
    before = {name: await connection.fetchval("SELECT pg_catalog.current_setting($1)", name) for name in settings}
    try:
        await _set(connection, settings)
        if role:
            with suppress(asyncpg.PostgresError):  # no object names it: it has no rights here, and nothing tells them
                await connection.execute(f"SET ROLE {quote_identifier(role)}")
        yield connection
    finally:
        if not connection.is_closed():
            await connection.execute("RESET ROLE; DEALLOCATE ALL")
            await _set(connection, before)


async def _set(connection: asyncpg.Connection, settings: dict[str, str]) -> None:
    calls = (f"pg_catalog.set_config({quote_literal(name)}, {quote_literal(v)}, false)" for name, v in settings.items())
    await connection.execute("SELECT " + ", ".join(calls))
