"""What the commands say and leave behind when something around them fails: no traceback, no torn file, no open scan."""

from __future__ import annotations

import asyncio
import contextlib
import json
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import asyncpg
import msgspec
import pytest

from coordinator.demo.folder import prepare_folder, write_configuration
from coordinator.demo.tenants import OWNER, SCANNER, STORE, create_fleet, tenant_names
from coordinator.demo.workers import worker_processes
from coordinator.iac.load import load_source
from coordinator.store.records import ScanState
from coordinator.store.store import Store, scan_lease
from shared.embedded.postgres import EmbeddedPostgres
from shared.embedded.redis import EmbeddedRedis
from shared.hosts import Secret

from .conftest import Wire

pytestmark = pytest.mark.anyio

SOON = 60.0


class Demo(msgspec.Struct, frozen=True):
    """A fleet of three tenants, and where its configuration is."""

    folder: Path
    configuration: Path
    server: EmbeddedPostgres
    redis: EmbeddedRedis


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    folder = tmp_path_factory.mktemp("faults") / "demo"
    names = tenant_names(3)
    prepare_folder(folder, names)
    with EmbeddedPostgres(in_memory=True) as server, EmbeddedRedis() as redis:
        asyncio.run(create_fleet(server, load_source(folder / "infra"), names, lambda _: None))
        configuration = write_configuration(
            folder, server, redis, scanner=SCANNER, owner=OWNER, store=STORE, interval=0, port=0
        )
        yield Demo(folder, configuration, server, redis)


@contextlib.asynccontextmanager
async def command(*arguments: object) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "coordinator.cli", *map(str, arguments),
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


async def address(process: asyncio.subprocess.Process) -> str:
    """Wait until `serve` says where it listens."""
    assert process.stdout is not None
    async with asyncio.timeout(SOON):
        line = (await process.stdout.readline()).decode()
    return line.split()[2].rstrip(":")


async def get(url: str) -> tuple[int, dict[str, Any]]:
    def ask() -> tuple[int, dict[str, Any]]:
        try:
            with urllib.request.urlopen(url, timeout=20) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    return await asyncio.to_thread(ask)


async def test_serve_without_workers_is_not_ready_and_ends_with_0_on_sigterm(demo):
    async with command("serve", "-c", demo.configuration) as serve:
        where = await address(serve)
        status, health = await get(f"{where}/readyz")
        serve.send_signal(signal.SIGTERM)
        async with asyncio.timeout(SOON):
            _, log = await serve.communicate()
    assert (status, health["problems"]) == (503, ["no worker of fleet demo was announced"])
    assert serve.returncode == 0
    assert b"Traceback" not in log


@contextlib.asynccontextmanager
async def scan_over_a_wire(demo: Demo, folder: Path) -> AsyncIterator[tuple[asyncio.subprocess.Process, Store, Wire]]:
    """Run a scan, without workers, that reaches its store over a wire and waits for it for a second."""
    wire = Wire(demo.server.socket_dir / f".s.PGSQL.{demo.server.port}", folder / f".s.PGSQL.{demo.server.port}")
    await wire.join()
    configuration = demo.configuration.with_name("far.toml")
    near = demo.server.dsn(STORE)
    far = near.replace(str(demo.server.socket_dir), str(folder))
    configuration.write_text(
        demo.configuration.read_text().replace(near, far).replace("[store]", "[store]\nwait = 1.0")
    )
    async with Store.open(Secret(near)) as store, command("scan", "-c", configuration) as scan:
        yield scan, store, wire


async def running_scan(store: Store) -> str:
    async with asyncio.timeout(SOON):
        while not (found := [each for each in await store.list_scans("demo") if each.state is ScanState.RUNNING]):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    return found[0].scan


async def ends_with_a_sentence(process: asyncio.subprocess.Process, store: Store, scan: str) -> None:
    async with asyncio.timeout(SOON):
        _, log = await process.communicate()
    words = log.decode()
    assert "Traceback" not in words
    assert process.returncode == 1
    assert words.rstrip().splitlines()[-1] == (
        f"fleetdrift: the store cannot be reached (FileNotFoundError), for 1 seconds: scan {scan} "
        f"is not finished; a running `fleetdrift serve` resumes it within an hour, without one the next "
        f"`fleetdrift scan` records it as failed"
    )
    left = await store.get_scan(scan)
    assert left is not None
    assert left.state is ScanState.RUNNING  # until it is resumed, or found by the next command
    await store.finish_scan(scan, ScanState.FAILED, "the test ends")


async def test_a_scan_whose_store_stays_away_ends_with_a_sentence_and_without_a_traceback(demo, tmp_path):
    async with scan_over_a_wire(demo, tmp_path) as (process, store, wire):
        scan = await running_scan(store)
        await wire.cut()
        await ends_with_a_sentence(process, store, scan)


async def test_a_store_that_goes_away_while_a_scan_waits_for_workers_ends_the_scan_too(demo, tmp_path):
    """All is sent, and without workers nothing is to be written: the scan has to look after the store all the same."""
    async with scan_over_a_wire(demo, tmp_path) as (process, store, wire):
        scan = await running_scan(store)
        async with asyncio.timeout(SOON):
            while not all(row.mark for row in await store.load_ledger(scan)):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        await asyncio.sleep(0.5)  # the statement that wrote the marks has ended for the scan, too
        await wire.cut()
        await ends_with_a_sentence(process, store, scan)


async def test_a_scan_that_another_process_took_is_left_to_it(demo):
    """The command was asleep for longer than its lease: it records no end, the other process does."""
    dsn = demo.server.dsn(STORE)
    async with Store.open(Secret(dsn)) as store, command("scan", "-c", demo.configuration) as process:
        scan = await running_scan(store)
        admin = await asyncpg.connect(dsn)
        take = "UPDATE fleetdrift.leases SET holder = 'another', until = now() + interval '1 hour' WHERE name = $1"
        await admin.execute(take, scan_lease(scan))
        await admin.close()
        async with asyncio.timeout(SOON):
            _, log = await process.communicate()
        left = await store.get_scan(scan)
        await store.finish_scan(scan, ScanState.FAILED, "the test ends")
    assert process.returncode == 1
    assert f"another process took the lease scan:{scan}: scan {scan} is not finished" in log.decode()
    assert left is not None
    assert (left.state, left.reason) == (ScanState.RUNNING, "")


async def test_a_scan_that_is_interrupted_is_recorded_as_cancelled(demo):
    async with Store.open(Secret(demo.server.dsn(STORE))) as store, command("scan", "-c", demo.configuration) as scan:
        before = {each.scan for each in await store.list_scans("demo")}
        async with asyncio.timeout(SOON):
            while not (new := [each for each in await store.list_scans("demo") if each.scan not in before]):  # noqa: ASYNC110
                await asyncio.sleep(0.05)
        scan.send_signal(signal.SIGTERM)
        async with asyncio.timeout(SOON):
            await scan.communicate()
        ended = await store.get_scan(new[0].scan)
    assert scan.returncode == 130
    assert ended is not None
    assert (ended.state, ended.reason) == (ScanState.CANCELLED, "it was interrupted")


_WRITE = """
import resource, signal, sys
from pathlib import Path
from coordinator.report.files import ReportFileError, write_files
from tests.reports import demo
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (2000, 2000))
try:
    write_files(demo(), Path(sys.argv[1]))
except ReportFileError as error:
    print(error)
"""


def test_a_disk_that_is_full_costs_no_report_that_was_there_and_leaves_nothing_torn(tmp_path):
    """The process may write 2,000 bytes into a file: less than a report, so writing fails in the middle."""
    (tmp_path / "report.json").write_text("the last one")
    done = subprocess.run(
        [sys.executable, "-c", _WRITE, tmp_path],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[3],
    )
    wanted = f"cannot write the report {tmp_path}/report.json: File too large; an earlier one is unchanged"
    assert done.stdout.strip() == wanted
    assert [path.name for path in tmp_path.iterdir()] == ["report.json"]
    assert (tmp_path / "report.json").read_text() == "the last one"


async def test_serve_keeps_a_report_whose_file_cannot_be_written_and_says_so(demo, tmp_path):
    """The folder is a file: nothing can be written into it, by root either."""
    (demo.folder / "reports").write_text("a file")
    configuration = demo.configuration.with_name("unwritable.toml")
    configuration.write_text(demo.configuration.read_text().replace('directory = "."', 'directory = "reports"'))
    with worker_processes(configuration, tmp_path, 1):
        async with command("serve", "-c", configuration) as serve:
            where = await address(serve)
            request = urllib.request.Request(f"{where}/api/v1/scans", method="POST")
            asked = json.load(await asyncio.to_thread(urllib.request.urlopen, request))
            async with asyncio.timeout(SOON):
                while (record := (await get(f"{where}/api/v1/scans/{asked['scan']}"))[1])["finished"] is None:  # noqa: ASYNC110
                    await asyncio.sleep(0.1)
            _, health = await get(f"{where}/readyz")
    assert record["state"] == "drift"
    [problem] = health["problems"]
    assert problem.startswith(f"cannot write the report {demo.folder}/reports/report.json: ")
