"""While a plan replaces an index or a key, writers meet it all the time, and wait for nothing longer than a swap."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import asyncpg
import pytest

from shared.remediation.script import render_script
from tests.integration.remediation.conftest import Pair

Load = Callable[[str, str], Pair]

ROWS = "INSERT INTO t SELECT i, i FROM generate_series(1, 20000) AS i"
KEYED = "CREATE TABLE t (a int, b int, CONSTRAINT k UNIQUE (a){}); CREATE TABLE r (a int REFERENCES t (a));"
REPLACED = {
    "index": (
        f"CREATE TABLE t (a int, b int NOT NULL); CREATE UNIQUE INDEX i ON t (a, (b > 0)); {ROWS}",
        f"CREATE TABLE t (a int, b int NOT NULL); CREATE UNIQUE INDEX i ON t (a); {ROWS}",
    ),
    "primary key": (
        f"CREATE TABLE t (a int, b int NOT NULL, CONSTRAINT k PRIMARY KEY (a, b)); {ROWS}",
        f"CREATE TABLE t (a int, b int NOT NULL, CONSTRAINT k PRIMARY KEY (a)); {ROWS}",
    ),
    "primary key by another of another name": (
        f"CREATE TABLE t (a int, b int NOT NULL, CONSTRAINT other PRIMARY KEY (a, b)); {ROWS}",
        f"CREATE TABLE t (a int, b int NOT NULL, CONSTRAINT k PRIMARY KEY (a)); {ROWS}",
    ),
    "unique index by one of another name": (
        f"CREATE TABLE t (a int, b int NOT NULL); CREATE UNIQUE INDEX j ON t (a, b); {ROWS}",
        f"CREATE TABLE t (a int, b int NOT NULL); CREATE UNIQUE INDEX i ON t (a); {ROWS}",
    ),
    "unique index by a constraint of its name": (
        f"CREATE TABLE t (a int, b int NOT NULL, CONSTRAINT i UNIQUE (a)); {ROWS}",
        f"CREATE TABLE t (a int, b int NOT NULL); CREATE UNIQUE INDEX i ON t (a); {ROWS}",
    ),
    "constraint by a unique index of another name": (
        f"CREATE TABLE t (a int, b int NOT NULL); CREATE UNIQUE INDEX j ON t (a); {ROWS}",
        f"CREATE TABLE t (a int, b int NOT NULL, CONSTRAINT i UNIQUE (a)); {ROWS}",
    ),
    "key of a foreign key": (
        f"{KEYED.format(' INCLUDE (b)')} {ROWS}",
        f"{KEYED.format('')} {ROWS}",
    ),
}


@pytest.mark.parametrize("what", REPLACED)
def test_no_duplicate_gets_in_while_it_is_replaced(pair: Load, what: str) -> None:
    pairs = pair(*REPLACED[what])
    script = render_script(pairs.plan(), destructive=True)
    outcomes = asyncio.run(beside_a_writer(pairs, script))
    assert set(outcomes) == {"23505"}
    assert pairs.left() == []


async def beside_a_writer(pairs: Pair, script: str) -> list[str]:
    """Run a script while a row that is there is written again and again; give what each try came to."""
    connection = await asyncpg.connect(pairs.server.dsn("remedy_observed"))
    await connection.execute("SET lock_timeout = '5s'")
    running = asyncio.get_running_loop().run_in_executor(None, pairs.run, script)
    outcomes: list[str] = []
    try:
        while not running.done():
            try:
                await connection.execute("INSERT INTO t VALUES (1, 1)")
                outcomes.append("written")
            except asyncpg.PostgresError as error:
                outcomes.append(str(error.sqlstate))
            await asyncio.sleep(0.001)
    finally:
        await connection.close()
    done = await running
    assert done.returncode == 0, done.stderr
    return outcomes
