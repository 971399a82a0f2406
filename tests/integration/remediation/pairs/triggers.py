"""Triggers, rules and event triggers."""

from __future__ import annotations

from tests.integration.remediation.pairs import Pairs

_TABLE = (
    "CREATE TABLE t (k int, m text); INSERT INTO t VALUES (1, 'a');"
    "CREATE FUNCTION f() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';"
    "CREATE FUNCTION g() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';"
)
_EVENT = "CREATE FUNCTION e() RETURNS event_trigger LANGUAGE plpgsql AS 'BEGIN END';"

PAIRS: Pairs = {
    "another function and other events": (
        f"{_TABLE} CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()",
        (
            f"{_TABLE} CREATE TRIGGER r AFTER UPDATE OF k OR DELETE ON t FOR EACH ROW WHEN (old.k > 0)"
            " EXECUTE FUNCTION g('x', '1')"
        ),
    ),
    "transition tables": (
        f"{_TABLE} CREATE TRIGGER r AFTER INSERT ON t EXECUTE FUNCTION g()",
        f"{_TABLE} CREATE TRIGGER r AFTER INSERT ON t REFERENCING NEW TABLE AS fresh EXECUTE FUNCTION g()",
    ),
    "a constraint trigger that is deferred": (
        f"{_TABLE} CREATE CONSTRAINT TRIGGER r AFTER INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()",
        (
            f"{_TABLE} CREATE CONSTRAINT TRIGGER r AFTER INSERT ON t DEFERRABLE INITIALLY DEFERRED FOR EACH ROW"
            " EXECUTE FUNCTION f()"
        ),
    ),
    "one is disabled, one is for replicas": (
        (
            f"{_TABLE} CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();"
            "CREATE TRIGGER s BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f(); ALTER TABLE t DISABLE TRIGGER r"
        ),
        (
            f"{_TABLE} CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();"
            "CREATE TRIGGER s BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();"
            " ALTER TABLE t ENABLE REPLICA TRIGGER s"
        ),
    ),
    "of a partitioned table": (
        (
            f"{_TABLE} CREATE TABLE q (k int) PARTITION BY LIST (k); CREATE TABLE a PARTITION OF q FOR VALUES IN (1);"
            "CREATE TRIGGER r BEFORE INSERT ON q FOR EACH ROW EXECUTE FUNCTION f(); INSERT INTO q VALUES (1)"
        ),
        (
            f"{_TABLE} CREATE TABLE q (k int) PARTITION BY LIST (k); CREATE TABLE a PARTITION OF q FOR VALUES IN (1);"
            "CREATE TABLE b PARTITION OF q DEFAULT;"
            " CREATE TRIGGER r AFTER INSERT ON q FOR EACH ROW EXECUTE FUNCTION g();"
            "ALTER TABLE b DISABLE TRIGGER r; INSERT INTO q VALUES (1), (2)"
        ),
    ),
    "its column is of another type": (
        f"{_TABLE} CREATE TRIGGER r BEFORE UPDATE OF k ON t FOR EACH ROW WHEN (new.k > 1) EXECUTE FUNCTION f()",
        (
            f"{_TABLE} ALTER TABLE t ALTER k TYPE int8;"
            "CREATE TRIGGER r BEFORE UPDATE OF k ON t FOR EACH ROW WHEN (new.k > 1) EXECUTE FUNCTION f()"
        ),
    ),
    "instead of writing into a view": (
        f"{_TABLE} CREATE VIEW v AS SELECT k FROM t",
        (
            f"{_TABLE} CREATE VIEW v AS SELECT k, m FROM t;"
            "CREATE TRIGGER r INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION f()"
        ),
    ),
    "its function has another language": (
        f"{_TABLE} CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f()",
        (
            f"{_TABLE} CREATE TRIGGER r BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();"
            "CREATE OR REPLACE FUNCTION f() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER"
            " AS 'BEGIN RETURN OLD; END'"
        ),
    ),
    "rules": (
        (
            f"{_TABLE} CREATE RULE r AS ON INSERT TO t DO ALSO NOTIFY x;"
            " CREATE RULE s AS ON DELETE TO t DO INSTEAD NOTHING"
        ),
        (
            f"{_TABLE} CREATE RULE r AS ON INSERT TO t WHERE new.k > 1 DO INSTEAD NOTHING;"
            "CREATE RULE s AS ON DELETE TO t DO INSTEAD NOTHING; ALTER TABLE t DISABLE RULE s"
        ),
    ),
    "a rule that writes into another table": (
        f"{_TABLE} CREATE TABLE u (k int); CREATE RULE r AS ON UPDATE TO t DO ALSO INSERT INTO u VALUES (new.k)",
        (
            f"{_TABLE} CREATE TABLE u (k int, m text);"
            "CREATE RULE r AS ON UPDATE TO t DO ALSO INSERT INTO u VALUES (new.k, new.m)"
        ),
    ),
    "a rule of a view": (
        f"{_TABLE} CREATE VIEW v AS SELECT k FROM t; CREATE RULE r AS ON INSERT TO v DO INSTEAD NOTHING",
        (
            f"{_TABLE} CREATE VIEW v AS SELECT m FROM t;"
            "CREATE RULE r AS ON INSERT TO v DO INSTEAD INSERT INTO t (m) VALUES (new.m)"
        ),
    ),
    "event triggers": (
        f"{_EVENT} CREATE EVENT TRIGGER r ON ddl_command_end EXECUTE FUNCTION e()",
        (
            f"{_EVENT} CREATE EVENT TRIGGER r ON ddl_command_start WHEN TAG IN ('CREATE TABLE', 'DROP TABLE')"
            " EXECUTE FUNCTION e(); ALTER EVENT TRIGGER r ENABLE ALWAYS"
        ),
    ),
    "an event trigger comes last and goes first": (
        _TABLE,
        (
            f"{_EVENT} CREATE TABLE u (k int); CREATE EVENT TRIGGER r ON sql_drop EXECUTE FUNCTION e();"
            "ALTER EVENT TRIGGER r DISABLE; COMMENT ON EVENT TRIGGER r IS 'r'"
        ),
    ),
}
