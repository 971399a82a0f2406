"""A schema of any size is read, or ends as `limit`: never as a hang, never with the memory of the reader.

The rows stand in the catalogs as if somebody had made the objects, which would take minutes.
"""

from __future__ import annotations

import resource

import pytest

from coordinator.report.model import TenantStatus
from shared.remediation.plan import ProofStatus
from tests.acceptance.hostile.matrix import Matrix

WIDE = """
DO $$ BEGIN EXECUTE (SELECT format('CREATE TABLE wide (%s)', string_agg('c' || i || ' bool', ','))
    FROM generate_series(1, 1600) i); END $$;
"""
DEEP = """
CREATE VIEW deep0 AS SELECT 1 AS a;
DO $$ BEGIN FOR i IN 1..500 LOOP
    EXECUTE format('CREATE VIEW deep%s AS SELECT a FROM deep%s', i, i - 1); END LOOP; END $$;
"""
BEGIN = "SET allow_system_table_mods = on;"
COPIES = """INSERT INTO {catalog} SELECT (jsonb_populate_record(c, jsonb_build_object('oid', {first} + i, {changed}))).*
    FROM {catalog} c, generate_series(2, {number}) i WHERE {name} = 'first_one';"""
TABLES = BEGIN + "CREATE TABLE first_one ();" + COPIES.format(
    catalog="pg_class", first=2_000_000_000, changed="'relname', 'table_' || i, 'reltype', 0", number=20_000,
    name="relname",
)  # fmt: skip
CHECKS = BEGIN + "CREATE TABLE checked (a int CONSTRAINT first_one CHECK (a <> 1));" + COPIES.format(
    catalog="pg_constraint", first=2_000_000_000, changed="'conname', 'check_' || i", number=10_000, name="conname"
) + "UPDATE pg_class SET relchecks = 10000 WHERE relname = 'checked';"  # fmt: skip
LABELS = (
    BEGIN
    + """CREATE TYPE large AS ENUM ('first_one');
INSERT INTO pg_enum SELECT 2000000000 + i, 'large'::regtype, i, 'label ' || i FROM generate_series(2, 1000000) i;
"""
)
BODY = """DO $$ BEGIN EXECUTE format('CREATE FUNCTION large() RETURNS text LANGUAGE sql AS %L',
    format('SELECT ''%s''', repeat('x', 200 * 1024 * 1024))); END $$;"""
TOO_LARGE = "the schema is larger than [limits] max_rows or max_bytes allow"
MEMORY = 256 * 1024 * 1024


def test_a_table_of_1600_columns_and_views_500_deep_are_compared_as_any_others(matrix: Matrix) -> None:
    seen = matrix.scan(WIDE + DEEP)
    assert seen.tenant.status is TenantStatus.DRIFTED
    assert len(seen.changes) == 1 + 1600 + 501
    assert seen.group is not None
    assert seen.group.plan is not None
    assert seen.group.plan.proof.status is ProofStatus.PROVEN


@pytest.mark.parametrize(
    ("script", "limit", "sentence"),
    [
        (TABLES, "max_rows = 15000", TOO_LARGE),
        (CHECKS, "max_rows = 8000", TOO_LARGE),
        (LABELS, "max_bytes = 8000000", TOO_LARGE),
        (BODY, "", "the server said: invalid memory alloc request size"),  # what it cannot write, it cannot send
    ],
    ids=["20,000 tables", "10,000 constraints", "1,000,000 labels", "a body of 200 MB"],
)
def test_what_exceeds_a_limit_ends_as_a_limit(matrix: Matrix, script: str, limit: str, sentence: str) -> None:
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    seen = matrix.scan(script, more=f"[limits]\nreader_memory = {MEMORY}\n{limit}\n")
    assert seen.failure.startswith(f"limit: {sentence}")
    assert resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss - before < MEMORY // 1024
