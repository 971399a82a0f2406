"""A fleet of 60 on two servers, a coordinator and a worker that are real processes, and a platform team's commands."""

from __future__ import annotations

import asyncio
import contextlib
import json
import sys
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from coordinator.demo.workers import worker_processes
from shared.embedded.postgres import EmbeddedPostgres
from shared.embedded.redis import EmbeddedRedis
from tests.acceptance.faults.conftest import Wire
from tests.integration.notify.receivers import Hook

ORDERS = """CREATE TABLE orders (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, customer text NOT NULL);
CREATE INDEX orders_by_customer ON orders (customer);
"""
STATUS = "ALTER TABLE orders ADD COLUMN status text NOT NULL DEFAULT 'new';\n"
BOOKS = """CREATE TABLE _sqlx_migrations (version bigint PRIMARY KEY, description text NOT NULL,
    installed_on timestamptz NOT NULL DEFAULT now(), success boolean NOT NULL, checksum bytea NOT NULL,
    execution_time bigint NOT NULL);
"""
"""Where sqlx notes which migrations a tenant has (sqlx-postgres/src/migrate.rs)."""

DATABASES = tuple(f"acme-{number:02}" for number in range(30))
NAMESPACES = tuple(f"globex-{number:02}" for number in range(30))
TENANTS = (*DATABASES, *NAMESPACES)
TOKEN = "only-this-team"
_SOON_SECONDS = 120.0

_CONFIG = """
[fleet]
name = "shop"
tenants = [{tenants}]
[hosts.near]
address = "{near}"
port = {near_port}
user = "postgres"
[hosts.far]
address = "{far}"
port = {far_port}
user = "postgres"
[apply]
allow_unsafe_role = true
[apply.hosts.near]
user = "changer"
[apply.hosts.far]
user = "changer"
[limits]
allow_unsafe_role = true
connect_timeout = 2.0
[spec]
source = "migrations"
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
token = {{ env = "FLEETDRIFT_TOKEN" }}
[[notify]]
name = "team"
kind = "webhook"
url = "{hook}"
"""


class Shop:
    """The fleet, and what its team does with it."""

    def __init__(self, folder: Path, near: EmbeddedPostgres, far: EmbeddedPostgres, hook: Hook) -> None:
        self.folder = folder
        self.hook = hook
        self._near = near
        self._far = far
        self._told = 0
        self.client = httpx.AsyncClient(timeout=30)
        self.wire = Wire(far.socket_dir / f".s.PGSQL.{far.port}", folder / f".s.PGSQL.{far.port}")

    def merge(self, name: str, sql: str) -> None:
        """Add a migration to the declaration."""
        (self.folder / "migrations").mkdir(exist_ok=True)
        (self.folder / "migrations" / name).write_text(sql)

    async def create(self) -> None:
        """Make every tenant at the first version: 30 databases near, 30 namespaces of one database far."""
        for server in (self._near, self._far):
            await _run(server.dsn(), ["CREATE ROLE changer SUPERUSER LOGIN"])
        await _run(self._near.dsn(), ["CREATE DATABASE mould", "CREATE DATABASE store"])
        await _run(self._near.dsn("mould"), [BOOKS, migrated(1, ORDERS)])
        await _run(self._near.dsn(), [f'CREATE DATABASE "{name}" TEMPLATE mould' for name in DATABASES])
        await _run(self._far.dsn(), ["CREATE DATABASE shared"])
        await self.run(NAMESPACES, BOOKS + migrated(1, ORDERS), before='CREATE SCHEMA "{name}"; ')

    async def run(self, tenants: Sequence[str], sql: str, *, before: str = "") -> None:
        """Run a script in tenants, as their owner would by hand or by a migration."""
        for name in tenants:
            if name in DATABASES:
                await _run(self._near.dsn(name), [sql])
            else:
                opening = before.format(name=name)
                await _run(self._far.dsn("shared"), [f'{opening}SET search_path = "{name}"; {sql}'])

    def configure(self, redis: EmbeddedRedis) -> Path:
        """Write fleetdrift.toml; the far server is reached over the wire."""
        databases = [
            f'{{ tenant = "{name}", host = "near", database = "{name}", labels = {{ tier = "gold" }} }}'
            for name in DATABASES
        ]
        namespaces = [
            f'{{ tenant = "{name}", host = "far", database = "shared", namespace = "{name}" }}' for name in NAMESPACES
        ]
        path = self.folder / "fleetdrift.toml"
        path.write_text(
            _CONFIG.format(
                tenants=", ".join([*databases, *namespaces]),
                near=self._near.socket_dir,
                near_port=self._near.port,
                far=self.wire.here.parent,
                far_port=self._far.port,
                redis=redis.url,
                store=self._near.dsn("store"),
                scratch=self._near.dsn(),
                hook=self.hook.url,
            )
        )
        return path

    async def scan(self, purpose: str) -> Counter[str]:
        """Ask for a scan over HTTP, follow its events to the end, and count its tenants by status."""
        asked = await self._ok(self.client.post("/api/v1/scans", json={"purpose": purpose}))
        async with asyncio.timeout(_SOON_SECONDS):
            record = await self._follow(asked["scan"])
        assert record["reason"] == "", record
        status = await self._ok(self.client.get("/api/v1/status"))
        return Counter({name: count for name, count in status["tenants"] if count})

    async def _follow(self, scan: str) -> dict[str, Any]:
        seen = ""
        while True:  # a stream ends after a while, and goes on where it was
            headers = {"last-event-id": seen} if seen else {}
            async with self.client.stream("GET", f"/api/v1/scans/{scan}/events", headers=headers) as stream:
                async for line in stream.aiter_lines():
                    name, _, value = line.partition(": ")
                    seen = value if name == "id" else seen
                    if name == "data" and json.loads(value)["finished"]:
                        return dict(json.loads(value))

    async def changes(self, **chosen: str) -> list[dict[str, Any]]:
        """Give the changes that are asked for."""
        page = await self._ok(self.client.get("/api/v1/changes", params=chosen))
        return list(page["changes"])

    async def told(self) -> list[tuple[str, int]]:
        """Wait for a notice, and give (kind, tenants) of every event since the last time."""
        async with asyncio.timeout(_SOON_SECONDS):
            while len(self.hook.requests) == self._told:  # noqa: ASYNC110  # another process fills it
                await asyncio.sleep(0.05)
        fresh = [json.loads(body) for _, body in self.hook.requests[self._told :]]
        self._told += len(fresh)
        return [(event["kind"], event["tenants"]) for notice in fresh for event in notice["events"]]

    async def command(self, *arguments: str, code: int = 0) -> str:
        """Run a command of the shell, in the folder of the configuration."""
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "coordinator.cli", *arguments, cwd=self.folder,
            env={"PATH": "/usr/bin:/bin", "FLEETDRIFT_TOKEN": TOKEN, "COLUMNS": "140"},
            stdin=asyncio.subprocess.DEVNULL, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        said, wrong = await process.communicate()
        assert process.returncode == code, f"{said.decode()}\n{wrong.decode()}"
        return said.decode()

    async def _ok(self, asked: Any) -> dict[str, Any]:
        answer = await asked
        assert answer.is_success, answer.text
        return dict(answer.json())


def migrated(version: int, sql: str) -> str:
    """Give a migration with the line by which sqlx notes it."""
    return f"{sql} INSERT INTO _sqlx_migrations VALUES ({version}, '', now(), true, '', 1);"


async def _run(dsn: str, statements: Sequence[str]) -> None:
    connection = await asyncpg.connect(dsn)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


@contextlib.asynccontextmanager
async def serving(shop: Shop, configuration: Path, monkeypatch: Any) -> AsyncIterator[None]:
    """Run `fleetdrift serve` and a worker, and lead the shop's client to it."""
    monkeypatch.setenv("FLEETDRIFT_TOKEN", TOKEN)
    log = shop.folder / "serve.log"
    with worker_processes(configuration, shop.folder, count=1), log.open("wb") as written:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "coordinator.cli", "serve", "-c", configuration,
            stdout=asyncio.subprocess.PIPE, stderr=written,
        )  # fmt: skip
        try:
            assert process.stdout is not None
            async with asyncio.timeout(_SOON_SECONDS):
                line = (await process.stdout.readline()).decode()
            shop.client.base_url = httpx.URL(line.split()[2].rstrip(":"))
            shop.client.headers["authorization"] = f"Bearer {TOKEN}"
            yield
        finally:
            process.terminate()
            await process.wait()
            await shop.client.aclose()
