"""Partitions of every shape, attached, detached, bounded otherwise and moved."""

from __future__ import annotations

from tests.integration.remediation.pairs import Pairs

_LIST = "CREATE TABLE p (k int, m text) PARTITION BY LIST (k); CREATE TABLE a PARTITION OF p FOR VALUES IN (1);"
_ROW = "INSERT INTO p VALUES (1, 'a');"

PAIRS: Pairs = {
    "a partition more": (
        f"{_LIST} {_ROW}",
        f"{_LIST} {_ROW} CREATE TABLE b PARTITION OF p FOR VALUES IN (2, NULL); CREATE TABLE d PARTITION OF p DEFAULT",
    ),
    "a partition is a table of its own": (
        f"{_LIST} {_ROW} CREATE TABLE b PARTITION OF p FOR VALUES IN (2); INSERT INTO p VALUES (2, 'b')",
        f"{_LIST} {_ROW} CREATE TABLE b (k int, m text); INSERT INTO b VALUES (2, 'b')",
    ),
    "other bounds": (
        f"{_LIST} {_ROW} CREATE TABLE b PARTITION OF p FOR VALUES IN (2)",
        (
            "CREATE TABLE p (k int, m text) PARTITION BY LIST (k); CREATE TABLE a PARTITION OF p FOR VALUES IN (1, 3);"
            f"{_ROW} CREATE TABLE b PARTITION OF p FOR VALUES IN (2, 4)"
        ),
    ),
    "a column and a check of all": (
        f"{_LIST} {_ROW}",
        (
            "CREATE TABLE p (k int, m text, n int DEFAULT 3 NOT NULL,"
            " CONSTRAINT c CHECK (k > 0)) PARTITION BY LIST (k);"
            f"CREATE TABLE a PARTITION OF p FOR VALUES IN (1); {_ROW}"
        ),
    ),
    "a column beside the key changes its type": (
        f"{_LIST} {_ROW} CREATE INDEX i ON p (m); CREATE VIEW v AS SELECT m FROM p",
        (
            "CREATE TABLE p (k int, m varchar(9)) PARTITION BY LIST (k);"
            " CREATE TABLE a PARTITION OF p FOR VALUES IN (1);"
            f"{_ROW} CREATE INDEX i ON p (m); CREATE VIEW v AS SELECT m FROM p"
        ),
    ),
    "primary and foreign keys": (
        f"{_LIST} {_ROW} CREATE TABLE r (k int)",
        (
            f"{_LIST} {_ROW} ALTER TABLE p ADD PRIMARY KEY (k);"
            "CREATE TABLE r (k int REFERENCES p); INSERT INTO r VALUES (1);"
            "ALTER TABLE p ADD FOREIGN KEY (k) REFERENCES p NOT VALID"
        ),
    ),
    "indexes of partitions": (
        f"{_LIST} {_ROW} CREATE INDEX i ON p (m); CREATE INDEX j ON a (k)",
        f"{_LIST} {_ROW} CREATE INDEX i ON p (m, k); CREATE UNIQUE INDEX j ON a (k)",
    ),
    "an index of one becomes one of all": (
        f"{_LIST} {_ROW} CREATE INDEX i ON a (m)",
        f"{_LIST} {_ROW} CREATE INDEX i ON ONLY p (m); CREATE INDEX j ON a (m); ALTER INDEX i ATTACH PARTITION j",
    ),
    "partitions of partitions": (
        f"{_LIST} {_ROW} CREATE TABLE b PARTITION OF p FOR VALUES IN (2); INSERT INTO p VALUES (2, 'x')",
        (
            f"{_LIST} {_ROW} CREATE TABLE b PARTITION OF p FOR VALUES IN (2) PARTITION BY LIST (m);"
            "CREATE TABLE bx PARTITION OF b FOR VALUES IN ('x'); CREATE TABLE bd PARTITION OF b DEFAULT"
        ),
    ),
    "a partition moves to another parent": (
        f"{_LIST} {_ROW} CREATE TABLE q (k int, m text) PARTITION BY RANGE (k)",
        (
            "CREATE TABLE p (k int, m text) PARTITION BY LIST (k);"
            " CREATE TABLE q (k int, m text) PARTITION BY RANGE (k);"
            "CREATE TABLE a PARTITION OF q FOR VALUES FROM (0) TO (9); INSERT INTO q VALUES (1, 'a')"
        ),
    ),
    "defaults and settings of a partition's own": (
        f"{_LIST} {_ROW}",
        f"{_LIST} {_ROW} ALTER TABLE a ALTER m SET DEFAULT 'own'; ALTER TABLE a SET (fillfactor = 50)",
    ),
    "identity of a partitioned table": (
        f"{_LIST} {_ROW}",
        (
            "CREATE TABLE p (k int, m text, i int GENERATED ALWAYS AS IDENTITY) PARTITION BY LIST (k);"
            f"CREATE TABLE a PARTITION OF p FOR VALUES IN (1); {_ROW}"
        ),
    ),
    "owner and grants of a partition": (
        f"{_LIST} {_ROW} GRANT SELECT ON p TO remedy_reader",
        f"{_LIST} {_ROW} GRANT SELECT ON a TO remedy_reader; ALTER TABLE a OWNER TO remedy_app",
    ),
    "other bounds, and a column of another type": (
        f"{_LIST} {_ROW}",
        (
            "CREATE TABLE p (k int, m varchar(9)) PARTITION BY LIST (k);"
            f"CREATE TABLE a PARTITION OF p FOR VALUES IN (1, 2); {_ROW}"
        ),
    ),
    "another way to part, and an enum is reordered": (
        (
            "CREATE TYPE e AS ENUM ('b', 'a'); CREATE TABLE p (k int, m e) PARTITION BY RANGE (k);"
            "CREATE TABLE a PARTITION OF p FOR VALUES FROM (0) TO (9)"
        ),
        (
            "CREATE TYPE e AS ENUM ('a', 'b'); CREATE TABLE p (k int, m e) PARTITION BY LIST (m);"
            "CREATE TABLE a PARTITION OF p FOR VALUES IN ('a')"
        ),
    ),
}
