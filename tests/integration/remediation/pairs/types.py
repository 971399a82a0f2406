"""Types that are made anew around the values of columns, and what is made of them."""

from __future__ import annotations

from tests.integration.remediation.pairs import Pairs

PAIRS: Pairs = {
    "a domain over a domain of another type": (
        ("CREATE DOMAIN d AS int; CREATE DOMAIN o AS d; CREATE TABLE t (k o);INSERT INTO t VALUES (1)"),
        ("CREATE DOMAIN d AS int8; CREATE DOMAIN o AS d; CREATE TABLE t (k o);INSERT INTO t VALUES (1)"),
    ),
    "a domain within an array is to be not null": (
        "CREATE DOMAIN d AS int; CREATE TABLE t (k d[]); INSERT INTO t VALUES ('{1}')",
        "CREATE DOMAIN d AS int NOT NULL; CREATE TABLE t (k d[]); INSERT INTO t VALUES ('{1}')",
    ),
    "a domain within composites and arrays of them is checked": (
        (
            "CREATE DOMAIN d AS int; CREATE TYPE c AS (x d, y text); CREATE TABLE t (k c, m c[]);"
            "INSERT INTO t VALUES (ROW(1, 'a, b'), ARRAY[ROW(2, NULL)::c])"
        ),
        (
            "CREATE DOMAIN d AS int CONSTRAINT p CHECK (VALUE > 0); CREATE TYPE c AS (x d, y text);"
            "CREATE TABLE t (k c, m c[]); INSERT INTO t VALUES (ROW(1, 'a'), NULL)"
        ),
    ),
    "a check of a domain within an array is validated": (
        (
            "CREATE DOMAIN d AS int; ALTER DOMAIN d ADD CONSTRAINT p CHECK (VALUE > 0) NOT VALID;"
            "CREATE TABLE t (k d[]); INSERT INTO t VALUES ('{1}')"
        ),
        ("CREATE DOMAIN d AS int CONSTRAINT p CHECK (VALUE > 0); CREATE TABLE t (k d[]);INSERT INTO t VALUES ('{1}')"),
    ),
    "a new domain is checked before a table holds arrays of it": (
        "",
        ("CREATE DOMAIN d AS int CONSTRAINT p CHECK (VALUE > 0); CREATE TYPE c AS (x d);CREATE TABLE t (k d[], m c)"),
    ),
    "an enum within a domain loses a label": (
        (
            "CREATE TYPE e AS ENUM ('a', 'b', 'c'); CREATE DOMAIN d AS e; CREATE TABLE t (k d);"
            "INSERT INTO t VALUES ('a')"
        ),
        ("CREATE TYPE e AS ENUM ('c', 'a'); CREATE DOMAIN d AS e; CREATE TABLE t (k d);INSERT INTO t VALUES ('a')"),
    ),
    "an enum within a composite and an array is reordered": (
        (
            "CREATE TYPE e AS ENUM ('a', 'b', 'c'); CREATE TYPE c AS (x e);"
            "CREATE TABLE t (k c DEFAULT ROW('a'), m e[] DEFAULT '{b}');"
            "INSERT INTO t VALUES (ROW('c'))"
        ),
        (
            "CREATE TYPE e AS ENUM ('c', 'b', 'a'); CREATE TYPE c AS (x e);"
            "CREATE TABLE t (k c DEFAULT ROW('a'), m e[] DEFAULT '{b}');"
            "INSERT INTO t VALUES (ROW('c'))"
        ),
    ),
    "an enum within an array of composites of domains": (
        (
            "CREATE TYPE e AS ENUM ('a', 'b', 'c'); CREATE DOMAIN d AS e CHECK (VALUE <> 'b');"
            "CREATE TYPE c AS (x d); CREATE DOMAIN l AS c[]; CREATE TABLE t (x l, y d);"
            "CREATE VIEW v AS SELECT y FROM t;"
            "CREATE FUNCTION f(c) RETURNS d LANGUAGE sql AS 'SELECT ($1).x';"
            "INSERT INTO t VALUES (ARRAY[ROW('a')::c], 'a')"
        ),
        (
            "CREATE TYPE e AS ENUM ('b', 'a'); CREATE DOMAIN d AS e CHECK (VALUE <> 'b');"
            "CREATE TYPE c AS (x d); CREATE DOMAIN l AS c[]; CREATE TABLE t (x l, y d);"
            "CREATE VIEW v AS SELECT y FROM t;"
            "CREATE FUNCTION f(c) RETURNS d LANGUAGE sql AS 'SELECT ($1).x';"
            "INSERT INTO t VALUES (ARRAY[ROW('a')::c], 'a')"
        ),
    ),
    "an enum that a computed column, an index and a materialized view use": (
        (
            "CREATE TYPE e AS ENUM ('a', 'b', 'c');"
            "CREATE FUNCTION f(e) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT $1::text';"
            "CREATE TABLE t (k e, g text GENERATED ALWAYS AS (f(k)) STORED, CHECK (k > 'a'));"
            "CREATE INDEX i ON t (k, f(k)); CREATE MATERIALIZED VIEW m AS SELECT k FROM t;"
            "INSERT INTO t VALUES ('b')"
        ),
        (
            "CREATE TYPE e AS ENUM ('a', 'c', 'b');"
            "CREATE FUNCTION f(e) RETURNS text IMMUTABLE LANGUAGE sql AS 'SELECT $1::text';"
            "CREATE TABLE t (k e, g text GENERATED ALWAYS AS (f(k)) STORED, CHECK (k > 'a'));"
            "CREATE INDEX i ON t (k, f(k)); CREATE MATERIALIZED VIEW m AS SELECT k FROM t;"
            "INSERT INTO t VALUES ('b')"
        ),
    ),
    "an enum whose ranges columns hold": (
        (
            "CREATE TYPE e AS ENUM ('a', 'b', 'c'); CREATE TYPE r AS RANGE (SUBTYPE = e);"
            "CREATE TABLE t (k r, m e); INSERT INTO t VALUES ('[b,b]', 'a')"
        ),
        (
            "CREATE TYPE e AS ENUM ('c', 'b', 'a'); CREATE TYPE r AS RANGE (SUBTYPE = e);"
            "CREATE TABLE t (k r, m e); INSERT INTO t VALUES ('[b,b]', 'a')"
        ),
    ),
    "an enum in the row type of a table": (
        (
            "CREATE TYPE e AS ENUM ('a', 'b', 'c'); CREATE TYPE c AS (x e); CREATE TABLE t OF c;"
            "INSERT INTO t VALUES ('b')"
        ),
        (
            "CREATE TYPE e AS ENUM ('c', 'b', 'a'); CREATE TYPE c AS (x e); CREATE TABLE t OF c;"
            "INSERT INTO t VALUES ('b')"
        ),
    ),
    "a row type changes an attribute, gets one and loses one": (
        (
            "CREATE TYPE e AS ENUM ('a', 'b'); CREATE TYPE c AS (x e, y int, z text);"
            "CREATE TABLE t OF c; CREATE TABLE u (k c); INSERT INTO t VALUES ('b', 1)"
        ),
        (
            "CREATE TYPE e AS ENUM ('b', 'a'); CREATE TYPE c AS (x e, y int8, w int);"
            "CREATE TABLE t OF c (w WITH OPTIONS DEFAULT 3); CREATE TABLE u (k c);"
            "INSERT INTO t VALUES ('b', 1)"
        ),
    ),
    "an attribute of a composite within an array": (
        "CREATE TYPE c AS (x int); CREATE TABLE t (k c[]); INSERT INTO t VALUES (ARRAY[ROW(1)::c])",
        "CREATE TYPE c AS (x int8); CREATE TABLE t (k c[]); INSERT INTO t VALUES (ARRAY[ROW(1)::c])",
    ),
    "an enum of tables that inherit": (
        (
            "CREATE TYPE e AS ENUM ('a', 'b', 'c'); CREATE TABLE p (k e);"
            "CREATE TABLE c (m int) INHERITS (p); INSERT INTO c VALUES ('a', 1)"
        ),
        (
            "CREATE TYPE e AS ENUM ('c', 'b', 'a'); CREATE TABLE p (k e);"
            "CREATE TABLE c (m int) INHERITS (p); INSERT INTO c VALUES ('a', 1)"
        ),
    ),
    "a collation of columns, a domain, an index and a view": (
        (
            "CREATE COLLATION o (PROVIDER = libc, LOCALE = 'C'); CREATE DOMAIN d AS text COLLATE o;"
            "CREATE TABLE t (k int, a text COLLATE o DEFAULT 'x', b d, c varchar(9) COLLATE o);"
            "CREATE UNIQUE INDEX i ON t (a); CREATE VIEW v AS SELECT a FROM t;"
            "INSERT INTO t VALUES (1, 'a', 'b', 'c')"
        ),
        (
            "CREATE COLLATION o (PROVIDER = libc, LOCALE = 'POSIX'); CREATE DOMAIN d AS text COLLATE o;"
            "CREATE TABLE t (k int, a text COLLATE o DEFAULT 'x', b d, c varchar(9) COLLATE o);"
            "CREATE UNIQUE INDEX i ON t (a); CREATE VIEW v AS SELECT a FROM t;"
            "INSERT INTO t VALUES (1, 'a', 'b', 'c')"
        ),
    ),
    "a collation comes into use": (
        "CREATE TABLE t (k text); INSERT INTO t VALUES ('a')",
        (
            "CREATE COLLATION o (PROVIDER = libc, LOCALE = 'C'); CREATE TABLE t (k text COLLATE o);"
            "INSERT INTO t VALUES ('a')"
        ),
    ),
}
