"""A reading is disturbed by what happens in its own database, and by nothing else on the server."""

from __future__ import annotations

import asyncio

import pytest

from shared.postgres.connection import connect_url
from shared.postgres.names.own_names import OwnNames
from shared.postgres.reading.fingerprint import token_in_transaction
from shared.postgres.reading.moment import Moment, read_until_unchanged
from shared.postgres.reading.sighting import read_tenant
from shared.schema.profile import Profile
from shared.targets import Limits

LONG = Limits(tenant_timeout=120, statement_timeout=120)


async def make(databases, sql: str, database: str) -> None:
    connection = await connect_url(databases.server.dsn(database))
    await connection.execute(sql)
    await connection.close()


@pytest.fixture
def tokens(monkeypatch) -> list[str]:
    """The change tokens that were asked for."""
    asked: list[str] = []

    async def counted(connection):
        asked.append(await token_in_transaction(connection))
        return asked[-1]

    for module in ("moment", "fingerprint"):
        monkeypatch.setattr(f"shared.postgres.reading.{module}.token_in_transaction", counted)
    return asked


def readings(databases, sql: str, database: str = "") -> int:
    """Count how often a database is read whose first reading SQL disturbs, in it or in another database."""

    async def count(connection) -> int:
        here = await connection.fetchval("SELECT current_database()")
        done: list[int] = []

        async def read(moment: Moment) -> None:
            await moment.connection.fetchval("SELECT count(*) FROM pg_class")
            done.append(1)
            if len(done) == 1:
                await make(databases, sql, database or here)

        await read_until_unchanged(connection, LONG, read)
        return len(done)

    return databases.use("CREATE TABLE public.there ()", count)


def test_a_writer_in_another_database_costs_no_second_token(databases, tokens):
    async def read(connection):
        stop = asyncio.Event()

        async def write() -> None:
            other = await connect_url(databases.server.dsn())
            await other.execute("CREATE TEMPORARY TABLE written (a int)")
            while not stop.is_set():
                await other.execute("INSERT INTO written VALUES (1)")
            await other.close()

        writer = asyncio.create_task(write())
        await read_tenant(connection, OwnNames(), Profile(), LONG, with_token=True, is_known=lambda _: False)
        stop.set()
        await writer
        return connection.get_server_version().major

    major = databases.use("CREATE TABLE public.there ()", read)
    assert len(tokens) == (1 if major >= 15 else 2)  # version 14 counts sessions too late to be asked


def test_another_databases_ddl_disturbs_no_reading(databases):
    assert readings(databases, "CREATE TABLE elsewhere (); DROP TABLE elsewhere", "postgres") == 1


@pytest.mark.parametrize(
    "sql", ["CREATE TABLE public.late ()", "DROP TABLE public.there", "COMMENT ON TABLE public.there IS 'late'"]
)
def test_a_session_that_comes_makes_something_and_leaves_is_noticed(databases, sql):
    assert readings(databases, sql) == 2


def test_a_role_that_owns_something_and_is_renamed_from_elsewhere_is_noticed(databases):
    async def count(connection) -> int:
        await connection.execute("CREATE ROLE moment_owner; ALTER TABLE public.there OWNER TO moment_owner")
        done = []

        async def read(moment: Moment) -> None:
            await moment.connection.fetchval("SELECT count(*) FROM pg_class")
            done.append(1)
            if len(done) == 1:
                await make(databases, "ALTER ROLE moment_owner RENAME TO moment_renamed", "postgres")

        await read_until_unchanged(connection, LONG, read)
        await connection.execute("DROP TABLE public.there; DROP ROLE moment_renamed")
        return len(done)

    assert databases.use("CREATE TABLE public.there ()", count) == 2
