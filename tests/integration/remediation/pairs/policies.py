"""Row security: policies, and whom they hold."""

from __future__ import annotations

from tests.integration.remediation.pairs import Pairs

_TABLE = "CREATE TABLE t (k int, m text); INSERT INTO t VALUES (1, 'a'), (2, NULL);"

PAIRS: Pairs = {
    "row security begins": (
        _TABLE,
        f"{_TABLE} ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY p ON t USING (k > 0)",
    ),
    "it is forced on the owner": (
        f"{_TABLE} ALTER TABLE t ENABLE ROW LEVEL SECURITY",
        f"{_TABLE} ALTER TABLE t FORCE ROW LEVEL SECURITY",
    ),
    "other roles and another command": (
        f"{_TABLE} CREATE POLICY p ON t FOR SELECT TO remedy_app USING (k > 0)",
        f"{_TABLE} CREATE POLICY p ON t FOR UPDATE TO remedy_app, remedy_reader USING (k > 0) WITH CHECK (m <> '')",
    ),
    "a permissive one becomes restrictive": (
        f"{_TABLE} CREATE POLICY p ON t USING (k > 0); COMMENT ON POLICY p ON t IS 'p'",
        f"{_TABLE} CREATE POLICY p ON t AS RESTRICTIVE USING (k > 0); COMMENT ON POLICY p ON t IS 'p'",
    ),
    "its checks end": (
        f"{_TABLE} CREATE POLICY p ON t USING (k > 0) WITH CHECK (k > 1)",
        f"{_TABLE} CREATE POLICY p ON t USING (k > 0)",
    ),
    "the column it reads changes its type": (
        f"{_TABLE} CREATE POLICY p ON t TO remedy_reader USING (k > 0)",
        (
            "CREATE TABLE t (k int8, m text); INSERT INTO t VALUES (1, 'a'), (2, NULL);"
            "CREATE POLICY p ON t TO remedy_reader USING (k > 0)"
        ),
    ),
    "it asks another table": (
        f"{_TABLE} CREATE TABLE u (k int); CREATE POLICY p ON t USING (EXISTS (SELECT FROM u WHERE u.k = t.k))",
        (
            f"{_TABLE} CREATE TABLE v (k int8); CREATE POLICY p ON t USING (EXISTS (SELECT FROM v WHERE v.k = t.k));"
            "CREATE POLICY q ON v USING (EXISTS (SELECT FROM t WHERE t.k = v.k))"
        ),
    ),
    "of a partitioned table and its partition": (
        (
            "CREATE TABLE q (k int) PARTITION BY LIST (k); CREATE TABLE q1 PARTITION OF q DEFAULT;"
            " INSERT INTO q VALUES (1)"
        ),
        (
            "CREATE TABLE q (k int) PARTITION BY LIST (k); CREATE TABLE q1 PARTITION OF q DEFAULT;"
            " INSERT INTO q VALUES (1);"
            "CREATE POLICY p ON q USING (k > 0); CREATE POLICY p ON q1 USING (k > 1);"
            " ALTER TABLE q ENABLE ROW LEVEL SECURITY"
        ),
    ),
}
