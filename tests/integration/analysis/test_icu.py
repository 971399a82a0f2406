"""Collations of ICU are compared and proven on a server that has no ICU."""

from __future__ import annotations

import asyncio

import pytest

from shared.analysis.pipeline import analyse
from shared.analysis.request import AnalysisRequest
from shared.diff.changes import Altered
from shared.postgres.scratch import ScratchServer, compile_spec
from shared.remediation.plan import ProofStatus
from shared.schema.database import Collation
from shared.schema.identity import QualifiedName
from shared.schema.profile import Profile
from shared.schema.relations import Column
from shared.schema.schema import Declaration, Origin, Snapshot, Spec, SpecSource

TABLE = """
CREATE TABLE t (a text COLLATE ci, b text COLLATE "de-x-icu", v varchar(9) CHECK (v IN ('a', 'b')));
CREATE INDEX i ON t (b COLLATE "en-US-x-icu");
"""
CI = "CREATE COLLATION ci (provider = icu, locale = 'und-u-ks-level2', deterministic = false);"


def compiled(scratch: ScratchServer, sql: str) -> Spec:
    source = SpecSource(declarations=(Declaration(sql, Origin("schema.sql", 1)),))
    return asyncio.run(compile_spec(scratch, source, Profile()))


def collation(snapshot: Snapshot) -> Collation:
    [found] = [item for item in snapshot.schema if isinstance(item, Collation)]
    return found


def test_a_collation_is_read_back_as_icu_would_have_it(scratch):
    snapshot = compiled(scratch, CI + TABLE).snapshot
    attributes = ("PROVIDER = icu", "DETERMINISTIC = false", "LOCALE = 'und-u-ks-level2'")
    assert collation(snapshot).attributes == attributes
    columns = {item.name: item.collation for item in snapshot.schema if isinstance(item, Column)}
    assert columns == {"a": QualifiedName("public", "ci"), "b": QualifiedName("pg_catalog", "de-x-icu"), "v": None}


@pytest.mark.parametrize(
    ("options", "attributes"),
    [
        ("provider = icu, locale = 'de_DE'", ("PROVIDER = icu", "LOCALE = 'de-DE'")),
        (
            "provider = 'icu', locale = 'und', rules = '&a < b'",
            ("PROVIDER = icu", "LOCALE = 'und'", "RULES = '&a < b'"),
        ),
        ("LOCALE = 'und', DETERMINISTIC = true, PROVIDER = icu", ("PROVIDER = icu", "LOCALE = 'und'")),
    ],
)
def test_every_attribute_is_kept(scratch, options, attributes):
    assert collation(compiled(scratch, f"CREATE COLLATION ci ({options});").snapshot).attributes == attributes


def test_a_collation_that_moves_and_is_renamed_keeps_them(scratch):
    moved = "CREATE SCHEMA other; ALTER COLLATION ci RENAME TO c2; ALTER COLLATION c2 SET SCHEMA other;"
    found = collation(compiled(scratch, CI + moved).snapshot)
    assert (found.namespace, found.name, found.attributes[0]) == ("other", "c2", "PROVIDER = icu")


def test_another_collation_is_drift_and_the_plan_is_proven(scratch):
    desired, observed = (compiled(scratch, sql + TABLE) for sql in (CI, CI.replace("level2", "level1")))
    request = AnalysisRequest(spec=desired, snapshot=observed.snapshot, destructive=True, guarded=False)
    found = asyncio.run(analyse(scratch, request))
    [change] = found.diff.changes
    assert isinstance(change, Altered)
    assert (change.identity.kind, change.fields) == ("collation", ("attributes",))
    assert found.plan.proof.status is ProofStatus.PROVEN
