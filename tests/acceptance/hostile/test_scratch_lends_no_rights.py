"""Naming a role gives a tenant no rights on the scratch server, and leaves nothing there for the next tenant."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest

from shared.embedded.postgres import EmbeddedPostgres
from shared.postgres.connection import connect_url
from shared.postgres.scratch import ScratchError, ScratchServer

_NAMES_IT = "CREATE TABLE t (a int); GRANT SELECT ON t TO hostile_door"
_RUNS_A_PROGRAM = "CREATE TABLE out (line text); COPY out FROM PROGRAM 'id'"


@pytest.fixture(scope="module")
def scratch(postgres: EmbeddedPostgres) -> ScratchServer:
    return ScratchServer(postgres.dsn())


@asynccontextmanager
async def administrator(server: EmbeddedPostgres) -> AsyncIterator[asyncpg.Connection]:
    admin = await connect_url(server.dsn())
    try:
        yield admin
    finally:
        await admin.close()


@pytest.mark.parametrize(
    "rights",
    [
        "GRANT pg_execute_server_program TO hostile_door",
        "GRANT pg_execute_server_program TO hostile_between; GRANT hostile_between TO hostile_door",
        "ALTER ROLE hostile_between SUPERUSER; GRANT hostile_between TO hostile_door",
        "ALTER ROLE hostile_between CREATEROLE; GRANT hostile_between TO hostile_door",
    ],
)
def test_a_role_that_can_do_harm_by_membership_is_not_lent(postgres, scratch, rights):
    async def attack() -> bool:
        async with administrator(postgres) as admin:
            await admin.execute(f"CREATE ROLE hostile_door; CREATE ROLE hostile_between; {rights}")
            try:
                async with scratch.database() as database:
                    await database.run([_NAMES_IT])
                    with pytest.raises(ScratchError, match="permission denied"):
                        await database.run([f"SET ROLE hostile_door; {_RUNS_A_PROGRAM}"])
                    with pytest.raises(ScratchError, match="permission denied"):
                        await database.run([_RUNS_A_PROGRAM.replace("out", "other")])
                return await admin.fetchval("SELECT count(*) FROM pg_roles WHERE rolname ^@ 'hostile_'")
            finally:
                await admin.execute("DROP ROLE hostile_door; DROP ROLE hostile_between")

    assert asyncio.run(attack()) == 2, "roles that are there for another reason stay"


def test_a_role_that_owns_a_database_is_not_lent(postgres, scratch):
    async def attack() -> None:
        async with administrator(postgres) as admin:
            await admin.execute("CREATE ROLE hostile_door")
            await admin.execute("CREATE DATABASE hostile_door OWNER hostile_door")
            try:
                async with scratch.database() as database:
                    await database.run([_NAMES_IT])
                    with pytest.raises(ScratchError, match="must be owner of database"):
                        await database.run(["ALTER DATABASE hostile_door SET search_path = evil"])
            finally:
                await admin.execute("DROP DATABASE hostile_door")
                await admin.execute("DROP ROLE hostile_door")

    asyncio.run(attack())


def test_names_stay_as_long_as_any_database_uses_them(postgres, scratch):
    async def run() -> tuple[int, int, int]:
        async with administrator(postgres) as admin:
            count = "SELECT count(*) FROM pg_roles WHERE rolname = 'hostile_door'"
            async with scratch.database() as first:
                await first.run([_NAMES_IT])
                async with scratch.database() as second:
                    await second.run([_NAMES_IT])
                one_left = await admin.fetchval(count)
                await first.run(["ALTER TABLE t OWNER TO hostile_door"])
            none_left = await admin.fetchval(count)
            await asyncio.gather(*(_named_once(scratch) for _ in range(8)))
            return one_left, none_left, await admin.fetchval(count)

    assert asyncio.run(run()) == (1, 0, 0)


async def _named_once(scratch: ScratchServer) -> None:
    async with scratch.database() as database:
        await database.run([_NAMES_IT, "ALTER TABLE t OWNER TO hostile_door"])


def test_names_that_a_killed_process_left_are_dropped(postgres, scratch):
    async def run() -> int:
        async with administrator(postgres) as admin:
            await admin.execute(
                "CREATE ROLE hostile_left; COMMENT ON ROLE hostile_left IS 'made by fleetdrift for scratch databases'"
            )
            await _named_once(scratch)
            return await admin.fetchval("SELECT count(*) FROM pg_roles WHERE rolname ^@ 'hostile_'")

    assert asyncio.run(run()) == 0
