"""Extensions that move, and what is tied to them."""

from __future__ import annotations

from tests.integration.remediation.pairs import Pairs

_TABLE = "CREATE TABLE t (k int, m text); INSERT INTO t VALUES (1, 'a');"

PAIRS: Pairs = {
    "an extension that can be moved, with a column of its type": (
        "CREATE SCHEMA s; CREATE EXTENSION citext; CREATE TABLE t (k citext UNIQUE); INSERT INTO t VALUES ('a')",
        (
            "CREATE SCHEMA s; CREATE EXTENSION citext SCHEMA s; CREATE TABLE t (k s.citext UNIQUE);"
            "INSERT INTO t VALUES ('a')"
        ),
    ),
    "an index goes with an extension": (
        f"CREATE EXTENSION citext; {_TABLE} CREATE INDEX i ON t (k)",
        f"CREATE EXTENSION citext; {_TABLE} CREATE INDEX i ON t (k); ALTER INDEX i DEPENDS ON EXTENSION citext",
    ),
    "another index goes with other extensions": (
        (
            f"CREATE EXTENSION citext; CREATE EXTENSION hstore; {_TABLE} CREATE INDEX i ON t (k);"
            "ALTER INDEX i DEPENDS ON EXTENSION citext"
        ),
        (
            f"CREATE EXTENSION citext; CREATE EXTENSION hstore; {_TABLE} CREATE INDEX i ON t (m, k);"
            "ALTER INDEX i DEPENDS ON EXTENSION hstore; ALTER INDEX i DEPENDS ON EXTENSION citext"
        ),
    ),
    "a function, a trigger and a materialized view go with an extension": (
        (
            f"CREATE EXTENSION citext; {_TABLE} CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END';"
            "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();"
            "CREATE MATERIALIZED VIEW v AS SELECT k FROM t"
        ),
        (
            f"CREATE EXTENSION citext; {_TABLE} CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN END';"
            "CREATE TRIGGER g BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();"
            "CREATE MATERIALIZED VIEW v AS SELECT k FROM t;"
            "ALTER FUNCTION f() DEPENDS ON EXTENSION citext; ALTER TRIGGER g ON t DEPENDS ON EXTENSION citext;"
            "ALTER MATERIALIZED VIEW v DEPENDS ON EXTENSION citext"
        ),
    ),
    "an index by an operator class of an extension comes and goes": (
        _TABLE,
        f"CREATE EXTENSION pg_trgm; {_TABLE} CREATE INDEX i ON t USING gin (m gin_trgm_ops)",
    ),
    "a column becomes of an extension's type": (
        _TABLE,
        "CREATE EXTENSION citext; CREATE TABLE t (k int, m citext); INSERT INTO t VALUES (1, 'a')",
    ),
    "an exclusion by an extension's operator class": (
        f"CREATE EXTENSION btree_gist; {_TABLE}",
        f"CREATE EXTENSION btree_gist; {_TABLE} ALTER TABLE t ADD EXCLUDE USING gist (k WITH =, m WITH <>)",
    ),
    "a function becomes a member of an extension": (
        "CREATE EXTENSION citext; CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'",
        (
            "CREATE EXTENSION citext; CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1';"
            "ALTER EXTENSION citext ADD FUNCTION f(int)"
        ),
    ),
    "a table with what hangs on it becomes a member of an extension": (
        f"CREATE EXTENSION citext; {_TABLE} CREATE INDEX i ON t (m)",
        f"CREATE EXTENSION citext; {_TABLE} CREATE INDEX i ON t (m); ALTER EXTENSION citext ADD TABLE t",
    ),
    "a function of an extension is no member of it any more": (
        "CREATE EXTENSION citext",
        "CREATE EXTENSION citext; ALTER EXTENSION citext DROP FUNCTION citext_larger(citext, citext)",
    ),
}
