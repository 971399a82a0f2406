"""Materialized views: filled or not, on each other, with indexes."""

from __future__ import annotations

from tests.integration.remediation.pairs import Pairs

_TABLE = "CREATE TABLE t (k int PRIMARY KEY, m text); INSERT INTO t VALUES (1, 'a'), (2, NULL);"

PAIRS: Pairs = {
    "one that nobody has filled": (
        "CREATE MATERIALIZED VIEW v AS SELECT 1 AS k WITH NO DATA",
        "CREATE MATERIALIZED VIEW v AS SELECT 1 AS k",
    ),
    "two on each other that nobody has filled": (
        (
            f"{_TABLE} CREATE MATERIALIZED VIEW b AS SELECT k, m FROM t WITH NO DATA;"
            "CREATE MATERIALIZED VIEW a AS SELECT k FROM b WITH NO DATA"
        ),
        (
            f"{_TABLE} CREATE MATERIALIZED VIEW b AS SELECT k, m FROM t;"
            "CREATE MATERIALIZED VIEW a AS SELECT k FROM b; CREATE UNIQUE INDEX i ON a (k)"
        ),
    ),
    "another query, with one on it": (
        (
            f"{_TABLE} CREATE MATERIALIZED VIEW v AS SELECT k, m FROM t; CREATE UNIQUE INDEX i ON v (k);"
            "CREATE MATERIALIZED VIEW w AS SELECT k FROM v; COMMENT ON MATERIALIZED VIEW w IS 'on v'"
        ),
        (
            f"{_TABLE} CREATE MATERIALIZED VIEW v AS SELECT k, m, k + 1 AS n FROM t WITH NO DATA;"
            "CREATE UNIQUE INDEX i ON v (k); CREATE MATERIALIZED VIEW w AS SELECT k FROM v WITH NO DATA;"
            "COMMENT ON MATERIALIZED VIEW w IS 'on v'"
        ),
    ),
    "a view becomes one that is materialized": (
        f"{_TABLE} CREATE VIEW v AS SELECT k, m FROM t; GRANT SELECT ON v TO remedy_reader",
        f"{_TABLE} CREATE MATERIALIZED VIEW v AS SELECT k, m FROM t; GRANT SELECT ON v TO remedy_reader",
    ),
    "the column below changes its type": (
        f"{_TABLE} CREATE MATERIALIZED VIEW v AS SELECT k, m FROM t; CREATE INDEX i ON v (m) WHERE k > 0",
        (
            "CREATE TABLE t (k int8 PRIMARY KEY, m varchar(9)); INSERT INTO t VALUES (1, 'a'), (2, NULL);"
            "CREATE MATERIALIZED VIEW v AS SELECT k, m FROM t; CREATE INDEX i ON v (m) WHERE k > 0"
        ),
    ),
    "storage and statistics of its columns": (
        f"{_TABLE} CREATE MATERIALIZED VIEW v AS SELECT k, m FROM t",
        (
            f"{_TABLE} CREATE MATERIALIZED VIEW v WITH (fillfactor = 70) AS SELECT k, m FROM t;"
            "ALTER MATERIALIZED VIEW v ALTER m SET STORAGE EXTERNAL;"
            "ALTER MATERIALIZED VIEW v ALTER k SET STATISTICS 7;"
            "CREATE INDEX i ON v (k); ALTER MATERIALIZED VIEW v CLUSTER ON i"
        ),
    ),
}
