"""A state and the JSON of a plan hold what a configuration came to: their SQL, tenants and order are read from them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from coordinator.iac.load import load_source, read_declaration
from coordinator.iac.reading import Reading
from coordinator.iac.source import SourceError


def migration(up: str) -> dict[str, object]:
    return {"migration": [{"id": "1", "up": up, "down": ""}]}


def instance(attributes: dict[str, object], key: str | None = None, *needs: str) -> dict[str, object]:
    found: dict[str, object] = {"schema_version": 0, "attributes": attributes, "dependencies": list(needs)}
    return found if key is None else {**found, "index_key": key}


def resource(type_: str, name: str, *instances: dict[str, object], module: str = "") -> dict[str, object]:
    found: dict[str, object] = {"mode": "managed", "type": type_, "name": name, "instances": list(instances)}
    return {**found, "module": module} if module else found


def state(folder: Path, *resources: dict[str, object], name: str = "terraform.tfstate", **more: object) -> Path:
    document = {"version": 4, "terraform_version": "1.11.4", "resources": list(resources), **more}
    (folder / name).write_text(json.dumps(document, indent=1), "utf-8")
    return folder / name


def plan(folder: Path, resources: list[dict[str, object]], **more: object) -> Path:
    document = {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "planned_values": {"root_module": {"resources": resources}},
        **more,
    }
    (folder / "plan.json").write_text(json.dumps(document, indent=1), "utf-8")
    return folder / "plan.json"


def planned(type_: str, name: str, values: dict[str, object]) -> dict[str, object]:
    return {"address": f"{type_}.{name}", "mode": "managed", "type": type_, "name": name, "values": values}


def sqls(reading: Reading) -> list[tuple[str, str]]:
    return [(piece.address, item.sql) for piece in reading.pieces for item in piece.declarations]


def test_a_state_is_read_in_the_order_of_its_dependencies(tmp_path: Path) -> None:
    path = state(
        tmp_path,
        resource("sql_migrate", "a", instance(migration("ALTER TABLE b ADD c int"), None, "sql_migrate.b")),
        resource("sql_migrate", "b", instance(migration("CREATE TABLE b ()"))),
        resource("aws_vpc", "v", instance({"id": "vpc-1"})),
    )
    reading = read_declaration(path)
    assert sqls(reading) == [
        ("sql_migrate.b", "CREATE TABLE b ()"),
        ("sql_migrate.a", "ALTER TABLE b ADD c int"),
    ]
    assert all(not carrier.reason for carrier in reading.carriers)
    at = reading.pieces[0].declarations[0].origin
    assert '"up": "CREATE TABLE b ()"' in path.read_text().splitlines()[at.line - 1]


def test_the_keys_of_a_state_are_its_tenants(tmp_path: Path) -> None:
    instances = [
        instance({**migration("CREATE TABLE a ()"), "url": f"postgres://u@{name}-db/{name}"}, name)
        for name in ("acme", "beta")
    ]
    reading = read_declaration(state(tmp_path, resource("sql_migrate", "t", *instances)))
    assert [(entry.tenant, entry.host, entry.database) for entry in reading.tenants] == [
        ("acme", "acme-db", "acme"),
        ("beta", "beta-db", "beta"),
    ]
    modules = [
        resource("sql_migrate", "t", instance(migration("CREATE TABLE a ()")), module=f'module.tenant["{name}"]')
        for name in ("acme", "beta")
    ]
    assert [entry.tenant for entry in read_declaration(state(tmp_path, *modules)).tenants] == ["acme", "beta"]


def test_what_a_state_does_not_keep_is_said(tmp_path: Path) -> None:
    path = state(tmp_path, resource("null_resource", "seed", instance({"id": "1"})))
    (carrier,) = read_declaration(path).carriers
    assert (carrier.address, carrier.reason) == (
        "null_resource.seed",
        "what its provisioners run is not recorded; read the configuration, or a plan",
    )


def test_the_version_of_a_state_is_an_output(tmp_path: Path) -> None:
    path = state(
        tmp_path,
        resource("sql_migrate", "a", instance(migration("CREATE TABLE a ()"))),
        outputs={"schema_version": {"value": "7", "type": "string"}},
    )
    assert load_source(path).expected_version == "7"


def test_a_plan_knows_its_provisioners_and_what_is_not_known_yet(tmp_path: Path) -> None:
    (tmp_path / "b.sql").write_text("CREATE TABLE b ();", "utf-8")
    path = plan(
        tmp_path,
        [
            planned("sql_migrate", "a", migration("CREATE TABLE a ()")),
            planned("sql_migrate", "late", {"migration": [{"id": "1", "down": ""}]}),
            planned("terraform_data", "b", {"input": None}),
            planned("terraform_data", "c", {"input": None}),
        ],
        resource_changes=[
            {
                "address": "sql_migrate.late",
                "change": {"after_unknown": {"id": True, "migration": [{"up": True}]}},
            }
        ],
        configuration={
            "root_module": {
                "resources": [
                    {
                        "address": "terraform_data.b",
                        "provisioners": [
                            {"type": "local-exec", "expressions": {"command": {"constant_value": "psql -f b.sql"}}}
                        ],
                    },
                    {
                        "address": "terraform_data.c",
                        "provisioners": [
                            {"type": "local-exec", "expressions": {"command": {"references": ["aws_db_instance.p"]}}}
                        ],
                    },
                ]
            }
        },
    )
    reading = read_declaration(path)
    assert sqls(reading) == [("sql_migrate.a", "CREATE TABLE a ()"), ("terraform_data.b", "CREATE TABLE b ()")]
    unread = {carrier.address for carrier in reading.carriers if carrier.reason}
    assert unread == {"sql_migrate.late", "terraform_data.c"}


def test_a_plan_is_known_whatever_the_order_of_its_keys(tmp_path: Path) -> None:
    path = plan(tmp_path, [planned("sql_migrate", "a", migration("CREATE TABLE a ()"))], configuration={})
    path.write_text(json.dumps(json.loads(path.read_text()), sort_keys=True), "utf-8")
    assert sqls(read_declaration(path)) == [("sql_migrate.a", "CREATE TABLE a ()")]


def test_json_of_a_state_is_read_too(tmp_path: Path) -> None:
    document = {
        "format_version": "1.0",
        "terraform_version": "1.11.4",
        "values": {
            "root_module": {
                "child_modules": [
                    {
                        "address": "module.m",
                        "resources": [planned("sql_migrate", "a", migration("CREATE TABLE a ()"))],
                    }
                ]
            }
        },
    }
    (tmp_path / "state.json").write_text(json.dumps(document), "utf-8")
    assert sqls(read_declaration(tmp_path / "state.json")) == [("module.m.sql_migrate.a", "CREATE TABLE a ()")]


def test_a_state_of_another_version_is_refused(tmp_path: Path) -> None:
    (tmp_path / "terraform.tfstate").write_text('{"version": 3, "terraform_version": "0.11"}', "utf-8")
    with pytest.raises(SourceError, match="expected a Terraform state of version 4"):
        read_declaration(tmp_path / "terraform.tfstate")
