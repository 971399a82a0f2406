"""`fleetdrift serve` with two fleets in one configuration, as processes, over HTTP."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import asyncpg
import httpx
import pytest

from shared.embedded.postgres import EmbeddedPostgres
from shared.embedded.redis import EmbeddedRedis

pytestmark = pytest.mark.anyio

SOON_SECONDS = 120.0
ORDERS = "CREATE TABLE orders (id bigint PRIMARY KEY, email text NOT NULL)"
INDEX = "CREATE INDEX orders_by_email ON orders (email)"
TENANTS = {"acme": f"{ORDERS}; {INDEX};", "beta": ORDERS, "gamma": ORDERS}
CONFIGURATION = """
[fleets.eu]
tenants = [{{ tenant = "acme" }}, {{ tenant = "beta" }}]
[fleets.us]
tenants = [{{ tenant = "gamma" }}]
[fleets.us.spec]
source = "us.sql"
[spec]
source = "eu.sql"
[hosts.here]
address = "{host}"
port = {port}
user = "postgres"
[limits]
allow_unsafe_role = true
[redis]
url = "{redis}"
[store]
dsn = "{store}"
[scratch]
dsn = "{scratch}"
[scan]
interval = 0
[serve]
port = 0
"""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


class Served:
    """A coordinator that runs, and its configuration."""

    def __init__(self, configuration: Path, process: asyncio.subprocess.Process, client: httpx.AsyncClient) -> None:
        self.configuration = configuration
        self.process = process
        self.client = client

    async def get(self, path: str, **parameters: str) -> dict:
        answer = await self.client.get(f"/api/v1/{path}", params=parameters)
        assert answer.is_success, answer.text
        return dict(answer.json())

    async def ready(self) -> dict:
        return dict((await self.client.get("/readyz")).json())

    async def scan(self, fleet: str, **request: object) -> dict:
        asked = await self.client.post("/api/v1/scans", params={"fleet": fleet}, json=request)
        assert asked.status_code == 202, asked.text
        async with asyncio.timeout(SOON_SECONDS):
            while True:
                record = await self.get(f"scans/{asked.json()['scan']}", fleet=fleet)
                if record["finished"]:
                    return record
                await asyncio.sleep(0.2)

    async def statuses(self, fleet: str) -> dict[str, str]:
        page = await self.get("tenants", fleet=fleet)
        return {each["tenant"]: each["status"] for each in page["tenants"]}


@contextlib.asynccontextmanager
async def command(*arguments: object, log: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    with log.open("wb") as written:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "coordinator.cli",
            *map(str, arguments),
            stdout=asyncio.subprocess.PIPE,
            stderr=written,
        )
        try:
            yield process
        finally:
            process.terminate()
            await process.communicate()


@pytest.fixture
async def served(tmp_path: Path, postgres: EmbeddedPostgres, redis_server: EmbeddedRedis) -> AsyncIterator[Served]:
    databases = {**TENANTS, "store_of_fleets": "SELECT 1"}
    admin = await asyncpg.connect(postgres.dsn())
    for name, script in databases.items():
        await admin.execute(f'CREATE DATABASE "{name}"')
        connection = await asyncpg.connect(postgres.dsn(name))
        await connection.execute(script)
        await connection.close()
    (tmp_path / "eu.sql").write_text(f"{ORDERS};\n{INDEX};\n")
    (tmp_path / "us.sql").write_text(f"{ORDERS};\n")
    configuration = tmp_path / "fleetdrift.toml"
    configuration.write_text(
        CONFIGURATION.format(
            host=postgres.socket_dir,
            port=postgres.port,
            redis=redis_server.url,
            store=postgres.dsn("store_of_fleets"),
            scratch=postgres.dsn(),
        )
    )
    try:
        async with command("serve", "-c", configuration, log=tmp_path / "serve.log") as process:
            assert process.stdout is not None
            async with asyncio.timeout(SOON_SECONDS):
                line = (await process.stdout.readline()).decode()
            assert line, (tmp_path / "serve.log").read_text()
            async with httpx.AsyncClient(base_url=line.split()[2].rstrip(":"), timeout=30) as client:
                yield Served(configuration, process, client)
    finally:
        for name in databases:
            await admin.execute(f'DROP DATABASE "{name}" WITH (FORCE)')
        await admin.close()


async def test_two_fleets_are_led_by_one_coordinator_and_each_needs_workers_of_its_own(served, tmp_path):
    assert (await served.ready())["problems"] == [
        "no worker of fleet eu was announced", "no worker of fleet us was announced",
    ]  # fmt: skip
    async with command("worker", "-c", served.configuration, "--fleet", "eu", "--name", "w", log=tmp_path / "w.log"):
        eu = await served.scan("eu")
        assert (eu["state"], eu["reason"]) == ("drift", "")
        assert await served.statuses("eu") == {"acme": "in_sync", "beta": "drifted"}
        assert await served.statuses("us") == {}
        assert (await served.ready())["problems"] == ["no worker of fleet us was announced"]
        one = await served.scan("eu", selection={"tenants": ["a*"]}, purpose="acme alone")
        assert (one["state"], one["tenants"], one["selection"]) == ("in_sync", 1, {"tenants": ["a*"]})
        nobody = await served.scan("eu", selection={"statuses": ["unreachable"]})
        assert nobody["reason"] == "the selection (status unreachable) fits none of the 2 tenants of the fleet"
        assert await served.statuses("eu") == {"acme": "in_sync", "beta": "drifted"}
        workers = await served.get("workers", fleet="eu")
        assert [(each["worker"], each["problem"]) for each in workers["workers"]] == [("w", "")]
        assert (await served.get("workers", fleet="us"))["workers"] == []
    async with command("worker", "-c", served.configuration, "--fleet", "us", log=tmp_path / "us.log"):
        assert (await served.scan("us"))["state"] == "in_sync"
    assert [each["fleet"] for each in (await served.get("fleets"))["fleets"]] == ["eu", "us"]


async def test_one_worker_works_for_all_fleets_of_a_configuration(served, tmp_path):
    async with command("worker", "-c", served.configuration, "--name", "w", log=tmp_path / "w.log"):
        eu, us = await asyncio.gather(served.scan("eu"), served.scan("us"))
        assert (eu["state"], us["state"]) == ("drift", "in_sync")
        assert await served.statuses("eu") == {"acme": "in_sync", "beta": "drifted"}
        assert await served.statuses("us") == {"gamma": "in_sync"}
        assert (await served.ready())["problems"] == []
        for fleet in ("eu", "us"):
            found = (await served.get("workers", fleet=fleet))["workers"]
            assert [(each["worker"], each["problem"]) for each in found] == [("w", "")]
    nobody = [f"no worker of fleet {fleet} was announced" for fleet in ("eu", "us")]
    async with asyncio.timeout(SOON_SECONDS):
        while True:
            if (await served.ready())["problems"] == nobody:
                return
            await asyncio.sleep(0.2)


IGNORE = """
[[ignore]]
kind = "index"
reason = "beta is read by nobody"
owner = "ada"
until = 2099-01-01
"""


async def test_a_changed_configuration_counts_without_a_restart_and_a_broken_one_changes_nothing(served, tmp_path):
    written = served.configuration.read_text()

    async def in_force(fleets: list[str], problem: str = "") -> None:
        async with asyncio.timeout(SOON_SECONDS):
            while True:
                told = await served.get("fleets")
                names = [each["fleet"] for each in told["fleets"]]
                said = told["configuration"]["problem"]
                if names == fleets and (problem in said if problem else not said):
                    return
                await asyncio.sleep(0.2)

    async with command("worker", "-c", served.configuration, "--fleet", "eu", log=tmp_path / "w.log"):
        assert (await served.scan("eu"))["state"] == "drift"

        served.configuration.write_text(written.replace("[fleets.us", "[fleets.uk"))
        await in_force(["eu", "uk"])
        served.configuration.write_text(f"{written}{IGNORE}".replace("[fleets.us", "[fleets.uk"))
        served.process.send_signal(signal.SIGHUP)
        await asyncio.sleep(5)
        assert (await served.scan("eu"))["state"] == "in_sync"
        assert await served.statuses("eu") == {"acme": "in_sync", "beta": "in_sync"}

        served.configuration.write_text("[fleets.eu\n")
        await in_force(["eu", "uk"], "is not valid TOML")
        assert [text.partition(",")[0] for text in (await served.ready())["warnings"]] == [
            "the configuration file has changed and cannot be used"
        ]
        assert 'fleetdrift_configuration_load_success{fleet="eu"} 0.0' in (await served.client.get("/metrics")).text
        assert (await served.scan("eu"))["state"] == "in_sync"

        served.configuration.write_text(written)
        await in_force(["eu", "us"])
        assert (await served.ready())["warnings"] == []
        assert (await served.scan("eu"))["state"] == "drift"
    log = (tmp_path / "serve.log").read_text()
    assert "configuration.broken" in log
    assert "configuration.loaded" in log
