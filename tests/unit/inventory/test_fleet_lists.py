"""The fleet lists each tenant once, leaves out what is excluded, and says why it cannot be listed."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from coordinator.iac.reading import DeclaredTenant
from coordinator.inventory import Inventory, InventoryError, load_targets
from coordinator.settings.load import load_settings

HOSTS = """
[spec]
source = "schema.sql"

[hosts.main]
address = "main.example"
"""
SECOND_HOST = """
[hosts.other]
address = "other.example"
"""


def listed(folder: Path, fleet: str, tenants: tuple[str, ...] = ()) -> Inventory:
    (folder / "schema.sql").write_text("CREATE TABLE t ();")
    (folder / "fleetdrift.toml").write_text(HOSTS + fleet)
    settings = load_settings(folder / "fleetdrift.toml", {})
    return asyncio.run(load_targets(settings, [DeclaredTenant(tenant=name) for name in tenants]))


def refusal(folder: Path, fleet: str, tenants: tuple[str, ...] = ()) -> str:
    with pytest.raises(InventoryError) as refused:
        listed(folder, fleet, tenants)
    return str(refused.value)


def tenants(*names: str, exclude: str = "") -> str:
    entries = ", ".join(f'{{ tenant = "{name}" }}' for name in names)
    return f'[fleet]\nname = "test"\ntenants = [{entries}]\nexclude = [{exclude}]\n'


def test_tenants_are_sorted_and_excluded_ones_are_named(tmp_path: Path) -> None:
    found = listed(tmp_path, tenants("b", "test-2", "a", "test-1", exclude='"test-*"'))
    assert [target.tenant for target in found.targets] == ["a", "b"]
    assert found.excluded == ("test-1", "test-2")


def test_a_tenant_listed_twice_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, tenants("a", "b", "a")) == (
        "[fleet] lists the tenant 'a' more than once; each tenant needs a name of its own"
    )


def test_a_fleet_whose_tenants_are_all_excluded_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, tenants("a", "b", exclude='"*"')) == (
        "the fleet is empty: [fleet] lists 2 tenants, and exclude leaves none of them"
    )


def test_a_tenant_needs_a_host_where_there_are_several(tmp_path: Path) -> None:
    assert refusal(tmp_path, tenants("a") + SECOND_HOST) == (
        "the tenant 'a' names no host; expected one of main, other"
    )


DECLARED = '[fleet]\nname = "test"\n[fleet.declared]\nhost = "main"\ndatabase = "app_{tenant}"\n'


def test_declared_tenants_are_those_of_the_declaration(tmp_path: Path) -> None:
    found = listed(tmp_path, DECLARED, tenants=("beta", "acme"))
    assert [(target.tenant, target.database) for target in found.targets] == [
        ("acme", "app_acme"),
        ("beta", "app_beta"),
    ]


def test_declared_tenants_need_a_declaration_that_names_some(tmp_path: Path) -> None:
    assert refusal(tmp_path, DECLARED) == (
        "[fleet.declared] takes its tenants from the declaration: expected a for_each over tenants, found none"
    )
