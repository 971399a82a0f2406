"""A declaration that says CURRENT_USER is equal to itself, and to what whoever ran it made."""

from __future__ import annotations

import asyncio

import pytest

from shared.analysis.analysis import Analysis
from shared.analysis.pipeline import analyse
from shared.analysis.request import AnalysisRequest
from shared.embedded.postgres import EmbeddedPostgres
from shared.postgres.scratch import ScratchServer, compile_spec
from shared.remediation.plan import ProofStatus
from shared.schema.canonical import schema_hash
from shared.schema.profile import EVERYTHING, Profile
from shared.schema.schema import Declaration, Origin, SpecSource

BASE = (
    "CREATE FOREIGN DATA WRAPPER w",
    "CREATE SERVER s FOREIGN DATA WRAPPER w",
    "CREATE TABLE t (id int)",
)
MAPPING = "CREATE USER MAPPING FOR {} SERVER s OPTIONS (user 'x')"
POLICY = "CREATE POLICY p ON t TO {}, alice USING (true)"


def source(*statements: str) -> SpecSource:
    return SpecSource(declarations=tuple(Declaration(sql, Origin("a.sql", i)) for i, sql in enumerate(statements, 1)))


def analysed(postgres: EmbeddedPostgres, desired: tuple[str, ...], observed: tuple[str, ...]) -> Analysis:
    async def run() -> Analysis:
        scratch = ScratchServer(postgres.dsn())
        spec = await compile_spec(scratch, source(*BASE, *desired), Profile())
        found = await compile_spec(scratch, source(*BASE, *observed), Profile())
        return await analyse(scratch, AnalysisRequest(spec=spec, snapshot=found.snapshot, destructive=True))

    return asyncio.run(run())


@pytest.mark.parametrize("word", ["CURRENT_USER", "SESSION_USER", "CURRENT_ROLE"])
def test_a_declaration_that_names_who_runs_it_is_equal_to_itself(word: str, postgres: EmbeddedPostgres) -> None:
    statements = [
        *BASE,
        MAPPING.format(word),
        POLICY.format(word),
        f"ALTER DEFAULT PRIVILEGES FOR ROLE {word} GRANT SELECT ON TABLES TO bob",
        "ALTER TABLE t OWNER TO bob",
        f"GRANT SELECT ON t TO {word}",
    ]
    scratch = ScratchServer(postgres.dsn())
    once, again = (asyncio.run(compile_spec(scratch, source(*statements), EVERYTHING)).schema for _ in range(2))
    assert schema_hash(once) == schema_hash(again)
    assert not [item for item in once if "fleetdrift_scratch" in repr(item)]


def test_what_somebody_made_for_themselves_is_what_was_declared(postgres: EmbeddedPostgres) -> None:
    declared = (MAPPING.format("CURRENT_USER"), POLICY.format("CURRENT_USER"))
    assert not analysed(postgres, declared, (MAPPING.format("bob"), POLICY.format("bob"))).diff


def test_what_cannot_be_what_was_declared_is_drift(postgres: EmbeddedPostgres) -> None:
    declared = (MAPPING.format("CURRENT_USER"), POLICY.format("CURRENT_USER"))
    found = analysed(postgres, declared, (MAPPING.format("bob"), MAPPING.format("PUBLIC"), "CREATE POLICY p ON t"))
    assert [(str(change.identity), type(change).__name__) for change in found.diff.changes] == [
        ("policy public.t.p", "Altered"),
        ("user mapping s(bob)", "Unexpected"),
        ("user mapping s(public)", "Unexpected"),
        ("user mapping s({current_user})", "Missing"),
    ]


def test_what_is_missing_is_made_for_whoever_runs_the_plan(postgres: EmbeddedPostgres) -> None:
    found = analysed(postgres, (MAPPING.format("CURRENT_USER"), POLICY.format("CURRENT_USER")), ())
    said = [statement.sql for statement in found.plan.statements]
    assert any(sql.startswith('CREATE USER MAPPING FOR CURRENT_USER SERVER "s"') for sql in said), said
    assert any('TO "alice", CURRENT_USER' in sql for sql in said), said
    assert found.plan.proof.status is ProofStatus.PROVEN
