"""Every carrier of a Terraform configuration declares what the same SQL in a file declares."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from coordinator.iac.load import load_source, read_declaration
from coordinator.iac.reading import spec_source
from shared.embedded.postgres import EmbeddedPostgres
from shared.postgres.scratch import ScratchServer, compile_known
from shared.schema.canonical import schema_hash
from shared.schema.profile import EVERYTHING
from shared.schema.schema import told

TABLE = "CREATE TABLE a (id int PRIMARY KEY, note text DEFAULT 'it');"
FILES = {
    "sql/a.sql": TABLE,
    "migrations/0001_a.sql": TABLE,
    "flyway/V1__a.sql": TABLE,
    "apply.sh": "psql -f sql/a.sql\n",
}


def local_exec(command: str, more: str = "") -> str:
    return f'resource "terraform_data" "s" {{\n  provisioner "local-exec" {{\n    command = {command}\n{more}  }}\n}}\n'


CARRIERS = {
    "sql_migrate": f'resource "sql_migrate" "s" {{\n  migration {{\n    up = "{TABLE}"\n    down = ""\n  }}\n}}\n',
    "sql_property": f'resource "custom_thing" "s" {{\n  ddl = ["{TABLE}"]\n}}\n',
    "postgresql_query": f'resource "postgresql_query" "s" {{\n  query = "{TABLE}"\n}}\n',
    "psql_file": local_exec('"psql -f sql/a.sql"'),
    "psql_text": local_exec(f'"psql -c \\"{TABLE}\\""'),
    "psql_input": local_exec('"psql < sql/a.sql"'),
    "psql_pipe": local_exec('"cat sql/a.sql | psql"'),
    "here_document": local_exec(f"<<-EOT\n      psql <<'SQL'\n      {TABLE}\n      SQL\n    EOT"),
    "loop": local_exec('"for f in sql/*.sql; do psql -f $f; done"'),
    "script": local_exec('"bash apply.sh"'),
    "working_dir": local_exec('"psql -f a.sql"', '    working_dir = "sql"\n'),
    "interpreter": local_exec(f'"{TABLE}"', '    interpreter = ["psql", "-c"]\n'),
    "container": local_exec(f'"docker exec db psql -c \\"{TABLE}\\""'),
    "rds_data": local_exec(f'"aws rds-data execute-statement --sql \\"{TABLE}\\""'),
    "sqlx": local_exec('"sqlx migrate run"'),
    "flyway": local_exec('"flyway -locations=filesystem:flyway migrate"'),
    "remote_exec": (
        'resource "terraform_data" "s" {\n  provisioner "remote-exec" {\n    inline = [\n'
        f'      "psql -c \\"{TABLE}\\""\n    ]\n  }}\n}}\n'
    ),
    "external": 'data "external" "s" {\n  program = ["psql", "-f", "sql/a.sql"]\n}\n',
}


def prints(postgres: EmbeddedPostgres, path: Path) -> str:
    source = load_source(path)
    assert source.unread == ()
    return schema_hash(asyncio.run(compile_known(ScratchServer(postgres.dsn()), source, EVERYTHING)).schema)


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


@pytest.mark.parametrize("carrier", list(CARRIERS))
def test_a_carrier_has_the_fingerprint_of_its_sql(carrier: str, postgres: EmbeddedPostgres, tmp_path: Path) -> None:
    folder = write(tmp_path, {**FILES, "main.tf": CARRIERS[carrier]})
    assert prints(postgres, folder) == prints(postgres, folder / "sql" / "a.sql")


OBJECTS = """
resource "postgresql_extension" "e" { name = "pg_trgm" }
resource "postgresql_schema" "s" { name = "s" }
resource "sql_migrate" "t" {
  depends_on = [postgresql_schema.s]
  migration {
    up   = "CREATE TABLE s.a (id int)"
    down = ""
  }
}
resource "postgresql_function" "f" {
  name       = "f"
  schema     = postgresql_schema.s.name
  returns    = "integer"
  language   = "sql"
  volatility = "IMMUTABLE"
  body       = "select i + 1"
  arg {
    name    = "i"
    type    = "integer"
    default = "1"
  }
}
resource "postgresql_publication" "p" {
  name          = "p"
  tables        = ["s.a"]
  publish_param = ["insert"]
  depends_on    = [sql_migrate.t]
}
"""
AS_SQL = """
CREATE EXTENSION pg_trgm;
CREATE SCHEMA s;
CREATE TABLE s.a (id int);
CREATE FUNCTION s.f(i integer DEFAULT 1) RETURNS integer LANGUAGE sql IMMUTABLE AS 'select i + 1';
CREATE PUBLICATION p FOR TABLE s.a WITH (publish = 'insert');
"""


def test_objects_of_the_postgresql_provider_are_those_of_their_sql(postgres: EmbeddedPostgres, tmp_path: Path) -> None:
    folder = write(tmp_path, {"infra/main.tf": OBJECTS, "a.sql": AS_SQL})
    assert prints(postgres, folder / "infra") == prints(postgres, folder / "a.sql")


def test_a_foreign_server_is_declared_with_its_options(tmp_path: Path) -> None:
    main = (
        'resource "postgresql_server" "r" {\n  server_name = "r"\n  fdw_name = "postgres_fdw"\n'
        '  options = { host = "it\'s" }\n}\n'
    )
    (made,) = load_source(write(tmp_path, {"main.tf": main})).declarations
    assert made.sql == 'CREATE SERVER "r" FOREIGN DATA WRAPPER "postgres_fdw" OPTIONS ("host" \'it\'\'s\')'


def test_what_the_provider_makes_of_the_server_is_said(tmp_path: Path) -> None:
    main = "".join(
        f'resource "{type_}" "x" {{\n  name = "x"\n}}\n'
        for type_ in ("postgresql_role", "postgresql_grant", "postgresql_subscription", "postgresql_table")
    )
    reading = read_declaration(write(tmp_path, {"main.tf": main}))
    assert [(entry.address, entry.may.kinds[0]) for entry in reading.carriers] == [
        ("postgresql_grant.x", "privileges"),
        ("postgresql_role.x", "role"),
        ("postgresql_subscription.x", "subscription"),
        ("postgresql_table.x", "table"),
    ]


def test_sql_that_somebody_may_run_is_said_unless_it_is_read_elsewhere(tmp_path: Path) -> None:
    main = (
        'resource "kubernetes_config_map" "c" {\n  data = { "init.sql" = file("b.sql") }\n}\n'
        'resource "aws_instance" "i" {\n  user_data = "#!/bin/sh\\npsql -f /b.sql"\n}\n'
        'resource "null_resource" "n" {\n  triggers = { sql = file("a.sql") }\n'
        '  provisioner "local-exec" {\n    command = "psql -f a.sql"\n  }\n}\n'
        'resource "aws_s3_bucket" "b" {\n  bucket = "create-table"\n}\n'
    )
    files = {"main.tf": main, "a.sql": "CREATE TABLE a ();", "b.sql": "CREATE TABLE b ();"}
    source = spec_source(read_declaration(write(tmp_path, files)))
    assert [told(carrier) for carrier in source.unread] == [
        (
            "main.tf:5: aws_instance.i: not read: user_data holds a script that runs psql, and whether somebody runs "
            "it is not known"
        ),
        "main.tf:2: kubernetes_config_map.c: not read: init.sql holds SQL, and whether somebody runs it is not known",
    ]


def test_keys_with_databases_of_their_own_are_tenants_and_so_are_those_of_an_output(tmp_path: Path) -> None:
    main = (
        'resource "sql_migrate" "t" {\n  for_each = { acme = "x int", beta = "y text" }\n'
        '  url = "postgres://u@h/${each.key}"\n'
        '  migration {\n    up = "CREATE TABLE a (${each.value})"\n    down = ""\n  }\n}\n'
        'output "tenants" {\n  value = { acme = { labels = { tier = "gold" } }, gamma = { host = "g" } }\n}\n'
    )
    tenants = read_declaration(write(tmp_path, {"main.tf": main})).tenants
    assert [(entry.tenant, entry.host, entry.database, entry.labels) for entry in tenants] == [
        ("acme", "h", "acme", (("tier", "gold"),)),
        ("beta", "h", "beta", ()),
        ("gamma", "g", "", ()),
    ]
