"""Apply a plan statement by statement, and find the locks that no hazard names."""

from __future__ import annotations

from collections.abc import Iterator

import asyncpg

from shared.kinds.step import HazardKind, Role
from shared.pinned import WRITING, setting
from shared.remediation.kept_facts import SETTING, KeptFacts, read_facts, write_facts
from shared.remediation.plan import Plan, Statement
from shared.remediation.stages import Stage, cut_stages
from tests.integration.remediation.conftest import Pair

STRONG = """
WITH RECURSIVE held(relation, mode) AS (
    SELECT l.relation, l.mode FROM pg_locks l
    WHERE l.pid = $1 AND l.granted AND l.locktype = 'relation' AND l.mode IN
        ('AccessExclusiveLock', 'ExclusiveLock', 'ShareRowExclusiveLock', 'ShareLock')
), above(relation, parent) AS (
    SELECT h.relation, h.relation FROM held h UNION
    SELECT a.relation, COALESCE(x.indrelid, i.inhparent, d.refobjid) FROM above a
    LEFT JOIN pg_inherits i ON i.inhrelid = a.parent LEFT JOIN pg_index x ON x.indexrelid = a.parent
    LEFT JOIN pg_depend d ON d.classid = 'pg_class'::regclass AND d.objid = a.parent AND d.deptype IN ('a', 'i')
        AND d.refclassid = 'pg_class'::regclass
    WHERE COALESCE(x.indrelid, i.inhparent, d.refobjid) IS NOT NULL
)
SELECT format('%I.%I', n.nspname, c.relname), h.mode,
    array_agg(DISTINCT format('"%s"."%s"', replace(pn.nspname, '"', '""'), replace(p.relname, '"', '""')))
FROM held h JOIN pg_class c ON c.oid = h.relation JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN above a ON a.relation = h.relation
JOIN pg_class p ON p.oid = a.parent JOIN pg_namespace pn ON pn.oid = p.relnamespace
WHERE n.nspname !~ '^pg_' AND c.relkind <> 'c' GROUP BY 1, 2 ORDER BY 1, 2
"""
"""Locks that others wait for, of relations that others can see, each with the names that a hazard may call it by."""


async def unsaid_locks(pairs: Pair, plan: Plan) -> list[str]:
    """Apply a plan; give each lock that reads or writes would wait for and no hazard of its transaction names."""
    dsn = pairs.server.dsn("remedy_observed")
    worker, watcher = await asyncpg.connect(dsn), await asyncpg.connect(dsn)
    found: list[str] = []
    facts: KeptFacts = {}
    try:
        for stage in cut_stages(plan.statements):
            await worker.execute(";".join(begin(stage)))
            said: list[tuple[HazardKind, str]] = []
            known: set[tuple[str, str]] = set()
            for statement in stage.statements:
                said += [(hazard.kind, hazard.message) for hazard in statement.hazards]
                await run(worker, statement, facts)
                for name, mode, called in await watcher.fetch(STRONG, worker.get_server_pid()):
                    if (name, mode) not in known and not is_said(mode, called, said):
                        found.append(f"{mode} on {name}: {statement.sql[:100]}")
                    known.add((name, mode))
            await worker.execute("COMMIT" if stage.transactional else "RESET ALL")
    finally:
        await worker.close()
        await watcher.close()
    return found


def begin(stage: Stage) -> Iterator[str]:
    if stage.transactional:
        yield "BEGIN"
        yield from setting(WRITING)
    else:
        yield from setting(WRITING, scope="SESSION")


async def run(worker: asyncpg.Connection, statement: Statement, facts: KeptFacts) -> None:
    match statement.role:
        case Role.KEEP:
            facts.update(read_facts(await worker.fetchval(statement.sql)))
            return
        case Role.CHECK | Role.RESTORE:
            await worker.execute("SELECT set_config($1, $2, true)", SETTING, write_facts(facts))
    await worker.execute(statement.sql)


def is_said(mode: str, called: list[str], said: list[tuple[HazardKind, str]]) -> bool:
    kinds = {HazardKind.BLOCKS_READS}
    if mode != "AccessExclusiveLock":
        kinds.add(HazardKind.BLOCKS_WRITES)
    names = (*called, "every table")  # those with a column of a domain, or of a type, are not listed
    return any(kind in kinds and name in message for kind, message in said for name in names)
