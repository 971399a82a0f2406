"""Objects that stand on each other in a circle, and names that are taken by what waits for their next bearer."""

from __future__ import annotations

from tests.integration.remediation.pairs import Pairs

_VIEW = (
    "CREATE VIEW v AS SELECT 1 AS k; CREATE FUNCTION f() RETURNS SETOF v LANGUAGE sql AS 'SELECT 1';"
    "CREATE OR REPLACE VIEW v AS SELECT k FROM f()"
)
_DEFAULT = (
    "CREATE TABLE t (k int); CREATE VIEW v AS SELECT k FROM t;"
    "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT count(*)::int FROM v; END;"
    "ALTER TABLE t ALTER k SET DEFAULT f()"
)

PAIRS: Pairs = {
    "a view and the function that returns its rows": ("", _VIEW),
    "a view and the function that returns its rows, with another column": (
        _VIEW,
        (
            "CREATE VIEW v AS SELECT 1 AS k, 2 AS m; CREATE FUNCTION f() RETURNS SETOF v LANGUAGE sql AS 'SELECT 1, 2';"
            "CREATE OR REPLACE VIEW v AS SELECT k, m FROM f()"
        ),
    ),
    "a view on a view and the function of its rows": (
        "",
        (
            "CREATE VIEW v AS SELECT 1 AS k; CREATE VIEW w AS SELECT k FROM v;"
            "CREATE FUNCTION f() RETURNS SETOF w LANGUAGE sql AS 'SELECT 1';"
            "CREATE OR REPLACE VIEW v AS SELECT k FROM f()"
        ),
    ),
    "a default that counts the rows of its table through a view": ("", _DEFAULT),
    "a default that begins to count": ("CREATE TABLE t (k int); CREATE VIEW v AS SELECT k FROM t", _DEFAULT),
    "a default that counts in another type": (
        f"{_DEFAULT}; INSERT INTO t VALUES (7)",
        (
            "CREATE TABLE t (k int8); CREATE VIEW v AS SELECT k FROM t;"
            "CREATE FUNCTION f() RETURNS int8 LANGUAGE sql BEGIN ATOMIC SELECT count(*) FROM v; END;"
            "ALTER TABLE t ALTER k SET DEFAULT f(); INSERT INTO t VALUES (7)"
        ),
    ),
    "an index over a function of the rows": (
        "",
        (
            "CREATE TABLE t (k int); CREATE FUNCTION f(t) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT ($1).k';"
            "CREATE INDEX i ON t (f(t.*))"
        ),
    ),
    "policy, trigger and check by a function of the rows": (
        "",
        (
            "CREATE TABLE t (k int); CREATE FUNCTION f(t) RETURNS boolean LANGUAGE sql AS 'SELECT true';"
            "CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
            "CREATE POLICY p ON t USING (f(t.*)); ALTER TABLE t ADD CONSTRAINT c CHECK (f(t.*));"
            "CREATE TRIGGER r BEFORE UPDATE ON t FOR EACH ROW WHEN (f(old.*)) EXECUTE FUNCTION g()"
        ),
    ),
    "a domain checked by a function of the domain": (
        "",
        (
            "CREATE DOMAIN d AS int; CREATE FUNCTION f(d) RETURNS boolean LANGUAGE sql AS 'SELECT $1::int > 0';"
            "ALTER DOMAIN d ADD CONSTRAINT c CHECK (f(VALUE)); CREATE TABLE t (k d)"
        ),
    ),
    "a table that was renamed by hand, with a view on it": (
        "CREATE TABLE t (k int PRIMARY KEY); CREATE VIEW v AS SELECT k FROM t; ALTER TABLE t RENAME TO u",
        "CREATE TABLE t (k int PRIMARY KEY); CREATE VIEW v AS SELECT k FROM t",
    ),
    "a table that was renamed by hand, with a view that needs its key": (
        (
            "CREATE TABLE t (k int PRIMARY KEY, m text); CREATE VIEW v AS SELECT k, m FROM t GROUP BY k;"
            "ALTER TABLE t RENAME TO u"
        ),
        "CREATE TABLE t (k int PRIMARY KEY, m text); CREATE VIEW v AS SELECT k, m FROM t GROUP BY k",
    ),
    "a table with sequences that was renamed by hand, with a view and a foreign key on it": (
        (
            "CREATE TABLE t (k serial PRIMARY KEY, u int UNIQUE, m int GENERATED ALWAYS AS IDENTITY);"
            "CREATE VIEW v AS SELECT k FROM t; CREATE TABLE r (t int REFERENCES t); ALTER TABLE t RENAME TO o"
        ),
        (
            "CREATE TABLE t (k serial PRIMARY KEY, u int UNIQUE, m int GENERATED ALWAYS AS IDENTITY);"
            "CREATE VIEW v AS SELECT k FROM t; CREATE TABLE r (t int REFERENCES t)"
        ),
    ),
}
