"""One coordinator of several fleets over HTTP, with a real store and a real Redis."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
from collections.abc import AsyncIterator

import httpx
import msgspec
import pytest
from prometheus_client.parser import text_string_to_metric_families

from coordinator.daemon.api.app import build_api
from coordinator.daemon.api.callers import Callers
from coordinator.daemon.api.fleets import ServedFleet
from coordinator.daemon.api.serve import serve
from coordinator.daemon.metrics import FleetMetrics, MetricsPage
from coordinator.daemon.scan_service import QueuedScans
from coordinator.engine.crew import Crew
from coordinator.engine.roster import read_roster
from coordinator.records.documents import FleetsList, ScansPage, TenantsPage, WorkersList
from coordinator.records.remote import RemoteRecords, ServerError
from coordinator.records.stored import StoredRecords
from coordinator.store.store import Store
from shared.formats import PROTOCOL
from shared.messages import Keys, Presence
from shared.signing import KeyRing
from tests.integration.engine.test_memory import scanned

pytestmark = pytest.mark.anyio

NAMES = ("eu", "us")


def report_of_fleet(name, **tenants):
    report = scanned(**tenants)
    return msgspec.structs.replace(report, body=msgspec.structs.replace(report.body, fleet=name))


@contextlib.asynccontextmanager
async def running(store: Store, problems: dict[str, list[str]]) -> AsyncIterator[httpx.AsyncClient]:
    metrics = {name: FleetMetrics(name) for name in NAMES}
    services = {}

    def served(name: str) -> ServedFleet:
        async def perform(_scan):
            return report_of_fleet(name, a="e" if name == "eu" else "ok")

        async def check():
            return problems.get(name, [])

        async def workers():
            return WorkersList(fleet=name, waiting=0)

        services[name] = QueuedScans(name, store, metrics[name], perform=perform, check=check)
        records = StoredRecords(store, name, dt.timedelta(days=1))
        return ServedFleet(name, services[name], records, workers=workers, store=store)

    served_fleets = {name: served(name) for name in NAMES}
    api = build_api(served_fleets, MetricsPage(*metrics.values()).write, Callers(store.credentials))
    listening: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    tasks = [asyncio.create_task(serve(api, "127.0.0.1", 0, on_listening=listening.set_result))]
    tasks += [asyncio.create_task(service.run(0)) for service in services.values()]
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{await listening}/api/v1") as client:
            yield client
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def get(client, path, kind, **parameters):
    answer = await client.get(path, params=parameters)
    assert answer.status_code == 200, answer.text
    return msgspec.json.decode(answer.content, type=kind)


async def scan_to_its_end(client, fleet):
    asked = await client.post("scans", params={"fleet": fleet})
    assert asked.status_code == 202, asked.text
    scan = asked.json()["scan"]
    for _ in range(500):
        record = (await client.get(f"scans/{scan}", params={"fleet": fleet})).json()
        if record["finished"]:
            return record
        await asyncio.sleep(0.02)
    raise AssertionError(record)


async def test_each_request_is_about_one_fleet_and_the_fleets_are_listed(store):
    problems = {"us": ["no worker of fleet us was announced"]}
    async with running(store, problems) as client:
        assert (await scan_to_its_end(client, "eu"))["state"] == "drift"
        us = await scan_to_its_end(client, "us")
        assert us["state"] == "in_sync"
        for fleet, status in (("eu", "drifted"), ("us", "in_sync")):
            page = await get(client, "tenants", TenantsPage, fleet=fleet)
            assert (page.fleet, [each.status.value for each in page.tenants]) == (fleet, [status])
            assert len((await get(client, "scans", ScansPage, fleet=fleet)).scans) == 1
        assert (await client.get(f"scans/{us['scan']}", params={"fleet": "eu"})).status_code == 404
        listed = (await get(client, "fleets", FleetsList)).fleets
        assert [(each.fleet, each.leads, each.problems) for each in listed] == [
            ("eu", True, ()),
            ("us", True, ("no worker of fleet us was announced",)),
        ]
        assert [dict(each.tenants)["drifted"] for each in listed] == [1, 0]
        ready = await client.get(client.base_url.copy_with(path="/readyz"))
        assert (ready.status_code, ready.json()["problems"]) == (503, ["no worker of fleet us was announced"])
        metrics = (await client.get(client.base_url.copy_with(path="/metrics"))).text
    leaders = [
        sample.labels["fleet"]
        for family in text_string_to_metric_families(metrics)
        if family.name == "fleetdrift_leader"
        for sample in family.samples
    ]
    assert leaders == list(NAMES)
    assert metrics.count("# TYPE fleetdrift_leader ") == 1


async def test_a_request_that_names_no_fleet_or_an_unknown_one_is_refused_and_a_command_says_so(store):
    async with running(store, {}) as client:
        for path in ("status", "tenants", "scans", "workers"):
            unsaid = await client.get(path)
            assert (unsaid.status_code, unsaid.json()["detail"]) == (
                400,
                "fleet: expected one of eu, us: this coordinator has several",
            )
        unknown = await client.get("status", params={"fleet": "uk"})
        assert (unknown.status_code, unknown.json()["detail"]) == (404, "there is no such fleet")
        assert (await client.get("fleets", params={"fleet": "eu"})).status_code == 400
        server = str(client.base_url).removesuffix("/api/v1/")
        assert (await RemoteRecords(server, fleet="us").status()).fleet == "us"
        with pytest.raises(ServerError, match="expected one of eu, us"):
            await RemoteRecords(server).status()


async def test_workers_are_listed_with_what_keeps_them_from_working(redis):
    keys = Keys("eu", KeyRing())
    now = (await redis.time())[0]
    for presence in (
        Presence("w-2", 4, PROTOCOL, keys.ring.ids),
        Presence("w-1", 2, PROTOCOL + 1),
        Presence("w-3", 2, PROTOCOL, ("another key",)),
    ):
        await redis.zadd(keys.presence, {msgspec.json.encode(presence): now + 60})
    await redis.lpush(keys.queue, b"a", b"b")
    try:
        found = await read_roster(redis, keys)
    finally:
        await redis.delete(keys.presence, keys.queue)
    assert (found.slots, found.waiting) == (4, 2)
    assert [(each.presence.worker, each.problem) for each in found.workers] == [
        ("w-1", "its protocol is 3, that of this coordinator 2: upgrade the coordinator"),
        ("w-2", ""),
        ("w-3", Crew(strangers=("w-3",)).other_keys),
    ]
