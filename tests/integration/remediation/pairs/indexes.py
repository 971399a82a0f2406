"""Indexes and keys of partitions that are called otherwise than PostgreSQL calls them."""

from __future__ import annotations

from tests.integration.remediation.pairs import Pairs

_TABLE = (
    "CREATE TABLE p (k int, m int) PARTITION BY RANGE (m); CREATE TABLE a PARTITION OF p FOR VALUES FROM (0) TO (10);"
    "INSERT INTO p SELECT i, i FROM generate_series(1, 9) AS i;"
)

PAIRS: Pairs = {
    "a part is renamed, and its comment goes": (
        f"{_TABLE} CREATE INDEX i ON p (k); COMMENT ON INDEX a_k_idx IS 'by hand'",
        f"{_TABLE} CREATE INDEX i ON p (k); ALTER INDEX a_k_idx RENAME TO mine",
    ),
    "a part has another name and other settings": (
        f"{_TABLE} CREATE INDEX i ON p (k)",
        (
            f"{_TABLE} CREATE INDEX mine ON a (k) WITH (fillfactor = 50); CREATE INDEX i ON ONLY p (k);"
            "ALTER INDEX i ATTACH PARTITION mine"
        ),
    ),
    "a part of a key is renamed": (
        f"{_TABLE} ALTER TABLE p ADD CONSTRAINT key PRIMARY KEY (k, m)",
        f"{_TABLE} ALTER TABLE p ADD CONSTRAINT key PRIMARY KEY (k, m); ALTER INDEX a_pkey RENAME TO mine",
    ),
    "two parts have each other's names": (
        f"{_TABLE} CREATE INDEX i ON p (k); CREATE INDEX j ON p (m)",
        (
            f"{_TABLE} CREATE INDEX i ON p (k); CREATE INDEX j ON p (m); ALTER INDEX a_k_idx RENAME TO x;"
            "ALTER INDEX a_m_idx RENAME TO a_k_idx; ALTER INDEX x RENAME TO a_m_idx"
        ),
    ),
    "an index of the partition's own has the name": (
        f"{_TABLE} CREATE INDEX i ON p (k); CREATE INDEX mine ON a (m)",
        f"{_TABLE} CREATE INDEX i ON p (k); ALTER INDEX a_k_idx RENAME TO mine",
    ),
    "a part of another index has a name of its own": (
        f"{_TABLE} CREATE INDEX i ON p (k)",
        f"{_TABLE} CREATE INDEX i ON p (k, m); ALTER INDEX a_k_m_idx RENAME TO mine",
    ),
}
