"""Publications: what they publish, of which rows and columns."""

from __future__ import annotations

from tests.integration.remediation.pairs import Pairs

_TABLES = (
    "CREATE SCHEMA s; CREATE TABLE t (k int PRIMARY KEY, m text); CREATE TABLE s.u (k int PRIMARY KEY, m int);"
    "INSERT INTO t VALUES (1, 'a'); INSERT INTO s.u VALUES (1, 2);"
)

_PARTS = (
    "CREATE TABLE p (k int, m int) PARTITION BY RANGE (k); CREATE TABLE a PARTITION OF p FOR VALUES FROM (0) TO (10);"
    "INSERT INTO p VALUES (1, 1);"
)

PAIRS: Pairs = {
    "a filter over a partitioned table, which wants it published by its root": (
        f"{_PARTS} CREATE PUBLICATION b FOR TABLE p WITH (publish = 'insert')",
        (
            f"{_PARTS} CREATE PUBLICATION b FOR TABLE p WHERE (k > 1)"
            " WITH (publish = 'insert', publish_via_partition_root)"
        ),
    ),
    "columns of a partitioned table and of its partition": (
        f"{_PARTS} CREATE PUBLICATION b FOR TABLE p (k), a (k) WITH (publish_via_partition_root)",
        f"{_PARTS} CREATE PUBLICATION b FOR TABLE p",
    ),
    "filters and columns": (
        f"{_TABLES} CREATE PUBLICATION p FOR TABLE t WHERE (k > 1), TABLE s.u (k, m)",
        f"{_TABLES} CREATE PUBLICATION p FOR TABLE t (k) WHERE (k > 2), TABLE s.u",
    ),
    "all tables of a namespace": (
        f"{_TABLES} CREATE PUBLICATION p FOR TABLES IN SCHEMA s",
        f"{_TABLES} CREATE PUBLICATION p FOR TABLE t, TABLES IN SCHEMA public",
    ),
    "all tables": (f"{_TABLES} CREATE PUBLICATION p FOR TABLE t", f"{_TABLES} CREATE PUBLICATION p FOR ALL TABLES"),
    "what is published of a table": (
        f"{_TABLES} CREATE PUBLICATION p FOR TABLE t WITH (publish = 'insert')",
        f"{_TABLES} CREATE PUBLICATION p FOR TABLE t WITH (publish = 'insert, delete', publish_via_partition_root)",
    ),
    "a filter over a column of another type": (
        f"{_TABLES} CREATE PUBLICATION p FOR TABLE s.u WHERE (m > 1) WITH (publish = 'insert')",
        (
            "CREATE SCHEMA s; CREATE TABLE t (k int PRIMARY KEY, m text); CREATE TABLE s.u (k int PRIMARY KEY, m int8);"
            "INSERT INTO t VALUES (1, 'a'); INSERT INTO s.u VALUES (1, 2);"
            "CREATE PUBLICATION p FOR TABLE s.u WHERE (m > 1) WITH (publish = 'insert')"
        ),
    ),
    "a published column that is new": (
        f"{_TABLES} CREATE PUBLICATION p FOR TABLE t (k)",
        f"{_TABLES} ALTER TABLE t ADD n int; CREATE PUBLICATION p FOR TABLE t (k, n)",
    ),
    "a published table that is new": (
        f"{_TABLES} CREATE PUBLICATION p FOR TABLE t",
        f"{_TABLES} CREATE TABLE n (k int PRIMARY KEY); CREATE PUBLICATION p FOR TABLE t, n WHERE (k > 0)",
    ),
    "generated columns": (
        f"{_TABLES} CREATE PUBLICATION p FOR TABLE t",
        f"{_TABLES} CREATE PUBLICATION p FOR TABLE t WITH (publish_generated_columns = stored)",
    ),
    "a table that is no longer published is unlogged": (
        "CREATE TABLE t (k int); CREATE PUBLICATION p FOR TABLE t WITH (publish = 'insert'); INSERT INTO t VALUES (1)",
        "CREATE UNLOGGED TABLE t (k int); INSERT INTO t VALUES (1)",
    ),
}
