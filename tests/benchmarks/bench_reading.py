"""Reading a database of 100 tables and 400 indexes, as ratios to `pg_dump --schema-only` in the same run."""

from __future__ import annotations

import asyncio
import subprocess
import time
from collections.abc import Awaitable, Callable

from shared.embedded.postgres import EmbeddedPostgres
from shared.hosts import Host
from shared.postgres.connection import close, connect_tenant, connect_url
from shared.postgres.reading.fingerprint import read_change_token
from shared.postgres.reading.introspect import read_snapshot
from shared.targets import Limits
from tests.fingerprints import read_fingerprint

TABLES = 100
ROUNDS = 25
BARS = {"fingerprint": 5, "change token": 15}
"""How many times faster than pg_dump each has to be."""


def script() -> str:
    """Make tables of 11 columns, a key, a foreign key, a check and four indexes, one of them an expression's."""
    columns = ", ".join(f"c{number} text DEFAULT 'x{number}'" for number in range(9))
    statements = []
    for number in range(TABLES):
        statements.append(
            f"CREATE TABLE t{number} (id bigserial PRIMARY KEY, {columns}, "
            f"parent bigint REFERENCES t{max(number - 1, 0)}, CHECK (c1 <> ''))"
        )
        statements += [
            f"CREATE INDEX ON t{number} (c0)",
            f"CREATE INDEX ON t{number} (c1, c2)",
            f"CREATE INDEX ON t{number} (c3) INCLUDE (c4)",
            f"CREATE INDEX ON t{number} (lower(c5)) WHERE c5 IS NOT NULL",
        ]
    return ";\n".join(statements)


async def measure(server: EmbeddedPostgres) -> dict[str, float]:
    """Give the shortest seconds of each reading; interleaved, so that a noisy machine disturbs all alike."""
    maker = await connect_url(server.dsn())
    await maker.execute(script())
    await maker.execute("ANALYZE")
    await maker.close()
    host = Host(name="bench", address=str(server.socket_dir), port=server.port)
    limits = Limits(allow_unsafe_role=True)
    connection = await connect_tenant(host, "postgres", limits)

    async def dump() -> None:
        argv = [server.binaries / "pg_dump", "--schema-only", server.dsn()]
        subprocess.run([str(part) for part in argv], check=True, stdout=subprocess.DEVNULL)  # noqa: ASYNC221  # nothing else runs

    async def cold(read: Callable[..., Awaitable[object]]) -> None:
        other = await connect_tenant(host, "postgres", limits)
        await read(other, limits=limits)
        await close(other)

    readings: dict[str, Callable[[], Awaitable[object]]] = {
        "pg_dump": dump,
        "change token": lambda: read_change_token(connection, limits=limits),
        "fingerprint": lambda: read_fingerprint(connection, limits=limits),
        "change token, new connection": lambda: cold(read_change_token),
        "fingerprint, new connection": lambda: cold(read_fingerprint),
        "snapshot": lambda: read_snapshot(connection, limits=limits),
    }
    shortest = dict.fromkeys(readings, float("inf"))
    for _ in range(ROUNDS):
        for name, reading in readings.items():
            started = time.perf_counter()
            await reading()
            shortest[name] = min(shortest[name], time.perf_counter() - started)
    await close(connection)
    return shortest


def main() -> None:
    """Print one line per reading."""
    with EmbeddedPostgres(in_memory=True) as server:
        times = asyncio.run(measure(server))
    print(f"{TABLES} tables, {4 * TABLES} indexes; the shortest of {ROUNDS} interleaved runs")
    for name, seconds in times.items():
        bar = f" (bar: {BARS[name]})" if name in BARS else ""
        print(
            f"{name:29} {1000 * seconds:7.1f} ms   pg_dump takes {times['pg_dump'] / seconds:5.1f} times as long{bar}"
        )


if __name__ == "__main__":
    main()
