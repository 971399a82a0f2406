"""The fleet lists each tenant once, leaves out what is excluded, and says why it cannot be listed."""

from __future__ import annotations

import asyncio
from pathlib import Path

import msgspec
import pytest

from coordinator.iac.reading import DeclaredTenant
from coordinator.inventory import Inventory, InventoryError, load_targets
from coordinator.inventory.shrink import refuse_shrunk
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


FILES = {
    "t.csv": "tenant,host,database,labels.plan\nacme,other,db1,gold\nbeta,main,,\n",
    "t.toml": """[[tenants]]
tenant = "acme"
host = "other"
database = "db1"
labels = { plan = "gold" }
[[tenants]]
tenant = "beta"
host = "main"
""",
    "t.yaml": """tenants:
  - { tenant: acme, host: other.example, database: db1, labels: { plan: gold } }
  - tenant: beta
    host: main
""",
    "t.json": """[{"tenant": "acme", "host": "other", "database": "db1", "labels": {"plan": "gold"}},
{"tenant": "beta", "host": "main"}]""",
    "t.jsonl": """{"tenant": "acme", "host": "other", "database": "db1", "labels": {"plan": "gold"}}

{"tenant": "beta", "host": "main"}
""",
}


def described(inventory: Inventory) -> list[tuple[str, str, str, tuple[tuple[str, str], ...]]]:
    return [(target.tenant, target.host, target.database, target.labels) for target in inventory.targets]


ACME_AND_BETA = [("acme", "other", "db1", (("plan", "gold"),)), ("beta", "main", "beta", ())]


@pytest.mark.parametrize("name", FILES)
def test_a_file_lists_tenants_in_each_of_its_forms(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(FILES[name])
    assert described(listed(tmp_path, f'[fleet]\nfile = "{name}"\n{SECOND_HOST}')) == ACME_AND_BETA


@pytest.mark.parametrize(
    ("name", "text", "told"),
    [
        ("t.csv", "tenant,host\nacme\n", "[fleet] file: t.csv:2: expected 2 columns, as the first line"),
        ("t.csv", "name\nacme\n", "t.csv:2: expected tenant, and if wanted host, database, namespace and labels:"),
        ("t.toml", "tenants = 1", "[fleet] file: t.toml: expected a list called tenants, as [[tenants]]"),
        ("t.yaml", "tenants:\n  - tenant: a\n    hots: b\n", "t.yaml:2: expected tenant, and if wanted host"),
        ("t.yaml", "a: 1", "[fleet] file: t.yaml:1: expected a list of tenants, or one below `tenants`"),
        ("t.jsonl", '{"tenant": "a"}\n{', "t.jsonl:2: expected one JSON object a line"),
        ("t.jsonl", '{"tenant": ""}', "t.jsonl:1: the tenant has no name"),
        ("t.csv", "tenant,host\nacme,moon\n", "the tenant 'acme' names the host 'moon', which is neither the name nor"),
        ("t.txt", "", "expected a file that ends with .csv, .toml, .json, .jsonl, .yaml or .yml"),
    ],
)
def test_a_file_that_is_wrong_is_told_with_the_place(name: str, text: str, told: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    assert told in refusal(tmp_path, f'[fleet]\nfile = "{name}"\n{SECOND_HOST}')


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    assert refusal(tmp_path, '[fleet]\nfile = "gone.csv"\n') == "[fleet] file: gone.csv: no such file"


def test_a_command_prints_an_object_a_line(tmp_path: Path) -> None:
    (tmp_path / "tenants").write_text(FILES["t.jsonl"])
    assert described(listed(tmp_path, f'[fleet]\ncommand = ["cat", "tenants"]\n{SECOND_HOST}')) == ACME_AND_BETA


@pytest.mark.parametrize(
    ("command", "told"),
    [
        ('"no-such-program"', "[fleet] command 'no-such-program' cannot be run: No such file or directory"),
        (
            '"sh", "-c", "echo \'{}\'; exit 3"',
            "[fleet] command 'sh' ended with exit code 3: a list that may be cut off is not taken",
        ),
        ('"echo", "acme"', "[fleet] command 'echo':1: expected one JSON object a line"),
    ],
)
def test_a_command_that_fails_is_told(command: str, told: str, tmp_path: Path) -> None:
    assert told in refusal(tmp_path, f"[fleet]\ncommand = [{command}]\n")


def test_a_declaration_may_say_where_its_tenants_live_and_what_they_are(tmp_path: Path) -> None:
    (tmp_path / "schema.sql").write_text("CREATE TABLE t ();")
    (tmp_path / "fleetdrift.toml").write_text(f'{HOSTS}[fleet]\nname = "x"\n[fleet.declared]\n{SECOND_HOST}')
    settings = load_settings(tmp_path / "fleetdrift.toml", {})
    declared = [
        DeclaredTenant(tenant="acme", host="other.example", database="db1", labels=(("plan", "gold"),)),
        DeclaredTenant(tenant="beta", host="main"),
    ]
    assert described(asyncio.run(load_targets(settings, declared))) == ACME_AND_BETA


def test_a_fleet_that_lost_more_than_its_share_is_refused_until_it_is_confirmed(tmp_path: Path) -> None:
    (tmp_path / "schema.sql").write_text("CREATE TABLE t ();")
    (tmp_path / "fleetdrift.toml").write_text(HOSTS + tenants("a", "b", "test-1", exclude='"test-*"'))
    settings = load_settings(tmp_path / "fleetdrift.toml", {})
    found = asyncio.run(load_targets(settings, []))
    refuse_shrunk(found, 6, settings)
    refuse_shrunk(found, 0, settings)
    with pytest.raises(InventoryError) as refused:
        refuse_shrunk(found, 7, settings)
    assert str(refused.value) == (
        "[fleet] lists 3 tenants where the last scan knew 7: more than the share of 0.5 that `[fleet] max_shrink` lets "
        "go at once. If they have left, confirm it once: fleetdrift scan --confirm-shrink"
    )
    refuse_shrunk(found, 7, msgspec.structs.replace(settings, shrink_confirmed=True))
