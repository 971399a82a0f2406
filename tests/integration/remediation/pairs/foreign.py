"""Foreign data wrappers, servers, mappings and tables."""

from __future__ import annotations

from tests.integration.remediation.pairs import Pairs

_SERVER = "CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA WRAPPER w;"

PAIRS: Pairs = {
    "a column gets another type that a key with a foreign key to it includes": (
        (
            "CREATE TABLE t (k int, a int8, CONSTRAINT t_key PRIMARY KEY (k) INCLUDE (a)); INSERT INTO t VALUES (1, 1);"
            "CREATE TABLE u (k int REFERENCES t (k)); INSERT INTO u VALUES (1)"
        ),
        (
            "CREATE TABLE t (k int, a text, CONSTRAINT t_key PRIMARY KEY (k) INCLUDE (a));"
            "INSERT INTO t VALUES (1, '1'); CREATE TABLE u (k int REFERENCES t (k));"
            "INSERT INTO u VALUES (1)"
        ),
    ),
    "options of wrapper, server, mapping and table": (
        (
            f"{_SERVER} CREATE USER MAPPING FOR remedy_app SERVER s OPTIONS (user 'a');"
            "CREATE FOREIGN TABLE t (k int OPTIONS (a '1')) SERVER s OPTIONS (b '2')"
        ),
        (
            "CREATE FOREIGN DATA WRAPPER w OPTIONS (c '3');"
            " CREATE SERVER s VERSION '2' FOREIGN DATA WRAPPER w OPTIONS (d '4');"
            "CREATE USER MAPPING FOR remedy_app SERVER s OPTIONS (user 'b');"
            "CREATE FOREIGN TABLE t (k int OPTIONS (a '2', e '5')) SERVER s"
        ),
    ),
    "a foreign table's columns, checks and grants": (
        f"{_SERVER} CREATE FOREIGN TABLE t (k int NOT NULL, m text) SERVER s",
        (
            f"{_SERVER} CREATE FOREIGN TABLE t (k int8 DEFAULT 3, n text, CONSTRAINT c CHECK (k > 0)) SERVER s;"
            "GRANT SELECT ON t TO remedy_reader; CREATE VIEW v AS SELECT k FROM t"
        ),
    ),
    "another server": (
        f"{_SERVER} CREATE FOREIGN TABLE t (k int) SERVER s; CREATE VIEW v AS SELECT k FROM t",
        (
            f"{_SERVER} CREATE SERVER o FOREIGN DATA WRAPPER w; CREATE FOREIGN TABLE t (k int) SERVER o;"
            "CREATE VIEW v AS SELECT k FROM t; CREATE USER MAPPING FOR PUBLIC SERVER o"
        ),
    ),
    "a table becomes foreign": (
        f"{_SERVER} CREATE TABLE t (k int)",
        f"{_SERVER} CREATE FOREIGN TABLE t (k int) SERVER s",
    ),
    "a foreign partition": (
        (
            f"{_SERVER} CREATE TABLE p (k int) PARTITION BY LIST (k); CREATE TABLE a PARTITION OF p FOR VALUES IN (1);"
            "INSERT INTO p VALUES (1)"
        ),
        (
            f"{_SERVER} CREATE TABLE p (k int) PARTITION BY LIST (k); CREATE TABLE a PARTITION OF p FOR VALUES IN (1);"
            "CREATE FOREIGN TABLE b PARTITION OF p FOR VALUES IN (2) SERVER s; INSERT INTO p VALUES (1)"
        ),
    ),
    "owners and grants": (
        f"{_SERVER} GRANT USAGE ON FOREIGN SERVER s TO remedy_app; GRANT USAGE ON FOREIGN DATA WRAPPER w TO remedy_app",
        f"{_SERVER} GRANT USAGE ON FOREIGN DATA WRAPPER w TO remedy_app; ALTER SERVER s OWNER TO remedy_app",
    ),
    "an extension's wrapper": (
        "",
        (
            "CREATE EXTENSION postgres_fdw; CREATE SERVER s FOREIGN DATA WRAPPER postgres_fdw OPTIONS (host 'h');"
            "CREATE FOREIGN TABLE t (k int) SERVER s OPTIONS (table_name 'x');"
            " GRANT USAGE ON FOREIGN SERVER s TO remedy_app"
        ),
    ),
}
