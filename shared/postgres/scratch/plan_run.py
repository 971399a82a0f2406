"""Run the statements of a plan on a scratch copy, as `apply` runs them on a tenant."""

from __future__ import annotations

from collections.abc import Iterable

import asyncpg

from shared.kinds.recipes.filling import is_fill
from shared.kinds.step import Role
from shared.postgres.scratch.database import ScratchDatabase
from shared.postgres.scratch.errors import ScratchError
from shared.remediation.kept_facts import SETTING, FactsError, KeptFacts, read_facts, write_facts
from shared.remediation.plan import Statement

_HAND_OVER = "SELECT pg_catalog.set_config($1::text, $2::text, false)"


async def run_plan(database: ScratchDatabase, statements: Iterable[Statement], facts: KeptFacts) -> None:
    """Run statements one by one; what KEEP asks for is handed to those that need it.

    A materialized view is not filled: a copy has no rows, and its query may call what a tenant wrote.

    Args:
        database: Where.
        statements: In order.
        facts: What is held so far; grows.

    Raises:
        ScratchError: At the first one that fails, with its number.
    """
    for number, statement in enumerate(statements):
        try:
            await _run_one(database, statement, facts)
        except ScratchError as error:
            error.number = number
            raise
        except (asyncpg.PostgresError, FactsError) as error:
            state = getattr(error, "sqlstate", None) or ""
            raise ScratchError(str(error), number=number, sql=statement.sql, sqlstate=state) from None


async def _run_one(database: ScratchDatabase, statement: Statement, facts: KeptFacts) -> None:
    match statement.role:
        case Role.FILL if is_fill(statement.sql, statement.object):  # nothing else goes untried under its name
            return
        case Role.KEEP:
            facts.update(read_facts(await database.connection.fetchval(statement.sql)))
            return
        case Role.CHECK | Role.RESTORE:
            await database.connection.execute(_HAND_OVER, SETTING, write_facts(facts))
    await database.run_each([statement.sql])
