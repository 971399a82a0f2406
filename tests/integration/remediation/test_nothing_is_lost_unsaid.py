"""Without destructive statements no value in any table is another one afterwards."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shared.remediation.script import render_script
from tests.integration.remediation.conftest import Pair

Load = Callable[[str, str], Pair]

LOSSES = {
    "attribute of typed table goes": (
        "CREATE TYPE c AS (a int); CREATE TABLE t OF c",
        "CREATE TYPE c AS (a int, b text); CREATE TABLE t OF c; INSERT INTO t VALUES (1, 'x')",
    ),
    "attribute of typed table is rounded": (
        "CREATE TYPE c AS (a int); CREATE TABLE t OF c",
        "CREATE TYPE c AS (a numeric); CREATE TABLE t OF c; INSERT INTO t VALUES (1.5)",
    ),
    "bounds of a range are cut": (
        "CREATE TYPE r AS RANGE (SUBTYPE = date); CREATE TABLE t (r r)",
        (
            "CREATE TYPE r AS RANGE (SUBTYPE = timestamp); CREATE TABLE t (r r);"
            "INSERT INTO t VALUES ('[2020-01-01 10:00, 2020-01-02 11:00)')"
        ),
    ),
    "virtual column becomes an empty one": (
        "CREATE TABLE t (a int, b int)",
        "CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a + 1) VIRTUAL); INSERT INTO t VALUES (1)",
    ),
    "plain column is computed": (
        "CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a + 1) STORED)",
        "CREATE TABLE t (a int, b int); INSERT INTO t VALUES (1, 9)",
    ),
    "domain rounds": (
        "CREATE DOMAIN d AS int; CREATE TABLE t (a d)",
        "CREATE DOMAIN d AS numeric; CREATE TABLE t (a d); INSERT INTO t VALUES (1.5)",
    ),
    "elements are rounded": (
        "CREATE TABLE t (a numeric(5,1)[])",
        "CREATE TABLE t (a numeric(6,3)[]); INSERT INTO t VALUES ('{1.234}')",
    ),
    "seconds are rounded": (
        "CREATE TABLE t (a timestamp(0), b interval(0))",
        "CREATE TABLE t (a timestamp, b interval); INSERT INTO t VALUES ('2020-01-01 10:00:00.123', '1.5 s')",
    ),
    "partitions go with their table": (
        "CREATE TABLE t (a int, b int) PARTITION BY LIST (b)",
        (
            "CREATE TABLE t (a int, b int) PARTITION BY LIST (a); CREATE TABLE part PARTITION OF t DEFAULT;"
            "INSERT INTO t VALUES (1, 1)"
        ),
    ),
    "attributes change places within arrays": (
        "CREATE TYPE c AS (y int, x int); CREATE TABLE t (a c[])",
        "CREATE TYPE c AS (x int, y int); CREATE TABLE t (a c[]); INSERT INTO t VALUES (ARRAY[ROW(1, 2)::c])",
    ),
}


@pytest.mark.parametrize("change", LOSSES)
def test_rows_are_as_before_without_destructive_statements(pair: Load, change: str) -> None:
    pairs = pair(*LOSSES[change])
    before = pairs.ask("SELECT * FROM t")
    plan = pairs.plan(destructive=False)
    done = pairs.run(render_script(plan))
    assert done.returncode == 0, done.stderr
    assert pairs.ask("SELECT * FROM t") == before
    assert any(statement.destructive for statement in plan.statements)
    assert plan.remaining


def test_a_table_that_is_to_be_unlogged_says_what_a_crash_does(pair: Load) -> None:
    pairs = pair("CREATE UNLOGGED TABLE t (a int)", "CREATE TABLE t (a int)")
    [statement] = pairs.plan().statements
    assert 'after a crash, every row of "public"."t" cannot be brought back' in [h.message for h in statement.hazards]


def test_values_of_a_composite_type_keep_to_their_attributes(pair: Load) -> None:
    pairs = pair(
        "CREATE TYPE c AS (y bigint, z text, x int); CREATE TABLE t (n int, a c)",
        (
            "CREATE TYPE c AS (x int, y int); CREATE TABLE t (n int, a c);"
            "INSERT INTO t VALUES (1, ROW(3, 4)), (2, ROW(NULL, NULL)), (3, NULL)"
        ),
    )
    done = pairs.run(render_script(pairs.plan(), destructive=True))
    assert done.returncode == 0, done.stderr
    assert pairs.ask("SELECT n, a, a IS NOT DISTINCT FROM NULL FROM t ORDER BY n") == ["1|(4,,3)|f", "2|(,,)|f", "3||t"]
