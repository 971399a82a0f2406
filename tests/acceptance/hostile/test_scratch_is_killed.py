"""A scratch server that somebody kills costs a moment: it is started again, and given up when that is in vain."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from coordinator.cli.diff import command as diff
from shared.analysis.scratch_server import started_server
from shared.embedded.installations import SCRATCH_VARIABLE
from shared.embedded.postgres import COMES_BACK_WITHIN_SECONDS, EmbeddedPostgres
from shared.postgres.failures import TargetError
from shared.postgres.scratch import ScratchServer, compile_known
from shared.postgres.scratch.database import ScratchDatabase
from shared.schema.profile import Profile
from shared.schema.schema import Declaration, Origin, Spec, SpecSource


@pytest.fixture(autouse=True)
def nothing_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(SCRATCH_VARIABLE, raising=False)


@pytest.fixture
def server() -> Iterator[EmbeddedPostgres]:
    with started_server() as started:
        yield started


def killed(server: EmbeddedPostgres) -> None:
    """Kill the postmaster as the out-of-memory killer does."""
    os.kill(int((server.socket_dir / "data" / "postmaster.pid").read_text().split()[0]), signal.SIGKILL)


async def answer(scratch: ScratchServer) -> int:
    async with scratch.database() as database:
        return await database.connection.fetchval("SELECT 1")


def scratch_of(server: EmbeddedPostgres) -> ScratchServer:
    return ScratchServer(server.dsn(), comes_back_within=COMES_BACK_WITHIN_SECONDS)


def test_a_server_that_is_killed_between_two_questions_answers_the_second(server):
    scratch = scratch_of(server)
    assert asyncio.run(answer(scratch)) == 1
    killed(server)
    assert asyncio.run(answer(scratch)) == 1


def parent_of(process: int) -> int:
    """Give the postmaster of a session's process (proc(5): the fourth word of stat)."""
    return int(Path(f"/proc/{process}/stat").read_text().split()[3])


@pytest.fixture
def kills(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many statements run before the server is killed in the midst of the next one; consumed from the left."""
    after: list[int] = []
    run = ScratchDatabase.run

    async def run_or_kill(self, statements):
        if after and not after.pop(0):
            os.kill(parent_of(self.connection.get_server_pid()), signal.SIGKILL)
        return await run(self, statements)

    monkeypatch.setattr(ScratchDatabase, "run", run_or_kill)
    return after


async def compiled(scratch: ScratchServer) -> Spec:
    declared = SpecSource(declarations=(Declaration("CREATE TABLE t (a int)", Origin("s.sql", 1)),))
    return await compile_known(scratch, declared, Profile())


def test_a_declaration_is_compiled_again_when_the_server_was_killed_meanwhile(server, kills):
    kills += [0]
    made = {(item.identity.kind, item.identity.name) for item in asyncio.run(compiled(scratch_of(server))).schema}
    assert {("table", "t"), ("column", "a")} <= made
    assert kills == []


def test_a_diff_ends_as_ever_when_the_server_was_killed_meanwhile(kills, tmp_path):
    (tmp_path / "a.sql").write_text("CREATE TABLE t (a int, b int)")
    (tmp_path / "b.sql").write_text("CREATE TABLE t (a int)")
    arguments = [str(tmp_path / "a.sql"), str(tmp_path / "b.sql"), "--output", "sql"]
    undisturbed = CliRunner().invoke(diff, arguments)
    for count in (1, 3, 5):
        kills[:] = [1] * count + [0]
        found = CliRunner().invoke(diff, arguments)
        assert kills == [], "fewer statements ran than this test thinks"
        assert (found.exit_code, found.output) == (undisturbed.exit_code, undisturbed.output)


def test_a_server_that_is_killed_over_and_over_is_given_up_in_words(server, kills):
    scratch = ScratchServer(server.dsn(), comes_back_within=5.0)
    kills += [0, 0]
    with pytest.raises(TargetError, match="the scratch server went away"):
        asyncio.run(compiled(scratch))
    with pytest.raises(TargetError, match="has ended, and it does not come back: something kills it"):
        asyncio.run(answer(scratch))
