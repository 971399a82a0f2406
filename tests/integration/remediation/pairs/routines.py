"""Functions, procedures, aggregates, operators, casts and what is made of them."""

from __future__ import annotations

from tests.integration.remediation.pairs import Pairs

_PAIR = "CREATE TYPE c AS (a int, b int);"
_EQUAL = (
    "CREATE FUNCTION eq(c, c) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT $1.a = $2.a';"
    "CREATE FUNCTION lt(c, c) RETURNS boolean IMMUTABLE LANGUAGE sql AS 'SELECT $1.a < $2.a';"
)

PAIRS: Pairs = {
    "a view reads all that a routine returns of a table with a column less": (
        (
            "CREATE TABLE t (a int, b int); CREATE FUNCTION f(x t) RETURNS SETOF t LANGUAGE sql AS 'SELECT * FROM t';"
            "CREATE VIEW v AS SELECT f.a FROM t, f(t.*); INSERT INTO t VALUES (1, 2)"
        ),
        (
            "CREATE TABLE t (a int8); CREATE FUNCTION f(x t) RETURNS SETOF t LANGUAGE sql AS 'SELECT t.* FROM t';"
            "CREATE VIEW v AS SELECT f.a FROM t, f(t.*); INSERT INTO t VALUES (1)"
        ),
    ),
    "a routine takes the rows of a table that becomes partitioned": (
        (
            "CREATE TABLE t (a int, b int); CREATE FUNCTION f(x t) RETURNS int LANGUAGE sql AS 'SELECT 1';"
            "INSERT INTO t VALUES (1, 2)"
        ),
        (
            "CREATE TABLE t (a int) PARTITION BY RANGE (a); CREATE TABLE d PARTITION OF t DEFAULT;"
            "CREATE FUNCTION f(x t) RETURNS int LANGUAGE sql AS 'SELECT 1'; INSERT INTO t VALUES (1)"
        ),
    ),
    "another result": (
        "CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT $1'; CREATE VIEW v AS SELECT f(1) AS k",
        "CREATE FUNCTION f(int) RETURNS int8 LANGUAGE sql AS 'SELECT $1::int8'; CREATE VIEW v AS SELECT f(1) AS k",
    ),
    "names of arguments and defaults": (
        "CREATE FUNCTION f(a int, b int DEFAULT 1) RETURNS int LANGUAGE sql AS 'SELECT $1'",
        (
            "CREATE FUNCTION f(x int, b int) RETURNS int LANGUAGE sql AS 'SELECT $1';"
            " GRANT ALL ON FUNCTION f TO remedy_app"
        ),
    ),
    "a function becomes a procedure": (
        "CREATE FUNCTION f(int) RETURNS void LANGUAGE sql AS ''",
        "CREATE PROCEDURE f(int) LANGUAGE sql AS ''",
    ),
    "overloads": (
        "CREATE FUNCTION f(int) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE VIEW v AS SELECT f(1) AS k",
        "CREATE FUNCTION f(int8) RETURNS int LANGUAGE sql AS 'SELECT 1'; CREATE VIEW v AS SELECT f(1) AS k",
    ),
    "settings and attributes": (
        "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        (
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql STABLE STRICT LEAKPROOF PARALLEL SAFE COST 7"
            " SET work_mem = '1MB' AS 'SELECT 1'"
        ),
    ),
    "a body that PostgreSQL parses": (
        (
            "CREATE TABLE t (k int); INSERT INTO t VALUES (1);"
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT k FROM t; END"
        ),
        (
            "CREATE TABLE t (k int8); INSERT INTO t VALUES (1);"
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql BEGIN ATOMIC SELECT k::int FROM t; END"
        ),
    ),
    "an aggregate": (
        "CREATE AGGREGATE g(int) (SFUNC = int4pl, STYPE = int, INITCOND = '0')",
        (
            "CREATE FUNCTION s(int, int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT $1';"
            "CREATE AGGREGATE g(int) (SFUNC = s, STYPE = int); CREATE VIEW v AS SELECT g(1) AS k"
        ),
    ),
    "an operator and what is indexed by it": (
        f"{_PAIR} {_EQUAL} CREATE OPERATOR = (FUNCTION = eq, LEFTARG = c, RIGHTARG = c)",
        (
            f"{_PAIR} {_EQUAL} CREATE OPERATOR = (FUNCTION = eq, LEFTARG = c, RIGHTARG = c, RESTRICT = eqsel, HASHES);"
            "CREATE OPERATOR < (FUNCTION = lt, LEFTARG = c, RIGHTARG = c, COMMUTATOR = >);"
            "CREATE VIEW v AS SELECT '(1,2)'::c < '(2,2)'::c AS k"
        ),
    ),
    "an operator class": (
        "CREATE TABLE t (k int4); INSERT INTO t VALUES (1)",
        (
            "CREATE TABLE t (k int4); INSERT INTO t VALUES (1);"
            "CREATE FUNCTION cmp(int4, int4) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT btint4cmp($2, $1)';"
            "CREATE OPERATOR CLASS o FOR TYPE int4 USING btree AS"
            " OPERATOR 1 >, OPERATOR 2 >=, OPERATOR 3 =, OPERATOR 4 <=, OPERATOR 5 <, FUNCTION 1 cmp(int4, int4);"
            "CREATE INDEX i ON t (k o)"
        ),
    ),
    "casts": (
        (
            f"{_PAIR} CREATE FUNCTION f(c) RETURNS int LANGUAGE sql AS 'SELECT 1';"
            " CREATE CAST (c AS int) WITH FUNCTION f(c)"
        ),
        (
            f"{_PAIR} CREATE FUNCTION f(c) RETURNS int LANGUAGE sql AS 'SELECT 1';"
            "CREATE CAST (c AS int) WITH FUNCTION f(c) AS IMPLICIT; CREATE CAST (c AS text) WITH INOUT AS ASSIGNMENT;"
            "COMMENT ON CAST (c AS text) IS 'c'"
        ),
    ),
    "a conversion": (
        "CREATE CONVERSION n FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8",
        "CREATE DEFAULT CONVERSION n FOR 'LATIN1' TO 'UTF8' FROM iso8859_1_to_utf8; COMMENT ON CONVERSION n IS 'n'",
    ),
    "text search": (
        "CREATE TEXT SEARCH CONFIGURATION n (COPY = simple)",
        (
            "CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = simple, STOPWORDS = english);"
            "CREATE TEXT SEARCH CONFIGURATION n (COPY = english); ALTER TEXT SEARCH CONFIGURATION n"
            " ALTER MAPPING FOR asciiword WITH d, english_stem; CREATE TABLE t (m text);"
            "CREATE INDEX i ON t USING gin (to_tsvector('n', m)); INSERT INTO t VALUES ('a')"
        ),
    ),
    "a dictionary's options": (
        "CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = simple, STOPWORDS = english)",
        "CREATE TEXT SEARCH DICTIONARY d (TEMPLATE = simple, ACCEPT = false)",
    ),
}
