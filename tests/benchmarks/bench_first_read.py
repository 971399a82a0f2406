"""Where the processor time of a first read goes, question by question, on the side of the server.

Each read makes its connection anew, as a scan does; the caller knows the schema, so no rows follow the fingerprint.
The kernel tells what a server process has used (`/proc/PID/schedstat`): neither client nor waiting is in the figures.
`python -m tests.benchmarks.bench_first_read large` reads 100 tables and 500 indexes instead of 5 and 15.
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg

from shared.embedded.postgres import EmbeddedPostgres
from shared.hosts import Host
from shared.postgres.connection import connect_url
from shared.postgres.reading.observe import observe
from shared.targets import ReadRequest, Sighting, Target
from tests.benchmarks import bench_reading

READS = 40
SMALL_TABLES = 5
ROLE = "bench_scanner"
QUESTIONS = {
    "pg_roles": "role and process",
    "pg_stat_get_tuples": "counters",
    "pg_stat_get_activity": "who else is connected",
    "set_config": "settings",
    "x.seed": "change token",
    "AS asked(kind": "kinds that there are",
    "AS hash": "fingerprint",
    "AS quiet": "quiet since",
    "has_table_privilege": "version tables",
    "pg_locks": "migration locks",
}
"""What is in a statement → what it asks; all others begin and end transactions."""

METHODS = ("execute", "fetch", "copy_from_query")
"""Of a connection: all that send statements."""

Spent = dict[str, list[float]]


def used_ms(process: int) -> float:
    """Give the milliseconds of processor time that a process has used."""
    return int(Path(f"/proc/{process}/schedstat").read_text().split()[0]) / 1e6


def name_of(statement: str) -> str:
    """Say what a statement asks."""
    return next((name for part, name in QUESTIONS.items() if part in statement), "BEGIN and COMMIT")


def watch(spent: Spent) -> None:
    """Have every statement of this process add what it costs its server to `spent`."""
    seen: set[int] = set()
    for method in METHODS:
        original: Callable[..., Awaitable[Any]] = getattr(asyncpg.Connection, method)

        async def measured(
            self: asyncpg.Connection, query: str, *args: Any, original: Any = original, **options: Any
        ) -> Any:
            process = self.get_server_pid()
            before = used_ms(process)
            if process not in seen:
                seen.add(process)
                spent["connect"].append(before)
            answer = await original(self, query, *args, **options)
            spent[name_of(query)].append(used_ms(process) - before)
            return answer

        setattr(asyncpg.Connection, method, measured)


def script(*, large: bool) -> str:
    """Make the tables of `bench_reading`, or few of them as in `bench_fleet`."""
    if large:
        return bench_reading.script()
    return ";".join(
        f"CREATE TABLE t{number} (id bigserial PRIMARY KEY, a text NOT NULL DEFAULT 'x', b int CHECK (b > 0));"
        f"CREATE INDEX ON t{number} (a); CREATE INDEX ON t{number} (b) WHERE b > 10"
        for number in range(SMALL_TABLES)
    )


async def measure(server: EmbeddedPostgres, *, large: bool) -> None:
    """Read for the first time again and again, then print what each question cost a read, in their order."""
    owner = await connect_url(server.dsn())
    await owner.execute(f"CREATE ROLE {ROLE} LOGIN;" + script(large=large))
    await owner.execute("ANALYZE")
    await owner.close()
    host = Host(name="main", address=str(server.socket_dir), port=server.port, user=ROLE)
    target = Target(tenant="t", host="main", database="postgres")
    first = await observe(host, target, ReadRequest(earlier=Sighting()))
    names = {first.statement: first.fingerprint}
    again = await observe(host, target, ReadRequest(earlier=first.sighting, known={first.fingerprint}, names=names))
    for title, earlier in (("a first read", Sighting()), ("a glance: the token is the same", again.sighting)):
        request = ReadRequest(earlier=earlier, known={first.fingerprint}, names=names)
        await report(title, partial(observe, host, target, request))


async def report(title: str, read: Callable[[], Awaitable[object]]) -> None:
    """Print what one kind of read costs."""
    spent: Spent = defaultdict(list)
    originals = {name: getattr(asyncpg.Connection, name) for name in METHODS}
    watch(spent)
    walls, clients = [], []
    try:
        for _ in range(READS):
            began, used = time.perf_counter(), time.process_time()
            await read()
            walls.append(1000 * (time.perf_counter() - began))
            clients.append(1000 * (time.process_time() - used))
    finally:
        for name, original in originals.items():
            setattr(asyncpg.Connection, name, original)
    each = {name: statistics.median(costs) * len(costs) / READS for name, costs in spent.items()}
    print(f"{title}: {statistics.median(walls):.1f} ms, of the client's processor {statistics.median(clients):.1f} ms")
    for name, cost in each.items():
        print(f"   {name:22} {cost:6.2f} ms")
    print(f"   {'server in all':22} {sum(each.values()):6.2f} ms", flush=True)


def main() -> None:
    """Measure one size."""
    with EmbeddedPostgres(in_memory=True) as server:
        asyncio.run(measure(server, large="large" in sys.argv[1:]))


if __name__ == "__main__":
    main()
