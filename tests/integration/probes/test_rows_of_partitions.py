"""A partitioned table that is made anew keeps what its partitions hold."""

from __future__ import annotations

import asyncio

from shared.diff.compare import diff_schemas
from shared.remediation.planner import plan_remediation
from shared.remediation.script import render_script
from tests.probes.bench import Bench

TABLES = """
CREATE TABLE t (k {type}, v int) PARTITION BY RANGE (k);
CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (1) TO (5) PARTITION BY LIST (k);
CREATE TABLE t11 PARTITION OF t1 FOR VALUES IN (1, 2);
CREATE TABLE t2 PARTITION OF t FOR VALUES FROM (5) TO (9);
"""
ROWS = "INSERT INTO t VALUES (1, 10), (2, 20), (7, 70);"


def test_rows_survive_another_type_of_their_partition_key():
    async def run():
        async with Bench(18) as bench:
            await bench.make("desired", TABLES.format(type="bigint"))
            await bench.make("observed", TABLES.format(type="int") + ROWS)
            desired, observed = await bench.read("desired"), await bench.read("observed")
            diff = diff_schemas(desired.schema, observed.schema)
            plan = plan_remediation(desired, observed, diff, destructive=True)
            await bench.run("observed", render_script(plan, destructive=True))
            left = diff_schemas(desired.schema, (await bench.read("observed")).schema)
            await bench.run(
                "observed", "DO $$BEGIN ASSERT (SELECT array_agg(v ORDER BY k) FROM t) = '{10,20,70}'; END$$"
            )
            return left.changes

    assert asyncio.run(run()) == ()
