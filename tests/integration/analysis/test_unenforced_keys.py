"""A foreign key whose triggers are disabled is valid and unenforced: drift, which pg_dump does not show."""

from __future__ import annotations

import asyncio

import pytest

from shared.analysis.pipeline import analyse
from shared.analysis.request import AnalysisRequest
from shared.diff.changes import Altered
from shared.postgres.scratch import compile_spec
from shared.remediation.plan import ProofStatus
from shared.remediation.script import render_script
from shared.schema.profile import Profile
from shared.schema.schema import Declaration, Origin, SpecSource

KEYS = """
CREATE TABLE p (a int PRIMARY KEY);
CREATE TABLE c (x int, CONSTRAINT refers FOREIGN KEY (x) REFERENCES p);
"""
SOURCE = SpecSource(declarations=(Declaration(KEYS, Origin("schema.sql", 1)),))


@pytest.mark.parametrize(
    "done",
    [
        "ALTER TABLE c DISABLE TRIGGER ALL",
        "ALTER TABLE p DISABLE TRIGGER ALL",
        """DO $$ BEGIN EXECUTE (SELECT format('ALTER TABLE c ENABLE REPLICA TRIGGER %I', tgname) FROM pg_trigger
            WHERE tgrelid = 'c'::regclass LIMIT 1); END $$""",
    ],
)
def test_it_is_found_and_the_plan_that_enforces_it_is_proven(scratch, tenants, done):
    observed = tenants.snapshot(tenants.create(KEYS + done))
    spec = asyncio.run(compile_spec(scratch, SOURCE, Profile()))
    found = asyncio.run(analyse(scratch, AnalysisRequest(spec=spec, snapshot=observed, guarded=False)))
    [change] = found.diff.changes
    assert isinstance(change, Altered)
    assert (change.identity.name, change.fields) == ("refers", ("enforced",))
    assert "triggers that are disabled" in found.findings[0].message
    assert found.plan.proof.status is ProofStatus.PROVEN
    assert any("VALIDATE" in statement.sql for statement in found.plan.statements), "rows may have come meanwhile"


def test_the_plan_enforces_the_key(scratch, tenants):
    url = tenants.create(KEYS + "ALTER TABLE c DISABLE TRIGGER ALL")
    spec = asyncio.run(compile_spec(scratch, SOURCE, Profile()))
    request = AnalysisRequest(spec=spec, snapshot=tenants.snapshot(url), guarded=False)
    plan = asyncio.run(analyse(scratch, request)).plan
    tenants.run(url, render_script(plan, destructive=True))
    assert tenants.snapshot(url).schema == spec.schema


def test_triggers_that_are_enabled_again_are_no_drift(scratch, tenants):
    toggled = "ALTER TABLE c DISABLE TRIGGER ALL; ALTER TABLE c ENABLE TRIGGER ALL;"
    observed = tenants.snapshot(tenants.create(KEYS + toggled))
    spec = asyncio.run(compile_spec(scratch, SOURCE, Profile()))
    assert observed.schema == spec.schema
