"""What is called after a tenant, its roles and its name in literals, is no drift; what is said of them is."""

# ruff: noqa: E501  # SQL reads better on one line

from __future__ import annotations

import subprocess

import pytest

from coordinator.apply.script import is_about_own_names, plan_script
from coordinator.report.model import ScanReport, TenantStatus
from shared.postgres.names.own_names import own_names
from shared.remediation.plan import ProofStatus
from shared.schema.profile import Profile
from shared.targets import Target
from tests.integration.spellings.fleets import Place, scan

OWN = """
CREATE TABLE notes (id int PRIMARY KEY, body text, made_by name DEFAULT '%T_app'); CREATE TABLE plain (id int);
ALTER TABLE notes OWNER TO "%T_app"; ALTER TABLE notes ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT ON plain TO "%T_app", "reader of %T", fleet_reader; GRANT UPDATE (id) ON plain TO "%T_app" WITH GRANT OPTION;
CREATE POLICY own ON notes TO "%T_app", fleet_reader USING (current_user = '%T_app' OR pg_has_role('reader of %T', 'USAGE'));
CREATE FUNCTION admit() RETURNS void LANGUAGE plpgsql AS $$BEGIN GRANT SELECT ON plain TO "%T_app"; SET ROLE "%T_app"; END$$;
ALTER DEFAULT PRIVILEGES FOR ROLE "%T_app" GRANT SELECT ON TABLES TO "reader of %T";
"""
COMPARE = """[compare]
owners = true
privileges = true
literals = true
roles = ["{tenant}_app", "reader of {tenant}"]
"""
PROFILE = Profile(owners=True, privileges=True, literals=True, roles=("{tenant}_app", "reader of {tenant}"))
NAMES = ("acme", "globex", 'O\'Neil "x"')
DRIFT = """REVOKE INSERT ON plain FROM "acme_app"; DROP POLICY own ON notes; DROP FUNCTION admit();
ALTER DEFAULT PRIVILEGES FOR ROLE "acme_app" REVOKE SELECT ON TABLES FROM "reader of acme"; ALTER TABLE notes ALTER made_by DROP DEFAULT"""


def script(name: str) -> str:
    """Make one tenant of the template, as an author who quotes would."""
    names = "".join(
        f"""DO $do$BEGIN CREATE ROLE "{role.replace('"', '""')}"; EXCEPTION WHEN duplicate_object THEN NULL; END$do$;"""
        for role in (f"{name}_app", f"reader of {name}", "fleet_reader")
    )
    in_literals = name.replace("'", "''")
    parts = OWN.split("'")
    sql = "'".join(
        part.replace("%T", in_literals if number % 2 else name.replace('"', '""')) for number, part in enumerate(parts)
    )
    return names + sql


@pytest.fixture(scope="module")
def urls(tenants) -> dict[str, str]:
    made = {name: tenants.create(script(name)) for name in NAMES}
    tenants.run(made["acme"], DRIFT)
    return made


def looked_at(urls, memory_server, scratch, folder) -> ScanReport:
    declared = OWN.replace("%T", "{tenant}")
    places = {name: Place("one", url.split("@/")[1].split("?")[0]) for name, url in urls.items()}
    return scan(folder, declared, {"one": memory_server}, places, scratch, more=COMPARE)


def test_equal_tenants_with_roles_of_their_own_are_in_sync_and_the_others_way_back_names_its_own(
    urls, memory_server, scratch, tmp_path_factory
):
    report = looked_at(urls, memory_server, scratch, tmp_path_factory.mktemp("before"))
    in_sync = [each.tenant for each in report.body.tenants if each.status is TenantStatus.IN_SYNC]
    assert in_sync == sorted({*NAMES} - {"acme"}), report.body.groups
    [group] = report.body.groups
    assert group.plan is not None
    assert group.plan.proof.status is ProofStatus.PROVEN, group.plan.proof
    assert is_about_own_names(group.plan)
    own = own_names(Target(tenant="acme", host="one", database="x"), PROFILE)
    written = plan_script(group.plan, own, destructive=False, title=group.id)
    assert 'TO "acme_app"' in written
    psql = [memory_server.binaries / "psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-f", "-", urls["acme"]]
    done = subprocess.run(psql, input=written, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    after = looked_at(urls, memory_server, scratch, tmp_path_factory.mktemp("after"))
    assert {each.status for each in after.body.tenants} == {TenantStatus.IN_SYNC}
