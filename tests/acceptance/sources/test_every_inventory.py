"""Every way to say who is in the fleet: a scan by real workers finds both tenants, and the drift of the second one."""

from __future__ import annotations

import pytest

from coordinator.report.model import ScanReport
from tests.acceptance.sources.servers import BY_EMAIL, NO_INDEX, ORDERS, Servers, scan

SQL = '[spec]\nsource = "sql_file/schema.sql"\n'
CUSTOMERS = """CREATE TABLE customers (name text, plan text);
INSERT INTO customers VALUES ('acme', 'gold'), ('beta', 'free')"""
QUERY = """SELECT name AS tenant, 'shop_' || name AS database, json_build_object('plan', plan) AS labels
FROM public.customers"""
INVENTORIES = {
    "for_each": '[spec]\nsource = "tenants_by_for_each"\n[fleet.declared]\ndatabase = "shop_{tenant}"\n',
    "postgresql_database": '[spec]\nsource = "tenants_by_database"\n[fleet.declared]\n',
    "output": '[spec]\nsource = "tenants_by_output"\n[fleet.declared]\n',
    "state": '[spec]\nsource = "tenants_by_state/terraform.tfstate"\n[fleet.declared]\ndatabase = "shop_{tenant}"\n',
    "state of each": (
        '[spec]\nsource = "tenants_by_file/states/{tenant}/terraform.tfstate"\n'
        '[fleet.declared]\ndatabase = "shop_{tenant}"\n'
    ),
    "plan": '[spec]\nsource = "tenants_by_plan/plan.json"\n[fleet.declared]\ndatabase = "shop_{tenant}"\n',
    "RDS": '[spec]\nsource = "tenants_by_rds/template.yaml"\n[fleet.declared]\n',
    "CSV": f'{SQL}[fleet]\nfile = "lists/tenants.csv"\n',
    "TOML": f'{SQL}[fleet]\nfile = "lists/tenants.toml"\n',
    "YAML": f'{SQL}[fleet]\nfile = "lists/tenants.yaml"\n',
    "JSON lines": f'{SQL}[fleet]\nfile = "lists/tenants.jsonl"\n',
    "command": f'{SQL}[fleet]\ncommand = ["cat", "lists/tenants.jsonl"]\n',
    "query": f"{SQL}[fleet.query]\nhost = \"here\"\ndatabase = \"registry\"\nsql = '''{QUERY}'''\n",
    "discovery": f'{SQL}[fleet.discover]\nhost = "here"\ndatabases = "shop_*"\n',
}
NAMES = {"RDS": ("Acme", "Beta"), "discovery": ("shop_acme", "shop_beta")}
"""What the tenants are called, where they are not called as they are."""


@pytest.fixture(scope="module")
def shops(servers: Servers) -> Servers:
    clean = f"{ORDERS}; {BY_EMAIL}"
    servers.create({"shop_acme": clean, "shop_beta": f"{clean}; {NO_INDEX}", "registry": CUSTOMERS})
    return servers


def judged(report: ScanReport) -> dict[str, str]:
    return {each.tenant: each.status.value for each in report.body.tenants}


@pytest.mark.parametrize("inventory", INVENTORIES)
def test_both_tenants_are_found_and_the_drift_of_one(shops: Servers, inventory: str) -> None:
    name = f"inventory_{list(INVENTORIES).index(inventory)}"
    report = scan(shops.configure(name, INVENTORIES[inventory]))
    first, second = NAMES.get(inventory, ("acme", "beta"))
    assert judged(report) == {first: "in_sync", second: "drifted"}
    (group,) = report.body.groups
    assert [str(change.identity) for change in group.diff.changes] == ["index public.orders_by_email"]
