"""Where a plan cannot go one way it says what is in the way, has no statement for that part, and runs without it."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shared.remediation.script import render_script
from shared.schema.profile import EVERYTHING
from tests.integration.remediation.conftest import Pair
from tests.integration.remediation.test_pairs_of_every_kind import rows

Load = Callable[[str, str], Pair]


def hashed(modulus: int) -> str:
    parts = "".join(
        f"CREATE TABLE h{n} PARTITION OF p FOR VALUES WITH (MODULUS {modulus}, REMAINDER {n});" for n in range(modulus)
    )
    return f"CREATE TABLE p (k int) PARTITION BY HASH (k); {parts} INSERT INTO p SELECT generate_series(1, 9)"


MOVED = (
    "table public.{} has rows that other partitions of public.p are to hold, and no plan moves rows between tables: "
    "make the partitioned table anew and copy them"
)
RANGED = "CREATE TABLE p (k {0}) PARTITION BY RANGE (k); CREATE TABLE a PARTITION OF p FOR VALUES FROM (0) TO (5);"
BLOCKED = {
    "more hash partitions": (
        hashed(4),
        hashed(2),
        [
            MOVED.format("h0"),
            MOVED.format("h1"),
            "table public.h2 wants rows of the bound of table public.h0, which stays a partition",
            "table public.h3 wants rows of the bound of table public.h1, which stays a partition",
        ],
    ),
    "fewer hash partitions": (hashed(2), hashed(3), [MOVED.format("h0"), MOVED.format("h1"), MOVED.format("h2")]),
}
"""What no statement does: the declared schema, the observed one, the sentences."""
CAREFUL = {
    "a key gets narrower": (
        f"{RANGED.format('int')} INSERT INTO p VALUES (1)",
        f"{RANGED.format('int8')} INSERT INTO p VALUES (1)",
        [
            "column public.p.k rests on column public.a.k, which stays as it is",
            "table public.a rests on column public.p.k, which stays as it is",
        ],
    ),
    "a partition takes the place of an undeclared one": (
        "CREATE TABLE p (k int) PARTITION BY RANGE (k); CREATE TABLE a PARTITION OF p FOR VALUES FROM (0) TO (9)",
        (
            f"{RANGED.format('int')} CREATE TABLE b PARTITION OF p FOR VALUES FROM (5) TO (9);"
            "INSERT INTO p VALUES (1), (6)"
        ),
        ["table public.a wants rows of the bound of table public.b, which stays a partition"],
    ),
    "a table takes the name of an undeclared view": (
        "CREATE TABLE v (k int)",
        "CREATE VIEW v AS SELECT 1 AS k",
        ["table public.v takes the place of view public.v, which stays"],
    ),
}
"""What waits for destructive statements."""


@pytest.mark.parametrize("case", BLOCKED)
def test_what_no_statement_does_is_said_and_not_tried(pair: Load, case: str) -> None:
    desired, observed, sentences = BLOCKED[case]
    pairs = pair(desired, observed)
    pairs.profile = EVERYTHING
    before = rows(pairs)
    plan = pairs.plan(destructive=False)
    assert [str(obstacle) for obstacle in plan.obstacles] == sentences
    assert plan.statements == ()
    assert all(map(plan.leaves, pairs.changes()))
    assert render_script(plan) == "".join(f"-- in the way: {sentence}\n" for sentence in sentences)
    assert rows(pairs) == before


def test_partitions_without_rows_get_another_modulus_where_everything_may_be_planned(pair: Load) -> None:
    pairs = pair(hashed(4), hashed(2).partition(" INSERT")[0])
    plan = pairs.plan(destructive=True)
    assert plan.obstacles == ()
    assert pairs.run(render_script(plan, destructive=True)).returncode == 0
    assert pairs.changes() == ()


def test_rows_that_another_modulus_refuses_end_the_script_and_stay(pair: Load) -> None:
    pairs = pair(hashed(4), hashed(2))
    before = rows(pairs)
    plan = pairs.plan(destructive=True)
    assert pairs.run(render_script(plan, destructive=True)).returncode != 0
    assert rows(pairs) == before


@pytest.mark.parametrize("case", CAREFUL)
def test_what_waits_for_destructive_statements_says_for_what(pair: Load, case: str) -> None:
    desired, observed, sentences = CAREFUL[case]
    pairs = pair(desired, observed)
    before = rows(pairs)
    plan = pairs.plan(destructive=False)
    assert [str(obstacle) for obstacle in plan.obstacles] == sentences
    assert [statement.sql for statement in plan.statements if not statement.destructive] == []
    script = render_script(plan)
    assert [line for line in script.splitlines() if line.startswith("-- in the way: ")] == [
        f"-- in the way: {sentence}" for sentence in sentences
    ]
    assert pairs.run(script).returncode == 0
    assert rows(pairs) == before
    assert pairs.plan(destructive=True).obstacles == ()
