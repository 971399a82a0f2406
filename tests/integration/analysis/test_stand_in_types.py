"""Schemas with extensions that the embedded server lacks are compared, proven and checked by contracts all the same."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest

from shared.analysis.analysis import Analysis
from shared.analysis.pipeline import analyse
from shared.analysis.request import AnalysisRequest
from shared.contracts.contract import Contract, Query, VerdictStatus
from shared.diff.changes import Altered
from shared.embedded.postgres import Cage, EmbeddedPostgres
from shared.postgres.scratch import ScratchServer, compile_spec
from shared.remediation.plan import ProofStatus, RowStatus
from shared.schema.profile import Profile
from shared.schema.schema import Declaration, Origin, SpecSource

PLACES = """
CREATE EXTENSION postgis;
CREATE EXTENSION pg_cron;
CREATE SCHEMA partman;
CREATE EXTENSION pg_partman SCHEMA partman;
CREATE TABLE places (
    id bigint PRIMARY KEY,
    at geometry(Point, 4326) NOT NULL DEFAULT 'SRID=4326;POINT(0 0)',
    area geography(multipolygon),
    near boolean GENERATED ALWAYS AS (ST_DWithin(at, 'POINT(0 0)', 5)) STORED,
    CHECK (ST_IsValid(at))
);
CREATE INDEX places_at ON places USING gist (at);
CREATE INDEX ON places USING spgist (at spgist_geometry_ops_nd);
CREATE INDEX ON places USING gist (ST_Transform(at, 3857)) WHERE ST_IsValid(at);
CREATE VIEW far_places AS SELECT id, ST_X(at) AS x, at::geometry(Geometry, 3857) AS moved FROM places;
CREATE MATERIALIZED VIEW joined AS SELECT ST_Union(at) AS at FROM places;
CREATE FUNCTION nearby(p geometry) RETURNS SETOF places LANGUAGE sql AS
    'SELECT * FROM places ORDER BY at <-> p LIMIT 3';
"""
FAR = """
CREATE EXTENSION postgres_fdw;
CREATE EXTENSION dblink;
CREATE SERVER other FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'db.example', dbname 'x');
CREATE FOREIGN TABLE far (id int, name text) SERVER other OPTIONS (schema_name 'public');
CREATE VIEW fetched AS SELECT a FROM dblink('x', 'SELECT 1') AS t(a int);
"""


@pytest.fixture(scope="module")
def caged() -> Iterator[ScratchServer]:
    with EmbeddedPostgres(in_memory=True, cage=Cage()) as server:
        yield ScratchServer(server.dsn())


def compared(scratch: ScratchServer, desired: str, observed: str, *contracts: Contract) -> Analysis:
    async def run() -> Analysis:
        specs = [
            await compile_spec(scratch, SpecSource(declarations=(Declaration(sql, Origin("a.sql", 1)),)), Profile())
            for sql in (desired, observed)
        ]
        request = AnalysisRequest(spec=specs[0], snapshot=specs[1].snapshot, guarded=False, contracts=contracts)
        return await analyse(scratch, request)

    return asyncio.run(run())


@pytest.mark.parametrize("schema", [PLACES, FAR], ids=["places", "far"])
def test_such_a_schema_does_not_drift_from_itself(caged, schema):
    assert compared(caged, schema, schema).diff.changes == ()


def test_a_change_of_a_modifier_is_found_and_its_plan_is_proven(caged):
    found = compared(caged, PLACES, PLACES.replace("multipolygon", "Polygon"))
    [change] = found.diff.changes
    assert isinstance(change, Altered)
    assert (change.identity.name, change.fields) == ("area", ("type",))
    assert change.desired.type == "public.geography(MultiPolygon,4326)"
    assert found.plan.proof.status is ProofStatus.PROVEN


def test_a_plan_is_tried_with_rows_and_says_that_what_a_stand_in_decides_is_not(caged):
    found = compared(caged, PLACES, PLACES.replace("multipolygon", "Polygon"))
    rows = found.plan.proof.rows
    assert rows.status is RowStatus.PARTLY
    assert rows.rows > 0
    assert "what postgis decides about rows is not tried: here it is a stand-in" in rows.reasons


def test_a_missing_index_over_geometries_is_made_again_and_proven(caged):
    found = compared(caged, PLACES, PLACES.replace("CREATE INDEX places_at ON places USING gist (at);", ""))
    assert [statement.sql for statement in found.plan.statements] == [
        'CREATE INDEX CONCURRENTLY "places_at" ON public.places USING gist (at)'
    ]
    assert found.plan.proof.status is ProofStatus.PROVEN


def test_queries_over_stand_ins_and_foreign_tables_are_judged(caged):
    texts = (
        "SELECT id FROM places WHERE at && ST_MakeEnvelope(0, 0, 1, 1, 4326)",
        "SELECT $1::geometry(LineString, 2154) FROM places",
        "SELECT id FROM far",
        "SELECT name FROM far",
    )
    queries = tuple(Query(file="a.rs", line=n, macro="query", sql=sql) for n, sql in enumerate(texts, 1))
    observed = PLACES + FAR.replace("name text", "title text")
    found = compared(caged, PLACES + FAR, observed, Contract(service="maps", queries=queries))
    assert {(verdict.line, verdict.status) for verdict in found.verdicts} == {(4, VerdictStatus.VIOLATED)}
