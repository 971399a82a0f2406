"""`fleetdrift init` asks a server, writes a configuration with which `check` works, and overwrites nothing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import asyncpg
import pytest

from shared.embedded.postgres import EmbeddedPostgres
from tests.integration.cli.test_role_sql import fleetdrift, psql

SCHEMA = "CREATE TABLE orders (id bigint PRIMARY KEY);"


@pytest.fixture(scope="module")
def postgres() -> Iterator[EmbeddedPostgres]:
    """A server of its own: on a shared one, databases of other tests would be taken for tenants too."""
    with EmbeddedPostgres(in_memory=True) as server:
        yield server


@pytest.fixture(scope="module")
def url(postgres: EmbeddedPostgres) -> str:
    async def create() -> None:
        admin = await asyncpg.connect(postgres.dsn())
        for name in ("init-001", "init-002", "init-003"):
            await admin.execute(f'CREATE DATABASE "{name}"')
            tenant = await asyncpg.connect(postgres.dsn(name))
            await tenant.execute(SCHEMA)
            await tenant.close()
        await admin.execute("CREATE DATABASE init_shared")
        shared = await asyncpg.connect(postgres.dsn("init_shared"))
        for name in ("acme", "globex", "initech", "umbrella"):
            await shared.execute(f"CREATE SCHEMA {name}; SET search_path = {name}; {SCHEMA}")
        await shared.close()
        await admin.close()

    asyncio.run(create())
    return postgres.dsn()


def test_databases_that_are_called_alike_are_taken_for_tenants_and_check_works(postgres, url, tmp_path):
    (tmp_path / "schema.sql").write_text(SCHEMA)
    begun = fleetdrift(tmp_path, "init", url)
    assert begun.returncode == 0, begun.stderr
    assert "3 databases are called init-…, so each of them is taken for a tenant" in begun.stdout
    assert "the role 'postgres' may do more than read, so the configuration names 'fleetdrift'" in begun.stdout
    assert "# 3 databases are called init-" in (tmp_path / "fleetdrift.toml").read_text()
    psql(postgres, fleetdrift(tmp_path, "role-sql", "main").stdout)
    checked = fleetdrift(tmp_path, "check")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert "3 tenants" in checked.stdout
    again = fleetdrift(tmp_path, "init", url)
    assert again.returncode == 1
    assert "fleetdrift.toml exists, and is left as it is" in again.stderr


def test_namespaces_of_the_database_that_the_url_names_are_taken_where_they_are_more(postgres, url, tmp_path):
    begun = fleetdrift(tmp_path, "init", postgres.dsn("init_shared"), "--source", "sql")
    assert begun.returncode == 0, begun.stderr
    written = (tmp_path / "fleetdrift.toml").read_text()
    assert 'database = "init_shared"\nnamespaces = "*"' in written
    assert "have no part of their names in common" in written
    assert 'exclude = ["information_schema", "public"]' in written
    assert 'source = "sql"' in written


def test_a_url_that_is_none_and_a_server_that_is_not_there_are_said_in_a_sentence(tmp_path):
    nowhere = fleetdrift(tmp_path, "init", "postgresql://me@127.0.0.1:1/x")
    assert nowhere.returncode == 1
    assert "refused" in nowhere.stderr
    none = fleetdrift(tmp_path, "init", "127.0.0.1")
    assert none.returncode == 1
    assert "expected postgresql://USER@HOST/DATABASE" in none.stderr
    assert not (tmp_path / "fleetdrift.toml").exists()
