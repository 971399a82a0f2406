"""A fleet on a real server: databases that are made from scripts, a declaration in files, and a scan of both."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path

import asyncpg
import msgspec

from coordinator.fleet.local import LocalFleet
from coordinator.report.model import ReportBody, ScanReport
from coordinator.scan.pipeline import run_scan
from coordinator.settings.load import load_settings
from shared.embedded.postgres import EmbeddedPostgres
from shared.postgres.scratch import ScratchServer
from tests.configurations import one_server


class Fleet(msgspec.Struct, frozen=True):
    """Databases with a prefix of their own on a shared server, and a folder with fleetdrift.toml."""

    folder: Path
    server: EmbeddedPostgres
    prefix: str

    def database(self, name: str) -> str:
        """Give the full name of a database."""
        return f"{self.prefix}{name}"

    def write(self, files: Mapping[str, str]) -> None:
        """Write files of the declaration."""
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")

    def create(self, name: str, *scripts: str) -> None:
        """Make a database and run scripts in it, one after the other."""

        async def run() -> None:
            admin = await asyncpg.connect(self.server.dsn())
            await admin.execute(f'CREATE DATABASE "{self.database(name)}"')
            await admin.close()
            await self._run(name, scripts)

        asyncio.run(run())

    def run(self, name: str, *scripts: str) -> None:
        """Run scripts in a database."""
        asyncio.run(self._run(name, scripts))

    async def _run(self, name: str, scripts: tuple[str, ...]) -> None:
        connection = await asyncpg.connect(self.server.dsn(self.database(name)))
        for script in scripts:
            await connection.execute(script)
        await connection.close()

    @contextlib.contextmanager
    def holding(self, name: str, script: str) -> Iterator[None]:
        """Keep a session open in a database that has run a script."""
        with asyncio.Runner() as runner:
            connection = runner.run(asyncpg.connect(self.server.dsn(self.database(name))))
            runner.run(connection.execute(script))
            yield
            runner.run(connection.close())

    def configure(self, text: str) -> Path:
        """Write fleetdrift.toml; `[hosts.here]` and the limits are added."""
        path = self.folder / "fleetdrift.toml"
        path.write_text(
            f"""
{one_server(self.server)}
{text.replace("PREFIX", self.prefix)}
""",
            "utf-8",
        )
        return path

    def tenants(self, *names: str) -> str:
        """Write a `[fleet]` of tenants that have a database each."""
        entries = ", ".join(f'{{ tenant = "{name}", database = "{self.database(name)}" }}' for name in names)
        return f"[fleet]\ntenants = [{entries}]\n"

    def check(self) -> ScanReport:
        """Scan in this process."""

        async def scan() -> ScanReport:
            settings = load_settings(self.folder / "fleetdrift.toml", {})
            scratch = ScratchServer(self.server.dsn())
            return await run_scan(settings, scratch, LocalFleet(settings, scratch), lambda _: None)

        return asyncio.run(scan())


def new_fleet(folder: Path, server: EmbeddedPostgres) -> Fleet:
    """Give a fleet without tenants."""
    return Fleet(folder, server, f"f{secrets.token_hex(3)}_")


def statuses(body: ReportBody) -> dict[str, str]:
    """Give the status of each tenant."""
    return {result.tenant: result.status.value for result in body.tenants}
