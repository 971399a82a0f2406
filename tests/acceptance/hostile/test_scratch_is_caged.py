"""Whatever a shape does on the scratch server: memory and disk are bounded, and a crash costs that shape alone."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator

import msgspec
import pytest

from shared.analysis.pipeline import CRASHED, analyse
from shared.analysis.request import AnalysisRequest
from shared.embedded.postgres import Cage, EmbeddedPostgres
from shared.postgres.connection import connect_url
from shared.postgres.scratch import ScratchError, ScratchLimitError, ScratchServer, compile_spec
from shared.postgres.scratch.budget import Budget
from shared.postgres.scratch.database import ScratchDatabase
from shared.schema.profile import Profile
from shared.schema.schema import Declaration, Origin, Spec, SpecSource

_MEGABYTE = 1024**2
_TAKES_MEMORY = """DO $$ DECLARE a text[]; BEGIN
    FOR i IN 1..3000 LOOP a := array_append(a, repeat('x', 1000000) || i); END LOOP;
END $$"""
_TAKES_DISK = """DO $$ BEGIN
    FOR i IN 1..100000 LOOP
        INSERT INTO public.t SELECT repeat(md5(i::text), 200) FROM generate_series(1, 100);
    END LOOP;
END $$"""


@pytest.fixture(scope="module")
def caged() -> Iterator[EmbeddedPostgres]:
    with EmbeddedPostgres(in_memory=True, cage=Cage(memory_bytes=768 * _MEGABYTE)) as server:
        yield server


@pytest.fixture(scope="module")
def scratch(caged: EmbeddedPostgres) -> ScratchServer:
    return ScratchServer(caged.dsn(), budget=Budget(disk_bytes=64 * _MEGABYTE, look_every_seconds=0.1))


async def runs(scratch: ScratchServer, *statements: str) -> None:
    async with scratch.database() as database:
        await database.run(statements)


def test_a_statement_that_takes_too_much_memory_is_ended_and_the_server_lives(scratch):
    with pytest.raises(ScratchError, match="out of memory"):
        asyncio.run(runs(scratch, _TAKES_MEMORY))
    asyncio.run(runs(scratch, "SELECT 1"))


def test_rows_that_were_never_committed_count_and_a_database_that_grows_is_ended(scratch, caged):
    with pytest.raises(ScratchLimitError, match="it took more than 64 MB of disk"):
        asyncio.run(
            runs(
                scratch, "CREATE TABLE public.t (a text)", "ALTER TABLE public.t ALTER a SET STORAGE plain", _TAKES_DISK
            )
        )
    assert asyncio.run(_databases(caged)) == 0


async def _databases(server: EmbeddedPostgres) -> int:
    admin = await connect_url(server.dsn())
    try:
        return await admin.fetchval("SELECT count(*) FROM pg_database WHERE datname ^@ 'fleetdrift'")
    finally:
        await admin.close()


@pytest.fixture
def one_crashes(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Kill the backend, as the out-of-memory killer does, that builds the shape with a table called guilty."""
    killed: list[int] = []
    run = ScratchDatabase.run

    async def run_or_crash(self, statements):
        statements = list(statements)
        if any("guilty" in sql for sql in statements):
            killed.append(self.connection.get_server_pid())
            os.kill(killed[-1], signal.SIGKILL)
        await run(self, statements)

    monkeypatch.setattr(ScratchDatabase, "run", run_or_crash)
    return killed


async def compiled(scratch: ScratchServer, sql: str) -> Spec:
    return await compile_spec(scratch, SpecSource(declarations=(Declaration(sql, Origin("s.sql", 1)),)), Profile())


@pytest.mark.parametrize("together", [False, True])
def test_after_a_crash_the_innocent_are_analysed_again_and_only_the_guilty_is_unverified(
    scratch, caged, one_crashes, together
):
    tables = ("innocent_1", "guilty", "innocent_2", "innocent_3")

    async def scan() -> dict[str, tuple[str, list[str]]]:
        spec = await compiled(scratch, "CREATE TABLE public.declared (a int)")
        shapes = {name: (await compiled(scratch, f"CREATE TABLE public.{name} (a int)")).snapshot for name in calm}
        shapes["guilty"] = rename(shapes["innocent_1"])
        asked = [analyse(scratch, AnalysisRequest(spec=spec, snapshot=shapes[name])) for name in tables]
        answers = await asyncio.gather(*asked) if together else [await one for one in asked]
        return {
            name: (answer.unverified, [c.identity.name for c in answer.diff.changes if c.identity.kind == "table"])
            for name, answer in zip(tables, answers, strict=True)
        }

    calm = [name for name in tables if name != "guilty"]
    assert asyncio.run(scan()) == {
        "innocent_1": ("", ["declared", "innocent_1"]),
        "guilty": (CRASHED, ["declared", "guilty"]),
        "innocent_2": ("", ["declared", "innocent_2"]),
        "innocent_3": ("", ["declared", "innocent_3"]),
    }
    assert len(one_crashes) == 2, "the guilty one was given a second chance"
    assert asyncio.run(_databases(caged)) == 0


def rename(snapshot):
    """Give the snapshot of another table: compiling it would crash the server."""

    encoded = msgspec.json.encode(snapshot).replace(b"innocent_1", b"guilty")
    return msgspec.json.decode(encoded, type=type(snapshot))
