"""The laws that need PostgreSQL, for schemas of a small grammar: rebuilding loses nothing, and a plan leads home."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings

from shared.diff.compare import diff_schemas
from shared.embedded.postgres import EmbeddedPostgres
from shared.postgres.scratch import ScratchServer, materialise, spell
from shared.postgres.scratch.plan_run import run_plan
from shared.remediation.planner import plan_remediation
from shared.schema.canonical import schema_hash
from shared.schema.profile import EVERYTHING
from shared.schema.schema import Snapshot
from tests.properties.schemas import scripts

laws = settings(
    max_examples=7, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


@pytest.fixture(scope="module")
def scratch() -> Iterator[ScratchServer]:
    with EmbeddedPostgres(in_memory=True) as server:
        yield ScratchServer(server.dsn())


async def read(scratch: ScratchServer, script: str) -> Snapshot:
    async with scratch.database() as database:
        await database.run([script])
        return await database.read(EVERYTHING)


@laws
@given(scripts())
def test_what_is_rebuilt_reads_as_it_was(scratch, script):
    async def law() -> None:
        snapshot = await read(scratch, script)
        async with scratch.database() as database:
            await materialise(database, snapshot)
            assert schema_hash((await database.read(EVERYTHING)).schema) == schema_hash(snapshot.schema)

    asyncio.run(law())


@laws
@given(scripts())
def test_spelling_what_is_spelt_until_stable_changes_nothing(scratch, script):
    async def law() -> None:
        once = (await spell(scratch, await read(scratch, script), EVERYTHING)).snapshot
        again = (await spell(scratch, once, EVERYTHING)).snapshot
        assert schema_hash(again.schema) == schema_hash(once.schema)

    asyncio.run(law())


@laws
@given(scripts(), scripts())
def test_an_applied_plan_leaves_nothing_to_do(scratch, desired_script, observed_script):
    async def law() -> None:
        desired = await read(scratch, desired_script)
        async with scratch.database() as database:
            await database.run([observed_script])
            observed = await database.read(EVERYTHING)
            diff = diff_schemas(desired.schema, observed.schema)
            plan = plan_remediation(desired, observed, diff, destructive=True)
            await run_plan(database, plan.statements, {})
            after = await database.read(EVERYTHING)
        left = diff_schemas(desired.schema, after.schema)
        assert left.changes == ()
        assert plan_remediation(desired, after, left, destructive=True).statements == ()

    asyncio.run(law())
