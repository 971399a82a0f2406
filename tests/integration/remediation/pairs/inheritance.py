"""Tables that get parents and lose them."""

from __future__ import annotations

from tests.integration.remediation.pairs import Pairs

PAIRS: Pairs = {
    "a child is to be not null": (
        "CREATE TABLE p (k int NOT NULL); CREATE TABLE c (k int); INSERT INTO c VALUES (1)",
        "CREATE TABLE p (k int NOT NULL); CREATE TABLE c (k int NOT NULL); ALTER TABLE c INHERIT p",
    ),
    "a child lacks a column of its parent": (
        "CREATE TABLE p (k int); CREATE TABLE c (m int); INSERT INTO c VALUES (1)",
        "CREATE TABLE p (k int); CREATE TABLE c (m int, k int); ALTER TABLE c INHERIT p",
    ),
    "a child lacks a check of its parent": (
        "CREATE TABLE p (k int CHECK (k > 0)); CREATE TABLE c (k int); INSERT INTO c VALUES (1)",
        (
            "CREATE TABLE p (k int CHECK (k > 0)); CREATE TABLE c (k int, CONSTRAINT p_k_check CHECK (k > 0));"
            "ALTER TABLE c INHERIT p"
        ),
    ),
    "a child is of another type": (
        "CREATE TABLE p (k text); CREATE TABLE c (k varchar(9)); INSERT INTO c VALUES ('one')",
        "CREATE TABLE p (k text); CREATE TABLE c (k text); ALTER TABLE c INHERIT p; INSERT INTO c VALUES ('two')",
    ),
    "a child lacks a computed column of its parent": (
        (
            "CREATE TABLE p (k int, g int GENERATED ALWAYS AS (k * 2) STORED); CREATE TABLE c (k int);"
            "INSERT INTO c VALUES (1)"
        ),
        (
            "CREATE TABLE p (k int, g int GENERATED ALWAYS AS (k * 2) STORED);"
            "CREATE TABLE c (k int, g int GENERATED ALWAYS AS (k * 2) STORED); ALTER TABLE c INHERIT p"
        ),
    ),
    "child and parent change together": (
        "CREATE TABLE p (k int, m text); CREATE TABLE c (k int, m text, n int); INSERT INTO c VALUES (1, 'one', 1)",
        (
            "CREATE TABLE p (k bigint NOT NULL, m text DEFAULT 'p' CHECK (m <> ''), o int);"
            "CREATE TABLE c (k bigint NOT NULL, m text DEFAULT 'c' CONSTRAINT p_m_check CHECK (m <> ''), n int, o int);"
            "ALTER TABLE c INHERIT p"
        ),
    ),
    "three generations meet": (
        (
            "CREATE TABLE g (k int); CREATE TABLE p (k int, m int); CREATE TABLE c (k int, m int);"
            "INSERT INTO c VALUES (1, 1)"
        ),
        (
            "CREATE TABLE g (k int NOT NULL); CREATE TABLE p (k int NOT NULL, m int CHECK (m > 0));"
            "CREATE TABLE c (k int NOT NULL, m int CONSTRAINT p_m_check CHECK (m > 0));"
            "ALTER TABLE p INHERIT g; ALTER TABLE c INHERIT p"
        ),
    ),
    "a parent is new": (
        "CREATE TABLE c (k int); INSERT INTO c VALUES (1)",
        (
            "CREATE TABLE p (k int CHECK (k > 0)); CREATE TABLE c (k int CONSTRAINT p_k_check CHECK (k > 0));"
            "ALTER TABLE c INHERIT p"
        ),
    ),
    "a column that a parent and its child both declare goes": (
        "CREATE TABLE p (k int, z int DEFAULT 4); CREATE TABLE c (k int, z int DEFAULT 4); ALTER TABLE c INHERIT p",
        "CREATE TABLE p (k int); CREATE TABLE c (k int); ALTER TABLE c INHERIT p; INSERT INTO c VALUES (1)",
    ),
    "a child goes where its parent can be null and is of another type": (
        (
            "CREATE TABLE p (k int NOT NULL); CREATE TABLE c (k int NOT NULL); ALTER TABLE c INHERIT p;"
            "INSERT INTO c VALUES (1)"
        ),
        "CREATE TABLE p (k bigint); INSERT INTO p VALUES (1)",
    ),
    "a child parts from a parent that gets the same column": (
        "CREATE TABLE p (k int); CREATE TABLE c (k int); ALTER TABLE c INHERIT p; INSERT INTO c VALUES (1)",
        "CREATE TABLE p (k int, z int); CREATE TABLE c (k int, z int); INSERT INTO c VALUES (1)",
    ),
}

ONE_WAY: Pairs = {
    "neither a parent nor its child is to be not null": (
        "CREATE TABLE p (k int NOT NULL); CREATE TABLE c (k int NOT NULL); ALTER TABLE c INHERIT p",
        "CREATE TABLE p (k int); CREATE TABLE c (k int); ALTER TABLE c INHERIT p; INSERT INTO c VALUES (1)",
    ),
    "a column comes to a child of its own and to its parent": (
        "CREATE TABLE p (k int); CREATE TABLE c (k int); ALTER TABLE c INHERIT p; INSERT INTO c VALUES (1)",
        (
            "CREATE TABLE p (k int, z int DEFAULT 4); CREATE TABLE c (k int, z int DEFAULT 4);"
            "ALTER TABLE c INHERIT p; INSERT INTO c VALUES (1)"
        ),
    ),
    "a child is no child any more, and what its parent's check calls is made again": (
        (
            "CREATE FUNCTION f(int) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT 1';"
            "CREATE TABLE t (k int, CONSTRAINT c CHECK (f(k) > 0)); CREATE TABLE h (k int) INHERITS (t);"
            "INSERT INTO h VALUES (1)"
        ),
        (
            "CREATE FUNCTION f(int) RETURNS int8 IMMUTABLE LANGUAGE sql AS 'SELECT 1::int8';"
            "CREATE TABLE t (k int, CONSTRAINT c CHECK (k > 0)); CREATE TABLE h (k int); INSERT INTO h VALUES (1)"
        ),
    ),
}
"""Back again the check would be the child's own as well, which no statement takes back; so would the column be."""
