"""A namespace's name in text that PostgreSQL reads a name in is a placeholder; elsewhere in text it is by choice."""

# ruff: noqa: E501  # SQL reads better on one line

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from coordinator.report.model import ScanReport, TenantStatus
from shared.postgres.names.own_names import own_names
from shared.postgres.names.tenant_sql import for_tenant
from shared.remediation.plan import ProofStatus
from shared.schema.profile import Profile
from shared.targets import Target
from tests.integration.spellings.fleets import Place, scan

NAMES = ("acme", "tenant_2", "Quo'te d")
READ_AS_NAMES = """
CREATE TABLE t (a serial, b bigint DEFAULT nextval('%Q.t_a_seq'::text::regclass), body text);
CREATE TEXT SEARCH CONFIGURATION plain (COPY = simple);
CREATE INDEX words ON t USING gin (to_tsvector('%Q.plain', body));
CREATE FUNCTION last_one() RETURNS bigint LANGUAGE plpgsql AS $$BEGIN RETURN currval('%Q.t_a_seq'); END$$;
CREATE FUNCTION there() RETURNS bool LANGUAGE sql AS $$SELECT to_regclass('%Q.t') IS NOT NULL AND '%Q.t'::regclass::oid > 0$$;
CREATE FUNCTION go() RETURNS text LANGUAGE sql AS $$SELECT set_config('search_path', '%Q, public', false)$$;
CREATE FUNCTION gone() RETURNS void LANGUAGE plpgsql AS $$BEGIN SET LOCAL search_path = %I, public; END$$;
"""
SAID = """
CREATE TABLE said (a text DEFAULT '%L' CHECK (a <> '%L_test'));
COMMENT ON TABLE said IS 'made for %L';
CREATE FUNCTION tell() RETURNS trigger LANGUAGE plpgsql AS $$BEGIN -- of %N
    PERFORM pg_notify('%L', tg_argv[0]); EXECUTE format('SELECT 1 FROM %%s.said', '%L'); RETURN new; END$$;
CREATE TRIGGER tell BEFORE INSERT ON said FOR EACH ROW EXECUTE FUNCTION tell('%L');
"""
DRIFT = "DROP FUNCTION acme.last_one(); DROP INDEX acme.words; ALTER TABLE acme.t ALTER b DROP DEFAULT"


def template(sql: str, name: str) -> str:
    """Fill in a name: as an identifier, as one within a literal, as a literal's own text, and bare."""
    doubled = name.replace("'", "''")
    return sql.replace("%I", f'"{name}"').replace("%Q", f'"{doubled}"').replace("%L", doubled).replace("%N", name)


class Case(msgspec.Struct, frozen=True):
    """A template, whom it is made for, and what is done to acme afterwards."""

    sql: str
    names: tuple[str, ...]
    drift: str = ""
    profile: Profile = Profile()


CASES = {
    "names": Case(READ_AS_NAMES, NAMES, DRIFT),
    "literals": Case(
        SAID,
        ("acme", "tenant_2"),
        "DROP FUNCTION acme.tell() CASCADE; ALTER TABLE acme.said ALTER a DROP DEFAULT",
        Profile(literals=True, comments=True),
    ),
    "a literal that only happens to be a name": Case(
        "CREATE TABLE t (state text DEFAULT 'active' CHECK (state IN ('active', 'gone')));", ("active", "other")
    ),
}


@pytest.fixture
def look(tenants, memory_server, scratch, tmp_path_factory):
    """Make the tenants of a case; give the database, and how to scan it."""

    def made(case: Case) -> tuple[str, Callable[[], ScanReport]]:
        each = "".join(
            f'CREATE SCHEMA "{name}"; SET search_path = "{name}"; {template(case.sql, name)} RESET search_path;'
            for name in case.names
        )
        url = tenants.create(each + case.drift)
        declared = template(case.sql, "{tenant}")
        places = {name: Place("one", url.split("@/")[1].split("?", maxsplit=1)[0], name) for name in case.names}
        more = "[compare]\nliterals = true\ncomments = true\n" if case.profile.literals else ""
        return url, lambda: scan(
            tmp_path_factory.mktemp("look"), declared, {"one": memory_server}, places, scratch, more=more
        )

    return made


def in_sync(report: ScanReport) -> list[str]:
    return [each.tenant for each in report.body.tenants if each.status is TenantStatus.IN_SYNC]


@pytest.mark.parametrize("case", ["names", "literals"])
def test_equal_namespaces_are_in_sync_and_the_way_back_names_the_right_one(tenants, look, case):
    names, profile = CASES[case].names, CASES[case].profile
    url, scanned = look(CASES[case])
    report = scanned()
    assert in_sync(report) == sorted({*names} - {"acme"})
    [group] = report.body.groups
    assert group.plan.proof.status is ProofStatus.PROVEN, group.plan.proof
    own = own_names(Target(tenant="acme", host="one", database="x", namespace="acme"), profile)
    written = ";\n".join(for_tenant(statement.sql, own) for statement in group.plan.statements)
    assert "{tenant}" not in written
    tenants.run(url, written)
    assert in_sync(scanned()) == sorted(names)


def test_a_literal_that_only_happens_to_be_a_tenants_name_is_nobodys_by_default(look):
    _, scanned = look(CASES["a literal that only happens to be a name"])
    assert in_sync(scanned()) == ["active", "other"]


TERRAFORM = """
locals {{ tenants = toset(["acme", "globex"]) }}
resource "sql_migrate" "tenant" {{
  for_each = local.tenants
  migration {{
    id   = "1"
    up   = <<-SQL
      CREATE TABLE ${{each.key}}.t (id serial PRIMARY KEY, body text);
      GRANT SELECT ON ${{each.key}}.t TO "${{each.key}}_app";
      CREATE VIEW ${{each.key}}.v AS SELECT id FROM ${{each.key}}.t;
    SQL
    down = "DROP TABLE t"
  }}
}}
"""


def test_a_declaration_made_for_each_namespace_by_its_name_speaks_of_all(tenants, memory_server, scratch, tmp_path):
    sql = 'CREATE TABLE {0}.t (id serial PRIMARY KEY, body text); GRANT SELECT ON {0}.t TO "{0}_app"; CREATE VIEW {0}.v AS SELECT id FROM {0}.t;'
    roles = "".join(
        f'DO $$BEGIN CREATE ROLE "{name}_app"; EXCEPTION WHEN duplicate_object THEN NULL; END$$;'
        for name in ("acme", "globex")
    )
    url = tenants.create(roles + "".join(f"CREATE SCHEMA {name};" + sql.format(name) for name in ("acme", "globex")))
    (tmp_path / "main.tf").write_text(TERRAFORM.format())
    places = {name: Place("one", url.split("@/")[1].split("?", maxsplit=1)[0], name) for name in ("acme", "globex")}
    more = '[compare]\nprivileges = true\nroles = ["{tenant}_app"]\n'
    report = scan(tmp_path, "", {"one": memory_server}, places, scratch, more=more, source="main.tf")
    assert in_sync(report) == ["acme", "globex"], report.body.groups
