"""Patches that keep drift: what they look like, what they refuse, and what becomes of hostile names."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from shared.embedded.postgres import EmbeddedPostgres
from shared.postgres.scratch import ScratchServer
from shared.sql import quote_identifier, quote_literal
from tests.hostile import HOSTILE_NAMES
from tests.integration.iac.patching import Kept, Layout, kept
from tests.integration.iac.test_patch_kinds import CARRIERS

TABLES = CARRIERS["a file of SQL"]
CHECK = "ALTER TABLE orders ADD CONSTRAINT orders_sane CHECK (id > 0)"


def found_for(postgres: EmbeddedPostgres, folder: Path, layout: Layout, *drift: str) -> Kept:
    return asyncio.run(kept(ScratchServer(postgres.dsn()), folder, layout, drift))


def test_the_patch_for_an_orphaned_constraint_is_one_line(postgres: EmbeddedPostgres, tmp_path: Path) -> None:
    (patch,) = found_for(postgres, tmp_path, TABLES, CHECK).patches
    assert patch.summary == "schema/schema.sql declares constraint public.orders.orders_sane"
    assert patch.notes == ()
    assert patch.diff == (
        "--- a/schema/schema.sql\n+++ b/schema/schema.sql\n@@ -12,6 +12,7 @@\n"
        "   total numeric NOT NULL DEFAULT 0 CHECK (total > 0),\n   note text\n"
        ' );\n+ALTER TABLE "public"."orders" ADD CONSTRAINT "orders_sane" CHECK ((id > 0));\n \n'
        " CREATE INDEX orders_customer_idx ON orders (customer_id);\n CREATE INDEX orders_note_idx ON orders (note);\n"
    )


def test_a_migration_that_may_have_been_applied_is_never_edited(postgres: EmbeddedPostgres, tmp_path: Path) -> None:
    layout = CARRIERS["migrations of sqlx"]
    (patch,) = found_for(postgres, tmp_path, layout, "DROP VIEW big_orders").patches
    assert patch.diff == (
        "diff --git a/db/20240201000001_adopt_drift.sql b/db/20240201000001_adopt_drift.sql\nnew file mode 100644\n"
        "--- /dev/null\n+++ b/db/20240201000001_adopt_drift.sql\n@@ -0,0 +1 @@\n"
        '+DROP VIEW "public"."big_orders";\n'
    )
    (note,) = patch.notes
    assert note.startswith(
        "db/20240201000001_adopt_drift.sql will be run on every tenant; where the drift is there already"
    )


def test_what_undoes_a_new_migration_comes_with_it_where_the_others_have_that(
    postgres: EmbeddedPostgres, tmp_path: Path
) -> None:
    found_for(postgres, tmp_path, CARRIERS["migrations of golang-migrate"], "CREATE TABLE audit (id int)")
    assert (tmp_path / "db/003_adopt_drift.down.sql").read_text() == 'DROP TABLE "public"."audit";\n'


def test_a_repeatable_migration_is_edited_where_it_stands(postgres: EmbeddedPostgres, tmp_path: Path) -> None:
    layout = Layout(
        {
            "db/V1__a.sql": "CREATE TABLE a (id int);\n",
            "db/R__views.sql": "CREATE OR REPLACE VIEW v AS SELECT id FROM a;\n",
        },
        "db",
    )
    drift = "CREATE OR REPLACE VIEW v AS SELECT id FROM a WHERE id > 1"
    found = found_for(postgres, tmp_path, layout, drift)
    assert found.left == ()
    assert found.patches[0].summary == "db/R__views.sql declares view public.v"
    assert not list(tmp_path.glob("db/V2*"))


def test_what_cannot_be_patched_gives_the_block_to_add_and_says_where(
    postgres: EmbeddedPostgres, tmp_path: Path
) -> None:
    layout = Layout(
        {
            "infra/main.tf": 'resource "terraform_data" "db" {\n  provisioner "local-exec" {\n'
            "    command = \"psql -d app -c 'CREATE TABLE a (id int)'\"\n  }\n}\n"
        },
        "infra",
    )
    found = found_for(postgres, tmp_path, layout, """ALTER TABLE a ADD COLUMN note text DEFAULT 'it''s "new"'""")
    (patch,) = found.patches
    assert patch.diff == ""
    assert patch.summary.startswith("no patch: ")
    assert "to keep it, declare behind main.tf:3 what this block says" in patch.summary
    assert patch.block == """ALTER TABLE "public"."a" ADD COLUMN "note" text DEFAULT 'it''s "new"'::text;\n"""


@pytest.mark.parametrize(
    "carrier",
    ["a file of SQL", "Windows line ends", "a heredoc", "a string on one line", "a block of YAML", "a list in JSON"],
)
def test_hostile_names_stay_names_in_a_patch(carrier: str, postgres: EmbeddedPostgres, tmp_path: Path) -> None:
    drift = tuple(
        f"ALTER TABLE orders ADD COLUMN {quote_identifier(name)} text DEFAULT {quote_literal(name)}"
        for name in HOSTILE_NAMES
    )
    found = found_for(postgres, tmp_path, CARRIERS[carrier], *drift)
    assert found.patches[0].diff, found.patches[0].summary
    assert found.left == ()
    shown = found.patches[0].diff.replace("\r\n", "\n")
    assert not set("\r\x1b\x07\u202e\u2028\ufeff") & set(shown)
