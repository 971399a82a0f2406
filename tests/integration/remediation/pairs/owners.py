"""Owners that change, with what they and others were granted."""

from __future__ import annotations

from tests.integration.remediation.pairs import Pairs

PAIRS: Pairs = {
    "the new owner of a table had been granted everything": (
        "CREATE TABLE t (k int); ALTER TABLE t OWNER TO remedy_app; GRANT ALL ON t TO remedy_lead, remedy_reader",
        "CREATE TABLE t (k int); ALTER TABLE t OWNER TO remedy_lead; GRANT ALL ON t TO remedy_reader",
    ),
    "the new owner had passed on what it was granted": (
        (
            "CREATE TABLE t (k int, m int); ALTER TABLE t OWNER TO remedy_app;"
            "GRANT SELECT ON t TO remedy_lead WITH GRANT OPTION; GRANT UPDATE (m) ON t TO remedy_lead;"
            "SET ROLE remedy_lead; GRANT SELECT ON t TO remedy_reader; RESET ROLE"
        ),
        (
            "CREATE TABLE t (k int, m int); ALTER TABLE t OWNER TO remedy_lead; REVOKE DELETE ON t FROM remedy_lead;"
            "GRANT SELECT ON t TO remedy_reader, remedy_app"
        ),
    ),
    "a function that was taken from everybody": (
        (
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; ALTER FUNCTION f() OWNER TO remedy_app;"
            "REVOKE ALL ON FUNCTION f() FROM PUBLIC; GRANT ALL ON FUNCTION f() TO remedy_lead"
        ),
        (
            "CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'; ALTER FUNCTION f() OWNER TO remedy_lead;"
            "GRANT ALL ON FUNCTION f() TO remedy_app"
        ),
    ),
    "a view that is made again": (
        "CREATE VIEW v AS SELECT 1 AS k; ALTER VIEW v OWNER TO remedy_app; GRANT SELECT ON v TO remedy_lead",
        "CREATE VIEW v AS SELECT 1::int8 AS m; ALTER VIEW v OWNER TO remedy_lead; GRANT SELECT ON v TO remedy_app",
    ),
    "a namespace": (
        "CREATE SCHEMA s AUTHORIZATION remedy_app; GRANT USAGE ON SCHEMA s TO remedy_lead",
        "CREATE SCHEMA s AUTHORIZATION remedy_lead; GRANT ALL ON SCHEMA s TO remedy_app, remedy_reader",
    ),
}
