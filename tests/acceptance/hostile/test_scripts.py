"""A script that an operator runs by psql as superuser runs nothing that the database's owner has planted."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shared.pinned import WRITING
from shared.remediation.script import render_script
from tests.integration.remediation.conftest import Pair, pair

__all__ = ["pair"]

Load = Callable[[str, str], Pair]

VIEW = """
CREATE TYPE e AS ENUM ({labels});
CREATE TABLE t (id int, a {type}, x e);
INSERT INTO t VALUES (1, 2, 'b');
CREATE VIEW v AS SELECT a, x FROM t;
CREATE INDEX i ON t ({columns});
CREATE MATERIALIZED VIEW m AS SELECT a, x FROM v;
CREATE UNIQUE INDEX on_m ON m (a);
ALTER TABLE t OWNER TO remedy_app; ALTER VIEW v OWNER TO remedy_app; ALTER MATERIALIZED VIEW m OWNER TO remedy_app;
GRANT SELECT ON v TO remedy_reader;
GRANT CREATE ON SCHEMA public TO remedy_app;
COMMENT ON VIEW v IS E'it''s\\n\\\\v';
"""
OBSERVED = VIEW.format(labels="'a', 'b', 'c'", type="int", columns="a")
DESIRED = VIEW.format(labels="'b', 'a'", type="bigint", columns="a, id")
ATTACK = "ALTER ROLE remedy_changer SUPERUSER"
PLANTED = f"""
SET ROLE remedy_changer;
CREATE SCHEMA fleetdrift; CREATE TABLE fleetdrift.kept (key text, facts text);
INSERT INTO fleetdrift.kept VALUES ('VIEW "public"."v"', '{ATTACK}');
DO $$ BEGIN EXECUTE pg_catalog.format('COMMENT ON LARGE OBJECT %s IS %L', pg_catalog.lo_create(0),
    'fleetdrift keeps VIEW "public"."v"' || pg_catalog.chr(10) || '[["{ATTACK}", null]]'); END $$;
RESET ROLE; DROP TABLE fleetdrift.kept; DROP SCHEMA fleetdrift;
ALTER DATABASE remedy_observed SET fleetdrift.kept = '{{"VIEW \\"public\\".\\"v\\"": [["{ATTACK}", null]]}}';
"""
IS_SUPERUSER = "SELECT rolsuper FROM pg_roles WHERE rolname = 'remedy_changer'"


def test_a_note_that_a_tenant_plants_is_not_run(pair: Load) -> None:
    pairs = pair(DESIRED, OBSERVED)
    script = render_script(pairs.plan(), destructive=True)
    stage = script.index("\nCOMMIT;\n", script.index('DROP VIEW "public"."v"')) + len("\nCOMMIT;\n")
    pairs.run(script[:stage])
    planted = pairs.run(PLANTED)
    assert planted.returncode == 0, planted.stderr
    done = pairs.run(script)
    assert done.returncode == 0, done.stderr
    assert pairs.ask(IS_SUPERUSER) == ["f"]
    pairs.run("ALTER DATABASE remedy_observed RESET ALL; SELECT lo_unlink(oid) FROM pg_largeobject_metadata")
    desired, observed = pairs.dumps()
    assert observed == desired


def test_a_name_or_a_text_among_the_facts_is_quoted_where_it_is_used(pair: Load) -> None:
    evil = "x'; ALTER ROLE remedy_changer SUPERUSER; --\\"
    more = f"COMMENT ON VIEW v IS $q${evil}$q$; COMMENT ON COLUMN v.a IS $q$:'{evil} :fleetdrift_pin$q$;"
    pairs = pair(DESIRED + more, OBSERVED + more)
    done = pairs.run(render_script(pairs.plan(), destructive=True))
    assert done.returncode == 0, done.stderr
    assert pairs.ask(IS_SUPERUSER) == ["f"]
    desired, observed = pairs.dumps()
    assert observed == desired


LITERALS = r"""
CREATE TABLE t (a {type});
CREATE VIEW v AS SELECT a, E'x\\'';ALTER ROLE remedy_changer SUPERUSER; --' AS x, 'größe' AS g FROM t;
COMMENT ON VIEW v IS E'größe \\';
"""
SETTINGS = {
    "standard_conforming_strings": "off",
    "client_encoding": "LATIN1",
    "escape_string_warning": "on",
    "backslash_quote": "on",
    "quote_all_identifiers": "on",
    "default_tablespace": "'nowhere'",
    "default_table_access_method": "'nothing'",
    "search_path": "public, pg_catalog",
    "xmloption": "document",
    "xmlbinary": "hex",
    "row_security": "on",
    "check_function_bodies": "on",
    "TimeZone": "'Asia/Kathmandu'",
    "DateStyle": "'SQL, DMY'",
    "IntervalStyle": "iso_8601",
    "extra_float_digits": "-15",
    "bytea_output": "escape",
    "lc_monetary": "'C'",
    "lc_numeric": "'C'",
    "lc_time": "'C'",
    "array_nulls": "off",
    "transform_null_equals": "on",
    "default_transaction_read_only": "on",
    "default_transaction_isolation": "serializable",
    "synchronize_seqscans": "on",
    "client_min_messages": "debug5",
    "idle_in_transaction_session_timeout": "1",
}


@pytest.mark.parametrize("whose", ["DATABASE remedy_observed", "ROLE remedy_changer"])
def test_no_setting_of_a_database_or_a_role_holds_within_a_script(pair: Load, whose: str) -> None:
    pairs = pair("CREATE TABLE t (a int)", "SELECT 1")
    script = render_script(pairs.plan())
    names = [name for name, _ in WRITING]
    asked = "SELECT " + ", ".join(f"current_setting('{name}')" for name in names)
    user = "remedy_changer" if whose.startswith("ROLE") else "postgres"
    pairs.run("".join(f"ALTER {whose} SET {name} = {value};" for name, value in SETTINGS.items()))
    before = pairs.run(f"{asked};", user=user)
    inside = pairs.run(script.replace("COMMIT;", f"{asked};\nCOMMIT;"), user=user)
    pairs.run(f"SET default_transaction_read_only = off; ALTER {whose} RESET ALL")
    assert inside.returncode == 0, inside.stderr
    found = dict(zip(names, inside.stdout.splitlines()[-1].split("|"), strict=True))
    assert found == {**dict(WRITING), "idle_in_transaction_session_timeout": "1min"}, inside.stderr
    assert len(set(before.stdout.split("|")) & set(inside.stdout.split("|"))) < len(names) // 2
    assert SETTINGS.keys() >= set(names) - {"lc_monetary", "lc_numeric", "lc_time"}


@pytest.mark.parametrize("setting", ["standard_conforming_strings = off", "client_encoding = LATIN1"])
def test_a_text_is_what_it_was_whatever_the_database_says_of_texts(pair: Load, setting: str) -> None:
    pairs = pair(LITERALS.format(type="bigint"), LITERALS.format(type="int"))
    script = render_script(pairs.plan(), destructive=True)
    pairs.run(f"ALTER DATABASE remedy_observed SET {setting}")
    done = pairs.run(script)
    pairs.run("ALTER DATABASE remedy_observed RESET ALL")
    assert done.returncode == 0, done.stderr
    assert pairs.ask(IS_SUPERUSER) == ["f"]
    desired, observed = pairs.dumps()
    assert observed == desired


def test_a_materialized_view_is_computed_as_its_owner(pair: Load) -> None:
    sql = """
    CREATE TABLE t (a {type}); INSERT INTO t VALUES (1);
    CREATE FUNCTION who() RETURNS text LANGUAGE sql AS 'SELECT current_user::text';
    CREATE MATERIALIZED VIEW m AS SELECT a, who() AS who FROM t;
    CREATE MATERIALIZED VIEW l AS SELECT a, who FROM m;
    GRANT CREATE ON SCHEMA public TO remedy_app; ALTER TABLE t OWNER TO remedy_app;
    ALTER MATERIALIZED VIEW m OWNER TO remedy_app; ALTER MATERIALIZED VIEW l OWNER TO remedy_app;
    """
    pairs = pair(sql.format(type="bigint"), sql.format(type="int"))
    done = pairs.run(render_script(pairs.plan(), destructive=True))
    assert done.returncode == 0, done.stderr
    assert pairs.ask("SELECT who FROM l") == ["remedy_app"]


def test_a_script_that_has_run_does_not_drop_rows_that_were_written_since(pair: Load) -> None:
    table = "CREATE TABLE t (a int) PARTITION BY {} (a); CREATE TABLE p PARTITION OF t DEFAULT;"
    table += "CREATE TABLE other (a int, g int GENERATED ALWAYS AS (a + {}) STORED)"
    pairs = pair(table.format("LIST", 1), table.format("RANGE", 2))
    script = render_script(pairs.plan(), destructive=True)
    assert pairs.run(script).returncode == 0
    pairs.run("INSERT INTO t VALUES (7)")
    again = pairs.run(script)
    assert again.returncode == 0, again.stderr
    assert pairs.ask("SELECT a FROM t") == ["7"]
    assert "has run to its end here" in again.stderr
