"""Drift that is kept in resources of the PostgreSQL provider: a resource comes or goes."""

from __future__ import annotations

import asyncio
from pathlib import Path

from shared.embedded.postgres import EmbeddedPostgres
from shared.postgres.scratch import ScratchServer
from tests.integration.iac.patching import Kept, Layout, kept

RESOURCES = """\
resource "postgresql_schema" "sales" {
  name     = "sales"
  database = "app"
}

# Where billing lives.
resource "postgresql_schema" "billing" {
  name     = "billing" # not invoices
  database = "app"
}

resource "postgresql_extension" "hstore" {
  name     = "hstore"
  database = "app"
}

output "x" {
  value = "y"
}
"""


def found_for(postgres: EmbeddedPostgres, folder: Path, *drift: str) -> Kept:
    layout = Layout({"infra/main.tf": RESOURCES}, "infra")
    return asyncio.run(kept(ScratchServer(postgres.dsn()), folder, layout, drift))


def test_a_new_namespace_becomes_a_resource_beside_its_neighbours(postgres: EmbeddedPostgres, tmp_path: Path) -> None:
    found = found_for(postgres, tmp_path, 'CREATE SCHEMA "4 u ${x}"')
    assert found.left == ()
    text = (tmp_path / "infra/main.tf").read_text()
    assert (
        '# not invoices\n  database = "app"\n}\n\nresource "postgresql_schema" "_4_u___x_" {\n'
        '  name     = "4 u $${x}"\n  database = "app"\n}\n' in text
    )


def test_a_new_extension_becomes_a_resource(postgres: EmbeddedPostgres, tmp_path: Path) -> None:
    found = found_for(postgres, tmp_path, "CREATE EXTENSION citext")
    assert found.left == ()
    assert (
        'resource "postgresql_extension" "citext" {\n  name     = "citext"\n'
        in (tmp_path / "infra/main.tf").read_text()
    )


def test_a_lost_object_loses_its_resource_and_nothing_else(postgres: EmbeddedPostgres, tmp_path: Path) -> None:
    found = found_for(postgres, tmp_path, "DROP SCHEMA sales", "DROP EXTENSION hstore")
    assert found.left == ()
    assert (tmp_path / "infra/main.tf").read_text() == (
        '# Where billing lives.\nresource "postgresql_schema" "billing" {\n'
        '  name     = "billing" # not invoices\n  database = "app"\n}\n\noutput "x" {\n  value = "y"\n}\n'
    )


def test_what_no_resource_declares_is_said_with_the_statement(postgres: EmbeddedPostgres, tmp_path: Path) -> None:
    (patch,) = found_for(postgres, tmp_path, "CREATE TABLE sales.leads (id int)").patches
    assert patch.diff == ""
    assert 'CREATE TABLE "sales"."leads"' in patch.block
    assert "main.tf" in patch.summary
