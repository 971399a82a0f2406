"""The plans whose waits are measured: 100,000 rows, where they are to go, and how one would write it by hand."""

from __future__ import annotations

import msgspec

from shared.kinds.context import Recipe

ROWS = 100_000
_TEXT = "md5(i::text) || md5((i + 1)::text) || md5((i + 2)::text)"
_T = "CREATE TABLE t (id int NOT NULL, a text NOT NULL, b int NOT NULL{more});"
_ROWS = f"INSERT INTO t (id, a, b) SELECT i, {_TEXT}, i FROM generate_series(1, {ROWS}) AS i;"
_PARTITIONED = (
    "CREATE TABLE c (id int PRIMARY KEY); INSERT INTO c SELECT generate_series(0, 9);"
    "CREATE TABLE p (id int NOT NULL, a text NOT NULL, b int NOT NULL{more}) PARTITION BY RANGE (id);"
    f"CREATE TABLE p1 PARTITION OF p FOR VALUES FROM (0) TO ({ROWS // 2});"
    f"CREATE TABLE p2 PARTITION OF p FOR VALUES FROM ({ROWS // 2}) TO ({ROWS + 1});"
)
_PARTITIONED_ROWS = f"INSERT INTO p SELECT i, {_TEXT}, i % 10 FROM generate_series(1, {ROWS}) AS i;"
_APART = (
    "CREATE TABLE p (id int NOT NULL, a text NOT NULL) PARTITION BY RANGE (id);"
    "CREATE TABLE p0 PARTITION OF p FOR VALUES FROM (-9) TO (0);"
)
_ATTACHED = f"CREATE TABLE t PARTITION OF p FOR VALUES FROM (0) TO ({ROWS + 1});"
_APART_ROWS = f"INSERT INTO t SELECT i, {_TEXT} FROM generate_series(1, {ROWS}) AS i;"


class Waited(msgspec.Struct, frozen=True, kw_only=True):
    """One change, and who works with the table meanwhile.

    Args:
        name: What changes.
        observed: The schema as it is.
        rows: Fills it.
        desired: The schema as it is to be.
        naive: What one would write by hand, in one transaction.
        writes: What the writer runs over and over; `$1` counts.
        reads: What the reader runs.
        recipe: Of the plan.
        others_read_for: Seconds for which a third session reads the table in one transaction, from the beginning on.
    """

    name: str
    observed: str
    rows: str
    desired: str
    naive: str
    writes: str = "UPDATE t SET b = b + 1 WHERE id = 1 + $1::int4 % 1000"
    reads: str = "SELECT a FROM t WHERE id = 1 + $1::int4 % 1000"
    recipe: Recipe = Recipe.SHORT
    others_read_for: float = 0.0


_WRITES_PARTITIONS = f"INSERT INTO p VALUES (1 + $1::int4 % {ROWS}, 'x', 1)"
_READS_PARTITIONS = "SELECT 1 FROM p WHERE id = 1 LIMIT 1"

WAITED = (
    Waited(
        name="index (a) to (a, b)",
        observed=_T.format(more="") + "CREATE INDEX i ON t (a);",
        rows=_ROWS,
        desired=_T.format(more="") + "CREATE INDEX i ON t (a, b);",
        naive="DROP INDEX i; CREATE INDEX i ON t (a, b)",
        writes="INSERT INTO t VALUES ($1::int4, 'x', 1)",
        reads="SELECT 1 FROM t WHERE a = 'x' LIMIT 1",
    ),
    Waited(
        name="key (a) to (a, id)",
        observed=_T.format(more=", CONSTRAINT k PRIMARY KEY (a)"),
        rows=_ROWS,
        desired=_T.format(more=", CONSTRAINT k PRIMARY KEY (a, id)"),
        naive="ALTER TABLE t DROP CONSTRAINT k, ADD CONSTRAINT k PRIMARY KEY (a, id)",
        writes="INSERT INTO t VALUES ($1::int4, 'x' || $1::int4, 1)",
        reads="SELECT 1 FROM t WHERE a = 'x' LIMIT 1",
    ),
    Waited(
        name="CHECK on partitions",
        observed=_PARTITIONED.format(more=""),
        rows=_PARTITIONED_ROWS,
        desired=_PARTITIONED.format(more=", CONSTRAINT k CHECK (a ~ '^[0-9a-fx]*$' AND length(a) < 200)"),
        naive="ALTER TABLE p ADD CONSTRAINT k CHECK (a ~ '^[0-9a-fx]*$' AND length(a) < 200)",
        writes=_WRITES_PARTITIONS,
        reads=_READS_PARTITIONS,
    ),
    Waited(
        name="FOREIGN KEY on partitions",
        observed=_PARTITIONED.format(more=""),
        rows=_PARTITIONED_ROWS,
        desired=_PARTITIONED.format(more=", CONSTRAINT k FOREIGN KEY (b) REFERENCES c"),
        naive="ALTER TABLE p ADD CONSTRAINT k FOREIGN KEY (b) REFERENCES c",
        writes=_WRITES_PARTITIONS,
        reads=_READS_PARTITIONS,
    ),
    Waited(
        name="ATTACH",
        observed=_APART + "CREATE TABLE t (id int NOT NULL, a text NOT NULL);",
        rows=_APART_ROWS,
        desired=_APART + _ATTACHED,
        naive=f"ALTER TABLE p ATTACH PARTITION t FOR VALUES FROM (0) TO ({ROWS + 1})",
        writes="INSERT INTO t VALUES (1 + $1::int4 % 1000, 'x')",
        reads="SELECT 1 FROM t LIMIT 1",
    ),
    Waited(
        name="DETACH beside a long query",
        observed=_APART + _ATTACHED,
        rows=_APART_ROWS,
        desired=_APART + "CREATE TABLE t (id int NOT NULL, a text NOT NULL);",
        naive="ALTER TABLE p DETACH PARTITION t",
        writes="INSERT INTO p VALUES (-1, 'x')",
        reads="SELECT 1 FROM p WHERE id = -1 LIMIT 1",
        others_read_for=1.0,
    ),
    Waited(
        name="int to bigint, online",
        observed=_T.format(more="") + "ALTER TABLE t ADD CONSTRAINT k PRIMARY KEY (id);",
        rows=_ROWS,
        desired=_T.format(more="").replace("id int", "id bigint") + "ALTER TABLE t ADD CONSTRAINT k PRIMARY KEY (id);",
        naive="ALTER TABLE t ALTER COLUMN id SET DATA TYPE bigint",
        recipe=Recipe.ONLINE,
    ),
)
