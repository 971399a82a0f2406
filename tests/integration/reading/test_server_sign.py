"""An equal sign is believed only where it is: after each statement the sign of a database has moved, or is in doubt."""

from __future__ import annotations

import asyncio
import contextlib
import os
import secrets
import signal
from collections.abc import AsyncIterator, Iterator

import asyncpg
import pytest

from shared.embedded.postgres import EmbeddedPostgres
from shared.hosts import Host
from shared.postgres.reading.observe import observe
from shared.postgres.reading.server_sign import (
    OLDEST_WITH_SIGN,
    DatabaseSign,
    ServerSign,
    read_server_sign,
)
from shared.targets import Limits, ReadRequest, Target
from tests.integration.reading.test_reading_truths import BEFORE_CHANGES, CHANGES, SINCE
from tests.servers import server_binaries

SCANNER, WATCHER = "sign_scanner", "sign_watcher"
LONGEST_WAIT_SECONDS = 90
SHARED = (
    "ALTER DATABASE {database} SET work_mem = '5MB'",
    "ALTER ROLE sign_owner IN DATABASE {database} SET work_mem = '5MB'",
    "ALTER DATABASE {database} OWNER TO sign_owner",
    "ALTER DATABASE {database} CONNECTION LIMIT 50",
    "REVOKE TEMPORARY ON DATABASE {database} FROM PUBLIC",
    "ALTER ROLE sign_owner RENAME TO sign_owned",
    "GRANT sign_group TO sign_scanner",
    "ALTER DATABASE {database} RENAME TO {database}_b; ALTER DATABASE {database}_b RENAME TO {database}",
)
"""Changes of what all databases share that change what is read of one, or by whom."""
ROWS = (
    "INSERT INTO t VALUES (7, 'x')",
    "WITH x AS (INSERT INTO t VALUES (8, 'x') RETURNING a) UPDATE t SET b = 'y'; UPDATE t SET b = 'z'; DELETE FROM t",
    "TRUNCATE t CASCADE",
    "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'i'::regclass",
    "BEGIN; CREATE TABLE gone (a int); ROLLBACK; INSERT INTO t VALUES (9, 'x')",
    "BEGIN; SAVEPOINT x; CREATE TABLE kept (a int); ROLLBACK TO x; DROP VIEW v; COMMIT",
)


class Signs:
    """Reads the signs of one server, as a role that may do nothing, or as one that sees what sessions do."""

    def __init__(self, server: EmbeddedPostgres) -> None:
        self.server = server

    def host(self, role: str = SCANNER) -> Host:
        return Host(
            name="main", address=str(self.server.socket_dir), port=self.server.port, user=role, max_connections=4
        )

    async def server_sign(self, role: str = SCANNER) -> ServerSign:
        return await read_server_sign(self.host(role), "postgres", Limits())

    async def of(self, database: str, role: str = SCANNER) -> DatabaseSign:
        return (await self.server_sign(role)).databases[database]

    async def without_doubt(self, database: str, role: str = SCANNER) -> DatabaseSign:
        """Wait until every session has left, or has been idle for long enough."""
        async with asyncio.timeout(LONGEST_WAIT_SECONDS):
            while (sign := await self.of(database, role)).doubt:  # noqa: ASYNC110  # the server has no event for it
                await asyncio.sleep(0.02)
        return sign

    async def connect(self, database: str = "postgres") -> asyncpg.Connection:
        return await asyncpg.connect(self.server.dsn(database), statement_cache_size=0)

    @contextlib.asynccontextmanager
    async def session(self, database: str = "postgres") -> AsyncIterator[asyncpg.Connection]:
        connection = await self.connect(database)
        try:
            yield connection
        finally:
            await connection.close()


def moved(before: DatabaseSign, after: DatabaseSign) -> bool:
    return (before.identity, before.written) != (after.identity, after.written)


async def make_roles(signs: Signs) -> None:
    async with signs.session() as admin:
        for role in (SCANNER, WATCHER, "sign_owner", "sign_group"):
            with contextlib.suppress(asyncpg.DuplicateObjectError):
                await admin.execute(f"CREATE ROLE {role} LOGIN")
        await admin.execute(f"GRANT pg_read_all_stats TO {WATCHER}")


@pytest.fixture(scope="session")
def signs(memory_server: EmbeddedPostgres) -> Signs:
    found = Signs(memory_server)
    asyncio.run(make_roles(found))
    return found


@pytest.fixture(scope="session")
def old(pytestconfig: pytest.Config) -> bool:
    return pytestconfig.getoption("server_major") < OLDEST_WITH_SIGN // 10000


@pytest.fixture
def own_server(pytestconfig: pytest.Config) -> Iterator[Signs]:
    """A server that a test may kill."""
    binaries = server_binaries(pytestconfig.getoption("server_major"))
    with EmbeddedPostgres(
        binaries, in_memory=True, settings=("max_prepared_transactions=5", "synchronous_commit=on")
    ) as server:
        found = Signs(server)
        asyncio.run(make_roles(found))
        yield found


@contextlib.asynccontextmanager
async def databases_of(signs: Signs, count: int) -> AsyncIterator[list[str]]:
    """Make equal databases with something of everything in them."""
    name = f"sign_{secrets.token_hex(3)}"
    async with signs.session() as admin:
        await admin.execute(f"CREATE DATABASE {name} TEMPLATE template0")
        async with signs.session(name) as maker:
            await maker.execute(BEFORE_CHANGES)
        names = [f"{name}_{number}" for number in range(count)]
        version = int(await admin.fetchval("SHOW server_version_num"))
        strategy = "STRATEGY FILE_COPY" if version >= OLDEST_WITH_SIGN else ""
        for each in names:
            await admin.execute(f"CREATE DATABASE {each} TEMPLATE {name} {strategy}")
    try:
        yield names
    finally:
        async with signs.session() as admin:  # a test may have ended the earlier one with its server
            for each in (name, *names):
                await admin.execute(f"DROP DATABASE IF EXISTS {each} WITH (FORCE)")


async def possible(signs: Signs, changes: tuple[str, ...]) -> list[str]:
    async with signs.session() as admin:
        major = admin.get_server_version().major
    return [each for each in changes if all(major >= SINCE[part] for part in SINCE if part in each)]


def test_a_server_before_15_has_no_sign(signs, old):
    sign = asyncio.run(signs.server_sign())
    assert bool(sign.doubt) == old
    assert bool(sign.databases) != old


def test_each_statement_moves_the_sign_or_leaves_it_in_doubt(signs, old):
    """In a session that stays open idle, in one that stays in a transaction, and in one that is gone."""
    if old:
        return

    async def matrix() -> list[tuple[str, str]]:
        unseen = []
        changes = await possible(signs, (*CHANGES, *ROWS))
        async with databases_of(signs, len(changes)) as names:
            for change, database in zip(changes, names, strict=True):
                before = await signs.without_doubt(database)
                session = await signs.connect(database)
                await session.execute(change)
                idle = await signs.of(database)
                await session.execute("BEGIN; SELECT 1")
                in_transaction = await signs.of(database)
                await session.execute("COMMIT")
                await session.close()
                gone = await signs.without_doubt(database)
                unseen += [(change, "idle")] * (not idle.doubt and not moved(before, idle))
                unseen += [(change, "in a transaction")] * (
                    not in_transaction.doubt and not moved(before, in_transaction)
                )
                unseen += [(change, "gone")] * (not moved(before, gone))
        return unseen

    assert asyncio.run(matrix()) == []


def test_a_session_that_is_idle_for_long_has_handed_its_counters_in(signs, old):
    """Of a role that sees the state of sessions; while it is in a transaction, or idle for a moment, there is doubt."""
    if old:
        return

    async def idle() -> tuple[list[str], list[str], list[str]]:
        changes = (await possible(signs, (*CHANGES, *ROWS)))[::4]
        async with databases_of(signs, len(changes)) as names:
            before = {name: await signs.without_doubt(name, WATCHER) for name in names}
            sessions = [await signs.connect(name) for name in names]
            try:
                for session, change in zip(sessions, changes, strict=True):
                    await session.execute(change)
                    await session.execute("BEGIN; SELECT 1")
                seen = (await signs.server_sign(WATCHER)).databases
                believed = [name for name in names if not seen[name].doubt]
                for session in sessions:
                    await session.execute("COMMIT")
                seen = (await signs.server_sign(WATCHER)).databases
                believed += [name for name in names if not seen[name].doubt]
                unseen = [
                    change
                    for name, change in zip(names, changes, strict=True)
                    if not moved(before[name], await signs.without_doubt(name, WATCHER))
                ]
                others = [name for name in names if not (await signs.of(name, SCANNER)).doubt]
            finally:
                for session in sessions:
                    await session.close()
        return believed, unseen, others

    believed, unseen, others = asyncio.run(idle())
    assert (believed, unseen) == ([], [])
    assert others == []  # a role that sees no state never believes


def test_what_the_shared_catalogs_say_moves_the_sign_at_once(signs, old):
    if old:
        return

    async def shared() -> list[str]:
        unseen = []
        async with databases_of(signs, 1) as [database], signs.session() as admin:
            async with signs.session(database) as maker:
                await maker.execute("ALTER TABLE t OWNER TO sign_owner")
            for change in SHARED:
                before = await signs.without_doubt(database)
                for statement in change.format(database=database).split("; "):
                    await admin.execute(statement)
                if not moved(before, await signs.without_doubt(database)):
                    unseen.append(change)
            await admin.execute("ALTER ROLE sign_owned RENAME TO sign_owner; REVOKE sign_group FROM sign_scanner")
        return unseen

    assert asyncio.run(shared()) == []


def test_what_changes_no_schema_does_not_move_the_sign(signs, old):
    """Reading, our own too; maintenance; what happens in other databases; roles that have nothing to do with it."""
    if old:
        return

    async def noise() -> list[str]:
        unexpected = []
        async with databases_of(signs, 2) as [database, other]:
            async with signs.session(database) as session:
                await session.execute("VACUUM ANALYZE")
            before = await signs.without_doubt(database)
            for statement in (
                "SELECT count(*) FROM pg_class",
                "VACUUM (FREEZE) t",
                "VACUUM (FREEZE) pg_class",
                "CHECKPOINT",
                "SELECT nextval('s')",
                f"CREATE ROLE role_{secrets.token_hex(4)}",
            ):
                async with signs.session(database) as session:
                    await session.execute(statement)
                if moved(before, await signs.without_doubt(database)):
                    unexpected.append(statement)
            async with signs.session(other) as session:
                await session.execute("CREATE TABLE elsewhere (a int)")
            target = Target(tenant="t", host="main", database=database)
            await observe(signs.host(), target, ReadRequest())
            if moved(before, await signs.without_doubt(database)):
                unexpected.append("our own reading, or a change elsewhere")
        return unexpected

    assert asyncio.run(noise()) == []


def test_counters_that_are_set_back_are_no_equal_sign(signs, old):
    if old:
        return

    async def reset() -> None:
        async with databases_of(signs, 1) as [database]:
            for statement in (
                "SELECT pg_stat_reset()",
                "SELECT pg_stat_reset_single_table_counters('pg_class'::regclass)",
                "SELECT pg_stat_reset_shared('bgwriter')",
                "SELECT pg_reload_conf()",
            ):
                before = await signs.without_doubt(database)
                async with signs.session(database) as session:
                    await session.execute(statement)
                async with asyncio.timeout(LONGEST_WAIT_SECONDS):
                    while not moved(before, await signs.without_doubt(database)):  # noqa: ASYNC110  # the server has no event for it
                        await asyncio.sleep(0.1)

    asyncio.run(reset())


@pytest.mark.parametrize("where", ["DATABASE {database}", "ROLE sign_owner", "ROLE sign_owner IN DATABASE {database}"])
def test_where_nobody_counts_there_is_no_sign_or_a_doubt(signs, old, where):
    if old:
        return

    async def uncounted() -> tuple[bool, bool]:
        async with databases_of(signs, 1) as [database], signs.session() as admin:
            place = where.format(database=database)
            await admin.execute(f"ALTER {place} SET track_counts = off")
            try:
                sign = await signs.server_sign()
            finally:
                await admin.execute(f"ALTER {place} RESET track_counts")
            return bool(sign.doubt or sign.databases[database].doubt), bool((await signs.of(database)).doubt)

    assert asyncio.run(uncounted()) == (True, False)


def test_a_prepared_transaction_moves_the_sign_when_it_is_committed(own_server, old):
    """Also when the server has lost all that it counted in between."""
    if old:
        return

    async def prepared() -> None:
        async with databases_of(own_server, 1) as [database]:
            for crash in (False, True):
                session = await own_server.connect(database)
                await session.execute(f"BEGIN; CREATE TABLE two_{crash} (a int); PREPARE TRANSACTION 'x'")
                await session.close()
                if crash:
                    await lose_a_process(own_server)
                before = await own_server.without_doubt(database)
                session = await own_server.connect(database)
                await session.execute("COMMIT PREPARED 'x'")
                during = await own_server.of(database)
                await session.close()
                assert during.doubt or moved(before, during)
                assert moved(before, await own_server.without_doubt(database))

    asyncio.run(prepared())


async def lose_a_process(signs: Signs) -> None:
    """Kill a session's process: the server ends all others and recovers, without a start of its own."""
    victim, other = await signs.connect(), await signs.connect()
    os.kill(await victim.fetchval("SELECT pg_backend_pid()"), signal.SIGKILL)
    victim.terminate()
    with contextlib.suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        await other.execute("SELECT pg_sleep(60)")  # ends when the server ends its sessions
    other.terminate()
    await back(signs)


async def back(signs: Signs) -> None:
    async with asyncio.timeout(LONGEST_WAIT_SECONDS):
        while True:
            with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):
                async with signs.session() as session:
                    await session.fetchval("SELECT 1")
                return
            await asyncio.sleep(0.05)


def test_a_server_that_lost_a_process_counts_anew_and_its_sign_says_so(own_server, old):
    """The counters and the start of the server are the same before and after."""
    if old:
        return

    async def crash() -> None:
        async with databases_of(own_server, 1) as [database]:
            await lose_a_process(own_server)
            async with own_server.session(database) as session:
                await session.execute("CREATE TABLE first (a int)")
            before = await own_server.without_doubt(database)
            await lose_a_process(own_server)
            async with own_server.session(database) as session:
                await session.execute("CREATE TABLE other (a int)")
            after = await own_server.without_doubt(database)
            assert before.written == after.written
            assert before.identity != after.identity

    asyncio.run(crash())


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGINT])
def test_a_server_that_was_started_again_has_another_sign(own_server, old, how):
    if old:
        return
    own_server.server.keep_running(lambda: None)

    async def restart() -> None:
        before = await own_server.without_doubt("postgres")
        postmaster = int((own_server.server.socket_dir / "data" / "postmaster.pid").read_text().split()[0])
        os.kill(postmaster, how)
        await asyncio.sleep(0.2)
        await back(own_server)
        assert (await own_server.of("postgres")).identity != before.identity

    asyncio.run(restart())


def test_a_standby_has_no_sign(own_server, old):
    if old:
        return
    server = own_server.server
    server.keep_running(lambda: None)
    (server.socket_dir / "data" / "standby.signal").touch()
    os.kill(int((server.socket_dir / "data" / "postmaster.pid").read_text().split()[0]), signal.SIGINT)

    async def look() -> ServerSign:
        await asyncio.sleep(0.2)
        await back(own_server)
        return await own_server.server_sign()

    sign = asyncio.run(look())
    assert (sign.doubt, dict(sign.databases)) == ("the server is a standby", {})
