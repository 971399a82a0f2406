"""The SQL that `fleetdrift diff` prints: psql brings the database to what is declared, or changes nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from shared.embedded.postgres import EmbeddedPostgres
from tests.integration.apply.conftest import Open

pytestmark = pytest.mark.anyio

FLEETDRIFT = Path(sys.executable).with_name("fleetdrift")
DESIRED = "CREATE TABLE t (a int PRIMARY KEY, b text NOT NULL); CREATE UNIQUE INDEX by_b ON t (b)"
OBSERVED = "CREATE TABLE t (a int PRIMARY KEY, b text); INSERT INTO t VALUES (1, 'x'), (2, 'x')"


async def dsn_of(connection: asyncpg.Connection, server: EmbeddedPostgres) -> str:
    return server.dsn(await connection.fetchval("SELECT current_database()"))


def diff(desired: str, observed: str) -> str:
    done = subprocess.run(
        [FLEETDRIFT, "diff", desired, observed, "--output", "sql"], capture_output=True, text=True, check=False
    )
    assert done.returncode in (0, 2), done.stderr
    return done.stdout


def psql(server: EmbeddedPostgres, dsn: str, script: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [server.binaries / "psql", "-X", "-q", "-d", dsn], input=script, capture_output=True, text=True, check=False
    )


async def test_a_script_refuses_a_database_that_has_changed_since(database: Open, postgres: EmbeddedPostgres):
    desired, observed = await database(DESIRED), await database(OBSERVED)
    dsn = await dsn_of(observed, postgres)
    script = diff(await dsn_of(desired, postgres), dsn)
    await observed.execute("ALTER TABLE t ADD COLUMN surprise int")
    refused = psql(postgres, dsn, script)
    assert refused.returncode == 3
    assert "this database has changed since the plan was made; scan it again" in refused.stderr
    nullable = "SELECT NOT attnotnull FROM pg_attribute WHERE attrelid = 't'::regclass AND attname = 'b'"
    assert await observed.fetchval(nullable)


async def test_what_a_script_has_done_before_it_failed_is_no_strangers_change(
    database: Open, postgres: EmbeddedPostgres
):
    desired, observed = await database(DESIRED), await database(OBSERVED)
    dsn = await dsn_of(observed, postgres)
    script = diff(await dsn_of(desired, postgres), dsn)
    failed = psql(postgres, dsn, script)
    assert failed.returncode == 3
    assert "could not create unique index" in failed.stderr
    again = psql(postgres, dsn, script)
    assert "has changed since" not in again.stderr
