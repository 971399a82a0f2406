"""The role that `fleetdrift role-sql` writes reads tenants, versions included, and may do nothing else."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from shared.embedded.postgres import EmbeddedPostgres, wheel_binaries

TENANTS = ("role-sql-a", "role sql \"b\"='c'\\")
CONFIG = """
[fleet]
tenants = [{tenants}]

[hosts.main]
address = "{address}"
port = {port}
user = "role sql's \\"reader\\""
max_connections = 3

[spec]
source = "schema.sql"
"""
SCHEMA = "CREATE TABLE orders (id bigint PRIMARY KEY);"
MIGRATED = """CREATE TABLE _sqlx_migrations (version bigint PRIMARY KEY, description text, success boolean);
INSERT INTO _sqlx_migrations VALUES (7, 'seven', true);"""


def fleetdrift(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "coordinator.cli", *arguments],
        cwd=folder, capture_output=True, text=True, check=False, timeout=120,
    )  # fmt: skip


def psql(postgres: EmbeddedPostgres, script: str) -> None:
    subprocess.run(
        [wheel_binaries() / "psql", "-X", "-q", postgres.dsn()],
        input=script, text=True, check=True, capture_output=True, timeout=60,
    )  # fmt: skip


@pytest.fixture(scope="module")
def folder(postgres: EmbeddedPostgres, tmp_path_factory: pytest.TempPathFactory) -> Path:
    async def create() -> None:
        admin = await asyncpg.connect(postgres.dsn())
        for name in TENANTS:
            quoted = '"' + name.replace('"', '""') + '"'
            await admin.execute(f"CREATE DATABASE {quoted}")
            await admin.execute(f"REVOKE CONNECT ON DATABASE {quoted} FROM PUBLIC")
            tenant = await asyncpg.connect(
                host=str(postgres.socket_dir), port=postgres.port, user="postgres", database=name
            )
            await tenant.execute(f"CREATE SCHEMA app; SET search_path = app; {SCHEMA} {MIGRATED}")
            await tenant.close()
        await admin.close()

    asyncio.run(create())
    tenants = ", ".join(
        "{{ tenant = {0}, database = {0}, namespace = 'app' }}".format(f"'''{name}'''") for name in TENANTS
    )
    folder = tmp_path_factory.mktemp("role")
    (folder / "fleetdrift.toml").write_text(
        CONFIG.format(tenants=tenants, address=postgres.socket_dir, port=postgres.port)
    )
    (folder / "schema.sql").write_text(SCHEMA)
    return folder


def test_the_role_scans_the_fleet_and_may_do_nothing_else(postgres, folder):
    refused = fleetdrift(folder, "check")
    assert refused.returncode == 3, refused.stderr
    printed = fleetdrift(folder, "role-sql", "main")
    assert printed.returncode == 0, printed.stderr
    assert "for PostgreSQL 14 and later" in printed.stdout.splitlines()[0]
    psql(postgres, printed.stdout)
    checked = fleetdrift(folder, "check", "--output", "json")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert '"version": "7"' in checked.stdout or '"version":"7"' in checked.stdout

    async def rights() -> tuple[object, ...]:
        admin = await asyncpg.connect(postgres.dsn(TENANTS[0]))
        row = await admin.fetchrow(
            """SELECT rolsuper, rolcreatedb, rolcreaterole, rolreplication, rolbypassrls, rolconnlimit,
                      has_table_privilege(oid, 'app.orders', 'SELECT'), has_schema_privilege(oid, 'app', 'CREATE')
               FROM pg_roles WHERE rolname = 'role sql''s "reader"'"""
        )
        await admin.close()
        return tuple(row)

    assert asyncio.run(rights()) == (False, False, False, False, False, 6, False, False)


def test_a_host_that_is_not_configured_is_refused_with_those_that_are(folder):
    done = fleetdrift(folder, "role-sql", "mian")
    assert done.returncode == 64
    assert "has no [hosts.mian]; expected one of: main" in done.stderr
