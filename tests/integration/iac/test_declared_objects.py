"""What `iac objects` lists: the compiled declaration, and everything that could not be read."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from coordinator.compare.declared_objects import DeclaredObjects, objects_of
from coordinator.iac.load import assignments, read_declaration
from shared.embedded.postgres import EmbeddedPostgres
from shared.postgres.scratch import ScratchServer
from shared.schema.schema import told


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")


def declared(postgres: EmbeddedPostgres, folder: Path, files: dict[str, str], **variables: object) -> DeclaredObjects:
    write(folder, files)
    reading = read_declaration(folder, assignments(variables))
    return asyncio.run(objects_of(reading, ScratchServer(postgres.dsn())))


def shown(found: DeclaredObjects) -> list[str]:
    return [
        f"{item.origin} {item.kind} {item.database}/{item.namespace}.{item.name}@{item.tenant}"
        for item in found.objects
        if not item.part
    ]


MIGRATE = """resource "sql_migrate" "%s" {
  migration {
    up   = "%s"
    down = ""
  }
}
"""


def test_objects_stand_where_they_are_declared(postgres: EmbeddedPostgres, tmp_path: Path) -> None:
    found = declared(postgres, tmp_path, {"a.sql": "\nCREATE TABLE a (id int);\nCREATE INDEX ai ON a (id);\n"})
    assert shown(found) == ["a.sql:3 index /public.ai@", "a.sql:2 table /public.a@"]
    assert found.unread == ()


def test_a_variable_without_a_value_loses_what_needs_it_and_nothing_else(
    postgres: EmbeddedPostgres, tmp_path: Path
) -> None:
    main = 'variable "t" {}\nvariable "password" {}\nprovider "sql" {\n  url = "postgres://u:${var.password}@h/d"\n}\n'
    main += MIGRATE % ("a", "CREATE TABLE a (); CREATE TABLE b (x text DEFAULT '${var.t}'); CREATE INDEX i ON b (x)")
    found = declared(postgres, tmp_path, {"main.tf": main})
    assert shown(found) == ["main.tf:8 table /public.a@"]
    assert [told(carrier) for carrier in found.unread] == [
        'main.tf:8: sql_migrate.a: partly read: PostgreSQL refuses it: relation "b" does not exist',
        "main.tf:8: sql_migrate.a: partly read: a part of this statement is known only after apply",
    ]
    assert found.unread[1].may.objects[0].name == "b"
    given = declared(postgres, tmp_path, {"main.tf": main}, t="x")
    assert given.unread == ()
    assert len(shown(given)) == 3


@pytest.mark.parametrize(
    ("meta", "reason"),
    [
        ("count = length(data.x_zones.z.names)", "(main.tf:2)"),
        ("for_each = data.terraform_remote_state.n.outputs.tenants", "(main.tf:2)"),
    ],
)
def test_a_resource_of_which_there_may_be_none_is_not_read(
    meta: str, reason: str, postgres: EmbeddedPostgres, tmp_path: Path
) -> None:
    main = (MIGRATE % ("a", "CREATE TABLE a ()")).replace("{\n", "{\n  " + meta + "\n", 1)
    main += 'data "x_zones" "z" {}\ndata "terraform_remote_state" "n" {\n  backend = "s3"\n  config = {}\n}\n'
    found = declared(postgres, tmp_path, {"main.tf": main + MIGRATE % ("b", "CREATE TABLE b ()")})
    assert shown(found) == ["main.tf:15 table /public.b@"]
    assert [told(carrier) for carrier in found.unread] == [
        f"main.tf:1: sql_migrate.a: not read: how many there are is known only after apply {reason}"
    ]


def test_every_error_is_told_with_its_place(tmp_path: Path) -> None:
    from coordinator.iac.source import SourceErrorGroup

    write(
        tmp_path,
        {"a.tf": "locals {\n  a = var.x\n  b = upper()\n}\n", "b.tf": 'output "o" {\n  value = module.m.x\n}\n'},
    )
    with pytest.raises(SourceErrorGroup) as refused:
        read_declaration(tmp_path)
    assert [(error.file, error.line) for error in refused.value.errors] == [("a.tf", 2), ("a.tf", 3), ("b.tf", 2)]
    write(tmp_path, {"a.tf": "locals {\n", "b.tf": "output {\n"})
    with pytest.raises(SourceErrorGroup) as unparsed:
        read_declaration(tmp_path)
    assert [error.file for error in unparsed.value.errors] == ["a.tf", "b.tf"]


def test_two_databases_are_two_schemas(postgres: EmbeddedPostgres, tmp_path: Path) -> None:
    main = "".join(
        f'resource "sql_migrate" "{name}" {{\n  url = "postgres://h/{name}"\n  migration {{\n    up = "{sql}"\n'
        '    down = ""\n  }\n}\n'
        for name, sql in (("core", "CREATE TABLE t (id int)"), ("analytics", "CREATE TABLE t (id text)"))
    )
    found = declared(postgres, tmp_path, {"main.tf": main})
    assert shown(found) == ["main.tf:11 table analytics/public.t@", "main.tf:4 table core/public.t@"]
