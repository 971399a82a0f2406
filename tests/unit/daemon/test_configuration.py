"""A configuration that changes while the coordinator runs: what is read again, and what a broken file does."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from pathlib import Path

import pytest

from coordinator.daemon import configuration as module
from coordinator.daemon.configuration import Configuration
from coordinator.settings.load import load_fleets

pytestmark = pytest.mark.anyio

TEXT = """
[fleet]
name = "f"
tenants = [{ tenant = "a" }]
[hosts.main]
address = "127.0.0.1"
[spec]
source = "sql"
[scan]
interval = 60
[serve]
port = 9000
"""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Followed:
    """A configuration that is followed, and what came of it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.used: list[tuple[float, ...]] = []
        self.ports: list[int] = []
        self.refused = 0
        self.configuration = Configuration(path, load_fleets(path, {}), lambda: load_fleets(path, {}))

    def use(self, fleets) -> None:
        self.used.append(tuple(each.file.scan.interval for each in fleets))
        self.ports.append(fleets[0].file.serve.port)

    def refuse(self) -> None:
        self.refused += 1

    async def until(self, used: int, refused: int) -> None:
        async with asyncio.timeout(30):
            while (len(self.used), self.refused) != (used, refused):  # noqa: ASYNC110  # a file tells nobody
                await asyncio.sleep(0.02)


@pytest.fixture
async def followed(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "LOOK_EVERY_SECONDS", 0.05)
    path = tmp_path / "fleetdrift.toml"
    path.write_text(TEXT)
    followed = Followed(path)
    task = asyncio.create_task(followed.configuration.follow(followed.use, followed.refuse))
    await asyncio.sleep(0.2)
    yield followed
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def test_a_changed_file_is_read_again_and_an_unchanged_one_is_not(followed):
    assert followed.used == []
    followed.path.write_text(TEXT.replace("60", "5"))
    await followed.until(1, 0)
    await asyncio.sleep(0.3)
    assert followed.used == [(5,)]


async def test_a_broken_file_and_one_that_is_gone_change_nothing_and_say_so_until_it_is_mended(followed):
    followed.path.write_text(TEXT.replace("interval", "intervall"))
    await followed.until(0, 1)
    assert followed.configuration.state.problem == (
        f"{followed.path}: unknown key 'scan.intervall'; did you mean 'interval'?"
    )
    followed.path.unlink()
    await followed.until(0, 2)
    assert followed.configuration.state.problem == f"{followed.path}: cannot be read: No such file or directory"
    followed.path.write_text(TEXT)
    await followed.until(1, 2)
    assert (followed.used, followed.configuration.state.problem) == ([(60,)], "")


async def test_what_is_opened_at_the_start_stays_and_is_said_to_wait_for_a_restart(followed):
    followed.path.write_text(TEXT.replace("9000", "9001").replace("60", "7"))
    await followed.until(1, 0)
    assert (followed.used, followed.ports, followed.configuration.state.waiting) == ([(7,)], [9000], ("serve",))


async def test_sighup_reads_the_file_though_it_has_not_changed(followed):
    os.kill(os.getpid(), signal.SIGHUP)
    await followed.until(1, 0)
    assert followed.used == [(60,)]
