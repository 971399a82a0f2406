"""What `[[contracts]]` says of a service counts in a scan as it does in `fleetdrift contracts check`."""

from __future__ import annotations

from pathlib import Path

import pytest

from coordinator.report.model import ReportBody
from shared.embedded.postgres import EmbeddedPostgres
from tests.integration.fleets.fleet import Fleet, new_fleet

SCHEMA = """
CREATE SCHEMA desk;
CREATE TABLE desk.agents (id bigint PRIMARY KEY, login text NOT NULL);
ALTER TABLE desk.agents ENABLE ROW LEVEL SECURITY;
CREATE POLICY all_rows ON desk.agents TO pg_monitor USING (true);
"""
RUST = 'async fn f(p: &sqlx::PgPool) { sqlx::query("SELECT login FROM agents").fetch_all(p).await; }'
SERVICE = '[[contracts]]\nservice = "desk"\npath = "desk"\nsearch_path = ["desk"]\n'


@pytest.fixture
def fleet(postgres: EmbeddedPostgres, tmp_path: Path) -> Fleet:
    fleet = new_fleet(tmp_path, postgres)
    fleet.write({"schema.sql": SCHEMA, "desk/src/lib.rs": RUST})
    return fleet


def scanned(fleet: Fleet, service: str) -> ReportBody:
    fleet.configure(f'[spec]\nsource = "schema.sql"\n{service}{fleet.tenants("a")}')
    return fleet.check().body


def broken(body: ReportBody) -> list[tuple[str, str]]:
    return [(verdict.rule, verdict.sqlstate) for group in body.groups for verdict in group.verdicts]


def test_names_are_looked_up_on_the_search_path_of_the_service(fleet: Fleet) -> None:
    fleet.create("a", SCHEMA, "ALTER TABLE desk.agents DROP login")
    assert broken(scanned(fleet, SERVICE)) == [("contract-query-invalid", "42703")]
    elsewhere = scanned(fleet, SERVICE.replace('["desk"]', '["public"]'))
    assert broken(elsewhere) == []
    assert [verdict.sqlstate for verdict in elsewhere.service_faults] == ["42P01"]


def test_the_policies_of_the_services_role_count(fleet: Fleet) -> None:
    fleet.create("a", SCHEMA, "ALTER POLICY all_rows ON desk.agents TO pg_read_all_stats")
    rules = [rule for rule, _ in broken(scanned(fleet, SERVICE + 'role = "pg_monitor"\n'))]
    assert rules == ["contract-row-security", "contract-tenant-isolation"]
    assert [rule for rule, _ in broken(scanned(fleet, SERVICE))] == ["contract-tenant-isolation"]


def test_files_that_are_excluded_say_nothing(fleet: Fleet) -> None:
    fleet.create("a", SCHEMA)
    fleet.write({"desk/tools/seed.rs": RUST.replace("agents", "nothing_of_that_name")})
    assert [verdict.file for verdict in scanned(fleet, SERVICE).service_faults] == ["tools/seed.rs"]
    assert scanned(fleet, SERVICE + 'exclude = ["tools/**"]\n').service_faults == ()


def test_code_of_features_that_are_off_says_nothing(fleet: Fleet) -> None:
    fleet.create("a", SCHEMA)
    behind = RUST.replace("async fn", '#[cfg(feature = "admin")] async fn').replace("agents", "nothing_of_that_name")
    fleet.write({"desk/Cargo.toml": "[features]\nadmin = []\n", "desk/src/admin.rs": behind})
    assert len(scanned(fleet, SERVICE).service_faults) == 1
    assert scanned(fleet, SERVICE + "features = []\n").service_faults == ()


def test_a_driver_of_which_nothing_was_read_makes_the_scan_incomplete_until_it_is_accepted(fleet: Fleet) -> None:
    fleet.create("a", SCHEMA)
    fleet.write({"desk/Cargo.toml": '[dependencies]\nsqlx = "0.8"\ndiesel = "2"\n'})
    assert scanned(fleet, SERVICE).unread_services == ("desk",)
    assert scanned(fleet, SERVICE + 'accept_unread = ["diesel"]\n').unread_services == ()
