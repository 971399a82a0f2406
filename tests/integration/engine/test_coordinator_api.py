"""The HTTP API over a real store: requests for scans, the schedule, and what a restart takes up."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
from collections.abc import AsyncIterator

import asyncpg
import httpx
import msgspec
import pytest
from prometheus_client.parser import text_string_to_metric_families

from coordinator.daemon.alarms import CronSchedule
from coordinator.daemon.api.app import build_api
from coordinator.daemon.api.callers import Callers
from coordinator.daemon.api.fleets import ServedFleet
from coordinator.daemon.api.serve import ListenError, serve
from coordinator.daemon.metrics import FleetMetrics, MetricsPage
from coordinator.daemon.scan_service import QueuedScans
from coordinator.records.documents import WorkersList
from coordinator.records.stored import StoredRecords
from coordinator.report.model import ScanReport
from coordinator.settings.schedule import ScheduleTable
from coordinator.settings.serve import ServeTable
from coordinator.store.records import ScanRequest
from coordinator.store.store import Store
from shared.hosts import Secret
from tests.reports import demo, read_json
from tests.unit.report.test_hostile_names import EVERYWHERE, hostile_report

pytestmark = pytest.mark.anyio

FLEET = demo().body.fleet


class Scans:
    """Performs scans by giving the demo's report, once it is let."""

    def __init__(self) -> None:
        self.performed: list[str] = []
        self.asked = asyncio.Event()
        self.go = asyncio.Event()
        self.go.set()
        self.fails: Exception | None = None
        self.problems: list[str] = []
        self.report = demo()

    async def perform(self, scan: str) -> ScanReport:
        await self.go.wait()
        self.performed.append(scan)
        self.asked.set()
        if self.fails:
            raise self.fails
        return self.report

    async def check(self) -> list[str]:
        return self.problems


@pytest.fixture
async def scans() -> Scans:
    return Scans()


async def nobody() -> WorkersList:
    return WorkersList(fleet=FLEET, waiting=0)


@contextlib.asynccontextmanager
async def running(
    store: Store,
    scans: Scans,
    *,
    token: str = "",
    table: ServeTable | None = None,
    rules: tuple = (),
    interval: float = 0,
    schedule: CronSchedule | None = None,
) -> AsyncIterator[httpx.AsyncClient]:
    metrics = FleetMetrics(FLEET)
    service = QueuedScans(FLEET, store, metrics, perform=scans.perform, check=scans.check, resumable=3600)
    records = StoredRecords(store, FLEET, dt.timedelta(days=1))
    callers = Callers(store.credentials, table or ServeTable(), Secret(token) if token else None)
    served = ServedFleet(FLEET, service, records, workers=nobody, store=store, rules=rules)
    api = build_api({FLEET: served}, MetricsPage(metrics).write, callers)
    listening: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    tasks = [
        asyncio.create_task(serve(api, "127.0.0.1", 0, proxies=callers.proxies, on_listening=listening.set_result)),
        asyncio.create_task(service.run(interval, schedule)),
    ]
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{await listening}") as client:
            yield client
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def as_scanned(report: ScanReport) -> ScanReport:
    """Leave out what the memory adds to a report."""
    return msgspec.structs.replace(report, first_seen=msgspec.UNSET)


async def until(client: httpx.AsyncClient, scan: str, state: str) -> None:
    for _ in range(200):
        if (await client.get(f"/api/v1/scans/{scan}")).json()["state"] == state:
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"scan {scan} never was {state}")


async def test_a_scan_is_asked_for_done_and_reported(store, scans):
    async with running(store, scans) as client:
        asked = await client.post("/api/v1/scans")
        assert asked.status_code == 202
        scan = asked.json()["scan"]
        await until(client, scan, "drift")
        assert [each["scan"] for each in (await client.get("/api/v1/scans")).json()["scans"]] == [scan]
        for path in ("/api/v1/scans/latest/report", f"/api/v1/scans/{scan}/report"):
            report = read_json((await client.get(path)).content)
            assert as_scanned(report) == demo()
            assert report.first_seen, "the memory says since when"
        page = (await client.get("/metrics")).text
    assert f'fleetdrift_drift_groups{{fleet="{FLEET}"}} 2.0' in page
    assert scans.performed == [scan]


async def test_of_the_scans_that_a_schedule_missed_one_is_made_up_for(store, scans, dsn):
    await store.create_scan("long-ago", FLEET, ScanRequest(requested_by="schedule"))
    await store.record_report("long-ago", demo())
    admin = await asyncpg.connect(dsn)
    await admin.execute("UPDATE fleetdrift.scans SET requested = now() - interval '800 days'")
    await admin.close()
    yearly = CronSchedule(ScheduleTable(cron="0 0 1 1 *"), FLEET)
    async with running(store, scans, schedule=yearly) as client:
        await asyncio.wait_for(scans.asked.wait(), 60)
        await until(client, scans.performed[0], "drift")
        scans.asked.clear()
        other = (await client.post("/api/v1/scans")).json()["scan"]
        await until(client, other, "drift")
    assert scans.performed[1:] == [other]


async def test_hostile_names_come_through_the_api_as_they_are_and_leave_the_metrics_readable(store, scans):
    scans.report = hostile_report(EVERYWHERE)
    async with running(store, scans) as client:
        scan = (await client.post("/api/v1/scans")).json()["scan"]
        await until(client, scan, "incomplete")
        answer = await client.get(f"/api/v1/scans/{scan}/report")
        page = (await client.get("/metrics")).text
    assert answer.headers["content-type"].startswith("application/json")
    assert as_scanned(read_json(answer.content)) == scans.report
    assert list(text_string_to_metric_families(page))
    assert EVERYWHERE not in page


async def test_what_waits_already_is_not_asked_for_twice(store, scans):
    scans.go.clear()
    async with running(store, scans) as client:
        first = (await client.post("/api/v1/scans")).json()["scan"]
        second = (await client.post("/api/v1/scans")).json()["scan"]
        scans.go.set()
        await until(client, first, "drift")
        assert second == first


async def test_a_scan_that_fails_ends_as_failed_and_the_next_is_done(store, scans):
    scans.fails = ValueError("postgresql://u:canary@h/db")
    async with running(store, scans) as client:
        first = (await client.post("/api/v1/scans")).json()["scan"]
        await until(client, first, "failed")
        scans.fails = None
        second = (await client.post("/api/v1/scans")).json()["scan"]
        await until(client, second, "drift")
        assert 'outcome="failed"} 1.0' in (await client.get("/metrics")).text


async def test_a_scan_that_an_earlier_process_left_is_taken_up_unless_it_is_old(store, scans, dsn):
    await store.create_scan("recent", FLEET)
    await store.begin_ledger("recent", [])
    await store.create_scan("old", FLEET)
    await store.begin_ledger("old", [])
    await _age(dsn, "old")
    async with running(store, scans) as client:
        await until(client, "recent", "drift")
        await until(client, "old", "cancelled")
    assert scans.performed == ["recent"]


async def _age(dsn: str, scan: str) -> None:
    import asyncpg

    connection = await asyncpg.connect(dsn)
    await connection.execute("UPDATE fleetdrift.scans SET requested = now() - interval '1 day' WHERE scan = $1", scan)
    await connection.close()


async def test_the_schedule_begins_with_a_scan(store, scans):
    async with running(store, scans, interval=3600) as client:
        await scans.asked.wait()
        await until(client, scans.performed[0], "drift")


async def test_a_token_guards_everything_but_health_and_metrics(store, scans):
    async with running(store, scans, token="s3cret") as client:
        for path in ("/healthz", "/readyz", "/metrics"):
            assert (await client.get(path)).status_code == 200
        for headers in ({}, {"authorization": "Bearer wrong"}, {"authorization": "s3cret"}):
            for path in ("/api/v1/scans", "/api/v1/scans/latest/report", "/api/v1/scans/x"):
                assert (await client.get(path, headers=headers)).status_code == 401
            assert (await client.post("/api/v1/scans", headers=headers)).status_code == 401
        assert (await client.get("/api/v1/scans", headers={"authorization": "Bearer s3cret"})).status_code == 200
    assert scans.performed == []


async def test_readiness_says_what_is_wrong(store, scans):
    scans.problems = ["Redis does not answer (ConnectionError)"]
    async with running(store, scans) as client:
        answer = await client.get("/readyz")
        assert (await client.get("/healthz")).status_code == 200
    assert answer.status_code == 503
    assert answer.json()["problems"] == scans.problems


@pytest.mark.parametrize(
    "path", ["/api/v1/scans/none", "/api/v1/scans/none/report", "/api/v1/scans/latest/report", "/elsewhere"]
)
async def test_what_is_not_there_is_not_found(store, scans, path):
    async with running(store, scans) as client:
        assert (await client.get(path)).status_code == 404


async def test_another_fleet_s_scans_are_not_shown(store, scans):
    await store.create_scan("foreign", "another")
    async with running(store, scans) as client:
        assert (await client.get("/api/v1/scans/foreign")).status_code == 404
        assert (await client.get("/api/v1/scans")).json()["scans"] == []


async def test_a_port_that_is_taken_is_said_in_a_sentence(store, scans):
    async with running(store, scans) as client:
        port = client.base_url.port
        assert port is not None
        with pytest.raises(ListenError, match=rf"^cannot listen on 127.0.0.1 port {port}: "):
            await serve(build_api({}, lambda _: b"", Callers(store.credentials)), "127.0.0.1", port)
