"""A shape that the scratch server has spelt until nothing changed is not rebuilt to be spelt again."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager

from shared.analysis.pipeline import analyse
from shared.analysis.request import AnalysisRequest
from shared.embedded.postgres import EmbeddedPostgres
from shared.postgres.scratch import ScratchServer, compile_spec
from shared.remediation.plan import ProofStatus
from shared.schema.profile import Profile
from shared.schema.schema import Declaration, Origin, SpecSource

DESIRED = "CREATE TABLE t (id int PRIMARY KEY, state text CHECK (state IN ('new', 'paid')));"
OBSERVED = "CREATE TABLE t (id int PRIMARY KEY, state varchar CHECK (state IN ('new', 'paid')));"


class CountingServer(ScratchServer):
    """A scratch server that counts its databases."""

    made = 0

    @asynccontextmanager
    async def database(self):
        self.made += 1
        async with super().database() as database:
            yield database


def source(sql: str) -> SpecSource:
    return SpecSource(declarations=(Declaration(sql, Origin("schema.sql", 1)),))


def test_an_analysis_of_two_declarations_rebuilds_neither_to_spell_it_again(postgres: EmbeddedPostgres):
    async def databases_made() -> int:
        scratch = CountingServer(postgres.dsn())
        desired, observed = [await compile_spec(scratch, source(sql), Profile()) for sql in (DESIRED, OBSERVED)]
        before = scratch.made
        request = AnalysisRequest(spec=desired, snapshot=observed.snapshot, guarded=False)
        analysis = await analyse(scratch, request)
        assert analysis.plan.proof.status is ProofStatus.PROVEN
        return scratch.made - before

    assert asyncio.run(databases_made()) == 2, "one copy to prove the plan on, and one with rows"
