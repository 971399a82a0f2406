"""What happens on the tenant: a stage takes effect whole or not at all, and only on the schema that was checked."""

from __future__ import annotations

import asyncio
import contextlib

import asyncpg
import pytest

from shared.diff.changes import ChangeKind
from shared.hosts import Host
from shared.kinds.step import Role
from shared.postgres.connection import TargetError
from shared.postgres.reading.introspect import read_snapshot
from shared.postgres.writing import apply
from shared.postgres.writing.apply import (
    SchemaMovedError,
    StatementError,
    built_alone,
    invalid_indexes,
    open_writer,
    without_indexes,
)
from shared.remediation.plan import Statement
from shared.remediation.stages import Stage
from shared.schema.identity import ObjectId, QualifiedName
from shared.schema.profile import Profile
from shared.schema.relations import Column
from shared.targets import FailureKind, Limits
from tests.integration.apply.conftest import LIMITS, Open, target_of

pytestmark = pytest.mark.anyio

ROWS = "CREATE TABLE t (a int, b int); INSERT INTO t VALUES (1, 1), (1, 2)"
INDEX = ObjectId(kind="index", namespace="public", name="i")


def stage(*sql: str, transactional: bool = True, lock_timeout_ms: int = 300) -> Stage:
    return Stage(
        tuple(
            Statement(
                sql=text,
                object=INDEX,
                change=ChangeKind.MISSING,
                role=Role.CREATE,
                transactional=transactional,
                lock_timeout_ms=lock_timeout_ms,
            )
            for text in sql
        ),
        transactional,
    )


CONCURRENTLY = stage("CREATE UNIQUE INDEX CONCURRENTLY i ON public.t (a)", transactional=False)


async def columns(connection: asyncpg.Connection) -> list[str]:
    rows = await connection.fetch(
        "SELECT attname FROM pg_attribute WHERE attrelid = 'public.t'::regclass AND attnum > 0 AND NOT attisdropped"
    )
    return [row["attname"] for row in rows]


async def test_a_stage_takes_effect_whole_or_not_at_all(database: Open, host: Host):
    tenant = await database(ROWS)
    async with open_writer(host, await target_of(tenant), Profile(), LIMITS) as writer:
        await writer.run(stage("ALTER TABLE public.t ADD c int", "ALTER TABLE public.t ADD d int"))
        assert await columns(tenant) == ["a", "b", "c", "d"]
        with pytest.raises(StatementError, match='column "a" of relation "t" already exists') as caught:
            await writer.run(stage("ALTER TABLE public.t ADD e int", "ALTER TABLE public.t ADD a int"))
        assert (caught.value.sqlstate, caught.value.transient) == ("42701", False)
        assert await columns(tenant) == ["a", "b", "c", "d"]
        await writer.run(stage("ALTER TABLE public.t ADD e int"))
        assert await columns(tenant) == ["a", "b", "c", "d", "e"]


async def test_what_only_the_commit_refuses_has_no_effect_either(database: Open, host: Host):
    tenant = await database("CREATE TABLE t (a int UNIQUE DEFERRABLE INITIALLY DEFERRED)")
    async with open_writer(host, await target_of(tenant), Profile(), LIMITS) as writer:
        with pytest.raises(StatementError, match="duplicate key value"):
            await writer.run(stage("INSERT INTO public.t VALUES (1), (1)", "COMMENT ON TABLE public.t IS 'x'"))
        await writer.run(stage("INSERT INTO public.t VALUES (1)"))
    assert await tenant.fetchval("SELECT count(*) FROM t") == 1


@pytest.mark.parametrize("work", [stage("ALTER TABLE public.t ADD c int"), CONCURRENTLY], ids=["inside", "outside"])
async def test_a_schema_that_moved_after_it_was_checked_is_left_alone(database: Open, host: Host, work: Stage):
    tenant = await database("CREATE TABLE t (a int, b int)")
    async with open_writer(host, await target_of(tenant), Profile(), LIMITS) as writer:
        _, token = await writer.snapshot()
        await tenant.execute("CREATE VIEW v AS SELECT 1")
        with pytest.raises(SchemaMovedError):
            await writer.run(work, token)
        assert await columns(tenant) == ["a", "b"]
        _, token = await writer.snapshot()
        await writer.run(work, token)


async def test_rows_that_come_and_go_do_not_move_the_schema(database: Open, host: Host):
    tenant = await database(ROWS)
    async with open_writer(host, await target_of(tenant), Profile(), LIMITS) as writer:
        _, token = await writer.snapshot()
        await tenant.execute("INSERT INTO t SELECT n, n FROM generate_series(1, 1000) n")
        await tenant.execute("VACUUM ANALYZE t")
        await writer.run(stage("ALTER TABLE public.t ADD c int"), token)
    assert await columns(tenant) == ["a", "b", "c"]


async def test_a_lock_that_is_not_to_be_had_is_worth_another_try(database: Open, host: Host):
    tenant = await database(ROWS)
    async with open_writer(host, await target_of(tenant), Profile(), LIMITS) as writer:
        async with tenant.transaction():
            await tenant.execute("LOCK TABLE t IN ACCESS SHARE MODE")
            with pytest.raises(StatementError, match="canceling statement due to lock timeout") as caught:
                await writer.run(stage("ALTER TABLE public.t ADD c int", lock_timeout_ms=50))
            assert caught.value.transient
        await writer.run(stage("ALTER TABLE public.t ADD c int"))


async def test_the_index_that_a_failed_concurrent_build_leaves_is_found_and_dropped(database: Open, host: Host):
    tenant = await database(ROWS)
    async with open_writer(host, await target_of(tenant), Profile(), LIMITS) as writer:
        before, _ = await writer.snapshot()
        with pytest.raises(StatementError, match="could not create unique index"):
            await writer.run(CONCURRENTLY)
        after, _ = await writer.snapshot()
        left = invalid_indexes(after, built_alone((CONCURRENTLY,)))
        assert left == (QualifiedName("public", "i"),)
        assert without_indexes(after, left).schema == before.schema
        await writer.drop_invalid_index(left[0])
        assert (await writer.snapshot())[0].schema == before.schema


async def test_an_invalid_index_of_somebody_elses_is_not_ours_to_drop(database: Open, host: Host):
    tenant = await database(ROWS + "; CREATE INDEX other ON t (b)")
    await tenant.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'other'::regclass")
    async with open_writer(host, await target_of(tenant), Profile(), LIMITS) as writer:
        snapshot, _ = await writer.snapshot()
    assert invalid_indexes(snapshot, built_alone((CONCURRENTLY,))) == ()


async def test_two_applies_do_not_work_on_one_tenant(database: Open, host: Host):
    target = await target_of(await database(ROWS))
    async with open_writer(host, target, Profile(), LIMITS) as first:
        assert await first.claim()
        async with open_writer(host, target, Profile(), LIMITS) as second:
            assert not await second.claim()
    async with open_writer(host, target, Profile(), LIMITS) as third:
        assert await third.claim()


async def test_a_superuser_is_refused_unless_the_user_insists(database: Open, host: Host):
    tenant = await database(ROWS)
    superuser = Host(name="main", address=host.address, port=host.port, user="postgres")
    with pytest.raises(TargetError, match="superuser") as caught:
        async with open_writer(superuser, await target_of(tenant), Profile(), LIMITS):
            pass
    assert caught.value.failure.kind is FailureKind.UNSAFE_ROLE
    async with open_writer(superuser, await target_of(tenant), Profile(), Limits(allow_unsafe_role=True)) as writer:
        await writer.run(stage("ALTER TABLE public.t ADD c int"))


async def test_nothing_of_the_tenants_own_settings_reaches_a_statement(database: Open, host: Host):
    tenant = await database("CREATE SCHEMA trap; CREATE TABLE t (a timestamptz)")
    name = await tenant.fetchval("SELECT current_database()")
    for setting in ("search_path = trap, public", "default_transaction_read_only = on", "TimeZone = 'Asia/Tokyo'"):
        await tenant.execute(f"ALTER DATABASE {name} SET {setting}")
    await tenant.execute("CREATE FUNCTION trap.now() RETURNS timestamptz LANGUAGE sql AS 'SELECT NULL::timestamptz'")
    async with open_writer(host, await target_of(tenant), Profile(), LIMITS) as writer:
        await writer.run(stage("ALTER TABLE public.t ALTER a SET DEFAULT now()", "INSERT INTO public.t DEFAULT VALUES"))
        await writer.run(stage("ALTER TABLE public.t ALTER a SET DEFAULT '2001-01-01 00:00'"))
    assert await tenant.fetchval("SELECT a IS NOT NULL FROM t")
    column = (await read_snapshot(tenant)).schema.by_identity()[
        ObjectId(kind="column", namespace="public", parent="t", name="a")
    ]
    assert isinstance(column, Column)
    assert column.default == "'2001-01-01 00:00:00+00'::timestamp with time zone"


async def test_a_plan_about_a_namespace_changes_the_tenants_own(database: Open, host: Host):
    tenant = await database('CREATE SCHEMA "Te""n"; CREATE TABLE "Te""n".t (a int); CREATE TABLE t (a int)')
    async with open_writer(host, await target_of(tenant, 'Te"n'), Profile(), LIMITS) as writer:
        await writer.run(stage('ALTER TABLE "{tenant}"."t" ADD b int'))
        snapshot, _ = await writer.snapshot()
    names = {(item.namespace, item.name) for item in snapshot.schema if item.kind == "column"}
    assert names == {("{tenant}", "a"), ("{tenant}", "b")}
    assert await columns(tenant) == ["a"]


STATE = """
SELECT (SELECT json_object_agg(name, setting ORDER BY name)::text FROM pg_settings),
    (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid())
"""
FAILING = stage("CREATE INDEX CONCURRENTLY i ON public.nowhere (a)", transactional=False)
WORKING = stage("CREATE INDEX CONCURRENTLY i ON public.t (a)", transactional=False)


@pytest.mark.parametrize("work", [WORKING, FAILING, stage("SELECT 1"), stage("SELECT 1/0")])
async def test_the_session_is_as_it_was_found(database: Open, host: Host, monkeypatch, work: Stage):
    tenant = await database(ROWS)
    target = await target_of(tenant)
    connection = await asyncpg.connect(host=host.address, port=host.port, user=host.user, database=target.database)
    before = await connection.fetchrow(STATE)

    async def connected(*_: object) -> asyncpg.Connection:
        return connection

    async def left_open(_: asyncpg.Connection) -> None:
        pass

    monkeypatch.setattr(apply, "connect_directly", connected)
    monkeypatch.setattr(apply, "close", left_open)
    with contextlib.suppress(StatementError):
        async with open_writer(host, target, Profile(), LIMITS) as writer:
            assert await writer.claim()
            await writer.run(work)
    assert await connection.fetchrow(STATE) == before
    await connection.close()


async def test_a_statement_outside_of_transactions_that_is_cancelled_leaves_no_lock(database: Open, host: Host):
    tenant = await database(ROWS)
    target = await target_of(tenant)
    await tenant.execute("BEGIN; LOCK TABLE t IN SHARE UPDATE EXCLUSIVE MODE")

    async def work() -> None:
        async with open_writer(host, target, Profile(), LIMITS) as writer:
            assert await writer.claim()
            await writer.run(stage(WORKING.statements[0].sql, transactional=False, lock_timeout_ms=60_000))

    with pytest.raises(TimeoutError):
        await asyncio.wait_for(work(), 0.5)
    await tenant.execute("ROLLBACK")
    async with open_writer(host, target, Profile(), LIMITS) as writer:
        assert await writer.claim(5.0)


async def test_a_detaching_that_was_broken_off_is_finished(database: Open, host: Host):
    tenant = await database(
        "CREATE TABLE t (a int) PARTITION BY RANGE (a); CREATE TABLE p PARTITION OF t FOR VALUES FROM (0) TO (9)"
    )
    target = await target_of(tenant)
    statement = Statement(
        sql='ALTER TABLE "public"."t" DETACH PARTITION "public"."p" CONCURRENTLY',
        object=ObjectId(kind="table", namespace="public", name="p"),
        change=ChangeKind.ALTERED,
        transactional=False,
        lock_timeout_ms=300,
    )
    detaching = Stage((statement,), transactional=False)
    await tenant.execute("BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT FROM t")
    async with open_writer(host, target, Profile(), LIMITS) as writer:
        with pytest.raises(StatementError) as caught:
            await writer.run(detaching)
        assert caught.value.transient
        await tenant.execute("ROLLBACK")
        await writer.run(detaching)
    assert await tenant.fetchval("SELECT NOT relispartition FROM pg_class WHERE oid = 'p'::regclass")
