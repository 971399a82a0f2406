"""How long a writer and a reader wait while careful plans are applied, beside a statement that one writes by hand.

`python -m tests.benchmarks` runs it. Each way is taken several times, and of its longest waits the shortest counts:
what a busy machine adds to one run is no lock. The exit code is 1 when a careful plan is not better by its bar.
"""

from __future__ import annotations

import asyncio
import itertools
import subprocess
import sys
import time

import asyncpg

from shared.diff.compare import diff_schemas
from shared.embedded.postgres import EmbeddedPostgres
from shared.postgres.connection import connect_url
from shared.postgres.reading.introspect import read_snapshot
from shared.remediation.planner import plan_remediation
from shared.remediation.script import render_script
from shared.schema.profile import Profile
from shared.schema.schema import Snapshot
from tests.benchmarks.waits import ROWS, WAITED, Waited

TIMED_REPETITIONS = 3
BAR = 2.0
"""So many times shorter must the longest wait of writer or reader be than beside the statement written by hand."""
_BEFORE_SECONDS = 0.1  # writer and reader are at work when the change begins
_BASE, _DESIRED, _COPY = "waits_base", "waits_desired", "waits_copy"


def main() -> int:
    """Print one line for each plan; give 1 when one is below the bar."""
    print(
        f"{ROWS:,} rows; the longest wait in ms of {TIMED_REPETITIONS} rounds' best; "
        f"bar: {BAR:g} times shorter than by hand"
    )
    print(f"{'change':28}{'by hand: writer':>17}{'reader':>9}{'plan: writer':>14}{'reader':>9}{'ratio':>8}")
    below = 0
    with EmbeddedPostgres(in_memory=True) as server:
        for waited in WAITED:
            ratio = measured(server, waited)
            below += ratio < BAR
    print(f"{below} of {len(WAITED)} plans are below the bar")
    return 1 if below else 0


def measured(server: EmbeddedPostgres, waited: Waited) -> float:
    """Measure both ways of one change, print them, and give how many times shorter the plan's longest wait is."""
    script = planned(server, waited)
    rounds: dict[str, list[tuple[float, float]]] = {"hand": [], "plan": []}
    for _ in range(TIMED_REPETITIONS):
        for way, sql in (("hand", f"BEGIN; {waited.naive}; COMMIT;"), ("plan", script)):
            run(server, "postgres", f"DROP DATABASE IF EXISTS {_COPY} WITH (FORCE);")
            run(server, "postgres", f"CREATE DATABASE {_COPY} TEMPLATE {_BASE};")
            rounds[way].append(asyncio.run(waits_beside(server, waited, sql)))
    hand, plan = (min(each, key=max) for each in (rounds["hand"], rounds["plan"]))
    ratio = max(hand) / max(plan)
    shown = "".join(f"{1000 * value:{width}.1f}" for value, width in zip((*hand, *plan), (17, 9, 14, 9), strict=True))
    print(f"{waited.name:28}{shown}{ratio:8.1f}", flush=True)
    return ratio


def planned(server: EmbeddedPostgres, waited: Waited) -> str:
    """Make both databases, fill the observed one, and write the plan as a script."""
    for name, sql in ((_BASE, waited.observed), (_DESIRED, waited.desired)):
        run(server, "postgres", f"DROP DATABASE IF EXISTS {name} WITH (FORCE);")
        run(server, "postgres", f"CREATE DATABASE {name} TEMPLATE template0;")
        run(server, name, sql)
    desired, observed = (asyncio.run(read(server, name)) for name in (_DESIRED, _BASE))
    run(server, _BASE, f"{waited.rows} VACUUM ANALYZE;")
    diff = diff_schemas(desired.schema, observed.schema)
    return render_script(plan_remediation(desired, observed, diff, destructive=True, recipe=waited.recipe))


async def read(server: EmbeddedPostgres, name: str) -> Snapshot:
    """Read the schema of a database."""
    connection = await connect_url(server.dsn(name))
    try:
        return await read_snapshot(connection, profile=Profile())
    finally:
        await connection.close()


async def waits_beside(server: EmbeddedPostgres, waited: Waited, sql: str) -> tuple[float, float]:
    """Run SQL beside a writer and a reader; give the longest wait of each in seconds."""
    over = asyncio.Event()
    busy = [asyncio.create_task(longest(server, each, over)) for each in (waited.writes, waited.reads)]
    other = asyncio.create_task(reads_for(server, waited))
    await asyncio.sleep(_BEFORE_SECONDS)
    await asyncio.to_thread(run, server, _COPY, sql)
    over.set()
    writer, reader = await asyncio.gather(*busy)
    await other
    return writer, reader


async def longest(server: EmbeddedPostgres, sql: str, over: asyncio.Event) -> float:
    """Run a statement over and over until it is over; give the longest time that one took, in seconds."""
    connection = await asyncpg.connect(server.dsn(_COPY))
    try:
        found = 0.0
        for count in itertools.count():
            if over.is_set():
                return found
            began = time.perf_counter()
            await connection.execute(sql.replace("$1::int4", str(count)))
            found = max(found, time.perf_counter() - began) if count else 0.0  # the first one fills caches
            await asyncio.sleep(0.001)
    finally:
        await connection.close()
    raise AssertionError("the count has no end")


async def reads_for(server: EmbeddedPostgres, waited: Waited) -> None:
    """Hold a transaction that has read the table, where the change asks for one."""
    if not waited.others_read_for:
        return
    connection = await asyncpg.connect(server.dsn(_COPY))
    try:
        async with connection.transaction():
            await connection.execute("SELECT count(*) FROM p")
            await asyncio.sleep(waited.others_read_for)
    finally:
        await connection.close()


def run(server: EmbeddedPostgres, database: str, sql: str) -> None:
    """Run SQL by psql.

    Raises:
        RuntimeError: When a statement fails; holds psql's words.
    """
    argv = [str(server.binaries / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1", "-v", "run_tenant_code_as_superuser=1"]
    done = subprocess.run(
        [*argv, "-f", "-", server.dsn(database)], input=sql, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(done.stderr)


if __name__ == "__main__":
    sys.exit(main())
