"""What came with PostgreSQL 18: virtual columns, NOT ENFORCED, not-null constraints that are not inherited."""

from __future__ import annotations

from tests.integration.remediation.pairs import Pairs

PAIRS: Pairs = {
    "another virtual expression beside a check": (
        "CREATE TABLE t (k int CHECK (k > 0), g int GENERATED ALWAYS AS (k * 2) VIRTUAL); INSERT INTO t VALUES (1)",
        "CREATE TABLE t (k int CHECK (k > 0), g int GENERATED ALWAYS AS (k * 3) VIRTUAL); INSERT INTO t VALUES (1)",
    ),
    "another virtual expression under a check and a view": (
        (
            "CREATE TABLE t (k int, g int GENERATED ALWAYS AS (k * 2) VIRTUAL, CONSTRAINT a CHECK (g > 0));"
            "CREATE VIEW v AS SELECT g FROM t; INSERT INTO t VALUES (1)"
        ),
        (
            "CREATE TABLE t (k int, g int GENERATED ALWAYS AS (k * 3) VIRTUAL, CONSTRAINT a CHECK (g > 0),"
            "CONSTRAINT b CHECK (k > 0)); CREATE VIEW v AS SELECT g FROM t; INSERT INTO t VALUES (1)"
        ),
    ),
    "another virtual expression of a partitioned table": (
        (
            "CREATE TABLE t (k int CHECK (k > 0), g int GENERATED ALWAYS AS (k * 2) VIRTUAL) PARTITION BY LIST (k);"
            "CREATE TABLE a PARTITION OF t DEFAULT; INSERT INTO t VALUES (1)"
        ),
        (
            "CREATE TABLE t (k int CHECK (k > 0), g int GENERATED ALWAYS AS (k * 3) VIRTUAL) PARTITION BY LIST (k);"
            "CREATE TABLE a PARTITION OF t DEFAULT; INSERT INTO t VALUES (1)"
        ),
    ),
    "a not-null constraint begins to be inherited": (
        "CREATE TABLE p (k int CONSTRAINT n NOT NULL NO INHERIT); CREATE TABLE c () INHERITS (p)",
        "CREATE TABLE p (k int CONSTRAINT n NOT NULL); CREATE TABLE c () INHERITS (p); INSERT INTO c VALUES (1)",
    ),
    "constraints begin and cease to be enforced": (
        (
            "CREATE TABLE r (k int PRIMARY KEY); CREATE TABLE t (k int CONSTRAINT c CHECK (k > 0) NOT ENFORCED, r int);"
            "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (r) REFERENCES r; INSERT INTO t VALUES (1)"
        ),
        (
            "CREATE TABLE r (k int PRIMARY KEY); CREATE TABLE t (k int CONSTRAINT c CHECK (k > 0), r int);"
            "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (r) REFERENCES r NOT ENFORCED; INSERT INTO t VALUES (1)"
        ),
    ),
}
