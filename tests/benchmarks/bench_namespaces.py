"""Namespaces of one database: what each costs however many there are, beside a loop of `pg_dump -n`, in one run."""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import time

import msgspec

from shared.embedded.postgres import EmbeddedPostgres
from shared.hosts import Host
from shared.postgres.connection import connect_url
from shared.postgres.reading.observe_namespaces import observe_namespaces
from shared.targets import MAX_NAMESPACES_TOGETHER, Limits, Observation, ReadRequest, Sighting, Target

TABLES = 5
SIZES = (10, 200, 1000, 2000)
RUNS_OF_EACH_MEASURE = 3
DUMPED = 6  # namespaces that pg_dump reads, each in a process of its own
STATEMENTS_AT_ONCE = 500
LIMITS = Limits(allow_unsafe_role=True, tenant_timeout=600, statement_timeout=300)

GROWTH = 1.3
"""A namespace among 2,000 may cost so many times what one among 10 costs."""

SECOND_AFTER_FIRST, FIRST_AFTER_DUMP, SECOND_AFTER_DUMP = 8, 20, 150
"""How many times faster, with 200 namespaces: the second scan than the first, and each than a loop of `pg_dump -n`."""


class Costs(msgspec.Struct, frozen=True):
    """Milliseconds for each namespace of a database: of the first scan, of the second, and of `pg_dump -n`."""

    first: float
    second: float
    dump: float


def script(namespaces: int) -> list[str]:
    """Make tables of 11 columns, a key, a foreign key, a check and an index."""
    statements = []
    columns = ", ".join(f"c{number} text DEFAULT 'x{number}'" for number in range(9))
    for namespace in range(namespaces):
        name = f"t{namespace:05}"
        statements.append(f"CREATE SCHEMA {name}")
        for table in range(TABLES):
            above = f"{name}.a{max(0, table - 1)}"
            keys = f"id bigserial PRIMARY KEY, {columns}, parent bigint REFERENCES {above}, CHECK (c1 <> '')"
            statements += [f"CREATE TABLE {name}.a{table} ({keys})", f"CREATE INDEX ON {name}.a{table} (c0)"]
    return statements


async def make(server: EmbeddedPostgres, database: str, namespaces: int) -> None:
    """Make a database of so many namespaces."""
    admin = await connect_url(server.dsn())
    await admin.execute(f"CREATE DATABASE {database}")
    await admin.close()
    maker = await connect_url(server.dsn(database))
    statements = script(namespaces)
    for start in range(0, len(statements), STATEMENTS_AT_ONCE):
        await maker.execute(";".join(statements[start : start + STATEMENTS_AT_ONCE]))
    await maker.execute("ANALYZE")
    await maker.close()


async def scan(host: Host, targets: list[Target], wanted: ReadRequest, earlier: dict[str, Sighting]) -> float:
    """Read all namespaces as a worker does, one piece of work after the other; give milliseconds for each."""
    started = time.perf_counter()
    for start in range(0, len(targets), MAX_NAMESPACES_TOGETHER):
        some = targets[start : start + MAX_NAMESPACES_TOGETHER]
        seen = await observe_namespaces(host, some, wanted, {t.tenant: earlier.get(t.tenant, Sighting()) for t in some})
        for tenant, result in seen.items():
            assert isinstance(result, Observation), result
            earlier[tenant] = result.sighting or earlier[tenant]
    return 1000 * (time.perf_counter() - started) / len(targets)


def dump(server: EmbeddedPostgres, database: str, targets: list[Target]) -> float:
    """Dump some namespaces, one after the other; give milliseconds for each."""
    started = time.perf_counter()
    for target in targets[:DUMPED]:
        argv = [server.binaries / "pg_dump", "--schema-only", "-n", target.namespace, server.dsn(database)]
        subprocess.run([str(part) for part in argv], check=True, stdout=subprocess.DEVNULL)
    return 1000 * (time.perf_counter() - started) / DUMPED


async def measure(server: EmbeddedPostgres, namespaces: int) -> Costs:
    """Give the lowest costs of interleaved rounds."""
    database = f"bench_{namespaces}"
    await make(server, database, namespaces)
    host = Host(name="bench", address=str(server.socket_dir), port=server.port)
    names = [f"t{number:05}" for number in range(namespaces)]
    targets = [Target(tenant=name, host="bench", database=database, namespace=name) for name in names]
    rounds: list[Costs] = []
    for _ in range(RUNS_OF_EACH_MEASURE):
        earlier: dict[str, Sighting] = {}
        first = await scan(host, targets, ReadRequest(limits=LIMITS), earlier)
        known = frozenset(seen.fingerprint for seen in earlier.values())
        assert len(known) == 1, "equal namespaces have one shape"
        second = await scan(host, targets, ReadRequest(limits=LIMITS, known=known), earlier)
        rounds.append(Costs(first, second, dump(server, database, targets)))
    columns = zip(*(msgspec.structs.astuple(costs) for costs in rounds), strict=True)
    return Costs(*(min(column) for column in columns))


def main() -> int:
    """Print a line per size and per bar; 1 when one was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    sizes = parser.parse_args().sizes
    costs: dict[int, Costs] = {}
    with EmbeddedPostgres(in_memory=True) as server:
        for size in sizes:
            costs[size] = each = asyncio.run(measure(server, size))
            print(
                f"{size:5} namespaces of {TABLES} tables, ms each: first {each.first:6.2f}   second {each.second:5.2f}"
                f"   pg_dump -n {each.dump:7.1f}",
                flush=True,
            )
    small, large = costs[min(sizes)], costs[max(sizes)]
    middle = costs[sorted(sizes)[1]] if len(sizes) > 1 else small
    bars = (
        ("first scan, each among the most ÷ among the fewest", large.first / small.first, -GROWTH),
        ("second scan, each among the most ÷ among the fewest", large.second / small.second, -GROWTH),
        ("first ÷ second", middle.first / middle.second, SECOND_AFTER_FIRST),
        ("pg_dump -n ÷ first", middle.dump / middle.first, FIRST_AFTER_DUMP),
        ("pg_dump -n ÷ second", middle.dump / middle.second, SECOND_AFTER_DUMP),
    )
    missed = 0
    for name, ratio, bar in bars:
        kept = ratio <= -bar if bar < 0 else ratio >= bar
        missed += not kept
        sign = "≤" if bar < 0 else "≥"
        print(f"{name:55} {ratio:7.2f}   bar {sign} {abs(bar):g}   {'kept' if kept else 'MISSED'}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
