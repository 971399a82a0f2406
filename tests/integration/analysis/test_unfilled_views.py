"""A materialized view that nobody has filled: every query of it fails, and pg_dump shows none of it."""

from __future__ import annotations

import asyncio

from shared.analysis.analysis import Analysis
from shared.analysis.pipeline import analyse
from shared.analysis.request import AnalysisRequest
from shared.postgres.scratch import compile_spec
from shared.remediation.plan import ProofStatus
from shared.remediation.script import render_script
from shared.schema.profile import Profile
from shared.schema.schema import Declaration, Origin, SpecSource

TABLE = "CREATE TABLE t (k int); "
VIEW = "CREATE MATERIALIZED VIEW v AS SELECT k FROM t"


def analysed(scratch, tenants, declared: str, url: str) -> Analysis:
    source = SpecSource(declarations=(Declaration(declared, Origin("schema.sql", 1)),))
    spec = asyncio.run(compile_spec(scratch, source, Profile()))
    request = AnalysisRequest(spec=spec, snapshot=tenants.snapshot(url), guarded=False)
    return asyncio.run(analyse(scratch, request))


def test_an_unfilled_view_is_drift_and_a_proven_plan_fills_it(scratch, tenants):
    url = tenants.create(f"{TABLE}{VIEW} WITH NO DATA")
    found = analysed(scratch, tenants, TABLE + VIEW, url)
    [finding] = found.findings
    assert "never filled, so that every query of it fails" in finding.message
    assert found.plan.proof.status is ProofStatus.PROVEN
    tenants.run(url, render_script(found.plan))
    assert analysed(scratch, tenants, TABLE + VIEW, url).diff.changes == ()


def test_a_view_that_is_declared_without_data_may_be_filled_later(scratch, tenants):
    for state in ("", " WITH NO DATA"):
        url = tenants.create(TABLE + VIEW + state)
        assert analysed(scratch, tenants, f"{TABLE}{VIEW} WITH NO DATA", url).diff.changes == ()


def test_a_view_that_is_declared_without_data_is_filled_again_when_it_is_made_again(scratch, tenants):
    url = tenants.create(TABLE + VIEW)
    found = analysed(scratch, tenants, TABLE + VIEW.replace("SELECT k", "SELECT k + 1 AS k") + " WITH NO DATA", url)
    assert found.plan.proof.status is ProofStatus.PROVEN
    assert any(statement.sql.startswith("REFRESH") for statement in found.plan.statements)


def test_a_missing_view_that_is_declared_without_data_stays_empty(scratch, tenants):
    found = analysed(scratch, tenants, f"{TABLE}{VIEW} WITH NO DATA", tenants.create(TABLE))
    assert found.plan.proof.status is ProofStatus.PROVEN
    assert not any(statement.sql.startswith("REFRESH") for statement in found.plan.statements)
