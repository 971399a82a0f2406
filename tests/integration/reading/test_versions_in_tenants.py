"""The version that a migration tool left in the tenant."""
# ruff: noqa: E501  # scripts of SQL read better unbroken

from __future__ import annotations

import zlib

import pytest

from shared.postgres.connection import connect_url
from shared.postgres.reading.versions import MIGRATION_TOOLS, Progress, read_progress, read_progress_of_many
from shared.schema.schema import SchemaVersion
from shared.targets import Limits

TABLES = {
    "sqlx": """CREATE TABLE _sqlx_migrations (version bigint PRIMARY KEY, description text, installed_on timestamptz, success bool,
        checksum bytea, execution_time bigint); INSERT INTO _sqlx_migrations VALUES (1, 'a', now(), true), (20, 'b', now(), true)""",
    "diesel": """CREATE TABLE __diesel_schema_migrations (version varchar(50) PRIMARY KEY, run_on timestamp);
        INSERT INTO __diesel_schema_migrations VALUES ('19'), ('20')""",
    "refinery": """CREATE TABLE refinery_schema_history (version int4 PRIMARY KEY, name varchar, applied_on varchar, checksum varchar);
        INSERT INTO refinery_schema_history VALUES (3), (20)""",
    "flyway": """CREATE TABLE flyway_schema_history (installed_rank int PRIMARY KEY, version varchar(50), description varchar, type varchar,
        script varchar, checksum int, installed_by varchar, installed_on timestamp, execution_time int, success bool);
        INSERT INTO flyway_schema_history (installed_rank, version, success) VALUES (1, '9', true), (2, '20', true), (3, NULL, true)""",
    "atlas": """CREATE TABLE atlas_schema_revisions (version varchar PRIMARY KEY, description varchar, applied bigint, total bigint, error text);
        INSERT INTO atlas_schema_revisions VALUES ('19', 'a', 1, 1), ('20', 'b', 2, 2)""",
    "alembic": "CREATE TABLE alembic_version (version_num varchar(32) PRIMARY KEY); INSERT INTO alembic_version VALUES ('20')",
    "golang-migrate": "CREATE TABLE schema_migrations (version bigint PRIMARY KEY, dirty bool); INSERT INTO schema_migrations VALUES (20, false)",
    "dbmate": "CREATE TABLE schema_migrations (version varchar(128) PRIMARY KEY); INSERT INTO schema_migrations VALUES ('19'), ('20')",
    "goose": """CREATE TABLE goose_db_version (id serial PRIMARY KEY, version_id bigint, is_applied bool, tstamp timestamp);
        INSERT INTO goose_db_version (version_id, is_applied) VALUES (0, true), (20, true), (21, true), (21, false)""",
    "liquibase": """CREATE TABLE databasechangelog (id varchar(255), author varchar, filename varchar, dateexecuted timestamp, orderexecuted int);
        INSERT INTO databasechangelog VALUES ('9', 'a', 'f', now(), 1), ('20', 'a', 'f', now(), 2)""",
}  # fmt: skip
NEWEST = {"liquibase": "a:20"}
"""What a tool calls its newest version, where that is not its number."""


@pytest.mark.parametrize("tool", [tool.name for tool in MIGRATION_TOOLS])
def test_each_tools_table_is_understood(databases, tool):
    assert databases.use(TABLES[tool], read_progress) == Progress((SchemaVersion(tool, NEWEST.get(tool, "20")),))


@pytest.mark.parametrize(
    ("tool", "broken"),
    [
        ("sqlx", "INSERT INTO _sqlx_migrations VALUES (30, 'c', now(), false)"),
        ("flyway", "INSERT INTO flyway_schema_history (installed_rank, version, success) VALUES (4, '30', false)"),
        ("golang-migrate", "UPDATE schema_migrations SET version = 30, dirty = true"),
        ("atlas", "INSERT INTO atlas_schema_revisions VALUES ('30', 'c', 1, 2)"),
        ("atlas", "INSERT INTO atlas_schema_revisions VALUES ('30', 'c', 2, 2, 'deadlock detected')"),
    ],
)
def test_a_migration_that_failed_half_way_is_dirty_and_named(databases, tool, broken):
    assert databases.use(f"{TABLES[tool]}; {broken}", read_progress) == Progress(
        (SchemaVersion(tool, "30", dirty=True),)
    )


def test_a_first_migration_that_failed_half_way_is_dirty_too(databases):
    script = f"{TABLES['sqlx']}; DELETE FROM _sqlx_migrations WHERE version = 20; UPDATE _sqlx_migrations SET success = false"
    assert databases.use(script, read_progress) == Progress((SchemaVersion("sqlx", "1", dirty=True),))


def test_a_failed_migration_without_a_version_is_named_by_its_script(databases):
    failed = "INSERT INTO flyway_schema_history (installed_rank, script, success) VALUES (4, 'R__views.sql', false)"
    assert databases.use(f"{TABLES['flyway']}; {failed}", read_progress) == Progress(
        (SchemaVersion("flyway", "R__views.sql", dirty=True),)
    )


def test_what_atlas_notes_of_itself_is_no_version(databases):
    script = f"{TABLES['atlas']}; INSERT INTO atlas_schema_revisions VALUES ('.atlas_cloud_identifier', 'x', 0, 0)"
    assert databases.use(script, read_progress) == Progress((SchemaVersion("atlas", "20"),))


@pytest.mark.parametrize(
    "script",
    [
        "CREATE TABLE schema_migrations (version bigint PRIMARY KEY, inserted_at timestamp); INSERT INTO schema_migrations VALUES (1)",
        "CREATE TABLE schema_migrations (version text[], dirty int)",
        "CREATE TABLE alembic_version (version_num varchar)",  # empty
        (
            "CREATE FUNCTION boom() RETURNS text LANGUAGE plpgsql AS $$BEGIN RAISE EXCEPTION 'ran'; END$$; "
            "CREATE VIEW alembic_version AS SELECT boom() AS version_num"
        ),
        "CREATE DOMAIN trap AS text; CREATE TABLE alembic_version (version_num trap)",
        "CREATE TABLE alembic_version (version_num text); ALTER TABLE alembic_version ENABLE ROW LEVEL SECURITY; SELECT 1",
    ],
)
def test_what_only_looks_like_a_version_table_says_nothing(databases, script):
    assert databases.use(script, read_progress) == Progress()


def test_each_namespaces_own_table_speaks_for_it_and_a_strange_one_hides_no_other(databases):
    script = f"""
        {TABLES["alembic"]}; CREATE SCHEMA other; CREATE TABLE other.alembic_version AS SELECT '7'::varchar AS version_num;
        CREATE SCHEMA none; CREATE SCHEMA strange; CREATE TABLE strange._sqlx_migrations (version text, success text);
        CREATE SCHEMA dirty; CREATE TABLE dirty._sqlx_migrations AS SELECT 3::int8 AS version, false AS success
    """
    names = ("other", "none", "strange", "dirty", "gone")

    async def read(connection):
        return await read_progress_of_many(connection, names, Limits())

    assert databases.use(script, read) == {
        "other": Progress((SchemaVersion("alembic", "7"),)),
        "none": Progress(),
        "strange": Progress(),
        "dirty": Progress((SchemaVersion("sqlx", "3", dirty=True),)),
        "gone": Progress(),
    }


def lock_of_sqlx(database: str) -> int:
    return 0x3D32AD9E * zlib.crc32(database.encode())


def lock_of_golang_migrate(database: str) -> int:
    return zlib.crc32(f"public\0schema_migrations\0{database}".encode()) * 1486364155 % 2**32


@pytest.mark.parametrize(
    ("tool", "number"),
    [
        ("sqlx", lock_of_sqlx),
        ("golang-migrate", lock_of_golang_migrate),
        ("goose", lambda _: 5887940537704921958),
        ("goose", lambda _: 4097083626),
        ("flyway", lambda _: 77431708279161 - 12345),
        ("prisma", lambda _: 72707369),
        ("", lambda _: 42),
    ],
)
def test_a_tool_that_is_at_work_is_known_by_its_lock(databases, tool, number):
    async def read(connection):
        database = await connection.fetchval("SELECT current_database()")
        other = await connect_url(databases.server.dsn(database))
        await other.execute(f"SELECT pg_advisory_lock({number(database)})")
        try:
            return await read_progress(connection)
        finally:
            await other.close()

    assert databases.use("", read) == Progress(running=tool)
