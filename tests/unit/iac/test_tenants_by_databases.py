"""Databases that Terraform makes by key say where the tenants of these keys live, and who the tenants are."""

from __future__ import annotations

from pathlib import Path

from coordinator.iac.load import read_declaration
from coordinator.iac.reading import DeclaredTenant

DATABASES = """
resource "postgresql_database" "tenant" {
  for_each = { acme = "acme_prod", beta = "beta_prod" }
  name     = each.value
}
"""
SCHEMA = """
resource "sql_migrate" "schema" {
  %s
  migration {
    id   = "1"
    up   = "CREATE TABLE t ();"
    down = ""
  }
}
"""


def tenants(folder: Path, main: str) -> tuple[DeclaredTenant, ...]:
    (folder / "main.tf").write_text(main)
    return read_declaration(folder).tenants


def test_keys_of_databases_are_tenants_where_nothing_else_says_who_they_are(tmp_path: Path) -> None:
    assert tenants(tmp_path, DATABASES + SCHEMA % "") == (
        DeclaredTenant(tenant="acme", database="acme_prod"),
        DeclaredTenant(tenant="beta", database="beta_prod"),
    )


def test_a_tenant_of_the_sql_lives_in_the_database_of_its_key(tmp_path: Path) -> None:
    found = tenants(tmp_path, DATABASES + SCHEMA % 'for_each = toset(["acme", "beta", "ceta"])')
    assert [(entry.tenant, entry.database) for entry in found] == [
        ("acme", "acme_prod"),
        ("beta", "beta_prod"),
        ("ceta", ""),
    ]


def test_the_first_database_of_a_server_is_where_its_tenant_lives(tmp_path: Path) -> None:
    main = """
module "tenant" {
  source   = "./tenant"
  for_each = toset(["acme", "beta"])
  name     = each.key
}
"""
    (tmp_path / "tenant").mkdir()
    module = 'variable "name" {}\nresource "aws_db_instance" "this" {\n  db_name = "app_${var.name}"\n}\n' + SCHEMA % ""
    (tmp_path / "tenant" / "main.tf").write_text(module)
    found = tenants(tmp_path, main)
    assert [(entry.tenant, entry.database, entry.host) for entry in found] == [
        ("acme", "app_acme", ""),
        ("beta", "app_beta", ""),
    ]


def test_an_output_counts_more_than_databases(tmp_path: Path) -> None:
    main = DATABASES + SCHEMA % "" + 'output "tenants" {\n  value = ["zeta"]\n}\n'
    assert [entry.tenant for entry in tenants(tmp_path, main)] == ["zeta"]
