"""Migrations that name their tool's own version table: it is there when they run, and stays the tool's."""

from __future__ import annotations

from pathlib import Path

import pytest

from coordinator.report.model import ScanReport, ScanStatus
from shared.diff.version_tables import VERSION_TABLES, VersionTable
from shared.embedded.postgres import EmbeddedPostgres
from tests.integration.fleets.fleet import Fleet, new_fleet, statuses

ORDERS = "CREATE TABLE orders (id bigint PRIMARY KEY);"
EMAIL = "ALTER TABLE orders ADD COLUMN email text;"
GUARD = """CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'not by hand'; END $$;
CREATE TRIGGER refuse BEFORE DELETE ON {table} FOR EACH ROW EXECUTE FUNCTION refuse();"""
LAYOUTS = {
    "numbered": ("1_orders.sql", "2_email.sql"),
    "golang-migrate": ("1_orders.up.sql", "2_email.up.sql"),
    "dbmate": ("1_orders.sql", "2_email.sql"),
    "goose": ("1_orders.sql", "2_email.sql"),
    "diesel": ("1_orders/up.sql", "2_email/up.sql"),
    "prisma": ("1_orders/migration.sql", "2_email/migration.sql"),
    "flyway": ("V1__orders.sql", "V2__email.sql"),
    "refinery": ("V1__orders.sql", "U2__email.sql"),
    "liquibase": ("1_orders.sql", "2_email.sql"),
}
HEADS = {
    "dbmate": "-- migrate:up\n",
    "goose": "-- +goose Up\n",
    "liquibase": "-- liquibase formatted sql\n-- changeset me:{version}\n",
}
DONE = "INSERT INTO _sqlx_migrations VALUES (2, 'm', now(), true, '', 0);"
CASES = [(table, layout) for table in VERSION_TABLES for layout in sorted(table.layouts)]


@pytest.fixture
def fleet(postgres: EmbeddedPostgres, tmp_path: Path) -> Fleet:
    return new_fleet(tmp_path, postgres)


def scanned(fleet: Fleet, *names: str) -> ScanReport:
    fleet.configure(f'[spec]\nsource = "migrations"\n{fleet.tenants(*names)}')
    return fleet.check()


def differences(report: ScanReport) -> dict[str, list[str]]:
    """Give the objects in which each tenant differs; that its version table has no rows yet is no difference."""
    assert {result.failure for result in report.body.tenants} == {None}
    groups = {group.id: [str(change.identity) for change in group.diff.changes] for group in report.body.groups}
    return {result.tenant: groups.get(result.group, []) for result in report.body.tenants}


def folder(layout: str, first: str, second: str) -> dict[str, str]:
    head = HEADS.get(layout, "")
    return {
        f"migrations/{file}": head.replace("{version}", str(version)) + text
        for version, (file, text) in enumerate(zip(LAYOUTS[layout], (first, second), strict=True), 1)
    }


@pytest.mark.parametrize(("table", "layout"), CASES, ids=lambda each: getattr(each, "table", each))
def test_a_migration_may_guard_its_tools_own_table(fleet: Fleet, table: VersionTable, layout: str) -> None:
    guard = GUARD.replace("{table}", table.table)
    fleet.write(folder(layout, ORDERS, guard + EMAIL))
    fleet.create("done", table.statement, ORDERS, guard + EMAIL)
    fleet.create("other", table.statement, ORDERS, guard)
    report = scanned(fleet, "done", "other")
    assert differences(report) == {"done": [], "other": ["column public.orders.email"]}


def test_a_migration_may_delete_from_its_tools_own_table_at_every_version(fleet: Fleet) -> None:
    (sqlx,) = [each for each in VERSION_TABLES if each.tool == "sqlx"]
    forget = "DELETE FROM _sqlx_migrations WHERE version = 7;"
    fleet.write(folder("numbered", ORDERS + forget, EMAIL))
    fleet.create("waits", sqlx.statement, ORDERS, DONE.replace("2", "1"))
    report = scanned(fleet, "waits")
    assert statuses(report.body) == {"waits": "pending"}
    assert [step.version for step in report.body.rollouts[0].lacks] == ["2"]


def test_a_version_table_that_the_migrations_make_themselves_is_declared(fleet: Fleet) -> None:
    own = "CREATE TABLE public._sqlx_migrations (version bigint); DELETE FROM _sqlx_migrations;"
    fleet.write(folder("numbered", ORDERS + own, EMAIL))
    fleet.create("done", ORDERS, own, EMAIL)
    fleet.create("lacks", ORDERS, EMAIL)
    report = scanned(fleet, "done", "lacks")
    assert differences(report)["done"] == []
    assert "table public._sqlx_migrations" in differences(report)["lacks"]


def test_tenants_that_are_namespaces_have_the_table_each_in_its_own(fleet: Fleet) -> None:
    (sqlx,) = [each for each in VERSION_TABLES if each.tool == "sqlx"]
    guard = GUARD.replace("{table}", "_sqlx_migrations")
    fleet.write(folder("numbered", ORDERS, guard + EMAIL))
    fleet.create("all", f"CREATE SCHEMA a; SET search_path = a; {sqlx.statement}; {ORDERS} {guard} {EMAIL} {DONE}")
    fleet.configure(
        '[spec]\nsource = "migrations"\n[fleet]\ntenants = '
        f'[{{ tenant = "a", database = "{fleet.database("all")}", namespace = "a" }}]\n'
    )
    report = fleet.check()
    assert report.status is ScanStatus.IN_SYNC


def test_a_table_of_another_tool_is_not_there(fleet: Fleet) -> None:
    fleet.write(folder("numbered", ORDERS, EMAIL + "DELETE FROM flyway_schema_history;"))
    fleet.create("done", ORDERS, EMAIL)
    with pytest.raises(Exception, match='relation "flyway_schema_history" does not exist'):
        scanned(fleet, "done")


def test_terraform_that_runs_a_folder_has_the_table_too(fleet: Fleet) -> None:
    fleet.write(folder("golang-migrate", ORDERS, EMAIL + "DELETE FROM schema_migrations;"))
    command = "migrate -path ${path.module}/migrations -database $DATABASE_URL up"
    fleet.write(
        {
            "main.tf": f"""
resource "terraform_data" "schema" {{
  provisioner "local-exec" {{
    command = "{command}"
  }}
}}
"""
        }
    )
    (own,) = [each for each in VERSION_TABLES if each.tool == "golang-migrate"]
    fleet.create("done", own.statement, ORDERS, EMAIL, "INSERT INTO schema_migrations VALUES (2, false)")
    fleet.configure(f'[spec]\nsource = "."\n{fleet.tenants("done")}')
    assert fleet.check().status is ScanStatus.IN_SYNC
