"""What a plan drops and makes again has the owner, the grants and the comments it had; pg_dump is the witness."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from shared.remediation.script import render_script
from tests.integration.remediation.conftest import Pair

Load = Callable[[str, str], Pair]

SCHEMA = """
CREATE TYPE e AS ENUM ({labels});
CREATE DOMAIN dom AS {base};
CREATE TABLE t (id int PRIMARY KEY, a {type}, g int GENERATED ALWAYS AS ({generated}) STORED, x e, y dom);
CREATE VIEW v AS SELECT id, a, x FROM t;
CREATE MATERIALIZED VIEW m AS SELECT id, a FROM v;
CREATE INDEX on_m ON m (a);
CREATE INDEX on_t ON t ({columns});
CREATE FUNCTION f(i e) RETURNS e LANGUAGE sql AS 'SELECT $1';
CREATE FUNCTION "it's" () RETURNS {type} LANGUAGE sql AS 'SELECT 1::{type}';
CREATE FUNCTION fires() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END';
CREATE TRIGGER "tr'ig" INSTEAD OF INSERT ON v FOR EACH ROW EXECUTE FUNCTION fires();
CREATE POLICY pol ON t USING (a > 1);
"""
OBSERVED = {"labels": "'a', 'b', 'c'", "base": "text", "type": "int", "generated": "id", "columns": "a"}
DESIRED = {"labels": "'b', 'a'", "base": "varchar(30)", "type": "bigint", "generated": "id + 1", "columns": "a, id"}
SAID = """
COMMENT ON VIEW v IS 'the view''s';
COMMENT ON COLUMN v.a IS 'its a';
COMMENT ON MATERIALIZED VIEW m IS 'm';
COMMENT ON INDEX on_m IS 'on m';
COMMENT ON INDEX on_t IS E'on\\nt';
COMMENT ON FUNCTION f(e) IS 'f';
COMMENT ON TYPE e IS 'e';
COMMENT ON DOMAIN dom IS 'dom';
COMMENT ON TRIGGER "tr'ig" ON v IS 'fires';
COMMENT ON POLICY pol ON t IS 'pol';
COMMENT ON COLUMN t.g IS 'g';
"""
GRANTED = """
GRANT SELECT ON v TO remedy_reader;
GRANT SELECT (id), UPDATE (a) ON v TO remedy_lead WITH GRANT OPTION;
GRANT SELECT, INSERT ON m TO remedy_lead WITH GRANT OPTION;
SET ROLE remedy_lead; GRANT SELECT ON m TO remedy_reader; RESET ROLE;
REVOKE ALL ON FUNCTION f(e) FROM PUBLIC;
REVOKE ALL ON FUNCTION "it's"() FROM PUBLIC; GRANT EXECUTE ON FUNCTION "it's"() TO remedy_reader;
REVOKE ALL ON TYPE e FROM PUBLIC; GRANT USAGE ON TYPE e TO remedy_reader;
GRANT USAGE ON DOMAIN dom TO remedy_lead;
GRANT SELECT (g), UPDATE (g) ON t TO remedy_reader;
ALTER TABLE t OWNER TO remedy_app; ALTER VIEW v OWNER TO remedy_app; ALTER MATERIALIZED VIEW m OWNER TO remedy_app;
ALTER FUNCTION f(e) OWNER TO remedy_app; ALTER FUNCTION "it's"() OWNER TO remedy_app; ALTER TYPE e OWNER TO remedy_app;
ALTER DOMAIN dom OWNER TO remedy_changer; ALTER FUNCTION fires() OWNER TO remedy_changer;
GRANT CREATE ON SCHEMA public TO remedy_app, remedy_changer;
GRANT remedy_lead TO remedy_changer;
REVOKE DELETE ON v FROM remedy_app;
ALTER DEFAULT PRIVILEGES GRANT ALL ON TABLES TO remedy_reader;
ALTER DEFAULT PRIVILEGES GRANT EXECUTE ON FUNCTIONS TO remedy_reader;
ALTER DEFAULT PRIVILEGES FOR ROLE remedy_changer GRANT ALL ON TABLES TO remedy_reader;
"""
KEPT = "SELECT count(*) FROM pg_largeobject_metadata"


def both(pair: Load) -> Pair:
    return pair(SCHEMA.format(**DESIRED) + SAID + GRANTED, SCHEMA.format(**OBSERVED) + SAID + GRANTED)


@pytest.mark.parametrize("runner", ["postgres", "remedy_changer"])
def test_owners_grants_and_comments_are_as_before_whoever_runs_the_plan(pair: Load, runner: str) -> None:
    pairs = both(pair)
    done = pairs.run(render_script(pairs.plan(), destructive=True), user=runner)
    assert done.returncode == 0, done.stderr
    desired, observed = pairs.dumps()
    assert observed == desired
    assert pairs.ask(KEPT) == ["0"]


def test_they_are_as_before_when_the_script_breaks_off_between_drop_and_create(pair: Load) -> None:
    pairs = both(pair)
    script = render_script(pairs.plan(), destructive=True)
    dropped = script.index("DROP INDEX CONCURRENTLY")
    pairs.run(script[:dropped])
    assert pairs.ask("SELECT to_regclass('v') IS NULL") == ["t"]
    done = pairs.run(script)
    assert done.returncode == 0, done.stderr
    desired, observed = pairs.dumps()
    assert observed == desired
    assert pairs.ask(KEPT) == ["0"]


def test_nothing_is_dropped_by_a_role_that_could_not_give_it_back(pair: Load) -> None:
    view = "CREATE TABLE t (a int, b {}); CREATE VIEW v AS SELECT b FROM t; GRANT CREATE ON SCHEMA public TO PUBLIC; {}"
    owned = "ALTER TABLE t OWNER TO remedy_changer; ALTER VIEW v OWNER TO remedy_lead;"
    owned += "ALTER SCHEMA public OWNER TO remedy_changer"
    pairs = pair(view.format("text", ""), view.format("int", owned))
    done = pairs.run(render_script(pairs.plan()), user="remedy_changer")
    assert 'VIEW "public"."v" is made again, and remedy_changer may not act for remedy_lead' in done.stderr
    assert pairs.ask("SELECT viewowner FROM pg_views WHERE viewname = 'v'") == ["remedy_lead"]
