"""Patches that keep drift: `git apply` takes them, and the patched declaration then says what the database has."""

from __future__ import annotations

import asyncio
import subprocess
from pathlib import Path
from unicodedata import category

import pytest

from coordinator.iac.load import load_source
from coordinator.iac.patching.keep_patches import keep_patches
from coordinator.report.model import Patch
from shared.diff.changes import SchemaDiff, Unexpected
from shared.diff.compare import diff_schemas
from shared.embedded.postgres import EmbeddedPostgres
from shared.postgres.scratch import ScratchServer, compile_spec
from shared.schema.profile import Profile
from shared.schema.schema import Declaration, Origin, Spec, SpecSource
from shared.sql import quote_identifier, quote_literal
from tests.hostile import HOSTILE_NAMES

TABLES = """\
-- Orders and who places them.
CREATE TABLE customers (
  id bigint PRIMARY KEY
);

CREATE TABLE orders (
  id bigint PRIMARY KEY,
  customer_id bigint NOT NULL,
  note text
);

CREATE INDEX orders_customer_idx ON orders (customer_id);
CREATE INDEX orders_note_idx ON orders (note);
"""
DRIFT = (
    "ALTER TABLE orders ADD CONSTRAINT orders_sane CHECK (id > 0)",
    "ALTER TABLE customers ADD CONSTRAINT fk FOREIGN KEY (id) REFERENCES orders (id) ON DELETE CASCADE",
    "ALTER TABLE orders ADD COLUMN \"hosti'le ${x} name\" text DEFAULT 'it''s' NOT NULL",
    "ALTER TABLE orders ALTER COLUMN note SET DEFAULT 'n', ALTER COLUMN note SET NOT NULL",
    "CREATE INDEX extra ON customers (id) WHERE id > 5",
    "DROP INDEX orders_customer_idx",
    "DROP INDEX orders_note_idx",
    "CREATE INDEX orders_note_idx ON orders (note DESC)",
)


def indented(text: str, by: int) -> str:
    return "".join(f"{' ' * by}{line}" if line.strip() else line for line in text.splitlines(keepends=True))


LAYOUTS = {
    "sql": ("schema/schema.sql", TABLES, "schema"),
    "sql without a last line end": ("schema/schema.sql", TABLES.rstrip("\n"), "schema"),
    "windows line ends": ("schema/schema.sql", TABLES.replace("\n", "\r\n"), "schema"),
    "terraform heredoc": (
        "infra/main.tf",
        'resource "sql_migrate" "db" {\n  migration {\n    id = "1"\n    up = <<-SQL\n'
        + indented(TABLES, 6)
        + "    SQL\n  }\n}\n",
        "infra",
    ),
    "cloudformation block": (
        "infra/template.yaml",
        "Resources:\n  Tables:\n    Type: Custom::Sql\n    Properties:\n      Sql: |\n" + indented(TABLES, 8),
        "infra/template.yaml",
    ),
}


def git(folder: Path, *arguments: str) -> None:
    done = subprocess.run(["git", *arguments], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def repository(folder: Path, file: str, text: str) -> None:
    path = folder / file
    path.parent.mkdir(parents=True)
    path.write_text(text, "utf-8", newline="")
    git(folder, "init", "--quiet")
    git(folder, "config", "core.autocrlf", "false")


async def compiled(postgres: EmbeddedPostgres, root: Path, drift: tuple[str, ...] = ()) -> Spec:
    source = load_source(root)
    changed = tuple(Declaration(sql, Origin("drift", 1)) for sql in drift)
    scratch = ScratchServer(postgres.dsn())
    return await compile_spec(scratch, SpecSource(declarations=source.declarations + changed), Profile())


async def patches_for(
    postgres: EmbeddedPostgres, root: Path, drift: tuple[str, ...]
) -> tuple[SchemaDiff, tuple[Patch, ...], Spec]:
    spec = await compiled(postgres, root)
    observed = await compiled(postgres, root, drift)
    diff = diff_schemas(spec.schema, observed.schema)
    return diff, keep_patches(diff, spec, root), observed


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_an_applied_patch_makes_the_declaration_say_what_the_database_has(
    layout: tuple[str, str, str], postgres: EmbeddedPostgres, tmp_path: Path
) -> None:
    file, text, root = layout
    repository(tmp_path, file, text)
    drift = tuple(sql.replace("${x}", "") for sql in DRIFT) if file.endswith(".yaml") else DRIFT
    diff, patches, observed = asyncio.run(patches_for(postgres, tmp_path / root, drift))
    assert diff
    assert len(patches) == 1
    assert patches[0].summary.startswith(file)
    (tmp_path / "keep.diff").write_text(patches[0].diff, "utf-8", newline="")
    git(tmp_path, "apply", "keep.diff")
    patched = asyncio.run(compiled(postgres, tmp_path / root))
    assert diff_schemas(patched.schema, observed.schema).changes == ()


def test_the_patch_for_an_orphaned_constraint_is_one_line(postgres: EmbeddedPostgres, tmp_path: Path) -> None:
    repository(tmp_path, "schema/schema.sql", TABLES)
    _, patches, _ = asyncio.run(patches_for(postgres, tmp_path / "schema", DRIFT[:1]))
    assert [patch.summary for patch in patches] == ["schema/schema.sql declares constraint public.orders.orders_sane"]
    assert patches[0].diff == (
        "--- a/schema/schema.sql\n+++ b/schema/schema.sql\n@@ -8,6 +8,7 @@\n"
        "   customer_id bigint NOT NULL,\n   note text\n"
        ' );\n+ALTER TABLE "orders" ADD CONSTRAINT "orders_sane" CHECK ((id > 0));\n \n'
        " CREATE INDEX orders_customer_idx ON orders (customer_id);\n CREATE INDEX orders_note_idx ON orders (note);\n"
    )


def test_what_has_no_place_in_the_files_gives_no_patch(postgres: EmbeddedPostgres, tmp_path: Path) -> None:
    repository(tmp_path, "schema/schema.sql", 'CREATE TABLE a (x int); CREATE TABLE "b" (y int);\n')
    drift = ("ALTER TABLE a ADD CONSTRAINT c CHECK (x > 0)", "CREATE TABLE undeclared ()", "CREATE VIEW v AS SELECT 1")
    diff, patches, _ = asyncio.run(patches_for(postgres, tmp_path / "schema", drift))
    assert diff
    assert patches == ()


def test_a_file_that_changed_since_it_was_read_gives_no_patch(postgres: EmbeddedPostgres, tmp_path: Path) -> None:
    repository(tmp_path, "schema/schema.sql", TABLES)
    root = tmp_path / "schema"

    async def changed() -> tuple[Patch, ...]:
        spec = await compiled(postgres, root)
        observed = await compiled(postgres, root, DRIFT[:1])
        (root / "schema.sql").write_text("-- rewritten\n" + TABLES)
        return keep_patches(diff_schemas(spec.schema, observed.schema), spec, root)

    assert asyncio.run(changed()) == ()


@pytest.mark.parametrize("layout", LAYOUTS.values(), ids=LAYOUTS.keys())
def test_hostile_names_stay_names_in_a_patch(
    layout: tuple[str, str, str], postgres: EmbeddedPostgres, tmp_path: Path
) -> None:
    """A name that a file cannot hold is left out of the patch; no name makes the file say anything else."""
    file, text, root = layout
    repository(tmp_path, file, text)
    drift = tuple(
        f"ALTER TABLE orders ADD COLUMN {quote_identifier(name)} text DEFAULT {quote_literal(name)}"
        for name in HOSTILE_NAMES
    )
    _, patches, observed = asyncio.run(patches_for(postgres, tmp_path / root, drift))
    assert len(patches) == 1
    (tmp_path / "keep.diff").write_text(patches[0].diff, "utf-8", newline="")
    git(tmp_path, "apply", "keep.diff")
    patched = asyncio.run(compiled(postgres, tmp_path / root))
    left = diff_schemas(patched.schema, observed.schema).changes
    assert {type(change) for change in left} <= {Unexpected}
    unwritable = {name for name in HOSTILE_NAMES if any(category(character) in _NOT_IN_A_LINE for character in name)}
    if file.endswith(".yaml"):
        unwritable |= {name for name in HOSTILE_NAMES if "\\" in name}  # a template may give a backslash a meaning
    assert {change.identity.name for change in left} <= unwritable


_NOT_IN_A_LINE = frozenset({"Cc", "Zl", "Zp"})  # Unicode's categories of control characters and line separators
