"""Indexes and keys that are replaced by others of their names."""

from __future__ import annotations

from tests.integration.remediation.pairs import Pairs

_ROWS = "INSERT INTO t VALUES (1, 1), (2, 2)"

PAIRS: Pairs = {
    "a unique index gets a predicate and keeps its comment": (
        f"CREATE TABLE t (k int, m int); CREATE UNIQUE INDEX i ON t (k); COMMENT ON INDEX i IS 'said'; {_ROWS}",
        (
            "CREATE TABLE t (k int, m int); CREATE UNIQUE INDEX i ON t (k) WHERE m > 0; COMMENT ON INDEX i IS 'said';"
            f"{_ROWS}"
        ),
    ),
    "a primary key gets a column": (
        f"CREATE TABLE t (k int PRIMARY KEY, m int NOT NULL); {_ROWS}",
        f"CREATE TABLE t (k int, m int NOT NULL, CONSTRAINT t_pkey PRIMARY KEY (k, m)); {_ROWS}",
    ),
    "a key that a foreign key needs covers another column": (
        (
            "CREATE TABLE t (k int, m int, CONSTRAINT u UNIQUE (k)); CREATE TABLE r (k int REFERENCES t (k));"
            f"{_ROWS}; INSERT INTO r VALUES (1)"
        ),
        (
            "CREATE TABLE t (k int, m int, CONSTRAINT u UNIQUE (k) INCLUDE (m)); CREATE TABLE r (k int);"
            f"ALTER TABLE r ADD CONSTRAINT r_k_fkey FOREIGN KEY (k) REFERENCES t (k); {_ROWS}; INSERT INTO r VALUES (1)"
        ),
    ),
    "the index that is the replica identity and the order of the rows": (
        (
            "CREATE TABLE t (k int NOT NULL, m int NOT NULL); CREATE UNIQUE INDEX i ON t (k);"
            f"ALTER TABLE t REPLICA IDENTITY USING INDEX i; ALTER TABLE t CLUSTER ON i; {_ROWS}"
        ),
        (
            "CREATE TABLE t (k int NOT NULL, m int NOT NULL); CREATE UNIQUE INDEX i ON t (m);"
            f"ALTER TABLE t REPLICA IDENTITY USING INDEX i; ALTER TABLE t CLUSTER ON i; {_ROWS}"
        ),
    ),
    "another index is the replica identity and the order of the rows": (
        (
            "CREATE TABLE t (k int NOT NULL, m int NOT NULL); CREATE UNIQUE INDEX i ON t (k);"
            "CREATE UNIQUE INDEX j ON t (m); ALTER TABLE t REPLICA IDENTITY USING INDEX i;"
            f"ALTER TABLE t CLUSTER ON i; {_ROWS}"
        ),
        (
            "CREATE TABLE t (k int NOT NULL, m int NOT NULL); CREATE UNIQUE INDEX j ON t (k, m);"
            f"ALTER TABLE t REPLICA IDENTITY USING INDEX j; ALTER TABLE t CLUSTER ON j; {_ROWS}"
        ),
    ),
    "a key instead of an index is the replica identity and the order of the rows": (
        (
            "CREATE TABLE t (k int NOT NULL, m int, CONSTRAINT i UNIQUE (k)); ALTER TABLE t CLUSTER ON i;"
            f"ALTER TABLE t REPLICA IDENTITY USING INDEX i; {_ROWS}"
        ),
        (
            "CREATE TABLE t (k int NOT NULL, m int); CREATE UNIQUE INDEX i ON t (k); ALTER TABLE t CLUSTER ON i;"
            f"ALTER TABLE t REPLICA IDENTITY USING INDEX i; {_ROWS}"
        ),
    ),
    "an index of a column that is new, one of a column of another type": (
        "CREATE TABLE t (k int, m int); CREATE INDEX i ON t (k); CREATE INDEX j ON t (k) WHERE m > 0",
        "CREATE TABLE t (k int, m int8, n int); CREATE INDEX i ON t (k, n); CREATE INDEX j ON t (k, m) WHERE m > 0",
    ),
    "an index over a function of another result": (
        (
            "CREATE FUNCTION f(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT 1'; CREATE TABLE t (k int);"
            "CREATE INDEX i ON t (f(k)); INSERT INTO t VALUES (1)"
        ),
        (
            "CREATE FUNCTION f(int) RETURNS int8 IMMUTABLE LANGUAGE sql AS 'SELECT 1'; CREATE TABLE t (k int);"
            "CREATE INDEX i ON t (f(k)); INSERT INTO t VALUES (1)"
        ),
    ),
    "an index of a materialized view": (
        "CREATE MATERIALIZED VIEW m AS SELECT 1 AS a, 2 AS b; CREATE UNIQUE INDEX i ON m (a)",
        "CREATE MATERIALIZED VIEW m AS SELECT 1 AS a, 2 AS b; CREATE UNIQUE INDEX i ON m (b)",
    ),
}
