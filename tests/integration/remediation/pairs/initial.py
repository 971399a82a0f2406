"""Privileges beside those that initdb and extensions grant: on system objects, languages and members."""

from __future__ import annotations

from tests.integration.remediation.pairs import Pairs

PAIRS: Pairs = {
    "system functions and catalogs": (
        "",
        (
            "GRANT EXECUTE ON FUNCTION pg_read_file(text) TO remedy_reader;"
            "GRANT SELECT ON pg_authid TO remedy_reader WITH GRANT OPTION;"
            "GRANT SELECT (subconninfo) ON pg_subscription TO remedy_app;"
            "GRANT SELECT ON pg_stat_activity TO remedy_app;"
            "REVOKE SELECT ON pg_roles FROM PUBLIC; REVOKE EXECUTE ON FUNCTION pg_sleep(float8) FROM PUBLIC;"
            "REVOKE EXECUTE ON FUNCTION array_agg(anyarray) FROM PUBLIC; GRANT USAGE ON SCHEMA pg_toast TO remedy_app;"
            "REVOKE USAGE ON TYPE pg_catalog.xml FROM PUBLIC"
        ),
    ),
    "languages": (
        "GRANT USAGE ON LANGUAGE sql TO remedy_reader",
        "REVOKE USAGE ON LANGUAGE plpgsql FROM PUBLIC; GRANT USAGE ON LANGUAGE plpgsql TO remedy_app WITH GRANT OPTION",
    ),
    "a grant option more and another role": (
        "GRANT EXECUTE ON FUNCTION pg_read_file(text) TO remedy_reader WITH GRANT OPTION",
        "GRANT EXECUTE ON FUNCTION pg_read_file(text) TO remedy_reader, remedy_app",
    ),
    "members of extensions": (
        (
            "CREATE EXTENSION pg_stat_statements; CREATE EXTENSION postgres_fdw; CREATE EXTENSION citext;"
            "GRANT EXECUTE ON FUNCTION pg_stat_statements_reset TO remedy_app;"
            "GRANT USAGE ON FOREIGN DATA WRAPPER postgres_fdw TO remedy_app;"
            "REVOKE SELECT ON pg_stat_statements FROM PUBLIC;"
            "REVOKE USAGE ON TYPE citext FROM PUBLIC; REVOKE EXECUTE ON FUNCTION min(citext) FROM PUBLIC"
        ),
        (
            "CREATE EXTENSION pg_stat_statements; CREATE EXTENSION postgres_fdw; CREATE EXTENSION citext;"
            "GRANT SELECT (query) ON pg_stat_statements TO remedy_reader"
        ),
    ),
    "an extension whose members were granted comes and goes": (
        "",
        (
            "CREATE EXTENSION citext; REVOKE EXECUTE ON FUNCTION citext_eq(citext, citext) FROM PUBLIC;"
            "CREATE EXTENSION pg_stat_statements; GRANT EXECUTE ON FUNCTION pg_stat_statements_reset TO remedy_app"
        ),
    ),
}
