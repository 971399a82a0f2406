"""Columns that lz4 compresses are compared and proven on a server that has no lz4."""

from __future__ import annotations

import asyncio

import pytest

from shared.analysis.pipeline import analyse
from shared.analysis.request import AnalysisRequest
from shared.diff.changes import Altered
from shared.postgres.scratch import compile_spec
from shared.remediation.plan import ProofStatus
from shared.schema.profile import EVERYTHING
from shared.schema.relations import Column
from shared.schema.schema import Declaration, Origin, Spec, SpecSource


def compiled(scratch, sql: str) -> Spec:
    source = SpecSource(declarations=(Declaration(sql, Origin("schema.sql", 1)),))
    return asyncio.run(compile_spec(scratch, source, EVERYTHING))


@pytest.mark.parametrize(
    "sql",
    [
        "CREATE TABLE t (a text COMPRESSION lz4, b text);",
        "CREATE TABLE t (b text); ALTER TABLE t ADD COLUMN a text COMPRESSION lz4;",
        "CREATE TABLE t (a text, b text); ALTER TABLE t ALTER COLUMN a SET COMPRESSION lz4;",
        'CREATE SCHEMA "S"; CREATE TABLE "S".t (a text COMPRESSION "lz4", b text COLLATE "de-x-icu");',
    ],
)
def test_every_way_to_say_it_is_read_back(scratch, sql):
    columns = [item for item in compiled(scratch, sql).snapshot.schema if isinstance(item, Column)]
    assert {item.name: item.compression for item in columns} == {"a": "lz4", "b": ""}


def test_another_compression_is_drift_and_the_plan_is_proven(scratch):
    desired, observed = (
        compiled(scratch, f"CREATE TABLE t (a text COMPRESSION {method});") for method in ("lz4", "pglz")
    )
    request = AnalysisRequest(spec=desired, snapshot=observed.snapshot, profile=EVERYTHING, guarded=False)
    found = asyncio.run(analyse(scratch, request))
    [change] = found.diff.changes
    assert isinstance(change, Altered)
    assert change.fields == ("compression",)
    assert found.plan.proof.status is ProofStatus.PROVEN
