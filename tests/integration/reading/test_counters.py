"""Equal counters of a database say that its catalogs were not written to, as far as sessions have handed in."""

from __future__ import annotations

import asyncio

from shared.postgres.reading.counters import read_counters, read_counters_alone
from shared.targets import Limits
from tests.integration.reading.test_reading_truths import CHANGES
from tests.integration.reading.test_server_sign import (
    LONGEST_WAIT_SECONDS,
    SCANNER,
    Signs,
    databases_of,
    old,
    possible,
    signs,
)

__all__ = ["old", "signs"]

MIGRATIONS = "CREATE TABLE _sqlx_migrations (version bigint, success boolean)"
MIGRATED = "INSERT INTO _sqlx_migrations VALUES (1, true)"
"""What a migration tool writes down is read too."""


async def counters(signs: Signs, database: str) -> str:
    return await read_counters_alone(signs.host(SCANNER), database, Limits())


async def counters_now(signs: Signs, database: str) -> str:
    """Wait until no session is in a transaction."""
    async with asyncio.timeout(LONGEST_WAIT_SECONDS):
        while not (found := await counters(signs, database)):  # noqa: ASYNC110  # the server has no event for it
            await asyncio.sleep(0.02)
    return found


async def gone(signs: Signs, database: str) -> None:
    """Wait until every session has left a database."""
    async with signs.session() as admin, asyncio.timeout(LONGEST_WAIT_SECONDS):
        sessions = "SELECT count(*) FROM pg_stat_activity WHERE datname = $1"
        while await admin.fetchval(sessions, database):  # noqa: ASYNC110  # the server has no event for it
            await asyncio.sleep(0.02)


def test_each_statement_moves_the_counters_or_they_say_nothing(signs, old):
    """While the session that changed something is in a transaction, and when it is gone."""
    if old:
        return

    async def matrix() -> list[tuple[str, str]]:
        unseen = []
        changes = [*await possible(signs, CHANGES), MIGRATED]
        async with databases_of(signs, len(changes)) as names:
            for change, database in zip(changes, names, strict=True):
                if change == MIGRATED:
                    async with signs.session(database) as maker:
                        await maker.execute(MIGRATIONS)
                    await gone(signs, database)
                before = await counters_now(signs, database)
                async with signs.session(database) as session:
                    await session.execute(change)
                    await session.execute("BEGIN; SELECT 1")
                    if await counters(signs, database):
                        unseen.append((change, "in a transaction"))
                    await session.execute("COMMIT")
                await gone(signs, database)
                if await counters_now(signs, database) == before:
                    unseen.append((change, "gone"))
        return unseen

    assert asyncio.run(matrix()) == []


def test_what_an_idle_session_did_is_counted_after_a_while(signs, old):
    if old:
        return

    async def idle() -> None:
        async with databases_of(signs, 1) as [database]:
            before = await counters_now(signs, database)
            async with signs.session(database) as session, asyncio.timeout(LONGEST_WAIT_SECONDS):
                await session.execute("ALTER TABLE t ADD added int")
                while await counters(signs, database) == before:  # noqa: ASYNC110  # the server has no event for it
                    await asyncio.sleep(0.5)

    asyncio.run(idle())


def test_rows_of_tenants_do_not_move_the_counters(signs, old):
    if old:
        return

    async def noise() -> list[str]:
        unexpected = []
        async with databases_of(signs, 1) as [database]:
            before = await counters_now(signs, database)
            for statement in (
                "INSERT INTO p VALUES (1)",
                "UPDATE p SET r = 2",
                "DELETE FROM p",
                "ANALYZE",
                "VACUUM",
                "SELECT nextval('s')",
            ):
                async with signs.session(database) as session:
                    await session.execute(statement)
                await gone(signs, database)
                if await counters_now(signs, database) != before:
                    unexpected.append(statement)
        return unexpected

    assert asyncio.run(noise()) == []


def test_a_server_before_15_has_no_counters_that_prove_anything(signs, old):
    async def read() -> str:
        async with signs.session() as session:
            return await read_counters(session)

    assert bool(asyncio.run(read())) != old
