"""While online plans are applied a writer and a reader go on: none fails, and none gives up waiting for a lock."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable

import asyncpg
import pytest

from shared.kinds.context import Recipe
from shared.remediation.script import render_script
from tests.integration.remediation.conftest import INSIST, Pair
from tests.integration.remediation.pairs import online

Load = Callable[[str, str], Pair]

GIVE_UP_AFTER_SECONDS = 20
"""A lock that is held for a moment is had in this time on any machine; one held while rows are read is not the question
here: `test_locks_are_said` asks it of each statement."""

WRITES = (
    "INSERT INTO orders (a, former, customer) VALUES ({n} + 100000, 1, 5)",
    "UPDATE orders SET a = a + 1000000 WHERE id = {n} AND a < 1000000",
    "DELETE FROM orders WHERE id = {n} + 10000",
)


def test_a_writer_and_a_reader_go_on_while_keys_are_widened(pair: Load) -> None:
    observed, desired = online.PAIRS["keys and what refers to them"]
    pairs = pair(desired, observed)
    script = render_script(pairs.plan(recipe=Recipe.ONLINE))
    failed, written = asyncio.run(beside_others(pairs, script))
    assert failed == []
    assert pairs.left() == []
    assert sorted(written) == pairs_of_rows(pairs)


async def beside_others(pairs: Pair, script: str) -> tuple[list[str], list[str]]:
    """Run a script beside a writer and a reader.

    Returns:
        The SQLSTATEs that these met, and the rows of the written table as the writer would have them.
    """
    writer, reader, mirror = [await asyncpg.connect(pairs.server.dsn("remedy_observed")) for _ in range(3)]
    running = asyncio.get_running_loop().run_in_executor(None, lambda: pairs.run(script, options=INSIST))
    failed: list[str] = []
    await mirror.execute("CREATE TEMPORARY TABLE mirror AS SELECT id::int8, a::int8 FROM orders")
    try:
        for connection in (writer, reader):
            await connection.execute(f"SET lock_timeout = '{GIVE_UP_AFTER_SECONDS}s'")
        for n in itertools.count(1):
            if running.done():
                break
            for sql in WRITES:
                await attempt(writer, sql.format(n=n), failed)
                await attempt(mirror, mirrored(sql.format(n=n)), failed)
            await attempt(reader, f"SELECT id, a FROM orders WHERE a = {n}", failed)
        rows = await mirror.fetch("SELECT format('%s %s', id, a) FROM mirror")
    finally:
        for connection in (writer, reader, mirror):
            await connection.close()
    done = await running
    assert done.returncode == 0, done.stderr
    return failed, [row[0] for row in rows]


def mirrored(sql: str) -> str:
    """Write what a statement does to the table that only the writer knows."""
    if sql.startswith("INSERT"):
        return "INSERT INTO mirror SELECT max(id), max(a) FILTER (WHERE a < 1000000) FROM orders"
    return sql.replace("orders", "mirror")


async def attempt(connection: asyncpg.Connection, sql: str, failed: list[str]) -> None:
    try:
        await connection.execute(sql)
    except asyncpg.PostgresError as error:
        failed.append(str(error.sqlstate))


def pairs_of_rows(pairs: Pair) -> list[str]:
    return sorted(pairs.ask("SELECT format('%s %s', id, a) FROM orders"))


PLAIN = (
    "CREATE TABLE p (k int, m int) PARTITION BY RANGE (k);CREATE TABLE b PARTITION OF p FOR VALUES FROM (9) TO (20);"
)


@pytest.mark.parametrize("back", [False, True], ids=["comes", "goes"])
def test_others_read_and_write_the_table_while_a_partition_comes_or_goes(pair: Load, *, back: bool) -> None:
    rows = "INSERT INTO a SELECT 1, i FROM generate_series(1, 20000) AS i; INSERT INTO b VALUES (9, 0)"
    ends = (
        f"{PLAIN} CREATE TABLE a (k int, m int); {rows}",
        f"{PLAIN} CREATE TABLE a PARTITION OF p FOR VALUES FROM (0) TO (9); {rows}",
    )
    pairs = pair(*ends) if back else pair(*reversed(ends))
    failed = asyncio.run(beside_users_of(pairs, render_script(pairs.plan())))
    assert failed == []
    assert pairs.left() == []


def test_every_row_gets_a_value_of_its_own_while_others_write(pair: Load) -> None:
    observed, desired = online.PAIRS["columns whose default is another for each row"]
    pairs = pair(desired, observed)
    failed = asyncio.run(beside_users_of(pairs, render_script(pairs.plan(recipe=Recipe.ONLINE)), "t (k)", "1"))
    assert failed == []
    assert pairs.left() == []
    [counts] = pairs.ask("SELECT count(*), count(DISTINCT a), count(b), count(DISTINCT c) FROM t")
    assert len(set(counts.split("|"))) == 1


async def beside_users_of(pairs: Pair, script: str, table: str = "p (k, m)", row: str = "9, 1") -> list[str]:
    """Run a script beside somebody who reads and writes a table; give the SQLSTATEs that it met."""
    connection = await asyncpg.connect(pairs.server.dsn("remedy_observed"))
    running = asyncio.get_running_loop().run_in_executor(None, lambda: pairs.run(script, options=INSIST))
    failed: list[str] = []
    try:
        await connection.execute(f"SET lock_timeout = '{GIVE_UP_AFTER_SECONDS}s'")
        while not running.done():
            await attempt(connection, f"INSERT INTO {table} VALUES ({row})", failed)
            await attempt(connection, f"SELECT count(*) FROM {table.partition(' ')[0]} WHERE k = 9", failed)
    finally:
        await connection.close()
    done = await running
    assert done.returncode == 0, done.stderr
    return failed
