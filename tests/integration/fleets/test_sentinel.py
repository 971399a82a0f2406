"""The sentinel on a real server: made and removed by the command line, found by each scan, and in no count."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from coordinator.fleet.local import LocalFleet
from coordinator.inventory import InventoryError
from coordinator.report.model import ScanReport, SentinelResult, TenantStatus
from coordinator.scan.pipeline import run_scan
from coordinator.scan.sentinel import SentinelReader
from coordinator.settings.load import load_settings
from shared.postgres.scratch import ScratchServer
from tests.integration.fleets.fleet import new_fleet

FLEETDRIFT = Path(sys.executable).with_name("fleetdrift")
ORDERS = "CREATE TABLE orders (id bigint PRIMARY KEY);"


@pytest.fixture(scope="module")
def maker(postgres):
    """A role that may make databases, and nothing else of what a superuser may."""
    asyncio.run(_admin(postgres, "CREATE ROLE sentinel_maker LOGIN CREATEDB"))
    return "sentinel_maker"


async def _admin(server, sql):
    admin = await asyncpg.connect(server.dsn())
    await admin.execute(sql)
    await admin.close()


@pytest.fixture
def fleet(postgres, tmp_path, maker):
    fleet = new_fleet(tmp_path, postgres)
    fleet.write({"schema/001.sql": ORDERS})
    fleet.create("t1", ORDERS)
    return fleet


def configure(fleet, where):
    discovered = '[fleet.discover]\nhost = "here"\ndatabases = "PREFIX*"\n'
    sentinel = f'[sentinel]\nhost = "here"\n{where}\n[apply.hosts.here]\nuser = "sentinel_maker"\n'
    fleet.configure(f'{discovered}[spec]\nsource = "schema"\n{sentinel}')


def run(fleet, verb, code=0):
    done = subprocess.run(
        [FLEETDRIFT, "sentinel", verb], cwd=fleet.folder, env=os.environ, capture_output=True, text=True, check=False
    )
    assert done.returncode == code, done.stderr
    return done.stdout + done.stderr


def scan(fleet) -> tuple[ScanReport, SentinelResult | None]:
    """Scan as a coordinator does, with a reader of this process."""

    async def both():
        settings = load_settings(fleet.folder / "fleetdrift.toml", {})
        scratch = ScratchServer(fleet.server.dsn())
        reader = SentinelReader(LocalFleet(settings, scratch), settings, scratch)
        return await run_scan(settings, scratch, reader, lambda _: None), reader.found

    return asyncio.run(both())


def test_a_sentinel_is_made_found_in_each_scan_missed_when_its_drift_is_gone_and_removed(fleet):
    name = fleet.database("sentinel")
    configure(fleet, f'database = "{name}"')
    assert f"made the sentinel {name} on host here" in run(fleet, "create")
    assert "has something of this name" in run(fleet, "create", code=1)
    for _ in range(2):
        report, found = scan(fleet)
        assert found == SentinelResult(detected=True)
        assert [row.tenant for row in report.body.tenants] == [fleet.database("t1")]
        assert (report.body.groups, report.body.shapes) == ((), 1)
    fleet.run("sentinel", "ALTER TABLE sentinel DROP COLUMN planted")
    report, found = scan(fleet)
    assert found == SentinelResult(detected=False, reason="its planted drift was not found: unexpected planted")
    assert dict(report.body.counts)[TenantStatus.IN_SYNC] == 1
    fleet.run("sentinel", "CREATE TABLE of_somebody (id int)")
    assert "is no sentinel that fleetdrift made: left alone" in run(fleet, "remove", code=1)
    fleet.run("sentinel", "DROP TABLE of_somebody")
    assert "removed" in run(fleet, "remove")
    _, found = scan(fleet)
    assert not found.detected
    assert found.reason.startswith("the sentinel could not be read: ")


def test_a_sentinel_may_be_a_namespace_of_a_database_that_is_there(fleet):
    fleet.create("shared", ORDERS)
    fleet.run("shared", f'GRANT CREATE ON DATABASE "{fleet.database("shared")}" TO sentinel_maker')
    configure(fleet, f'database = "{fleet.database("shared")}"\nnamespace = "beat"')
    run(fleet, "create")
    report, found = scan(fleet)
    assert found == SentinelResult(detected=True)
    assert fleet.database("shared") in {row.tenant for row in report.body.tenants}
    run(fleet, "remove")
    assert "is no sentinel" in run(fleet, "remove", code=1)


def test_a_sentinel_whose_host_is_in_maintenance_is_not_said_to_be_missed(fleet):
    elsewhere = f'[hosts.closed]\naddress = "{fleet.server.socket_dir}"\nport = {fleet.server.port}\n'
    window = '[[hosts.closed.maintenance]]\ncron = "* * * * *"\nminutes = 5\n'
    discovered = '[fleet.discover]\nhost = "here"\ndatabases = "PREFIX*"\n[spec]\nsource = "schema"\n'
    fleet.configure(f'{discovered}[sentinel]\nhost = "closed"\ndatabase = "PREFIXsentinel"\n{elsewhere}{window}')
    report, found = scan(fleet)
    assert found is None
    assert dict(report.body.counts)[TenantStatus.IN_SYNC] == 1


def test_a_tenant_that_has_the_sentinels_name_is_refused(fleet):
    configure(fleet, f'tenant = "{fleet.database("t1")}"')
    with pytest.raises(InventoryError, match=r"is called .* as the sentinel is"):
        scan(fleet)
