"""Every command of docs/tour.md does what the page says."""

from __future__ import annotations

import asyncio
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from shared.embedded.postgres import EmbeddedPostgres, wheel_binaries
from shared.embedded.process import start_server, stop_server

PAGE = Path(__file__).parents[3] / "docs" / "tour.md"
_LONGEST_WAIT_FOR_THE_DEMO_SECONDS = 120.0
FILE = re.compile(r"^`([\w.-]+)`[^\n]*\n\n```sql\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CONSOLE = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def live() -> Iterator[str]:
    """The URL of an empty database, for a role that owns it and nothing else."""
    with EmbeddedPostgres(in_memory=True) as server:

        async def make() -> None:
            connection = await asyncpg.connect(server.dsn())
            await connection.execute("CREATE ROLE me LOGIN")
            await connection.execute("CREATE DATABASE tour OWNER me")
            await connection.close()

        asyncio.run(make())
        yield server.dsn("tour", "me")


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[None]:
    """What the page has started in another terminal."""
    log = tmp_path / "demo.log"
    command = Path(sys.executable).parent / "fleetdrift"
    folder = tmp_path / "fleetdrift-demo"
    argv = [command, "demo", "--serve", "--tenants", 3, "--interval", 3600, "--directory", folder]
    process = start_server(argv, log=log, stop_signal=signal.SIGTERM)
    try:
        deadline = time.monotonic() + _LONGEST_WAIT_FOR_THE_DEMO_SECONDS
        while "listening on" not in log.read_text():
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        yield
    finally:
        stop_server(process, signal.SIGTERM)


@pytest.mark.usefixtures("demo")
def test_every_command_of_the_tour_gives_what_the_page_shows(live: str, tmp_path: Path, golden):
    page = PAGE.read_text()
    for name, text in FILE.findall(page):
        (tmp_path / name).write_text(text)
    path = os.pathsep.join((str(Path(sys.executable).parent), str(wheel_binaries()), os.environ["PATH"]))
    inherited = {name: value for name, value in os.environ.items() if not name.startswith(("FLEETDRIFT_", "PG"))}
    environment = {**inherited, "PATH": path, "LIVE": live, "COLUMNS": "100"}  # as wide as where no terminal is

    def run_all(block: re.Match[str]) -> str:
        commands = [line for line in block[0].splitlines() if line.startswith("$ ")]
        return "".join(f"{line}\n{_output(line.removeprefix('$ '), tmp_path, environment)}" for line in commands)

    golden(PAGE, CONSOLE.sub(run_all, page))


def _output(command: str, folder: Path, environment: dict[str, str]) -> str:
    done = subprocess.run(
        ["bash", "-c", command], cwd=folder, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        check=False,
    )  # fmt: skip
    return done.stdout
