"""The SQL that `fleetdrift diff` prints: psql brings the database to what is declared, or changes nothing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from coordinator.apply.script import is_about_own_names, plan_script
from shared.diff.changes import ChangeKind
from shared.diff.compare import diff_schemas
from shared.embedded.postgres import EmbeddedPostgres
from shared.postgres.names.own_names import OwnNames
from shared.postgres.reading.introspect import read_snapshot
from shared.remediation.guarding import make_guard
from shared.remediation.plan import Plan, Statement
from shared.schema.identity import ObjectId
from shared.schema.profile import Profile
from tests.integration.apply.conftest import Open, psql

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
    await observed.execute("DELETE FROM t WHERE a = 2")
    again = psql(postgres, dsn, script)
    assert again.returncode == 0, again.stderr
    assert diff(await dsn_of(desired, postgres), dsn) == ""


async def test_a_script_about_a_namespace_changes_and_guards_the_tenants_own(
    database: Open, postgres: EmbeddedPostgres
):
    tables = 'CREATE SCHEMA one; CREATE TABLE one.t (a int); CREATE SCHEMA "T""wo"; CREATE TABLE "T""wo".t (a int)'
    tenants, desired = await database(tables), await database("CREATE SCHEMA x; CREATE TABLE x.t (a int, b int)")
    is_now, should_be = await read_snapshot(tenants, namespace="one"), await read_snapshot(desired, namespace="x")
    column = ObjectId(kind="column", namespace="{tenant}", parent="t", name="b")
    add = Statement(sql='ALTER TABLE "{tenant}"."t" ADD COLUMN "b" integer', object=column, change=ChangeKind.MISSING)
    diff = diff_schemas(should_be.schema, is_now.schema)
    plan = Plan(desired="d", observed="o", statements=(add,))
    plan = plan.with_guards(make_guard(is_now, should_be, diff, plan.statements, Profile()))
    assert is_about_own_names(plan)
    dsn = await dsn_of(tenants, postgres)
    for namespace in ("one", 'T"wo'):
        done = psql(postgres, dsn, plan_script(plan, OwnNames(namespace=namespace), destructive=False, title=""))
        assert done.returncode == 0, done.stderr
        assert (await read_snapshot(tenants, namespace=namespace)).schema == should_be.schema
    await tenants.execute("ALTER TABLE one.t ADD COLUMN surprise int")
    refused = psql(postgres, dsn, plan_script(plan, OwnNames(namespace="one"), destructive=False, title=""))
    assert "Different: column one.t.surprise" in refused.stderr
