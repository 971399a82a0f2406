"""Kinds of drift in kinds of carriers: each is kept by a patch that is proven."""

# ruff: noqa: E501  # declarations, as files hold them

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from shared.embedded.postgres import EmbeddedPostgres
from shared.postgres.scratch import ScratchServer
from tests.integration.iac.patching import Layout, kept

TABLES = """\
-- Orders and who places them.
CREATE TYPE mood AS ENUM ('sad', 'ok');

CREATE TABLE customers (
  id bigint PRIMARY KEY,
  mood mood
);

CREATE TABLE orders (
  id bigint PRIMARY KEY, -- a number
  customer_id bigint NOT NULL,
  total numeric NOT NULL DEFAULT 0 CHECK (total > 0),
  note text
);

CREATE INDEX orders_customer_idx ON orders (customer_id);
CREATE INDEX orders_note_idx ON orders (note);

CREATE VIEW big_orders AS
  SELECT id FROM orders WHERE total > 100;

CREATE FUNCTION twice(x int) RETURNS int LANGUAGE sql AS $$
  SELECT x * 2;
$$;

ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
CREATE POLICY own ON orders USING (customer_id > 0);
CREATE SEQUENCE numbers;
"""
DRIFTS: dict[str, tuple[str, ...]] = {
    "a new column": ("ALTER TABLE orders ADD COLUMN \"hosti'le ${x} name\" text DEFAULT 'it''s' NOT NULL",),
    "a lost column": ("ALTER TABLE orders DROP COLUMN note",),
    "another type": ("ALTER TABLE orders ALTER COLUMN note TYPE varchar(80)",),
    "another default": ("ALTER TABLE orders ALTER COLUMN note SET DEFAULT 'n', ALTER COLUMN note SET NOT NULL",),
    "a lost default": ("ALTER TABLE orders ALTER COLUMN total DROP DEFAULT, ALTER COLUMN total DROP NOT NULL",),
    "a new check": ("ALTER TABLE orders ADD CONSTRAINT orders_sane CHECK (id > 0)",),
    "another check": (
        "ALTER TABLE orders DROP CONSTRAINT orders_total_check",
        "ALTER TABLE orders ADD CONSTRAINT orders_total_check CHECK (total >= 0)",
    ),
    "a lost check": ("ALTER TABLE orders DROP CONSTRAINT orders_total_check",),
    "a new foreign key": ("ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers ON DELETE CASCADE",),
    "a new index": ("CREATE INDEX extra ON customers (id) WHERE id > 5",),
    "a lost index": ("DROP INDEX orders_customer_idx",),
    "another index": ("DROP INDEX orders_note_idx", "CREATE INDEX orders_note_idx ON orders (note DESC)"),
    "a new table": ("CREATE TABLE audit (z int, a int DEFAULT 5 CHECK (a > 0), at timestamptz)",),
    "a lost table": ("DROP TABLE customers",),
    "a new view": ("CREATE VIEW all_orders AS SELECT * FROM orders",),
    "another view": ("CREATE OR REPLACE VIEW big_orders AS SELECT id FROM orders WHERE total >= 100",),
    "a lost view": ("DROP VIEW big_orders",),
    "a new function": (
        "CREATE FUNCTION shout(t text) RETURNS text LANGUAGE plpgsql AS $f$\nBEGIN\n  RETURN upper(t) || '!';\nEND\n$f$",
    ),
    "another function": ("CREATE OR REPLACE FUNCTION twice(x int) RETURNS int LANGUAGE sql AS 'SELECT x + x'",),
    "a lost function": ("DROP FUNCTION twice",),
    "a new label": ("ALTER TYPE mood ADD VALUE 'happy'",),
    "a new trigger": (
        "CREATE FUNCTION keep() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'",
        "CREATE TRIGGER kept BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION keep()",
    ),
    "another policy": ("ALTER POLICY own ON orders USING (customer_id >= 0)",),
    "a lost policy": ("DROP POLICY own ON orders", "ALTER TABLE orders DISABLE ROW LEVEL SECURITY"),
    "a new sequence": ("CREATE SEQUENCE more INCREMENT 5",),
    "another sequence": ("ALTER SEQUENCE numbers INCREMENT 10",),
    "a new domain": ("CREATE DOMAIN email AS text CHECK (VALUE LIKE '%@%')",),
    "a new namespace": ("CREATE SCHEMA sales", "CREATE TABLE sales.leads (id int)"),
    "a group": (
        "CREATE TABLE audit (id int)",
        "CREATE INDEX audit_idx ON audit (id)",
        "CREATE VIEW audit_view AS SELECT a.id FROM audit a JOIN orders o USING (id)",
        "DROP INDEX orders_customer_idx",
        "ALTER TABLE customers ADD COLUMN since date",
        "CREATE OR REPLACE FUNCTION twice(x int) RETURNS int LANGUAGE sql AS 'SELECT x + x'",
    ),
}
MANY = ("a new column", "another view", "a new function", "a group")


def indented(text: str, by: int) -> str:
    return "".join(f"{' ' * by}{line}" if line.strip() else line for line in text.splitlines(keepends=True))


def in_quotes(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


STATEMENTS = [
    part.strip()
    for part in TABLES.split("\n", 1)[1].replace("$$\n  SELECT x * 2;\n$$", "'SELECT x * 2'").split(";")[:-1]
]
ONE_LINE = [
    " ".join(part.split("--")[0].split() if "-- a number" not in part else part.replace("-- a number", "").split())
    for part in STATEMENTS
]
MIGRATION = {
    "1": "\n".join(f"{each};" for each in STATEMENTS[:3]) + "\n",
    "2": "\n".join(f"{each};" for each in STATEMENTS[3:]) + "\n",
}


def migrations(first: str, second: str, up: str = "", between: str = "") -> dict[str, str]:
    parts = [f"{up}{MIGRATION[number]}{between}" for number in "12"]
    return {f"db/{first}": parts[0], f"db/{second}": parts[1]}


CARRIERS: dict[str, Layout] = {
    "a file of SQL": Layout({"schema/schema.sql": TABLES}, "schema"),
    "SQL without a last line end": Layout({"schema/schema.sql": TABLES.rstrip("\n")}, "schema/schema.sql"),
    "Windows line ends": Layout({"schema/schema.sql": TABLES.replace("\n", "\r\n")}, "schema"),
    "a heredoc": Layout(
        {
            "infra/main.tf": 'resource "sql_migrate" "db" {\n  migration {\n    id = "1"\n    up = <<-SQL\n'
            + indented(TABLES, 6)
            + "    SQL\n  }\n}\n"
        },
        "infra",
    ),
    "a string on one line": Layout(
        {
            "infra/main.tf": 'resource "acme_sql" "db" { # ours\n  sql = '
            + in_quotes(" ".join(f"{each};" for each in ONE_LINE))
            + "\n}\n"
        },
        "infra",
    ),
    "a list of strings": Layout(
        {
            "infra/main.tf": 'resource "acme_sql" "db" {\n  sql_statements = [\n'
            + "".join(f"    {in_quotes(each)},\n" for each in ONE_LINE)
            + "  ]\n}\n"
        },
        "infra",
    ),
    "a list on one line": Layout(
        {
            "infra/main.tf": 'resource "acme_sql" "db" {\n  sql_statements = ['
            + ", ".join(map(in_quotes, ONE_LINE))
            + "]\n}\n"
        },
        "infra",
    ),
    "a template": Layout(
        {
            "infra/main.tf": 'resource "acme_sql" "db" {\n  sql = templatefile("schema.tftpl", { note = "note" })\n}\n',
            "infra/schema.tftpl": TABLES.replace("  note text", "  ${note} text"),
        },
        "infra",
    ),
    "a heredoc with a template's tail": Layout(
        {
            "infra/main.tf": 'resource "acme_sql" "db" {\n  sql = <<SQL\n'
            + TABLES
            + 'CREATE TABLE ${upper("x")}_tail (id int);\nSQL\n}\n'
        },
        "infra",
    ),
    "psql with a file": Layout(
        {
            "infra/main.tf": 'resource "terraform_data" "db" {\n  provisioner "local-exec" {\n    command = "psql -h ${self.id} -f ../sql/schema.sql"\n  }\n}\n',
            "sql/schema.sql": TABLES,
        },
        "infra",
    ),
    "psql with a here-document": Layout(
        {
            "infra/main.tf": 'resource "terraform_data" "db" {\n  provisioner "local-exec" {\n    command = <<-SH\n      psql -d app <<\'EOF\'\n'
            + indented(TABLES, 6)
            + "      EOF\n    SH\n  }\n}\n"
        },
        "infra",
    ),
    "a map over tenants": Layout(
        {
            "infra/main.tf": "locals {\n  tenants = {\n"
            + "".join(f"    {name} = <<-SQL\n{indented(TABLES, 6)}    SQL\n" for name in ("acme", "beta"))
            + '  }\n}\n\nresource "acme_sql" "db" {\n  for_each = local.tenants\n  database = each.key\n  sql      = each.value\n}\n'
        },
        "infra",
    ),
    "a block of YAML": Layout(
        {
            "infra/template.yaml": "Resources:\n  Tables:\n    Type: Custom::Sql\n    Properties:\n      Sql: |\n"
            + indented(TABLES, 8)
        },
        "infra/template.yaml",
    ),
    "a list of YAML": Layout(
        {
            "infra/template.yaml": "Resources:\n  Tables:\n    Type: Custom::Sql\n    Properties:\n      SqlStatements:\n"
            + "".join(f"        - {in_quotes(each)}\n" for each in ONE_LINE)
        },
        "infra/template.yaml",
    ),
    "a block with Sub": Layout(
        {
            "infra/template.yaml": "Parameters:\n  Note:\n    Type: String\n    Default: note\nResources:\n  Tables:\n    Type: Custom::Sql\n    Properties:\n      Sql: !Sub |\n"
            + indented(TABLES.replace("  note text", "  ${Note} text"), 8)
        },
        "infra/template.yaml",
    ),
    "JSON of CloudFormation": Layout(
        {
            "infra/template.json": '{\n  "Resources": {\n    "Tables": {\n      "Type": "Custom::Sql",\n      "Properties": {\n        "Sql": '
            + in_quotes(TABLES)
            + "\n      }\n    }\n  }\n}\n"
        },
        "infra/template.json",
    ),
    "a list in JSON": Layout(
        {
            "infra/template.json": '{\n  "Resources": {\n    "Tables": {\n      "Type": "Custom::Sql",\n      "Properties": {\n        "SqlStatements": [\n'
            + ",\n".join(f"          {in_quotes(each)}" for each in ONE_LINE)
            + "\n        ]\n      }\n    }\n  }\n}\n"
        },
        "infra/template.json",
    ),
    "migrations of Flyway": Layout(migrations("V1__a.sql", "V2__b.sql"), "db"),
    "migrations of sqlx": Layout(migrations("20240101000000_a.sql", "20240201000000_b.sql"), "db"),
    "migrations of golang-migrate": Layout(
        migrations("001_a.up.sql", "002_b.up.sql") | {"db/001_a.down.sql": "", "db/002_b.down.sql": ""}, "db"
    ),
    "migrations of goose": Layout(
        migrations("00001_a.sql", "00002_b.sql", "-- +goose Up\n", "-- +goose Down\nSELECT 1;\n"), "db"
    ),
    "migrations of dbmate": Layout(
        migrations("20240101000000_a.sql", "20240201000000_b.sql", "-- migrate:up\n", "-- migrate:down\n"), "db"
    ),
    "migrations of diesel": Layout(
        migrations("2024-01-01-000000_a/up.sql", "2024-02-01-000000_b/up.sql")
        | {"db/2024-01-01-000000_a/down.sql": "SELECT 1;\n", "db/2024-02-01-000000_b/down.sql": "SELECT 1;\n"},
        "db",
    ),
    "changesets of Liquibase": Layout(
        {
            "db/changes.sql": f"--liquibase formatted sql\n\n--changeset a:1\n{MIGRATION['1']}\n--changeset a:2\n{MIGRATION['2']}"
        },
        "db",
    ),
}
CASES = [("a file of SQL", drift) for drift in DRIFTS]
CASES += [
    (carrier, drift)
    for carrier in CARRIERS
    if carrier != "a file of SQL"
    for drift in MANY
    if (carrier, drift) != ("migrations of Flyway", "a new column")  # Flyway would read ${x} as a placeholder
]


@pytest.mark.parametrize(("carrier", "drift"), CASES, ids=[f"{carrier}-{drift}" for carrier, drift in CASES])
def test_kept_drift_is_what_the_patched_declaration_says(
    carrier: str, drift: str, postgres: EmbeddedPostgres, tmp_path: Path
) -> None:
    found = asyncio.run(kept(ScratchServer(postgres.dsn()), tmp_path, CARRIERS[carrier], DRIFTS[drift]))
    assert found.patches[0].diff, found.patches[0].summary
    assert found.left == ()
