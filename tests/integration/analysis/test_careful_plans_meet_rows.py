"""What is withheld takes along what rests on it: a plan runs on rows without its destructive statements, and with."""

from __future__ import annotations

import pytest

from shared.postgres.scratch import ScratchServer
from shared.remediation.plan import ProofStatus, RowStatus
from tests.integration.analysis.test_plans_meet_rows import planned

ORDERS = "CREATE TABLE orders (id int PRIMARY KEY, total numeric(12, 4), state text, day date)"
SORTED = "CREATE TABLE t (a text COLLATE c, b int); CREATE INDEX i ON t (a)"
PAIRS = {
    "a collation of another locale": (
        f"CREATE COLLATION c (provider = libc, locale = 'C'); {SORTED}",
        f"CREATE COLLATION c (provider = libc, locale = 'POSIX'); {SORTED}",
    ),
    "an enum with a label less, in a default, an index, a check and a view": (
        """
        CREATE TYPE e AS ENUM ('a', 'b'); CREATE TABLE t (x e NOT NULL DEFAULT 'a', y e[], CHECK (x <> 'b'));
        CREATE INDEX i ON t (x) WHERE x = 'a'; CREATE VIEW v AS SELECT x FROM t WHERE x = 'a'
        """,
        """
        CREATE TYPE e AS ENUM ('a', 'b', 'c'); CREATE TABLE t (x e NOT NULL DEFAULT 'a', y e[]);
        CREATE INDEX i ON t (x) WHERE x IN ('a', 'c'); CREATE VIEW v AS SELECT x FROM t WHERE x IN ('a', 'c')
        """,
    ),
    "a column less, with an index, a check, a generated column and a view on it": (
        f"{ORDERS}; CREATE VIEW v AS SELECT id FROM orders",
        f"""
        {ORDERS}; ALTER TABLE orders ADD note text CHECK (note <> 'x');
        ALTER TABLE orders ADD long int GENERATED ALWAYS AS (length(note)) STORED;
        CREATE INDEX i ON orders (note); CREATE VIEW v AS SELECT id, note FROM orders
        """,
    ),
    "a rounded column in a view, an index and a generated column": (
        f"""
        {ORDERS.replace("12, 4", "12, 2")}; ALTER TABLE orders ADD twice numeric GENERATED ALWAYS AS (total * 2) STORED;
        CREATE INDEX i ON orders (total); CREATE VIEW v AS SELECT total FROM orders
        """,
        f"""
        {ORDERS}; ALTER TABLE orders ADD twice numeric GENERATED ALWAYS AS (total * 2) STORED;
        CREATE INDEX i ON orders (total); CREATE VIEW v AS SELECT total FROM orders
        """,
    ),
    "a domain over another type": (
        "CREATE DOMAIN d AS int CHECK (VALUE > 0); CREATE TABLE t (a d, b text)",
        "CREATE DOMAIN d AS numeric CHECK (VALUE > 0); CREATE TABLE t (a d, b text, c int)",
    ),
    "a key over other columns that a table refers to": (
        "CREATE TABLE p (a int, b int, PRIMARY KEY (a), UNIQUE (b)); CREATE TABLE c (x int REFERENCES p (b))",
        "CREATE TABLE p (a int, b int, PRIMARY KEY (b)); CREATE TABLE c (x int REFERENCES p (b))",
    ),
    "partitions of another key": (
        """
        CREATE TABLE t (k bigint, v text) PARTITION BY RANGE (k);
        CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (1) TO (9); CREATE TABLE rest PARTITION OF t DEFAULT
        """,
        """
        CREATE TABLE t (k int, v text) PARTITION BY RANGE (k);
        CREATE TABLE t1 PARTITION OF t FOR VALUES FROM (1) TO (9); CREATE TABLE rest PARTITION OF t DEFAULT
        """,
    ),
    "an attribute of a type less": (
        "CREATE TYPE c AS (a int); CREATE TABLE t (x c, y int); CREATE TABLE typed OF c",
        "CREATE TYPE c AS (a int, b text); CREATE TABLE t (x c, y int); CREATE TABLE typed OF c",
    ),
    "a table less that others refer to": (
        "CREATE TABLE c (x int, p int)",
        """
        CREATE TABLE p (id int PRIMARY KEY); CREATE TABLE c (x int, p int REFERENCES p);
        CREATE VIEW v AS SELECT id FROM p
        """,
    ),
    "columns computed and not": (
        "CREATE TABLE t (a int, b int GENERATED ALWAYS AS (a + 1) STORED, c int)",
        "CREATE TABLE t (a int, b int, c int GENERATED ALWAYS AS (a + 2) STORED)",
    ),
}
"""Two schemas; the plan is made in both directions."""


@pytest.mark.parametrize("back", [False, True], ids=["there", "back"])
@pytest.mark.parametrize("pair", PAIRS)
def test_a_careful_plan_runs_on_rows_and_keeps_every_value(scratch: ScratchServer, pair: str, *, back: bool) -> None:
    desired, observed = PAIRS[pair][::-1] if back else PAIRS[pair]
    for destructive in (False, True):
        proof = planned(scratch, desired, observed, destructive=destructive).proof
        assert (proof.status, proof.reason) == (ProofStatus.PROVEN, "")
        assert proof.rows.status in {RowStatus.PROVEN, RowStatus.PARTLY}, proof.rows.reasons
        assert proof.rows.rows > 5


def test_a_changed_collation_keeps_the_values_of_its_columns(scratch: ScratchServer) -> None:
    """The old one steps aside until the columns have the new one: no statement loses anything."""
    plan = planned(scratch, *PAIRS["a collation of another locale"], destructive=False)
    assert [statement.sql for statement in plan.statements if statement.destructive] == []
    assert (plan.proof.rows.status, plan.remaining) == (RowStatus.PROVEN, ())
