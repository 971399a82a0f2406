"""Columns of partition keys whose type changes, and partitions that move."""

from __future__ import annotations

from tests.integration.remediation.pairs import Pairs

_LISTED = (
    "CREATE TABLE p (k int NOT NULL, m int{0}) PARTITION BY LIST (k); CREATE TABLE a PARTITION OF p FOR VALUES IN (1);"
)
_RANGED = (
    "CREATE TABLE p (k int NOT NULL, m int{0}) PARTITION BY RANGE (k);"
    "CREATE TABLE a PARTITION OF p FOR VALUES FROM (1) TO (2);"
)
_ROW = "INSERT INTO p VALUES (1, 1)"

PAIRS: Pairs = {
    "another expression is the key, and a column comes": (
        (
            "CREATE TABLE p (k int, m int) PARTITION BY RANGE ((k + 1));"
            f"CREATE TABLE a PARTITION OF p FOR VALUES FROM (0) TO (10); {_ROW}"
        ),
        (
            "CREATE TABLE p (k int, m int, n int DEFAULT 1) PARTITION BY RANGE ((k + n));"
            f"CREATE TABLE a PARTITION OF p FOR VALUES FROM (0) TO (10); {_ROW}"
        ),
    ),
    "another strategy, with a primary key": (
        f"{_LISTED.format(', PRIMARY KEY (k)')} {_ROW}",
        f"{_RANGED.format(', PRIMARY KEY (k)')} {_ROW}",
    ),
    "another strategy, and a check comes": (
        f"{_LISTED.format('')} {_ROW}",
        f"{_RANGED.format(', CONSTRAINT p_check CHECK (k > -1)')} {_ROW}",
    ),
    "an index comes, and a partition whose column gets narrower": (
        (
            "CREATE TABLE p (k int, m int8) PARTITION BY RANGE (k); CREATE TABLE a (k int, m int8);"
            "INSERT INTO a VALUES (1, 1)"
        ),
        (
            "CREATE TABLE p (k int, m int) PARTITION BY RANGE (k);"
            f"CREATE TABLE a PARTITION OF p FOR VALUES FROM (0) TO (5); CREATE INDEX i ON p (m); {_ROW}"
        ),
    ),
    "another strategy, and a primary key comes": (
        f"{_LISTED.format('')} {_ROW}",
        f"{_RANGED.format(', PRIMARY KEY (k)')} {_ROW}",
    ),
    "a partition takes the place of two": (
        (
            "CREATE TABLE p (k int, m int) PARTITION BY RANGE (k);"
            f"CREATE TABLE a PARTITION OF p FOR VALUES FROM (0) TO (5); {_ROW};"
            "CREATE TABLE b PARTITION OF p FOR VALUES FROM (5) TO (10); INSERT INTO p VALUES (7, 7)"
        ),
        (
            "CREATE TABLE p (k int, m int) PARTITION BY RANGE (k);"
            f"CREATE TABLE a PARTITION OF p FOR VALUES FROM (0) TO (10); {_ROW}"
        ),
    ),
    "the bounds of a partition and of the next one move, under another name": (
        (
            "CREATE TABLE p (k date, m int) PARTITION BY RANGE (k);"
            "CREATE TABLE a PARTITION OF p FOR VALUES FROM ('2024-01-01') TO ('2024-02-01');"
            "CREATE TABLE b PARTITION OF p FOR VALUES FROM ('2024-02-01') TO ('2024-03-01');"
            "INSERT INTO p VALUES ('2024-01-09', 1), ('2024-02-09', 1)"
        ),
        (
            "CREATE TABLE p (k date, m int) PARTITION BY RANGE (k);"
            "CREATE TABLE a PARTITION OF p FOR VALUES FROM ('2024-01-01') TO ('2024-02-05');"
            "CREATE TABLE c PARTITION OF p FOR VALUES FROM ('2024-02-05') TO ('2024-03-01');"
            "INSERT INTO p VALUES ('2024-01-09', 1), ('2024-02-09', 1)"
        ),
    ),
    "the key gets wider beside a partition that nobody declares": (
        (
            "CREATE TABLE p (k int, m int) PARTITION BY RANGE (k);"
            "CREATE TABLE a PARTITION OF p FOR VALUES FROM (0) TO (5);"
            f"CREATE TABLE b PARTITION OF p FOR VALUES FROM (5) TO (9); {_ROW}, (6, 6)"
        ),
        (
            "CREATE TABLE p (k int8, m int) PARTITION BY RANGE (k);"
            f"CREATE TABLE a PARTITION OF p FOR VALUES FROM (0) TO (5); {_ROW}"
        ),
    ),
    "a table with a foreign key of another name becomes a partition": (
        (
            "CREATE TABLE f (k int PRIMARY KEY); CREATE TABLE p (k int REFERENCES f) PARTITION BY RANGE (k);"
            "CREATE TABLE a (k int CONSTRAINT own REFERENCES f); INSERT INTO f VALUES (1); INSERT INTO a VALUES (1)"
        ),
        (
            "CREATE TABLE f (k int PRIMARY KEY); CREATE TABLE p (k int REFERENCES f) PARTITION BY RANGE (k);"
            "CREATE TABLE a PARTITION OF p FOR VALUES FROM (0) TO (5); INSERT INTO f VALUES (1);"
            "INSERT INTO p VALUES (1)"
        ),
    ),
    "a table becomes a partition, beside a default one and a foreign key": (
        (
            "CREATE TABLE f (k int PRIMARY KEY); CREATE TABLE p (k int REFERENCES f) PARTITION BY RANGE (k);"
            "CREATE TABLE d PARTITION OF p DEFAULT; CREATE TABLE a (k int CONSTRAINT p_k_fkey REFERENCES f);"
            "INSERT INTO f VALUES (1), (9); INSERT INTO p VALUES (9); INSERT INTO a VALUES (1)"
        ),
        (
            "CREATE TABLE f (k int PRIMARY KEY); CREATE TABLE p (k int REFERENCES f) PARTITION BY RANGE (k);"
            "CREATE TABLE d PARTITION OF p DEFAULT; CREATE TABLE a PARTITION OF p FOR VALUES FROM (0) TO (5);"
            "INSERT INTO f VALUES (1), (9); INSERT INTO p VALUES (9), (1)"
        ),
    ),
    "a partition becomes a table, and another one gets other bounds": (
        (
            "CREATE TABLE p (k int) PARTITION BY RANGE (k); CREATE TABLE a PARTITION OF p FOR VALUES FROM (0) TO (5);"
            "CREATE TABLE b PARTITION OF p FOR VALUES FROM (5) TO (7); INSERT INTO p VALUES (1), (6)"
        ),
        (
            "CREATE TABLE p (k int) PARTITION BY RANGE (k); CREATE TABLE a (k int);"
            "CREATE TABLE b PARTITION OF p FOR VALUES FROM (6) TO (9); INSERT INTO p VALUES (6);"
            "INSERT INTO a VALUES (1)"
        ),
    ),
    "an enum in a list key is reordered": (
        (
            "CREATE TYPE e AS ENUM ('b', 'a', 'c'); CREATE TABLE p (k e, m int) PARTITION BY LIST (k);"
            "CREATE TABLE a PARTITION OF p FOR VALUES IN ('a', 'b');"
            "CREATE TABLE c PARTITION OF p FOR VALUES IN ('c'); CREATE INDEX i ON p (m);"
            "CREATE VIEW v AS SELECT m FROM p; INSERT INTO p VALUES ('a', 1), ('c', 2)"
        ),
        (
            "CREATE TYPE e AS ENUM ('a', 'b', 'c'); CREATE TABLE p (k e, m int) PARTITION BY LIST (k);"
            "CREATE TABLE a PARTITION OF p FOR VALUES IN ('a', 'b');"
            "CREATE TABLE c PARTITION OF p FOR VALUES IN ('c'); CREATE INDEX i ON p (m);"
            "CREATE VIEW v AS SELECT m FROM p; INSERT INTO p VALUES ('a', 1), ('c', 2)"
        ),
    ),
    "an enum beside the key is reordered": (
        (
            "CREATE TYPE e AS ENUM ('b', 'a', 'c'); CREATE TABLE p (k e, m int) PARTITION BY LIST (m);"
            "CREATE TABLE a PARTITION OF p FOR VALUES IN (1); CREATE TABLE d PARTITION OF p DEFAULT;"
            "INSERT INTO p VALUES ('a', 1), ('c', 2)"
        ),
        (
            "CREATE TYPE e AS ENUM ('a', 'b', 'c'); CREATE TABLE p (k e, m int) PARTITION BY LIST (m);"
            "CREATE TABLE a PARTITION OF p FOR VALUES IN (1); CREATE TABLE d PARTITION OF p DEFAULT;"
            "INSERT INTO p VALUES ('a', 1), ('c', 2)"
        ),
    ),
    "an enum in an expression of the key is reordered": (
        (
            "CREATE TYPE e AS ENUM ('b', 'a', 'c');"
            "CREATE FUNCTION f(e) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT length($1::text)';"
            "CREATE TABLE p (k e) PARTITION BY LIST (f(k));"
            "CREATE TABLE a PARTITION OF p FOR VALUES IN (1); INSERT INTO p VALUES ('a')"
        ),
        (
            "CREATE TYPE e AS ENUM ('a', 'b', 'c');"
            "CREATE FUNCTION f(e) RETURNS int IMMUTABLE LANGUAGE sql AS 'SELECT length($1::text)';"
            "CREATE TABLE p (k e) PARTITION BY LIST (f(k));"
            "CREATE TABLE a PARTITION OF p FOR VALUES IN (1); INSERT INTO p VALUES ('a')"
        ),
    ),
    "a domain in a list key is of another type": (
        (
            "CREATE DOMAIN d AS int; CREATE TABLE p (k d) PARTITION BY LIST (k);"
            "CREATE TABLE a PARTITION OF p FOR VALUES IN (1); INSERT INTO p VALUES (1)"
        ),
        (
            "CREATE DOMAIN d AS int8; CREATE TABLE p (k d) PARTITION BY LIST (k);"
            "CREATE TABLE a PARTITION OF p FOR VALUES IN (1); INSERT INTO p VALUES (1)"
        ),
    ),
    "a range key gets wider, with partitions of partitions and a foreign key to it": (
        (
            "CREATE TABLE p (k int, m int, PRIMARY KEY (k, m)) PARTITION BY RANGE (k);"
            "CREATE TABLE a PARTITION OF p FOR VALUES FROM (0) TO (10);"
            "CREATE TABLE b PARTITION OF p FOR VALUES FROM (10) TO (20) PARTITION BY LIST (m);"
            "CREATE TABLE ba PARTITION OF b DEFAULT;"
            "CREATE TABLE r (k int, m int, FOREIGN KEY (k, m) REFERENCES p);"
            "INSERT INTO p VALUES (1, 1), (12, 3); INSERT INTO r VALUES (12, 3)"
        ),
        (
            "CREATE TABLE p (k int8, m int, PRIMARY KEY (k, m)) PARTITION BY RANGE (k);"
            "CREATE TABLE a PARTITION OF p FOR VALUES FROM (0) TO (10);"
            "CREATE TABLE b PARTITION OF p FOR VALUES FROM (10) TO (20) PARTITION BY LIST (m);"
            "CREATE TABLE ba PARTITION OF b DEFAULT;"
            "CREATE TABLE r (k int8, m int, FOREIGN KEY (k, m) REFERENCES p);"
            "INSERT INTO p VALUES (1, 1), (12, 3); INSERT INTO r VALUES (12, 3)"
        ),
    ),
    "a hash key gets wider": (
        (
            "CREATE TABLE p (k int) PARTITION BY HASH (k);"
            "CREATE TABLE a PARTITION OF p FOR VALUES WITH (MODULUS 2, REMAINDER 0);"
            "CREATE TABLE b PARTITION OF p FOR VALUES WITH (MODULUS 2, REMAINDER 1);"
            "INSERT INTO p SELECT generate_series(1, 9)"
        ),
        (
            "CREATE TABLE p (k int8) PARTITION BY HASH (k);"
            "CREATE TABLE a PARTITION OF p FOR VALUES WITH (MODULUS 2, REMAINDER 0);"
            "CREATE TABLE b PARTITION OF p FOR VALUES WITH (MODULUS 2, REMAINDER 1);"
            "INSERT INTO p SELECT generate_series(1, 9)"
        ),
    ),
    "an identity column in the key gets wider": (
        (
            "CREATE TABLE p (k int GENERATED ALWAYS AS IDENTITY, m text) PARTITION BY RANGE (k);"
            "CREATE TABLE a PARTITION OF p FOR VALUES FROM (0) TO (10); INSERT INTO p (m) VALUES ('a')"
        ),
        (
            "CREATE TABLE p (k int8 GENERATED ALWAYS AS IDENTITY, m text) PARTITION BY RANGE (k);"
            "CREATE TABLE a PARTITION OF p FOR VALUES FROM (0) TO (10); INSERT INTO p (m) VALUES ('a')"
        ),
    ),
    "a serial column in the key gets wider": (
        (
            "CREATE TABLE p (k serial, m text) PARTITION BY RANGE (k);"
            "CREATE TABLE a PARTITION OF p FOR VALUES FROM (0) TO (10); INSERT INTO p (m) VALUES ('a')"
        ),
        (
            "CREATE TABLE p (k bigserial, m text) PARTITION BY RANGE (k);"
            "CREATE TABLE a PARTITION OF p FOR VALUES FROM (0) TO (10); INSERT INTO p (m) VALUES ('a')"
        ),
    ),
    "the default partition is in another namespace": (
        (
            "CREATE SCHEMA s; CREATE TABLE p (k int) PARTITION BY LIST (k);"
            "CREATE TABLE s.d PARTITION OF p DEFAULT; CREATE TABLE s.a PARTITION OF p FOR VALUES IN (1)"
        ),
        (
            "CREATE SCHEMA s; CREATE TABLE p (k int) PARTITION BY LIST (k);"
            "CREATE TABLE s.a PARTITION OF p DEFAULT; CREATE TABLE s.d PARTITION OF p FOR VALUES IN (1)"
        ),
    ),
    "the default partition changes its namespace": (
        ("CREATE SCHEMA s; CREATE TABLE p (k int) PARTITION BY LIST (k);CREATE TABLE d PARTITION OF p DEFAULT"),
        ("CREATE SCHEMA s; CREATE TABLE p (k int) PARTITION BY LIST (k);CREATE TABLE s.d PARTITION OF p DEFAULT"),
    ),
    "a partition comes under a parent with a key by another bound": (
        (
            "CREATE TABLE p (k int NOT NULL, m int NOT NULL) PARTITION BY LIST (m);"
            "CREATE TABLE a PARTITION OF p FOR VALUES IN (1); CREATE TABLE t (k int8); INSERT INTO p VALUES (1, 1)"
        ),
        (
            "CREATE TABLE p (k int NOT NULL, m int NOT NULL, PRIMARY KEY (k, m)) PARTITION BY RANGE (k);"
            "CREATE TABLE a PARTITION OF p FOR VALUES FROM (0) TO (9); CREATE TABLE t (k int);"
            "INSERT INTO p VALUES (1, 1)"
        ),
    ),
    "a partition comes under a parent with a key by the same bound": (
        (
            "CREATE TABLE p (k int NOT NULL, m int NOT NULL) PARTITION BY LIST (m);"
            "CREATE TABLE a PARTITION OF p FOR VALUES IN (1); CREATE TABLE t (k int8); INSERT INTO p VALUES (1, 1)"
        ),
        (
            "CREATE TABLE p (k int NOT NULL, m int NOT NULL, PRIMARY KEY (k, m)) PARTITION BY LIST (k);"
            "CREATE TABLE a PARTITION OF p FOR VALUES IN (1); CREATE TABLE t (k int); INSERT INTO p VALUES (1, 1)"
        ),
    ),
    "a partition parts from a table that gets the same column": (
        (
            "CREATE TABLE p (k int) PARTITION BY RANGE (k);"
            "CREATE TABLE a PARTITION OF p FOR VALUES FROM (0) TO (10); INSERT INTO a VALUES (1)"
        ),
        "CREATE TABLE p (k int, z int) PARTITION BY RANGE (k); CREATE TABLE a (k int, z int); INSERT INTO a VALUES (1)",
    ),
    "a check goes with the type of the key": (
        (
            "CREATE TABLE p (k bigint PRIMARY KEY, CONSTRAINT positive CHECK (k > 0)) PARTITION BY LIST (k);"
            "CREATE TABLE a PARTITION OF p DEFAULT; INSERT INTO a VALUES (1)"
        ),
        (
            "CREATE TABLE p (k int, UNIQUE (k)) PARTITION BY LIST (k);"
            "CREATE TABLE a PARTITION OF p DEFAULT; INSERT INTO a VALUES (1)"
        ),
    ),
    "a partition comes as the key becomes primary": (
        (
            "CREATE TABLE p (k int, CONSTRAINT key UNIQUE (k)) PARTITION BY RANGE (k);"
            "CREATE TABLE b PARTITION OF p FOR VALUES FROM (20) TO (30); INSERT INTO b VALUES (21)"
        ),
        (
            "CREATE TABLE p (k int, CONSTRAINT key PRIMARY KEY (k)) PARTITION BY RANGE (k);"
            "CREATE TABLE a PARTITION OF p FOR VALUES FROM (0) TO (10);"
            "CREATE TABLE b PARTITION OF p FOR VALUES FROM (20) TO (30); INSERT INTO b VALUES (21)"
        ),
    ),
    "another key of the rows, primary or not": (
        (
            "CREATE TABLE p (k int, CONSTRAINT key UNIQUE (k)) PARTITION BY LIST (k);"
            "CREATE TABLE d PARTITION OF p DEFAULT; INSERT INTO d VALUES (99)"
        ),
        (
            "CREATE TABLE p (k int, CONSTRAINT key PRIMARY KEY (k)) PARTITION BY RANGE (k);"
            "CREATE TABLE d PARTITION OF p DEFAULT; INSERT INTO d VALUES (99)"
        ),
    ),
    "a partition comes as a column goes and the key is another": (
        (
            "CREATE TABLE p (k int, z int) PARTITION BY LIST (k);"
            "CREATE TABLE a PARTITION OF p FOR VALUES IN (21); INSERT INTO a VALUES (21, 3)"
        ),
        (
            "CREATE TABLE p (k int) PARTITION BY RANGE (k);"
            "CREATE TABLE a PARTITION OF p FOR VALUES FROM (20) TO (30); CREATE TABLE d PARTITION OF p DEFAULT;"
            "INSERT INTO a VALUES (21)"
        ),
    ),
    "a check comes as a partition gets another bound": (
        (
            "CREATE TABLE p (k int) PARTITION BY LIST (k); CREATE TABLE a PARTITION OF p FOR VALUES IN (1, 2);"
            "INSERT INTO a VALUES (1)"
        ),
        (
            "CREATE TABLE p (k int, CONSTRAINT positive CHECK (k > 0)) PARTITION BY LIST (k);"
            "CREATE TABLE a PARTITION OF p FOR VALUES IN (1); INSERT INTO a VALUES (1)"
        ),
    ),
    "a partition comes as a check and a key go": (
        (
            "CREATE TABLE p (k int PRIMARY KEY, CONSTRAINT positive CHECK (k > 0)) PARTITION BY LIST (k);"
            "CREATE TABLE a PARTITION OF p FOR VALUES IN (1); INSERT INTO a VALUES (1)"
        ),
        (
            "CREATE TABLE p (k int) PARTITION BY LIST (k); CREATE TABLE a PARTITION OF p FOR VALUES IN (1);"
            "CREATE TABLE b PARTITION OF p FOR VALUES IN (2); INSERT INTO a VALUES (1)"
        ),
    ),
}
