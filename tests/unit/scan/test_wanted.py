"""Whom a declaration is for is decided before anything is compiled: equal ones are one, unclear ones are errors."""

from __future__ import annotations

from pathlib import Path

import pytest

from coordinator.iac.source import SourceError
from coordinator.scan.wanted import Wanted, read_tables, wanted_by
from coordinator.settings.load import SettingsError, load_settings
from shared.contracts.contract import Contract
from shared.schema.profile import Profile
from shared.targets import Target

HOST = '[hosts.here]\naddress = "db.example"\n[hosts.there]\naddress = "db2.example"\n[fleet]\n'
HOST += 'tenants = [{ tenant = "t", host = "here" }]\n'
FOR_EACH = """
resource "sql_migrate" "schema" {
  for_each = { for n in range(%d) : "t${n}" => n %% 2 == 0 ? "a" : "b" }
  migration {
    id   = "schema"
    up   = file("${path.module}/${each.value}.sql")
    down = ""
  }
}
"""


def wanted(folder: Path, spec: str, files: dict[str, str], *targets: Target) -> tuple[Wanted, ...]:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    (folder / "fleetdrift.toml").write_text(HOST + spec)
    return wanted_by(read_tables(load_settings(folder / "fleetdrift.toml", {})), targets, Profile())


def target(tenant: str, namespace: str = "", **labels: str) -> Target:
    return Target(tenant=tenant, host="here", database=tenant, namespace=namespace, labels=tuple(labels.items()))


def test_a_thousand_tenants_on_two_versions_are_two_declarations(tmp_path: Path) -> None:
    files = {
        "infra/main.tf": FOR_EACH % 1000,
        "infra/a.sql": "CREATE TABLE orders (id int);",
        "infra/b.sql": "CREATE TABLE orders (id int, note text);",
    }
    found = wanted(tmp_path, '[spec]\nsource = "infra"', files, *(target(f"t{n}") for n in range(1000)))
    assert [len(each.tenants) for each in found] == [500, 500]
    assert [each.source.declarations[0].sql for each in found] == [
        "CREATE TABLE orders (id int)",
        "CREATE TABLE orders (id int, note text)",
    ]


def test_a_tenant_that_is_not_enumerated_needs_tenants_that_are_declared_alike(tmp_path: Path) -> None:
    files = {
        "infra/main.tf": FOR_EACH % 2,
        "infra/a.sql": "CREATE TABLE o (id int);",
        "infra/b.sql": "CREATE TABLE o ();",
    }
    with pytest.raises(
        SourceError, match="'t0' and 't1' are declared differently from here on; and nothing is declared"
    ):
        wanted(tmp_path, '[spec]\nsource = "infra"', files, target("other"))
    files["infra/b.sql"] = files["infra/a.sql"]
    (found,) = wanted(tmp_path, '[spec]\nsource = "infra"', files, target("other"), target("t1"))
    assert found.tenants == ("other", "t1")


@pytest.mark.parametrize(
    ("selector", "chosen"),
    [
        ('tenants = ["a*"]', {"acme"}),
        ('databases = ["*eta"]', {"beta", "zeta"}),
        ('placement = "namespace"', {"zeta"}),
        ('labels = { plan = "g*" }', {"beta"}),
        ('hosts = ["there"]', set()),
        ("", {"acme", "beta", "zeta"}),
    ],
)
def test_the_first_spec_whose_selectors_fit_is_for_a_tenant(selector: str, chosen: set[str], tmp_path: Path) -> None:
    spec = f'[[spec]]\nsource = "one.sql"\n{selector}\n[[spec]]\nsource = "two.sql"'
    files = {"one.sql": "CREATE TABLE one ();", "two.sql": "CREATE TABLE two ();"}
    targets = (target("acme"), target("beta", plan="gold"), target("zeta", namespace="zeta"))
    found = wanted(tmp_path, spec, files, *targets)
    assert {tenant for each in found if each.where == "one.sql" for tenant in each.tenants} == chosen
    assert sum(len(each.tenants) for each in found) == 3


def test_a_list_of_specs_cannot_be_overridden_as_if_it_were_one(tmp_path: Path) -> None:
    (tmp_path / "fleetdrift.toml").write_text(HOST + '[[spec]]\nsource = "one.sql"')
    with pytest.raises(SettingsError, match="FLEETDRIFT_SPEC_SOURCE is set, so spec must be a table, and it is none"):
        load_settings(tmp_path / "fleetdrift.toml", {"FLEETDRIFT_SPEC_SOURCE": "two.sql"})


def test_an_unknown_key_of_one_of_several_specs_is_named(tmp_path: Path) -> None:
    (tmp_path / "fleetdrift.toml").write_text(HOST + '[[spec]]\nsource = "one.sql"\nlabel = {}')
    with pytest.raises(SettingsError, match=r"unknown key 'spec\[0\].label'; did you mean 'labels'"):
        load_settings(tmp_path / "fleetdrift.toml", {})


def test_a_host_that_a_spec_names_and_nobody_configures_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "fleetdrift.toml").write_text(HOST + '[[spec]]\nsource = "one.sql"\nhosts = ["hree"]')
    with pytest.raises(SettingsError, match=r"\[\[spec\]\] names the host 'hree'.*did you mean 'here'"):
        load_settings(tmp_path / "fleetdrift.toml", {})


def test_tenants_to_which_other_services_speak_are_apart(tmp_path: Path) -> None:
    files = {"schema.sql": "CREATE TABLE orders (id int);"}
    wanted(tmp_path, '[spec]\nsource = "schema.sql"', files, target("acme_desk"))
    tables = read_tables(load_settings(tmp_path / "fleetdrift.toml", {}))
    desk, both = Contract(service="desk", database="*_desk"), Contract(service="both")
    targets = [target("acme_desk"), target("acme_shop"), target("beta_desk")]
    found = wanted_by(tables, targets, Profile(), [both, desk])
    assert [(each.tenants, [contract.service for contract in each.contracts]) for each in found] == [
        (("acme_desk", "beta_desk"), ["both", "desk"]),
        (("acme_shop",), ["both"]),
    ]
