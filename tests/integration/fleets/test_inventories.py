"""Fleets that are listed by asking: a query with labels, discovery, the declaration, a state of each tenant."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from coordinator.inventory import InventoryError
from shared.embedded.postgres import EmbeddedPostgres
from tests.integration.fleets.fleet import Fleet, new_fleet, statuses

ORDERS = "CREATE TABLE orders (id bigint PRIMARY KEY);"
AUDIT = "CREATE TABLE audit (at timestamptz NOT NULL);"


@pytest.fixture
def fleet(postgres: EmbeddedPostgres, tmp_path: Path) -> Fleet:
    made = new_fleet(tmp_path, postgres)
    made.write({"base.sql": ORDERS, "gold.sql": f"{ORDERS}\n{AUDIT}\n"})
    return made


def test_a_query_gives_tenants_with_labels_by_which_a_declaration_is_chosen(fleet: Fleet) -> None:
    fleet.create("rich", ORDERS, AUDIT)
    fleet.create("plain", ORDERS)
    customers = (
        "CREATE TABLE customers (name text, plan text); INSERT INTO customers VALUES ('rich', 'gold'), ('plain', 'no')"
    )
    fleet.create("registry", customers)
    sql = "SELECT name AS tenant, 'PREFIX' || name AS database, json_build_object('plan', plan) AS labels FROM %s"
    text = """
[[spec]]
source = "gold.sql"
labels = { plan = "gold" }
[[spec]]
source = "base.sql"
[fleet.query]
host = "here"
database = "PREFIXregistry"
sql = "%s"
"""
    fleet.configure(text % (sql % "public.customers"))
    assert statuses(fleet.check().body) == {"rich": "in_sync", "plain": "in_sync"}
    fleet.configure(text % (sql % "customers"))
    with pytest.raises(InventoryError, match=r"expected names with their namespace, such as public\.customers"):
        fleet.check()


def test_discovery_looks_at_several_hosts_and_names_tenants_by_both(fleet: Fleet) -> None:
    fleet.create("a", ORDERS)
    path = fleet.configure(
        '[spec]\nsource = "base.sql"\n[fleet.discover]\nhosts = ["he*", "there"]\ndatabases = "PREFIX*"\n'
        'tenant = "{host}/{name}"'
    )
    again = path.read_text().split("[limits]")[0].replace("[hosts.here]", "[hosts.there]")
    path.write_text(path.read_text() + "\n" + again)
    name = fleet.database("a")
    assert statuses(fleet.check().body) == {f"here/{name}": "in_sync", f"there/{name}": "in_sync"}


def test_a_declaration_lists_its_tenants_with_their_databases_and_labels(fleet: Fleet) -> None:
    main = """
resource "sql_migrate" "schema" {
  for_each = toset(["acme", "beta"])
  migration {
    id   = "1"
    up   = "CREATE TABLE orders (id bigint PRIMARY KEY);"
    down = ""
  }
}
output "tenants" {
  value = { for name in ["acme", "beta"] : name => { database = "PREFIX${name}", labels = { tier = "one" } } }
}
"""
    fleet.write({"infra/main.tf": main.replace("PREFIX", fleet.prefix)})
    fleet.create("acme", ORDERS)
    fleet.create("beta", ORDERS, AUDIT)
    fleet.configure('[spec]\nsource = "infra"\n[fleet.declared]')
    assert statuses(fleet.check().body) == {"acme": "in_sync", "beta": "drifted"}


def test_a_state_of_each_tenant_lists_the_fleet_and_says_what_each_holds(fleet: Fleet) -> None:
    for name, sql in (("acme", ORDERS), ("beta", f"{ORDERS} {AUDIT}")):
        resource = {
            "mode": "managed",
            "type": "sql_migrate",
            "name": "schema",
            "provider": 'provider["registry.terraform.io/paultyng/sql"]',
            "instances": [{"attributes": {"migration": [{"id": "1", "up": sql, "down": ""}]}}],
        }
        state = {
            "version": 4,
            "terraform_version": "1.11.0",
            "serial": 1,
            "lineage": "x",
            "outputs": {},
            "resources": [resource],
        }
        fleet.write({f"terraform.tfstate.d/{name}/terraform.tfstate": json.dumps(state)})
        fleet.create(name, sql)
    fleet.configure(
        '[spec]\nsource = "terraform.tfstate.d/{tenant}/terraform.tfstate"\n'
        '[fleet.declared]\ndatabase = "PREFIX{tenant}"'
    )
    report = fleet.check()
    assert statuses(report.body) == {"acme": "in_sync", "beta": "in_sync"}
    assert [entry.tenants for entry in report.body.declarations] == [1, 1]
