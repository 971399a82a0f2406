"""What a plan's statements read, write anew and lock, as their hazards say it."""

from __future__ import annotations

from collections.abc import Callable

from shared.kinds.step import HazardKind, Role
from shared.remediation.plan import Statement
from shared.remediation.script import render_script
from tests.integration.remediation.conftest import INSIST, Pair

Load = Callable[[str, str], Pair]


def kinds(statement: Statement) -> set[HazardKind]:
    return {hazard.kind for hazard in statement.hazards}


def test_a_column_whose_default_is_another_for_each_row_says_that_the_table_is_written_anew(pair: Load) -> None:
    routines = (
        "CREATE FUNCTION changing() RETURNS int LANGUAGE sql AS 'SELECT 1';"
        "CREATE FUNCTION lasting() RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT 1';"
        "CREATE DOMAIN checked AS int CHECK (VALUE > 0);"
    )
    columns = (
        "a timestamptz DEFAULT clock_timestamp(), b timestamptz DEFAULT now(), c text DEFAULT 'random()',"
        "d int DEFAULT changing(), e int DEFAULT lasting(), f checked DEFAULT 3"
    )
    pairs = pair(f"{routines} CREATE TABLE t (k int, {columns})", f"{routines} CREATE TABLE t (k int)")
    added = [statement for statement in pairs.plan().statements if statement.role is Role.CREATE]
    assert [s.object.name for s in added if HazardKind.REWRITES_TABLE in kinds(s)] == ["a", "d", "f"]
    assert [s.object.name for s in added if HazardKind.REWRITES_TABLE not in kinds(s)] == ["b", "c", "e"]


def test_constraints_of_partitioned_tables_are_read_without_a_strong_lock(pair: Load) -> None:
    table = "CREATE TABLE p (k int PRIMARY KEY); CREATE TABLE t (k int{}) PARTITION BY RANGE (k);"
    part = "CREATE TABLE a PARTITION OF t FOR VALUES FROM (0) TO (9)"
    pairs = pair(f"{table.format(' REFERENCES p CONSTRAINT c CHECK (k > 0)')} {part}", f"{table.format('')} {part}")
    for statement in pairs.plan().statements:
        reads = HazardKind.SCANS_TABLE in kinds(statement)
        assert reads == (statement.role is Role.VALIDATE)
        assert not (reads and kinds(statement) & {HazardKind.BLOCKS_READS, HazardKind.BLOCKS_WRITES})


def test_attaching_says_that_it_blocks_the_partition_and_reads_the_default_one(pair: Load) -> None:
    tables = "CREATE TABLE t (k int) PARTITION BY LIST ((k + 0)); CREATE TABLE d PARTITION OF t DEFAULT;"
    pairs = pair(f"{tables} CREATE TABLE a PARTITION OF t FOR VALUES IN (1)", f"{tables} CREATE TABLE a (k int)")
    [attach] = pairs.plan().statements
    assert sorted(hazard.message for hazard in attach.hazards) == [
        'holds ACCESS EXCLUSIVE on "public"."a": reads and writes wait',
        'holds ACCESS EXCLUSIVE on "public"."d": reads and writes wait',
        'reads every row of "public"."a" unless a CHECK proves the bound',
        'reads every row of "public"."d"',
        'rows of "public"."a": outside of FOR VALUES IN (1)',
        'rows of "public"."d": that belong into the partition',
    ]


KEYED = """
CREATE TABLE p (k int PRIMARY KEY); INSERT INTO p VALUES (1), (12);
CREATE TABLE t (k int{}) PARTITION BY RANGE (k);
CREATE TABLE a PARTITION OF t FOR VALUES FROM (0) TO (9);
CREATE TABLE b PARTITION OF t FOR VALUES FROM (9) TO (99) PARTITION BY RANGE (k);
CREATE TABLE "C" PARTITION OF b FOR VALUES FROM (9) TO (20);
INSERT INTO t VALUES (1), (12)
"""


def test_before_v18_each_partition_has_its_foreign_key_before_the_partitioned_table(pair: Load) -> None:
    pairs = pair(KEYED.format(" REFERENCES p"), KEYED.format(""))
    plan = pairs.plan(server_version=150000)
    for statement in plan.statements:
        reads = HazardKind.SCANS_TABLE in kinds(statement)
        assert reads == (statement.role is Role.VALIDATE)
    assert [str(s.object) for s in plan.statements if s.role is Role.VALIDATE] == [
        "constraint public.a.t_k_fkey",
        "constraint public.C.t_k_fkey",
    ]
    done = pairs.run(render_script(plan), options=INSIST)
    assert done.returncode == 0, done.stderr
    assert pairs.left() == []
