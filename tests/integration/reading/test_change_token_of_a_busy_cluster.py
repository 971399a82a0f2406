"""What happens elsewhere in the cluster moves no tenant's change token."""

from __future__ import annotations

import asyncio

import pytest

from shared.postgres.connection import connect_url
from shared.postgres.reading.fingerprint import read_change_token


@pytest.fixture
def tenant(postgres):
    """A database of its own, and a way to run SQL in it or beside it."""

    async def make(sql: str, database: str = "postgres") -> None:
        connection = await connect_url(postgres.dsn(database))
        await connection.execute(sql)
        await connection.close()

    async def token() -> str:
        connection = await connect_url(postgres.dsn("token_tenant"))
        try:
            return await read_change_token(connection)
        finally:
            await connection.close()

    asyncio.run(make("CREATE DATABASE token_tenant"))
    asyncio.run(make("CREATE ROLE token_owner; CREATE TABLE t (); ALTER TABLE t OWNER TO token_owner", "token_tenant"))

    def after(*statements: tuple[str, ...]) -> str:
        for statement in statements:
            asyncio.run(make(*statement))
        return asyncio.run(token())

    yield after
    asyncio.run(make("DROP DATABASE token_tenant"))
    asyncio.run(make("DROP ROLE IF EXISTS token_owner, token_renamed"))


def test_roles_databases_and_settings_of_others_do_not_move_it(tenant):
    before = tenant()
    after = tenant(
        ("CREATE ROLE token_stranger",),
        ("CREATE DATABASE token_other",),
        ("ALTER DATABASE token_other SET work_mem = '8MB'",),
        ("DROP DATABASE token_other",),
        ("DROP ROLE token_stranger",),
    )
    assert after == before


def test_a_renamed_owner_and_a_setting_of_the_database_move_it(tenant):
    first = tenant()
    second = tenant(("ALTER ROLE token_owner RENAME TO token_renamed",))
    third = tenant(("ALTER DATABASE token_tenant SET work_mem = '8MB'",))
    assert len({first, second, third}) == 3
