"""What `apply` keeps of dropped objects is in its own hands, and no tenant can change it between two transactions."""

from __future__ import annotations

from pathlib import Path

import pytest

from coordinator.apply.journal import Journal, Kept, read_progress
from shared.diff.changes import ChangeKind
from shared.hosts import Host
from shared.kinds.step import Role
from shared.postgres.writing.apply import StatementError, open_writer
from shared.remediation import kept_sql
from shared.remediation.kept_facts import KeptFacts
from shared.remediation.plan import Statement
from shared.remediation.stages import Stage
from shared.schema.identity import ObjectId
from shared.schema.profile import Profile
from tests.integration.apply.conftest import LIMITS, Open, anyio_backend, database, host, target_of

__all__ = ["anyio_backend", "database", "host"]
pytestmark = pytest.mark.anyio

VIEW = ObjectId(kind="view", namespace="public", name="v")
KEPT = [
    kept_sql.Kept(
        catalog="pg_class",
        spelling='VIEW "public"."v"',
        id="pg_catalog.to_regclass($n$public.v$n$)::oid",
        target='TABLE "public"."v"',
    )
]
OBSERVED = """
CREATE TABLE secret (a int); CREATE VIEW v AS SELECT a FROM secret; COMMENT ON VIEW v IS E'it''s \\n$fleetdrift$ ;';
GRANT SELECT ON v TO reader
"""
PLANTED = """
DO $$ BEGIN EXECUTE format('COMMENT ON LARGE OBJECT %s IS %L', lo_create(0),
    'fleetdrift keeps VIEW "public"."v"' || chr(10) || '[["GRANT SELECT ON secret TO reader", null]]'); END $$
"""


def stage(*parts: tuple[Role, str]) -> Stage:
    return Stage(tuple(Statement(sql=sql, object=VIEW, change=ChangeKind.ALTERED, role=role) for role, sql in parts))


DROP = stage(
    (Role.KEEP, kept_sql.keep_sql(KEPT, ())), (Role.CHECK, kept_sql.check_sql()), (Role.DROP, "DROP VIEW public.v")
)
MAKE = stage((Role.CREATE, "CREATE VIEW public.v AS SELECT 1 AS a"), (Role.RESTORE, kept_sql.restore_sql(KEPT, ())))


async def test_a_note_that_a_tenant_plants_is_not_run_by_apply(database: Open, host: Host) -> None:
    tenant = await database(OBSERVED)
    noted: list[KeptFacts] = []
    async with open_writer(host, await target_of(tenant), Profile(), LIMITS) as writer:
        facts = await writer.run(DROP, note=noted.append)
        assert noted == [facts]
        assert await tenant.fetchval("SELECT count(*) FROM pg_largeobject_metadata") == 0
        await tenant.execute(f"SET SESSION AUTHORIZATION changer; {PLANTED}; RESET SESSION AUTHORIZATION")
        await writer.run(MAKE, facts=facts)
    assert not await tenant.fetchval("SELECT has_table_privilege('reader', 'secret', 'SELECT')")
    assert await tenant.fetchval("SELECT has_table_privilege('reader', 'v', 'SELECT')")
    assert await tenant.fetchval("SELECT obj_description('v'::regclass)") == "it's \n$fleetdrift$ ;"


async def test_what_lost_its_facts_is_not_made_without_them(database: Open, host: Host) -> None:
    tenant = await database(OBSERVED)
    async with open_writer(host, await target_of(tenant), Profile(), LIMITS) as writer:
        await writer.run(DROP)
        with pytest.raises(StatementError, match="are not known any more"):
            await writer.run(MAKE)
    assert await tenant.fetchval("SELECT to_regclass('v') IS NULL")


async def test_facts_survive_a_run_that_is_killed(database: Open, host: Host, tmp_path: Path) -> None:
    tenant = await database(OBSERVED)
    path = tmp_path / "progress.jsonl"
    with Journal(path, "plan") as journal:
        journal.begin(None)
        async with open_writer(host, await target_of(tenant), Profile(), LIMITS) as writer:
            facts = await writer.run(DROP, note=lambda facts: journal.note(Kept(tenant="t", facts=facts)))
    assert read_progress(path, "plan").facts == {"t": facts}
