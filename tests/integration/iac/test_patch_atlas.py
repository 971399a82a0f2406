"""Drift that is kept in schemas in Atlas HCL: blocks are edited, and say what the database has."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from shared.embedded.postgres import EmbeddedPostgres
from shared.postgres.scratch import ScratchServer
from tests.integration.iac.patching import Layout, kept

SCHEMA = """\
schema "public" {}

# Who buys.
table "customers" {
  schema = schema.public
  column "id" {
    type = bigint
  }
  primary_key {
    columns = [column.id]
  }
}

table "orders" {
  schema = schema.public
  column "id" {
    type = bigint # a number
  }
  column "customer_id" {
    type = bigint
    null = true
  }
  column "total" {
    type    = numeric
    default = 0
  }
  primary_key {
    columns = [column.id]
  }
  index "orders_total" {
    columns = [column.total]
  }
  check "positive" {
    expr = "total > 0"
  }
}

enum "mood" {
  schema = schema.public
  values = ["sad", "ok"]
}

view "big" {
  schema     = schema.public
  as         = "SELECT id FROM orders WHERE total > 100"
  depends_on = [table.orders]
}
"""
DRIFTS: dict[str, tuple[str, ...]] = {
    "a new column": ("ALTER TABLE orders ADD COLUMN note text DEFAULT 'it''s ${x}' NOT NULL",),
    "a lost column": ("ALTER TABLE orders DROP COLUMN customer_id",),
    "another column": (
        "ALTER TABLE orders ALTER customer_id TYPE int, ALTER customer_id SET NOT NULL, ALTER total DROP DEFAULT",
    ),
    "a new index": ("CREATE UNIQUE INDEX extra ON orders (customer_id, lower(total::text)) WHERE id > 5",),
    "a lost index": ("DROP INDEX orders_total",),
    "another index": ("DROP INDEX orders_total", "CREATE INDEX orders_total ON orders USING hash (total)"),
    "a new check": ("ALTER TABLE orders ADD CONSTRAINT sane CHECK (id > 0)",),
    "another check": (
        "ALTER TABLE orders DROP CONSTRAINT positive",
        "ALTER TABLE orders ADD CONSTRAINT positive CHECK (total >= 0)",
    ),
    "a lost check": ("ALTER TABLE orders DROP CONSTRAINT positive",),
    "a new key": ("ALTER TABLE orders ADD CONSTRAINT once UNIQUE (customer_id)",),
    "a new foreign key": (
        "ALTER TABLE orders ADD CONSTRAINT fk FOREIGN KEY (customer_id) REFERENCES customers ON DELETE SET NULL",
    ),
    "a new label": ("ALTER TYPE mood ADD VALUE 'happy'",),
    "another view": ("CREATE OR REPLACE VIEW big AS SELECT id FROM orders WHERE total >= 100",),
    "a lost view": ("DROP VIEW big",),
    "a new table": ("CREATE TABLE audit (z int NOT NULL PRIMARY KEY, a text DEFAULT 'x', CONSTRAINT c CHECK (z > 1))",),
    "a lost table": ("DROP TABLE customers",),
    "a group": (
        "CREATE TABLE audit (id bigint PRIMARY KEY)",
        "ALTER TABLE customers ADD COLUMN since date",
        "DROP INDEX orders_total",
        "CREATE OR REPLACE VIEW big AS SELECT id FROM orders",
    ),
}


@pytest.mark.parametrize("drift", DRIFTS.values(), ids=DRIFTS.keys())
def test_kept_drift_is_what_the_edited_blocks_say(
    drift: tuple[str, ...], postgres: EmbeddedPostgres, tmp_path: Path
) -> None:
    layout = Layout({"schema/schema.hcl": SCHEMA}, "schema/schema.hcl")
    found = asyncio.run(kept(ScratchServer(postgres.dsn()), tmp_path, layout, drift))
    assert found.patches[0].diff, found.patches[0].summary
    assert found.left == ()
    assert "# a number" in (tmp_path / "schema/schema.hcl").read_text()


def test_what_has_no_block_is_said_with_the_statement(postgres: EmbeddedPostgres, tmp_path: Path) -> None:
    layout = Layout({"schema.hcl": SCHEMA}, "schema.hcl")
    drift = ("CREATE FUNCTION f() RETURNS int LANGUAGE sql AS 'SELECT 1'",)
    (patch,) = asyncio.run(kept(ScratchServer(postgres.dsn()), tmp_path, layout, drift)).patches
    assert patch.diff == ""
    assert "routine public.f is not written as a block of Atlas HCL" in patch.summary
    assert "CREATE OR REPLACE FUNCTION public.f()" in patch.block
