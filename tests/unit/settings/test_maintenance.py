"""When a server is in maintenance, by a clock that the test turns, and what becomes of its tenants."""

from __future__ import annotations

import asyncio
import datetime as dt

import pytest

from coordinator.fleet.maintenance import read_outside_maintenance
from coordinator.fleet.reader import FleetReader
from coordinator.inventory import InventoryError, load_targets
from coordinator.settings.load import SettingsError, load_settings
from coordinator.settings.maintenance import MaintenanceTable, closed_hosts
from shared.targets import Failure, FailureKind, Observation, Target

SUNDAY = MaintenanceTable(cron="0 2 * * sun", minutes=120, timezone="Europe/Berlin", reason="monthly upgrade")
CONFIGURATION = """
FLEET
[hosts.main]
address = "db.internal"
[[hosts.main.maintenance]]
WINDOW
[spec]
source = "schema"
"""


def until(moment: str, *tables: MaintenanceTable) -> str:
    """Say when the host is open again at a moment in UTC; nothing when it is not in maintenance."""
    found = closed_hosts({"main": tables}, dt.datetime.fromisoformat(moment).replace(tzinfo=dt.UTC))
    return found["main"].until.isoformat(timespec="minutes") if found else ""


def test_a_window_is_open_from_its_first_moment_until_its_minutes_are_over_in_its_zone():
    end = "2026-01-04T04:00+01:00"
    assert until("2026-01-04T00:59:59", SUNDAY) == ""
    assert [until(moment, SUNDAY) for moment in ("2026-01-04T01:00", "2026-01-04T02:59:59")] == [end, end]
    assert until("2026-01-04T03:00", SUNDAY) == ""
    assert until("2026-01-05T01:30", SUNDAY) == ""


def test_a_window_reaches_across_midnight_and_into_the_next_year():
    new_year = MaintenanceTable(cron="30 23 31 12 *", minutes=90)
    assert until("2026-12-31T23:45", new_year) == until("2027-01-01T00:59", new_year) == "2027-01-01T01:00+00:00"
    assert until("2027-01-01T01:00", new_year) == ""


def test_of_windows_that_overlap_the_one_that_closes_last_counts():
    hourly = MaintenanceTable(cron="0 * * * *", minutes=90)
    assert until("2026-05-01T12:10", hourly) == "2026-05-01T13:30+00:00"
    night = MaintenanceTable(cron="0 12 * * *", minutes=20)
    assert until("2026-05-01T12:10", night, hourly) == until("2026-05-01T12:10", hourly, night)


def test_a_window_is_as_long_as_it_says_where_the_clock_is_set_forward_or_back():
    # on 29 March 02:00 becomes 03:00 in Berlin, on 25 October 03:00 becomes 02:00; both are 01:00 UTC
    early = MaintenanceTable(cron="30 1 * * *", minutes=120, timezone="Europe/Berlin")
    assert until("2026-03-29T02:29", early) == "2026-03-29T04:30+02:00"
    assert until("2026-03-29T02:30", early) == ""
    assert until("2026-10-25T01:29", early) == "2026-10-25T02:30+01:00"
    assert until("2026-10-25T01:30", early) == ""


def test_a_window_that_would_open_in_the_hour_that_is_skipped_opens_right_after_it():
    assert until("2026-03-29T01:00", SUNDAY) == "2026-03-29T05:00+02:00"
    assert until("2026-03-29T00:59", SUNDAY) == ""


def test_a_host_without_windows_is_never_in_maintenance():
    assert until("2026-01-04T01:00") == ""


def configured(tmp_path, window, fleet='[fleet]\ntenants = [{ tenant = "a" }, { tenant = "b" }]'):
    path = tmp_path / "fleetdrift.toml"
    path.write_text(CONFIGURATION.replace("WINDOW", window).replace("FLEET", fleet))
    return load_settings(path, {})


@pytest.mark.parametrize(
    ("window", "told"),
    [
        ('cron = "0 2 * * *"\nminutes = 0', "maintenance[0].minutes: Expected `int` >= 1"),
        ('cron = "0 2 * * *"\nminutes = 10081', "10080"),
        ('cron = "at night"\nminutes = 5', "expected a cron expression such as '30 2 * * *', found 'at night'"),
        ('cron = "0 2 * * *"\nminutes = 5\ntimezone = "Mars"', "expected a time zone such as Europe/Berlin"),
        ('cron = "0 2 * * *"\nminutes = 5\nreason = "a\\u001b[31m"', "expected a reason of one line"),
        ("minutes = 5", "cron"),
    ],
)
def test_a_window_that_cannot_be_is_refused_with_a_sentence(tmp_path, window, told):
    with pytest.raises(SettingsError) as raised:
        configured(tmp_path, window)
    assert told in str(raised.value)


def test_a_reader_is_asked_for_no_tenant_whose_host_is_in_maintenance():
    targets = [Target(tenant=name, host=host, database=name) for name, host in (("a", "main"), ("b", "other"))]
    seen, asked = Observation(fingerprint="f", server_version=180000), []

    class Recording(FleetReader):
        async def read(self, targets, on_progress):
            asked.extend(targets)
            return {target.tenant: seen for target in targets}

        async def snapshots(self, fingerprints):
            raise AssertionError("only read is called")

        async def analyse(self, spec, snapshots, contracts):
            raise AssertionError("only read is called")

    now = dt.datetime(2026, 1, 4, 1, tzinfo=dt.UTC)
    closed = closed_hosts({"main": [SUNDAY], "other": []}, now)
    found = asyncio.run(read_outside_maintenance(Recording(), targets, closed, lambda _: None))
    assert asked == targets[1:]
    sentence = "not read: host main is in maintenance until 2026-01-04T04:00+01:00: monthly upgrade"
    assert list(found.items()) == [("a", Failure(FailureKind.MAINTENANCE, sentence)), ("b", seen)]


DISCOVERED = '[fleet.discover]\nhost = "main"\ndatabases = "*"'
QUERIED = '[fleet.query]\nhost = "main"\ndatabase = "control"\nsql = "SELECT 1"'


@pytest.mark.parametrize("fleet", [DISCOVERED, QUERIED])
def test_a_server_in_maintenance_is_not_asked_for_tenants_those_known_from_before_count(tmp_path, fleet):
    settings = configured(tmp_path, 'cron = "* * * * *"\nminutes = 5', fleet)
    closed = settings.file.closed_hosts(dt.datetime.now(dt.UTC))
    known = (Target(tenant="a", host="main", database="a", labels=(("tier", "gold"),)),)
    listed = asyncio.run(load_targets(settings, [], closed, known))
    assert listed.targets == known
    assert listed.unread == (f"{closed['main'].sentence}; who lives there is known from an earlier scan",)
    with pytest.raises(InventoryError, match=r"host main is in maintenance until .* nothing is known from an earlier"):
        asyncio.run(load_targets(settings, [], closed))
