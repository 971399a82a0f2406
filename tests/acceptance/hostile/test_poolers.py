"""Nothing is left behind on a server process that a pooler lends to an application afterwards."""

from __future__ import annotations

import asyncio
import os
import subprocess

import asyncpg
import pytest

from coordinator.apply.script import plan_script
from shared.diff.compare import diff_schemas
from shared.embedded.postgres import EmbeddedPostgres
from shared.hosts import Host
from shared.postgres.connection import TargetError
from shared.postgres.names.own_names import OwnNames
from shared.postgres.reading.introspect import read_snapshot
from shared.postgres.reading.observe import observe
from shared.postgres.writing.apply import open_writer
from shared.remediation.plan import Plan
from shared.remediation.planner import plan_remediation
from shared.schema.profile import Profile
from shared.schema.schema import Snapshot
from shared.targets import Failure, FailureKind, Limits, Observation, ReadRequest
from tests.acceptance.hostile.conftest import TARGET, Pool, clear
from tests.poolers import tiny_pooler
from workers.isolated.readers import Readers

LIMITS = Limits()
TRANSACTION = (("transaction", 1), ("transaction", 3))
SESSION = (("session", 1), ("session", 3))


def read(pool: Pool) -> Observation | Failure:
    try:
        return asyncio.run(observe(pool.host, TARGET, ReadRequest(limits=LIMITS)))
    except TargetError as error:
        return error.failure


def pools(*modes: tuple[str, int]) -> pytest.MarkDecorator:
    """Run a test with pools of these modes and sizes."""
    return pytest.mark.parametrize("pool", modes, indirect=True, ids="{0[0]}-{0[1]}".format)


def direct(server: EmbeddedPostgres) -> Host:
    return Host(name="pooled", address=str(server.socket_dir), port=server.port, user="owner")


def assert_left_as_found(pool: Pool, before: dict[int, str]) -> None:
    """Every process is in the one state in which a new one is."""
    assert len(set(before.values())) == 1
    assert set(pool.states().values()) == set(before.values())


@pools(*TRANSACTION)
def test_a_transaction_pooler_is_unsupported_and_left_as_it_was_found(pool):
    before = pool.states()
    found = read(pool)
    assert isinstance(found, Failure)
    assert found.kind is FailureKind.UNSUPPORTED
    assert found.message.startswith("transaction pooler")
    assert_left_as_found(pool, before)


@pools(*TRANSACTION)
def test_a_transaction_pooler_is_recognised_before_any_other_client_came(pool):
    found = read(pool)
    assert isinstance(found, Failure)
    assert found.message.startswith("transaction pooler")


async def read_url(pool: Pool) -> Snapshot:
    async with Readers(LIMITS) as readers:
        return await readers.snapshot(pool.url, Profile())


@pools(*TRANSACTION)
def test_a_url_that_leads_to_a_transaction_pooler_is_unsupported_and_the_pooler_left_as_it_was_found(pool):
    """`diff`, `snapshot` and `fingerprint` read a URL so."""
    before = pool.states()
    with pytest.raises(TargetError) as caught:
        asyncio.run(read_url(pool))
    assert caught.value.failure.kind is FailureKind.UNSUPPORTED
    assert caught.value.failure.message.startswith("transaction pooler")
    assert_left_as_found(pool, before)


@pools(*SESSION)
def test_a_url_that_leads_to_a_pool_in_session_mode_is_read_and_the_pool_left_as_it_was_found(pool):
    before = pool.states()
    assert any(item.identity.name == "customer" for item in asyncio.run(read_url(pool)).schema)
    assert_left_as_found(pool, before)


@pools(*SESSION)
def test_a_pool_in_session_mode_is_read_as_usual_and_left_as_it_was_found(pool, pooled_server):
    before = pool.states()
    found = read(pool)
    assert isinstance(found, Observation)
    past_it = asyncio.run(observe(direct(pooled_server), TARGET, ReadRequest(limits=LIMITS)))
    assert found == past_it
    assert_left_as_found(pool, before)


def test_a_pool_that_makes_the_second_client_wait_is_in_session_mode(pooled_server):
    with tiny_pooler(pooled_server, "eager session", 1) as port:
        pool = Pool(port, "session", 1)
        found = asyncio.run(observe(pool.host, TARGET, ReadRequest(limits=Limits(connect_timeout=0.5))))
    assert found.rows_scanned > 0


@pools(*SESSION)
def test_a_read_that_breaks_off_leaves_nothing_behind(pool):
    before = pool.states()
    with pytest.raises(TargetError):
        asyncio.run(observe(pool.host, TARGET, ReadRequest(limits=Limits(max_rows=1))))
    assert_left_as_found(pool, before)


@pools(*TRANSACTION, *SESSION)
def test_apply_wants_a_server_process_of_its_own_and_leaves_a_pooler_as_it_was_found(pool):
    before = pool.states()

    async def write() -> None:
        async with open_writer(pool.host, TARGET, Profile(), LIMITS) as writer:
            await writer.claim()

    with pytest.raises(TargetError) as caught:
        asyncio.run(write())
    assert caught.value.failure.kind is FailureKind.UNSUPPORTED
    assert "pooler" in caught.value.failure.message
    assert_left_as_found(pool, before)


@pools(("transaction", 2))
def test_the_application_still_finds_its_tables_after_a_check(pool):
    read(pool)
    before = pool.states()
    for state in before.values():
        assert '"search_path": "\\"$user\\", public"' in state
        assert '"lock_timeout": "0"' in state


def script(server: EmbeddedPostgres, desired: str) -> str:
    """Write the script that makes the tenant what this SQL makes."""

    async def plan() -> Plan:
        admin = await asyncpg.connect(server.dsn())
        await admin.execute("DROP DATABASE IF EXISTS desired")
        await admin.execute("CREATE DATABASE desired TEMPLATE pooled")
        await admin.close()
        made = await asyncpg.connect(server.dsn("desired"), statement_cache_size=0)
        await made.execute(f"SET ROLE owner; {desired}; RESET ROLE")
        seen = await asyncpg.connect(server.dsn("pooled"), statement_cache_size=0)
        wanted, observed = await read_snapshot(made), await read_snapshot(seen)
        await made.close()
        await seen.close()
        return plan_remediation(wanted, observed, diff_schemas(wanted.schema, observed.schema), destructive=True)

    return plan_script(asyncio.run(plan()), OwnNames(), destructive=True, title="")


def psql(server: EmbeddedPostgres, url: str, sql: str, **environment: str) -> subprocess.CompletedProcess[str]:
    argv = [str(server.binaries / "psql"), "-X", "-q", "-f", "-", url]
    return subprocess.run(
        argv, input=sql, capture_output=True, text=True, check=False, timeout=60, env={**os.environ, **environment}
    )


CONCURRENTLY = "CREATE INDEX by_name ON customer (name)"


@pools(*TRANSACTION, *SESSION)
def test_a_script_that_wants_settings_of_a_session_stops_at_a_pooler_and_leaves_it_as_it_was_found(pool, pooled_server):
    text = script(pooled_server, CONCURRENTLY)
    before = pool.states()
    done = psql(pooled_server, pool.url, text)
    assert done.returncode != 0
    assert_left_as_found(pool, before)


def test_a_script_that_wants_settings_of_a_session_connects_anew_past_poolers(pooled_server):
    clear(pooled_server)
    text = script(pooled_server, CONCURRENTLY)
    done = psql(pooled_server, pooled_server.dsn("pooled", "owner"), text, PGOPTIONS="-c work_mem=1MB")
    assert done.returncode == 0, done.stderr
    after = psql(pooled_server, pooled_server.dsn("pooled"), r"\di by_name")
    assert "by_name" in after.stdout


@pools(*TRANSACTION, *SESSION)
def test_a_script_of_transactions_leaves_a_pooler_as_it_was_found(pool, pooled_server):
    text = script(pooled_server, "ALTER TABLE customer ADD age int; CREATE VIEW names AS SELECT name FROM customer")
    before = pool.states()
    done = psql(pooled_server, pool.url, text)
    assert done.returncode == 0, done.stderr
    assert_left_as_found(pool, before)
