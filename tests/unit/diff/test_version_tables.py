"""Which tools' own tables are made before migrations are compiled: those named, of the tool whose layout it is."""

from __future__ import annotations

import pytest

from shared.diff.tools import TOOLS
from shared.diff.version_tables import VERSION_TABLES, version_tables_named


@pytest.mark.parametrize(
    ("layout", "text", "tools"),
    [
        ("numbered", "DELETE FROM _sqlx_migrations", ["sqlx"]),
        ("numbered", 'DELETE FROM public."_sqlx_migrations"', ["sqlx"]),
        ("golang-migrate", "DELETE FROM SCHEMA_MIGRATIONS", ["golang-migrate"]),
        ("dbmate", "DELETE FROM schema_migrations", ["dbmate"]),
        ("numbered", "DELETE FROM schema_migrations", []),
        ("", "DELETE FROM _sqlx_migrations", []),
        ("numbered", "DELETE FROM old_sqlx_migrations_copy", []),
        ("numbered", "CREATE TABLE old_sqlx_migrations (); DELETE FROM _sqlx_migrations", ["sqlx"]),
        ("numbered", "CREATE TABLE _sqlx_migrations (); DELETE FROM _sqlx_migrations", []),
        ("numbered", 'create table if not exists public . "_sqlx_migrations" ()', []),
        ("numbered", "CREATE TABLE _sqlx_migrations_old AS SELECT * FROM _sqlx_migrations", ["sqlx"]),
    ],
)
def test_a_table_is_made_that_migrations_name_and_do_not_make(layout: str, text: str, tools: list[str]) -> None:
    assert [table.tool for table in version_tables_named(layout, [text])] == tools


def test_one_migration_may_make_what_another_names() -> None:
    assert version_tables_named("numbered", ["CREATE TABLE _sqlx_migrations ()", "DELETE FROM _sqlx_migrations"]) == ()


@pytest.mark.parametrize("table", VERSION_TABLES, ids=lambda table: table.tool)
def test_each_is_known_as_its_tools_in_a_tenant_too(table) -> None:
    (tool,) = [each for each in TOOLS if table.tool in each.name.split(" or ")]
    assert table.table in [each.name for each in tool.tables]
