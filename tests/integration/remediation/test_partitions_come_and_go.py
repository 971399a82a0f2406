"""Partitions are attached without a reading of rows under a lock, and detached while others read and write."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import asyncpg
import pytest

from shared.kinds.step import HazardKind
from shared.remediation.plan import Plan
from shared.remediation.script import render_script
from shared.remediation.stages import cut_stages
from tests.integration.remediation.conftest import INSIST, Pair

Load = Callable[[str, str], Pair]

BOUNDS = {
    "a range of integers": ("k int8", "RANGE (k)", "FROM (0) TO (9)", "1"),
    "a range that is open below": ("k int2", "RANGE (k)", "FROM (MINVALUE) TO (9)", "-1"),
    "a range of days": ("k date", "RANGE (k)", "FROM ('2024-01-01') TO ('2025-01-01')", "'2024-05-06'"),
    "a range of moments": ("k timestamptz(3)", "RANGE (k)", "FROM ('2024-01-01') TO ('2025-01-01')", "'2024-05-06'"),
    "a range of texts": ("k varchar(9)", "RANGE (k)", "FROM ('a') TO ('it''s')", "'b'"),
    "a range of numbers": ("k numeric(9, 2)", "RANGE (k)", "FROM (-1.5) TO (9.25)", "1"),
    "a range of two columns": ('k int, "M" int', 'RANGE (k, "M")', "FROM (1, 5) TO (9, 3)", "1, 6"),
    "a range of two columns, the first the same": ("k int, m int", "RANGE (k, m)", "FROM (1, 5) TO (1, 9)", "1, 6"),
    "a range of two columns, open": ("k int, m int", "RANGE (k, m)", "FROM (1, MINVALUE) TO (9, MAXVALUE)", "9, 3"),
    "one value": ("k int", "LIST (k)", "IN (4)", "4"),
    "some texts and NULL": ("k text", "LIST (k)", "IN ('a', 'b', NULL)", "NULL"),
    "some short texts": ("k varchar(5)", "LIST (k)", "IN ('a', 'b')", "'b'"),
    "a truth value": ("k bool", "LIST (k)", "IN (true)", "true"),
    "NULL": ("k uuid", "LIST (k)", "IN (NULL)", "NULL"),
}


@pytest.mark.parametrize("default", ["", "CREATE TABLE d PARTITION OF t DEFAULT;"], ids=["alone", "beside a default"])
@pytest.mark.parametrize("what", BOUNDS)
def test_a_partition_is_attached_without_a_reading_of_its_rows(pair: Load, what: str, default: str) -> None:
    columns, key, bound, row = BOUNDS[what]
    table = f"CREATE TABLE t ({columns}) PARTITION BY {key}; {default}"
    pairs = pair(
        f"{table} CREATE TABLE a PARTITION OF t FOR VALUES {bound}",
        f"{table} CREATE TABLE a ({columns}); INSERT INTO a VALUES ({row})",
    )
    plan = pairs.plan()
    told = asyncio.run(run_and_listen(pairs, plan))
    unread = [line for line in told if line.endswith("is implied by existing constraints")]
    assert len(unread) == (2 if default else 1)
    assert pairs.left() == []
    for statement in plan.statements:
        kinds = {hazard.kind for hazard in statement.hazards}
        assert not {HazardKind.SCANS_TABLE, HazardKind.BLOCKS_READS} <= kinds


async def run_and_listen(pairs: Pair, plan: Plan) -> list[str]:
    """Run a plan; give what PostgreSQL says of its own accord."""
    connection = await asyncpg.connect(pairs.server.dsn("remedy_observed"))
    told: list[str] = []
    connection.add_log_listener(lambda _, message: told.append(str(message.message)))
    try:
        await connection.execute("SET client_min_messages = debug1")
        for statement in plan.statements:
            await connection.execute(statement.sql)
    finally:
        await connection.close()
    return told


WHOLE = "CREATE TABLE t (k int) PARTITION BY RANGE (k); CREATE TABLE b PARTITION OF t FOR VALUES FROM (9) TO (20);"
LEAVES = (
    f"{WHOLE} CREATE TABLE a (k int); INSERT INTO a VALUES (1);",
    f"{WHOLE} CREATE TABLE a PARTITION OF t FOR VALUES FROM (0) TO (9); INSERT INTO t VALUES (1);",
)


def test_a_partition_is_detached_concurrently_and_keeps_no_check_of_its_bound(pair: Load) -> None:
    pairs = pair(*LEAVES)
    plan = pairs.plan()
    assert [s.sql for s in plan.statements if not s.transactional] == [
        'ALTER TABLE "public"."t" DETACH PARTITION "public"."a" CONCURRENTLY'
    ]
    done = pairs.run(render_script(plan), options=INSIST)
    assert done.returncode == 0, done.stderr
    assert pairs.left() == []


def test_a_partition_that_is_dropped_is_detached_concurrently_before(pair: Load) -> None:
    pairs = pair(WHOLE, LEAVES[1])
    plan = pairs.plan()
    assert [s.sql for s in plan.statements] == [
        'ALTER TABLE "public"."t" DETACH PARTITION "public"."a" CONCURRENTLY',
        'DROP TABLE "public"."a"',
    ]
    done = pairs.run(render_script(plan, destructive=True), options=INSIST)
    assert done.returncode == 0, done.stderr
    assert pairs.left() == []


def test_beside_a_default_partition_one_is_detached_in_a_transaction(pair: Load) -> None:
    default = "CREATE TABLE d PARTITION OF t DEFAULT;"
    pairs = pair(*(f"{side} {default}" for side in LEAVES))
    plan = pairs.plan()
    assert all(statement.transactional for statement in plan.statements)
    done = pairs.run(render_script(plan), options=INSIST)
    assert done.returncode == 0, done.stderr
    assert pairs.left() == []


def test_a_detaching_that_was_broken_off_is_finished_when_the_script_runs_again(pair: Load) -> None:
    pairs = pair(*LEAVES)
    plan = pairs.plan()
    script = render_script(plan)
    asyncio.run(break_off(pairs, plan))
    assert pairs.ask("SELECT count(*) FROM pg_inherits WHERE inhdetachpending") == ["1"]
    done = pairs.run(script, options=INSIST)
    assert done.returncode == 0, done.stderr
    assert pairs.left() == []
    again = pairs.run(script, options=INSIST)
    assert again.returncode == 0, again.stderr


TAKEN = "CREATE TABLE t (k int) PARTITION BY RANGE (k);"


def test_a_partition_that_takes_the_bound_of_another_does_so_in_one_transaction(pair: Load) -> None:
    bound = "FOR VALUES FROM (0) TO (9)"
    pairs = pair(
        f"{TAKEN} CREATE TABLE a (k int); CREATE TABLE b PARTITION OF t {bound}",
        f"{TAKEN} CREATE TABLE a PARTITION OF t {bound}; CREATE TABLE b (k int); INSERT INTO b VALUES (1)",
    )
    plan = pairs.plan()
    [stage] = cut_stages(plan.statements)
    assert stage.transactional
    done = pairs.run(render_script(plan), options=INSIST)
    assert done.returncode == 0, done.stderr
    assert pairs.left() == []


async def break_off(pairs: Pair, plan: Plan) -> None:
    """Run a plan up to the detaching, and give that up while it waits for an older transaction that reads the table."""
    reader, worker = [await asyncpg.connect(pairs.server.dsn("remedy_observed")) for _ in range(2)]
    alone = [statement.transactional for statement in plan.statements].index(False)
    try:
        for statement in plan.statements[:alone]:
            await worker.execute(statement.sql)
        await reader.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM t")
        await worker.execute("SET lock_timeout = '100ms'")
        with pytest.raises(asyncpg.LockNotAvailableError):
            await worker.execute(plan.statements[alone].sql)
    finally:
        await reader.close()
        await worker.close()


def refused(pair: Load, desired: str, observed: str) -> list[str]:
    plan = pair(desired, observed).plan()
    found = (hazard for statement in plan.statements for hazard in statement.hazards)
    return [hazard.message for hazard in found if hazard.kind is HazardKind.FAILS_ON_ROWS]


def test_a_column_of_a_domain_that_is_not_null_comes_to_no_row(pair: Load) -> None:
    domain = "CREATE DOMAIN d AS int NOT NULL; CREATE TABLE t (k int"
    assert refused(pair, f"{domain}, c d)", f"{domain})") == ['rows of "public"."t": any row, for it would hold NULL']
    assert refused(pair, f"{domain}, c d DEFAULT 1)", f"{domain})") == []


def ranges(first: str, second: str, key: str = "int") -> str:
    return (
        f"CREATE TABLE p (k {key}) PARTITION BY RANGE (k); CREATE TABLE a PARTITION OF p FOR VALUES FROM {first};"
        f"CREATE TABLE b PARTITION OF p FOR VALUES FROM {second}"
    )


def test_bounds_that_take_over_from_each_other_say_which_rows_do_not_fit(pair: Load) -> None:
    said = refused(pair, ranges("(0) TO (10)", "(10) TO (30)"), ranges("(0) TO (15)", "(15) TO (30)"))
    assert said == [
        'rows of "public"."a": NOT ("k" IS NOT NULL AND "k" >= 0::integer AND "k" < 10::integer)',
        'rows of "public"."b": NOT ("k" IS NOT NULL AND "k" >= 10::integer AND "k" < 30::integer)',
    ]


def test_bounds_of_another_key_say_which_rows_do_not_fit(pair: Load) -> None:
    said = refused(pair, ranges("(0) TO (5)", "(20) TO (30)", "bigint"), ranges("(0) TO (10)", "(20) TO (30)"))
    assert said[0].startswith('rows of "public"."a": NOT ("k" IS NOT NULL AND ')


def test_a_bound_that_stays_refuses_nothing(pair: Load) -> None:
    both = [
        f"{ranges('(0) TO (10)', '(20) TO (30)')}; ALTER TABLE p ADD {key}" for key in ("UNIQUE (k)", "PRIMARY KEY (k)")
    ]
    assert not [each for each in refused(pair, *both) if "NOT (" in each]
