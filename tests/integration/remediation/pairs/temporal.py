"""Keys over periods, constraints that are not enforced, and computed columns that are not stored: version 18."""

from __future__ import annotations

from tests.integration.remediation.pairs import Pairs

_ROOMS = "CREATE EXTENSION btree_gist; CREATE TABLE t (k int, r daterange"
_ROW = "INSERT INTO t VALUES (1, '[2020-01-01,2021-01-01)')"

PAIRS: Pairs = {
    "a key begins to be one over periods": (
        f"{_ROOMS}, PRIMARY KEY (k, r)); {_ROW}",
        f"{_ROOMS}, PRIMARY KEY (k, r WITHOUT OVERLAPS)); {_ROW}",
    ),
    "a foreign key over periods": (
        f"{_ROOMS}, PRIMARY KEY (k, r WITHOUT OVERLAPS)); {_ROW}; CREATE TABLE u (k int, r daterange)",
        (
            f"{_ROOMS}, PRIMARY KEY (k, r WITHOUT OVERLAPS)); {_ROW};"
            "CREATE TABLE u (k int, r daterange, FOREIGN KEY (k, PERIOD r) REFERENCES t (k, PERIOD r));"
            "INSERT INTO u VALUES (1, '[2020-02-01,2020-03-01)')"
        ),
    ),
    "a key over periods of another type": (
        f"{_ROOMS}, UNIQUE (k, r WITHOUT OVERLAPS)); {_ROW}",
        (
            "CREATE EXTENSION btree_gist;"
            " CREATE TABLE t (k int8, r daterange NOT NULL, UNIQUE (k, r WITHOUT OVERLAPS));"
            f"{_ROW}"
        ),
    ),
    "a foreign key that is not enforced": (
        (
            "CREATE TABLE t (k int PRIMARY KEY);"
            " CREATE TABLE u (k int, CONSTRAINT f FOREIGN KEY (k) REFERENCES t NOT ENFORCED);"
            "INSERT INTO t VALUES (1); INSERT INTO u VALUES (1)"
        ),
        (
            "CREATE TABLE t (k int PRIMARY KEY); CREATE TABLE u (k int, CONSTRAINT f FOREIGN KEY (k) REFERENCES t);"
            "INSERT INTO t VALUES (1); INSERT INTO u VALUES (1)"
        ),
    ),
    "a check that is not enforced, of a partitioned table": (
        (
            "CREATE TABLE t (k int, CONSTRAINT c CHECK (k > 0) NOT ENFORCED) PARTITION BY LIST (k);"
            "CREATE TABLE a PARTITION OF t DEFAULT; INSERT INTO t VALUES (1)"
        ),
        (
            "CREATE TABLE t (k int, CONSTRAINT c CHECK (k > 0)) PARTITION BY LIST (k);"
            "CREATE TABLE a PARTITION OF t DEFAULT; INSERT INTO t VALUES (1)"
        ),
    ),
    "a column is computed when it is read": (
        "CREATE TABLE t (k int, m int GENERATED ALWAYS AS (k + 1) STORED); INSERT INTO t VALUES (1)",
        "CREATE TABLE t (k int, m int GENERATED ALWAYS AS (k + 1) VIRTUAL); INSERT INTO t VALUES (1)",
    ),
    "its type changes with the column it reads": (
        (
            "CREATE TABLE t (k int, m int GENERATED ALWAYS AS (k + 1)); CREATE VIEW v AS SELECT m FROM t;"
            "INSERT INTO t VALUES (1)"
        ),
        (
            "CREATE TABLE t (k int8, m int8 GENERATED ALWAYS AS (k + 1)); CREATE VIEW v AS SELECT m FROM t;"
            "INSERT INTO t VALUES (1)"
        ),
    ),
    "a not-null constraint with a name, not yet validated": (
        "CREATE TABLE t (k int, m int); INSERT INTO t VALUES (1, 2)",
        (
            "CREATE TABLE t (k int, m int CONSTRAINT named NOT NULL); INSERT INTO t VALUES (1, 2);"
            "ALTER TABLE t ADD CONSTRAINT later NOT NULL k NOT VALID"
        ),
    ),
}
