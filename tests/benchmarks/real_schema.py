"""A real schema: no drift from itself, and random changes of it are found, planned, proven, applied.

`python -m tests.benchmarks.real_schema SCHEMA.sql [SEED …]`, where SCHEMA.sql is what `pg_dump --schema-only` gives of
a project. None is kept here. Everything goes through the command line and psql, as people do it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import asyncpg

from shared.embedded.postgres import Cage, EmbeddedPostgres, wheel_binaries

CHANGES = 20
_CANDIDATES = (Path(__file__).parent / "real_schema_changes.sql").read_text()
_FLEETDRIFT = Path(sys.executable).parent / "fleetdrift"
_PSQL = wheel_binaries() / "psql"
_EXTENSION = re.compile(r'^CREATE EXTENSION (?:IF NOT EXISTS )?"?([\w-]+)"?(?: WITH SCHEMA "?(\w+)"?)?', re.MULTILINE)
_ROLE = "owner_of_it"


def main(schema: Path, seeds: list[int]) -> int:
    """Run the experiment once for each seed; the exit code is 1 when something went wrong."""
    good = _same(schema, str(schema), "from itself")
    with EmbeddedPostgres(in_memory=True, cage=Cage()) as server:  # with stand-ins, as a tenant has the real ones
        for seed in seeds:
            asyncio.run(_prepare(server, schema.read_text(), seed))
            url = server.dsn(f"live_{seed}", _ROLE)
            _load(url, schema, seed)
            good = _same(schema, url, f"seed {seed}, as loaded") and good
            good = _round(schema, url, asyncio.run(_change(url, seed)), seed) and good
    return 0 if good else 1


def _same(schema: Path, other: str, what: str) -> bool:
    started = time.perf_counter()
    code, said = _diff(schema, other)
    print(f"{what}: {'no difference' if not code else said} ({time.perf_counter() - started:.1f} s)")
    return not code


def _diff(schema: Path, other: str, *output: str) -> tuple[int, str]:
    argv = [str(_FLEETDRIFT), "diff", str(schema), other, "--all", *output]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


async def _prepare(server: EmbeddedPostgres, text: str, seed: int) -> None:
    """Make a database with the extensions of a schema, for a role that owns it and is no superuser."""
    admin = await asyncpg.connect(server.dsn())
    with contextlib.suppress(asyncpg.DuplicateObjectError):
        await admin.execute(f"CREATE ROLE {_ROLE} LOGIN")
    await admin.execute(f"CREATE DATABASE live_{seed} OWNER {_ROLE}")
    await admin.close()
    admin = await asyncpg.connect(server.dsn(f"live_{seed}"))
    for extension, namespace in _EXTENSION.findall(text):
        where = f'"{namespace or "public"}"'
        await admin.execute(f"CREATE SCHEMA IF NOT EXISTS {where} AUTHORIZATION {_ROLE}")
        await admin.execute(f'CREATE EXTENSION IF NOT EXISTS "{extension}" SCHEMA {where} CASCADE')
    await admin.close()


def _load(url: str, schema: Path, seed: int) -> None:
    argv = [str(_PSQL), "--quiet", "--no-psqlrc", "--file", str(schema), url]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    refused = [line for line in done.stderr.splitlines() if "ERROR" in line and "owner of extension" not in line]
    print(f"seed {seed}: loaded, refused: {refused or 'nothing'}")


async def _change(url: str, seed: int) -> list[tuple[str, str]]:
    """Change a database at random; give what each change is about, and its statement."""
    connection = await asyncpg.connect(url)
    candidates = await connection.fetch(_CANDIDATES)
    made: list[tuple[str, str]] = []
    for row in random.Random(seed).sample(candidates, len(candidates)):  # an experiment
        with contextlib.suppress(asyncpg.PostgresError):
            await connection.execute(row["statement"])
            made.append((row["about"], row["statement"]))
        if len(made) == CHANGES:
            break
    await connection.close()
    return made


def _round(schema: Path, url: str, made: list[tuple[str, str]], seed: int) -> bool:
    started = time.perf_counter()
    _, told = _diff(schema, url)
    words = re.sub(r"\s+", " ", told)
    lost = [statement for about, statement in made if about not in words]
    proven = "Remediation, proven" in told
    _, script = _diff(schema, url, "--output", "sql")
    print(f"seed {seed}: {len(made)} changes, not found: {lost or 'none'}; proven: {proven}")
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "plan.sql").write_text(script)
        argv = [str(_PSQL), "--quiet", "--no-psqlrc", "--file", "plan.sql", url]
        applied = subprocess.run(argv, capture_output=True, text=True, check=False, cwd=folder, env={**os.environ})
    if applied.returncode:
        print(f"seed {seed}: the script ends with {applied.stderr.strip()[-500:]}")
    again = _same(schema, url, f"seed {seed}, after the plan")
    print(f"seed {seed}: {time.perf_counter() - started:.1f} s")
    if lost or not proven or applied.returncode or not again:
        print("\n".join(statement for _, statement in made))
    return not lost and proven and not applied.returncode and again


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve(), [int(seed) for seed in sys.argv[2:]] or [1]))
