"""A server in maintenance is left alone by every command that scans, and its tenants are what they were known to be."""

from __future__ import annotations

import asyncio
import datetime as dt

import msgspec
import pytest

from coordinator.daemon.service import Coordinator
from coordinator.memory.views import FleetStatus
from coordinator.report.model import ScanReport, ScanStatus, TenantStatus
from coordinator.settings.load import load_settings
from shared.postgres.connection import connect_url
from shared.targets import FailureKind

from .conftest import TENANTS, Fleet

WINDOW = """
[[hosts.demo.maintenance]]
cron = "* * * * *"
minutes = 60
reason = "monthly upgrade"
"""
LONG = dt.timedelta(days=1)


@pytest.fixture
def closed(fleet: Fleet) -> Fleet:
    """The fleet with a configuration in which a window of its server is always open."""
    path = fleet.folder / "in-maintenance.toml"
    path.write_text(fleet.configuration.read_text() + WINDOW)
    return msgspec.structs.replace(fleet, configuration=path)


def connections(fleet: Fleet) -> int:
    """Count the sessions that databases of tenants have ever had, as the server counts them."""

    async def count() -> int:
        admin = await connect_url(fleet.server.dsn())
        found = await admin.fetchval("SELECT sum(sessions) FROM pg_stat_database WHERE datname LIKE 'tenant-%'")
        await admin.close()
        return int(found)

    return asyncio.run(count())


def remembered(fleet: Fleet) -> tuple[FleetStatus, dict[str, int]]:
    """Give what the store says of the fleet, and how many tenants have which shape, as far as is known."""

    async def ask() -> tuple[FleetStatus, dict[str, int]]:
        async with Coordinator.open(load_settings(fleet.configuration)) as coordinator:
            memory = coordinator.store.memory
            shares = {each.shape: each.tenants for each in await memory.shares(coordinator.fleet, LONG)}
            return await memory.status(coordinator.fleet, LONG), shares

    return asyncio.run(ask())


def kinds(report: ScanReport) -> set[FailureKind | None]:
    return {each.failure.kind if each.failure else None for each in report.body.tenants}


def test_nobody_connects_to_a_server_in_maintenance_and_its_tenants_are_read_after_it(fleet: Fleet, closed: Fleet):
    fleet.forget()
    before = fleet.scan(1)
    assert kinds(before) == {None}
    known, shapes = remembered(fleet)
    fleet.forget()  # else the sign of the server would say that nothing has changed
    count = connections(fleet)

    for report in (closed.scan(1), closed.check()):
        assert connections(fleet) == count
        assert report.status is ScanStatus.INCOMPLETE
        assert dict(report.body.counts)[TenantStatus.UNREACHABLE] == TENANTS
        assert kinds(report) == {FailureKind.MAINTENANCE}
        [said] = {each.failure.message for each in report.body.tenants if each.failure}
        assert said.startswith("not read: host demo is in maintenance until ")
        assert said.endswith(": monthly upgrade")
    during, still = remembered(fleet)
    assert dict(during.tenants)[TenantStatus.UNREACHABLE] == TENANTS
    assert (during.new, during.resolved, still) == (0, 0, shapes)

    after = fleet.scan(1)
    assert connections(fleet) > count
    assert (after.body.counts, kinds(after)) == (before.body.counts, {None})
    assert remembered(fleet)[0].tenants == known.tenants


def test_a_fleet_that_a_closed_server_would_list_is_the_one_it_listed_last(fleet: Fleet, closed: Fleet):
    discovered = fleet.configuration.read_text().replace("[fleet.declared]", "[fleet.discover]\ndatabases = 'tenant-*'")
    discovered = discovered.replace('name = "', 'name = "discovered-')
    elsewhen = WINDOW.replace("* * * * *", f"0 {(dt.datetime.now(dt.UTC).hour + 12) % 24} * * *")
    found = []
    for window in (elsewhen, WINDOW):
        closed.configuration.write_text(discovered + window)
        found.append(closed.scan(1))
    tenants = [[each.tenant for each in report.body.tenants] for report in found]
    assert tenants[0] == tenants[1]
    assert [len(names) for names in tenants] == [TENANTS, TENANTS]
    assert [kinds(report) for report in found] == [{None}, {FailureKind.MAINTENANCE}]
    assert found[1].status is ScanStatus.INCOMPLETE
    assert any("who lives there is known from an earlier scan" in sentence for sentence in found[1].body.unchecked)
