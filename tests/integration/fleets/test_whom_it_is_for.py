"""A fleet has as many specs as there are distinct declarations: by tenant, database, placement, version and label."""

from __future__ import annotations

from pathlib import Path

import pytest

from coordinator.iac.source import SourceError
from coordinator.inventory import InventoryError
from coordinator.report.model import ScanReport
from shared.embedded.postgres import EmbeddedPostgres
from tests.integration.fleets.fleet import Fleet, new_fleet, statuses

ORDERS = "CREATE TABLE orders (id bigint PRIMARY KEY);"
EMAIL = "ALTER TABLE orders ADD COLUMN email text;"
AUDIT = "CREATE TABLE audit (at timestamptz NOT NULL);"


@pytest.fixture
def fleet(postgres: EmbeddedPostgres, tmp_path: Path) -> Fleet:
    return new_fleet(tmp_path, postgres)


def compiled(report: ScanReport) -> int:
    return sum(step.action == "Parse IaC Definition" for step in report.steps)


def test_a_for_each_with_a_file_per_tenant_gives_each_tenant_its_own(fleet: Fleet) -> None:
    tenants = {"acme": "v1", "beta": "v2", "ceta": "v1", "delta": "v2", "wrong": "v1"}
    pairs = ", ".join(f'{name} = "{version}"' for name, version in tenants.items())
    main = f"""
resource "sql_migrate" "schema" {{
  for_each = {{ {pairs} }}
  migration {{
    id   = "schema"
    up   = file("${{path.module}}/${{each.value}}.sql")
    down = ""
  }}
}}
"""
    fleet.write({"infra/main.tf": main, "infra/v1.sql": ORDERS, "infra/v2.sql": f"{ORDERS}\n{EMAIL}\n"})
    for name, version in tenants.items():
        fleet.create(name, ORDERS, *([EMAIL] if version == "v2" or name == "wrong" else []))
    fleet.configure(f'[spec]\nsource = "infra"\n{fleet.tenants(*tenants)}')
    report = fleet.check()
    assert statuses(report.body) == dict.fromkeys(("acme", "beta", "ceta", "delta"), "in_sync") | {"wrong": "drifted"}
    assert compiled(report) == 2


def test_databases_and_namespaces_have_one_declaration_that_fits_both(fleet: Fleet) -> None:
    fleet.write({"schema.sql": f"{ORDERS}\n{EMAIL}\n"})
    fleet.create("own", ORDERS, EMAIL)
    for_each = (f"CREATE SCHEMA {name}; SET search_path = {name}; {ORDERS} {EMAIL} RESET search_path" for name in "ab")
    fleet.create("shared", *for_each, "CREATE SCHEMA c; CREATE TABLE c.orders (id bigint PRIMARY KEY)")
    namespaces = ", ".join(
        f'{{ tenant = "{name}", database = "{fleet.database("shared")}", namespace = "{name}" }}' for name in "abc"
    )
    own = f'{{ tenant = "own", database = "{fleet.database("own")}" }}'
    fleet.configure(f'[spec]\nsource = "schema.sql"\n[fleet]\ntenants = [{own}, {namespaces}]')
    report = fleet.check()
    assert statuses(report.body) == {"a": "in_sync", "b": "in_sync", "c": "drifted", "own": "in_sync"}
    assert compiled(report) == 2


CORE_AND_ANALYTICS = """
resource "terraform_data" "core" {
  provisioner "local-exec" { command = "psql -d PREFIXcore -f core.sql" }
}
resource "terraform_data" "analytics" {
  provisioner "local-exec" { command = "psql -d PREFIXanalytics -f analytics.sql" }
}
"""


def test_two_databases_of_one_source_are_two_declarations(fleet: Fleet) -> None:
    main = CORE_AND_ANALYTICS.replace("PREFIX", fleet.prefix)
    fleet.write({"infra/main.tf": main, "infra/core.sql": ORDERS, "infra/analytics.sql": AUDIT})
    fleet.create("core", ORDERS)
    fleet.create("analytics", AUDIT)
    fleet.configure(f'[spec]\nsource = "infra"\n{fleet.tenants("core", "analytics")}')
    report = fleet.check()
    assert statuses(report.body) == {"core": "in_sync", "analytics": "in_sync"}


def test_a_database_that_the_source_does_not_name_needs_a_choice(fleet: Fleet) -> None:
    main = CORE_AND_ANALYTICS.replace("PREFIX", "")
    fleet.write({"infra/main.tf": main, "infra/core.sql": ORDERS, "infra/analytics.sql": AUDIT})
    fleet.create("eu_core", ORDERS)
    fleet.configure(f'[spec]\nsource = "infra"\n{fleet.tenants("eu_core")}')
    with pytest.raises(SourceError, match="declares the databases analytics, core, and the tenant 'eu_core' lives in"):
        fleet.check()
    fleet.configure(f'[spec]\nsource = "infra"\ndatabase = "core"\n{fleet.tenants("eu_core")}')
    assert statuses(fleet.check().body) == {"eu_core": "in_sync"}


GOLD_AND_OTHERS = """
[[spec]]
source = "gold"
labels = { plan = "gold" }
[[spec]]
source = "base"
[[fleet.tenants]]
tenant = "rich"
database = "PREFIXrich"
labels = { plan = "gold" }
[[fleet.tenants]]
tenant = "plain"
database = "PREFIXplain"
[[fleet.tenants]]
tenant = "cheat"
database = "PREFIXcheat"
"""


def test_tenants_with_a_label_have_a_declaration_of_their_own(fleet: Fleet) -> None:
    fleet.write({"base/1.sql": ORDERS, "gold/1.sql": ORDERS, "gold/2.sql": AUDIT})
    fleet.create("rich", ORDERS, AUDIT)
    fleet.create("plain", ORDERS)
    fleet.create("cheat", ORDERS, AUDIT)
    fleet.configure(GOLD_AND_OTHERS)
    report = fleet.check()
    assert statuses(report.body) == {"rich": "in_sync", "plain": "in_sync", "cheat": "drifted"}
    assert [(entry.source, entry.tenants) for entry in report.body.declarations] == [("base", 2), ("gold", 1)]


def test_a_resource_for_some_tenants_declares_its_table_for_those_alone(fleet: Fleet) -> None:
    main = """
locals {
  tenants = { rich = "gold", plain = "silver", poor = "silver" }
}
resource "sql_migrate" "base" {
  for_each = local.tenants
  migration {
    id   = "base"
    up   = "CREATE TABLE orders (id bigint PRIMARY KEY);"
    down = ""
  }
}
resource "sql_migrate" "audit" {
  for_each = { for name, plan in local.tenants : name => plan if plan == "gold" }
  migration {
    id   = "audit"
    up   = "CREATE TABLE audit (at timestamptz NOT NULL);"
    down = ""
  }
}
"""
    fleet.write({"infra/main.tf": main})
    fleet.create("rich", ORDERS, AUDIT)
    fleet.create("plain", ORDERS)
    fleet.create("poor", ORDERS, AUDIT)
    fleet.configure(f'[spec]\nsource = "infra"\n{fleet.tenants("rich", "plain", "poor")}')
    assert statuses(fleet.check().body) == {"rich": "in_sync", "plain": "in_sync", "poor": "drifted"}


def test_a_tenant_that_no_spec_is_for_is_named(fleet: Fleet) -> None:
    fleet.write({"gold/1.sql": ORDERS})
    fleet.configure(f'[[spec]]\nsource = "gold"\nlabels = {{ plan = "gold" }}\n{fleet.tenants("plain")}')
    with pytest.raises(InventoryError, match="none of the 1 \\[\\[spec\\]\\] tables is for the tenant 'plain'"):
        fleet.check()


def test_a_tenant_of_its_own_version_is_compared_with_that_version(fleet: Fleet) -> None:
    """The source says at which version each tenant should be: one that is there is in sync, one before it pending."""
    main = """
resource "terraform_data" "schema" {
  provisioner "local-exec" { command = "sqlx migrate run --source migrations" }
}
output "tenants" {
  value = { early = { version = "1" }, late = { version = "2" }, slow = { version = "2" } }
}
"""
    fleet.write({"infra/main.tf": main, "infra/migrations/1_a.sql": ORDERS, "infra/migrations/2_b.sql": EMAIL})
    fleet.create("early", ORDERS)
    fleet.create("late", ORDERS, EMAIL)
    fleet.create("slow", ORDERS)
    fleet.configure(f'[spec]\nsource = "infra"\n{fleet.tenants("early", "late", "slow")}')
    report = fleet.check()
    assert statuses(report.body) == {"early": "unverified", "late": "unverified", "slow": "pending"}
    assert {finding.rule for group in report.body.groups for finding in group.findings} == {"schema-version-unknown"}


RUST = 'async fn f(p: &sqlx::PgPool) { sqlx::query("SELECT email FROM orders").fetch_all(p).await; }'
SERVICE = '[[contracts]]\nservice = "desk"\npath = "desk"\ndatabase = "%s"\n'


def test_a_service_is_checked_in_the_databases_that_it_speaks_to(fleet: Fleet) -> None:
    fleet.write({"schema.sql": f"{ORDERS}\n{EMAIL}\n", "desk/src/lib.rs": RUST})
    for name in ("acme_desk", "acme_shop"):
        fleet.create(name, ORDERS)
    fleet.configure(f'[spec]\nsource = "schema.sql"\n{SERVICE % "*_desk"}{fleet.tenants("acme_desk", "acme_shop")}')
    report = fleet.check()
    broken = {group.tenants: [verdict.sqlstate for verdict in group.verdicts] for group in report.body.groups}
    assert broken == {("acme_desk",): ["42703"], ("acme_shop",): []}
    assert report.body.declarations == ()


def test_a_service_whose_database_no_tenant_has_is_said(fleet: Fleet) -> None:
    fleet.write({"schema.sql": ORDERS, "desk/src/lib.rs": RUST})
    fleet.create("acme_shop", ORDERS)
    fleet.configure(f'[spec]\nsource = "schema.sql"\n{SERVICE % "desks"}{fleet.tenants("acme_shop")}')
    report = fleet.check()
    assert report.status == "incomplete"
    [sentence] = report.body.unchecked
    assert sentence.startswith("desk: nothing was checked: no tenant has a database that matches 'desks'")
