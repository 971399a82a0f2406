"""Fleets of such tenants, scanned by the path that `fleetdrift check` takes."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import msgspec

from coordinator.fleet.local import LocalFleet
from coordinator.report.model import ScanReport
from coordinator.scan.pipeline import run_scan
from coordinator.settings.load import load_settings
from shared.embedded.postgres import EmbeddedPostgres
from shared.postgres.connection import connect_url
from shared.postgres.scratch import ScratchServer

SCANNER = "spelling_scanner"


class Place(msgspec.Struct, frozen=True):
    """Where a tenant lives: a server of the fleet, a database on it, a namespace or the whole of it."""

    host: str
    database: str
    namespace: str = ""


def scan(
    folder: Path,
    spec: str,
    servers: Mapping[str, EmbeddedPostgres],
    tenants: Mapping[str, Place],
    scratch: ScratchServer,
    *,
    more: str = "",
    source: str = "spec.sql",
) -> ScanReport:
    """Scan tenants against a spec.

    Args:
        folder: An empty one, for the configuration.
        spec: SQL.
        servers: By the name the places use.
        tenants: By name.
        scratch: The scratch server.
        more: Further lines of fleetdrift.toml.
        source: What declares, where it is another file of the folder.
    """
    if spec:
        (folder / source).write_text(spec)
    (folder / "fleetdrift.toml").write_text(_configuration(servers, tenants, source) + more)
    settings = load_settings(folder / "fleetdrift.toml")

    async def run() -> ScanReport:
        for server in servers.values():
            await _admit(server)
        return await run_scan(settings, scratch, LocalFleet(settings, scratch), lambda _: None)

    return asyncio.run(run())


async def _admit(server: EmbeddedPostgres) -> None:
    admin = await connect_url(server.dsn())
    await admin.execute(f"DO $$BEGIN CREATE ROLE {SCANNER} LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END$$")
    await admin.close()


def _configuration(servers: Mapping[str, EmbeddedPostgres], tenants: Mapping[str, Place], source: str) -> str:
    lines = ["[spec]", f'source = "{source}"']
    for name, server in servers.items():
        lines += [f"[hosts.{name}]", f'address = "{server.socket_dir}"', f"port = {server.port}", f'user = "{SCANNER}"']
    for tenant, place in tenants.items():
        lines += ["[[fleet.tenants]]", f"tenant = {_text(tenant)}", f"host = {_text(place.host)}"]
        lines += [f"database = {_text(place.database)}", f"namespace = {_text(place.namespace)}"]
    return "\n".join(lines) + "\n"


def _text(value: str) -> str:
    return msgspec.json.encode(value).decode()  # a JSON string is a TOML basic string
