"""Schemas and migrations that an Atlas project, Atlas's Terraform provider or a unit of Terragrunt points to."""

from __future__ import annotations

from pathlib import Path

import pytest

from coordinator.iac.load import load_source, read_declaration
from coordinator.iac.reading import Reading
from coordinator.iac.source import SourceError
from shared.schema.schema import Coverage, told

SCHEMA = """\
variable "name" {
  type    = string
  default = "a"
}
schema "public" {}
table "t" {
  name   = var.name
  schema = schema.public
  column "id" {
    type = int
  }
}
"""


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def said(reading: Reading) -> list[str]:
    return [f"{item.origin} {' '.join(item.sql.split())}" for piece in reading.pieces for item in piece.declarations]


TABLE = 'CREATE TABLE "public"."{}" ( "id" int NOT NULL )'


def test_a_project_names_its_schema_and_its_values(tmp_path: Path) -> None:
    project = """\
variable "tenant" {
  type = string
}
data "hcl_schema" "app" {
  path = "db/schema.hcl"
  vars = { name = var.tenant }
}
env "local" {
  src = data.hcl_schema.app.url
  url = "postgres://u:p@h:5432/app?sslmode=disable"
}
"""
    write(tmp_path, {"atlas.hcl": project, "db/schema.hcl": SCHEMA})
    source = load_source(tmp_path, variables={"tenant": "acme"})
    assert [str(item.origin) for item in source.declarations] == ["db/schema.hcl:5", "db/schema.hcl:6"]
    assert " ".join(source.declarations[1].sql.split()) == TABLE.format("acme")
    (unread,) = load_source(tmp_path).unread
    assert unread.address.startswith("table.public")


def test_the_environments_of_a_for_each_are_tenants(tmp_path: Path) -> None:
    project = """\
locals {
  tenants = ["acme", "beta"]
}
env "prod" {
  for_each = toset(local.tenants)
  src      = "file://schema.hcl"
  url      = "postgres://u@${each.value}.internal/${each.value}_prod"
}
"""
    reading = read_declaration(write(tmp_path, {"atlas.hcl": project, "schema.hcl": SCHEMA}))
    assert [(entry.tenant, entry.host, entry.database) for entry in reading.tenants] == [
        ("acme", "acme.internal", "acme_prod"),
        ("beta", "beta.internal", "beta_prod"),
    ]
    assert len(load_source(tmp_path).declarations) == 2


def test_migrations_come_before_the_schema_they_are_made_from(tmp_path: Path) -> None:
    project = (
        'env "p" {\n  src = "file://schema.hcl"\n  migration {\n    dir = "file://migrations?format=goose"\n  }\n}\n'
    )
    migration = "-- +goose Up\nCREATE TABLE m ();\n-- +goose Down\nDROP TABLE m;\n"
    write(tmp_path, {"atlas.hcl": project, "schema.hcl": SCHEMA, "migrations/00003_m.sql": migration})
    reading = read_declaration(tmp_path)
    assert said(reading) == ["migrations/00003_m.sql:2 CREATE TABLE m ()"]
    assert reading.expected_version == "3"


def test_environments_that_differ_need_a_choice(tmp_path: Path) -> None:
    project = 'env "a" {\n  src = "file://a.sql"\n}\nenv "b" {\n  src = "file://b.sql"\n}\n'
    files = {"atlas.hcl": project, "a.sql": "CREATE TABLE a ();", "b.sql": "CREATE TABLE b ();"}
    write(tmp_path, files)
    with pytest.raises(SourceError, match=r"atlas\.hcl:4: the environments 'a' and 'b' apply different schemas"):
        read_declaration(tmp_path)
    assert [item.sql for item in load_source(tmp_path, variables={"atlas.env": "b"}).declarations] == [
        "CREATE TABLE b ()"
    ]


@pytest.mark.parametrize("src", ["data.external_schema.orm.url", '"atlas://app"', '"file://gone.hcl"'])
def test_a_schema_that_is_not_here_is_said(src: str, tmp_path: Path) -> None:
    project = f'data "external_schema" "orm" {{\n  program = ["x"]\n}}\nenv "a" {{\n  src = {src}\n}}\n'
    (carrier,) = read_declaration(write(tmp_path, {"atlas.hcl": project})).carriers
    assert (carrier.address, carrier.origin.line) == ("atlas.hcl", 5)


HEREDOC = (
    '<<-E\n    schema "public" {}\n    table "a" {\n      schema = schema.public\n      column "id" {\n'
    "        type = int\n      }\n    }\n  E"
)


@pytest.mark.parametrize(
    "url",
    ['"mysql://root@db/shop"', '"maria://db/shop"', 'var.url\n  dev_url = "docker://mysql/8/dev"', '"sqlite://a.db"'],
)
def test_a_schema_of_another_database_declares_nothing(url: str, tmp_path: Path) -> None:
    main = (
        f'variable "url" {{}}\nresource "atlas_schema" "a" {{\n  url = {url}\n  hcl = "CREATE TABLE a (id int)"\n}}\n'
    )
    (tmp_path / "main.tf").write_text(main)
    found = read_declaration(tmp_path)
    assert (found.pieces, [carrier for carrier in found.carriers if carrier.coverage is not Coverage.READ]) == ((), [])


TERRAFORM = 'resource "atlas_schema" "a" {\n  url = "postgres://h/db"\n  hcl = %s\n}\n'


@pytest.mark.parametrize(
    ("data", "hcl", "files", "place"),
    [
        ("", HEREDOC, {}, "main.tf:5"),
        ('src = "file://s.hcl"', "data.atlas_schema.d.hcl", {"s.hcl": SCHEMA}, "s.hcl:6"),
        ('src = "file://s"', "data.atlas_schema.d.hcl", {"s/a.hcl": 'schema "public" {}', "s/b.hcl": SCHEMA.replace(
            'schema "public" {}', "")}, "s/b.hcl:6"),
    ],
)  # fmt: skip
def test_a_schema_of_the_terraform_provider_names_the_lines_of_its_file(
    data: str, hcl: str, files: dict[str, str], place: str, tmp_path: Path
) -> None:
    main = (f'data "atlas_schema" "d" {{\n  {data}\n}}\n' if data else "") + TERRAFORM % hcl
    source = load_source(write(tmp_path, {"main.tf": main, **files}))
    made = source.declarations[-1]
    assert (str(made.origin), made.origin.address) == (place, "atlas_schema.a")
    assert " ".join(made.sql.split()) == TABLE.format("a")
    assert source.unread == ()


def test_variables_of_a_data_source_reach_the_schema(tmp_path: Path) -> None:
    main = (
        'data "atlas_schema" "d" {\n  src = "file://s.hcl"\n  variables = { name = "orders" }\n}\n'
        + TERRAFORM % "data.atlas_schema.d.hcl"
    )
    source = load_source(write(tmp_path, {"main.tf": main, "s.hcl": SCHEMA}))
    assert " ".join(source.declarations[-1].sql.split()) == TABLE.format("orders")


def test_what_of_a_schema_is_not_read_is_said_of_its_resource(tmp_path: Path) -> None:
    hcl = '<<-E\n    role "r" {}\n  E'
    with pytest.raises(SourceError, match=r"main\.tf:4: atlas_schema\.a: not read: role\.r: blocks of this kind"):
        load_source(write(tmp_path, {"main.tf": TERRAFORM % hcl}))


def test_a_schema_that_is_no_hcl_is_said(tmp_path: Path) -> None:
    main = (
        TERRAFORM % "<<-E\n    table {\n  E"
        + 'resource "atlas_schema" "b" {\n  url = "u"\n  hcl = "CREATE TABLE b ();"\n}\n'
    )
    source = load_source(write(tmp_path, {"main.tf": main}))
    assert [item.sql for item in source.declarations] == ["CREATE TABLE b ()"]
    assert [(carrier.address, carrier.origin.line) for carrier in source.unread] == [("atlas_schema.a", 5)]


def test_a_migration_folder_is_pinned_by_the_version_of_its_resource(tmp_path: Path) -> None:
    main = (
        'resource "atlas_migration" "m" {\n  dir = "migrations"\n  url = "postgres://h/a"\n  version = "20240101"\n}\n'
    )
    files = {f"migrations/2024010{n}_t.sql": f"CREATE TABLE t{n} ();" for n in (1, 2)}
    source = load_source(write(tmp_path, {"main.tf": main, **files}))
    assert [item.sql for item in source.declarations] == ["CREATE TABLE t1 ()"]
    assert source.expected_version == "20240101"


UNIT = """\
include "root" {
  path   = find_in_parent_folders("root.hcl")
  expose = true
}
locals {
  settings = read_terragrunt_config("settings.hcl")
}
dependency "net" {
  config_path = "../net"
}
terraform {
  source = "${get_repo_root()}/modules//app"
}
inputs = {
  table = "${include.root.locals.prefix}_${local.settings.locals.name}_${basename(get_terragrunt_dir())}"
  host  = dependency.net.outputs.host
}
"""


def test_a_unit_of_terragrunt_is_its_module_with_its_inputs(tmp_path: Path) -> None:
    module = (
        'variable "table" {}\nvariable "host" {}\nvariable "columns" {\n  type = list(string)\n}\n'
        'resource "sql_migrate" "s" {\n  url = "postgres://${var.host}/d"\n  migration {\n'
        '    up   = "CREATE TABLE ${var.table} (${join(", ", var.columns)});"\n    down = ""\n  }\n}\n'
    )
    files = {
        ".git/HEAD": "",
        "root.hcl": 'locals {\n  prefix = "p"\n}\ninputs = {\n  columns = ["x int"]\n}\n',
        "live/app/terragrunt.hcl": UNIT,
        "live/app/settings.hcl": 'locals {\n  name = "n"\n}\n',
        "modules/app/main.tf": module,
    }
    write(tmp_path, files)
    source = load_source(tmp_path / "live" / "app")
    assert [item.sql for item in source.declarations] == ["CREATE TABLE p_n_app (x int)"]
    assert source.unread == ()


def test_a_module_that_is_not_here_is_said(tmp_path: Path) -> None:
    unit = 'terraform {\n  source = "git::https://example.org/modules.git//app?ref=v1"\n}\n'
    (carrier,) = read_declaration(write(tmp_path, {"terragrunt.hcl": unit})).carriers
    assert told(carrier).startswith("terragrunt.hcl:1: terraform: not read: the module that this unit runs")
