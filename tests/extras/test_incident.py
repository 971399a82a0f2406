"""An incident from the first drift to the fix, as dashboards, alerts and whoever is alerted see it.

A real service of 60 tenants on two servers, a real Prometheus with the deployment's rules, a real Alertmanager.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from shared.embedded.postgres import EmbeddedPostgres
from shared.embedded.redis import EmbeddedRedis
from tests.acceptance.story.fleet import DATABASES, NAMESPACES, ORDERS, STATUS, TENANTS, Shop, migrated, serving
from tests.extras.monitoring import Prometheus, as_grafana_asks, running_alertmanager, running_prometheus
from tests.extras.test_dashboards import DASHBOARDS
from tests.integration.notify.receivers import Hook, hook

pytestmark = [pytest.mark.extras, pytest.mark.anyio]

SOON_SECONDS = 120.0
UNKNOWN = ("unreachable", "error", "stale", "never_scanned", "unverified")
SEEN_BY_CHANCE = {"Progress of the running scan", "Stages of scans", "Tenants read", "Duration of scans"}
"""Panels of what happens while a scan runs: whether a scrape falls into it is chance. The demo's are looked at too."""


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


def query_of(title: str) -> str:
    """Give the first query of a panel."""
    panels = [panel for board in DASHBOARDS.values() for panel in board["panels"] if panel.get("targets")]
    [found] = {panel["targets"][0]["expr"] for panel in panels if panel["title"] == title}
    return str(found)


class Watched:
    """The fleet, and what those see who watch it."""

    def __init__(self, shop: Shop, prometheus: Prometheus, told: Hook) -> None:
        self.shop = shop
        self._prometheus = prometheus
        self._told = told

    async def becomes(self, look: Callable[[], Any], expected: Any, said: str = "") -> None:
        """Wait until somebody sees something."""
        found = None
        try:
            async with asyncio.timeout(SOON_SECONDS):
                while (found := await asyncio.to_thread(look)) != expected:  # noqa: ASYNC110  # others make it true
                    await asyncio.sleep(0.5)
        except TimeoutError:
            assert found == expected, said

    def panel(self, title: str, label: str) -> dict[str, float]:
        """Give what a panel shows now, by one of its labels."""
        found = self._prometheus.query(as_grafana_asks(query_of(title), "shop"))
        return {row["metric"].get(label, ""): float(row["value"][1]) for row in found}

    async def agrees_with_the_api(self) -> None:
        """Hold the panels to what the API says now."""
        status = (await self.shop.client.get("/api/v1/status")).json()
        tenants = {name: float(count) for name, count in status["tenants"]}
        changes = await self.shop.changes(state="open")
        drifted = tenants["drifted"]
        expected: dict[tuple[str, str], dict[str, float]] = {
            ("Tenants by status", "status"): tenants,
            ("Tenants", "fleet"): {"shop": 60.0},
            ("Drifted tenants", "fleet"): {"shop": drifted},
            ("Share of drifted tenants", "fleet"): {"shop": drifted / 60},
            ("Tenants not known", "fleet"): {"shop": sum(tenants[name] for name in UNKNOWN)},
            ("Tenants that wait for a rollout", "fleet"): {"shop": tenants["pending"]},
            ("Tenants of the worst changes", "object"): {
                each["change"]["object"]: float(each["tenants"]) for each in changes
            },
        }
        for (title, label), values in expected.items():
            await self.becomes(partial(self.panel, title, label), values, title)
        await self.becomes(lambda: sum(self.panel("Open changes", "state").values()), float(len(changes)))

    async def fires(self, *names: str) -> None:
        """Wait until exactly these alerts fire."""
        await self.becomes(self._prometheus.firing, {f"Fleetdrift{name}" for name in names})

    def messages(self, name: str) -> list[dict[str, Any]]:
        """Give what those were sent who are alerted, of one alert."""
        sent = [json.loads(body) for _, body in self._told.requests]
        return [each for each in sent if each["groupLabels"].get("alertname") == f"Fleetdrift{name}"]

    async def was_told(self, name: str, status: str) -> dict[str, Any]:
        """Wait for a message that says that an alert fires, or has ended."""
        await self.becomes(lambda: status in {each["status"] for each in self.messages(name)}, True, f"{name} {status}")
        return next(each for each in self.messages(name) if each["status"] == status)

    def silent_panels(self) -> set[str]:
        """Name the panels that showed nothing at any time."""
        return {
            panel["title"]
            for board in DASHBOARDS.values()
            for panel in board["panels"]
            for target in panel.get("targets", ())
            if not self._prometheus.query_range(as_grafana_asks(target["expr"], "shop"), 3600)
        }


@pytest.fixture
async def watched(tmp_path, monkeypatch):
    with (
        EmbeddedPostgres(in_memory=True) as near,
        EmbeddedPostgres(in_memory=True) as far,
        EmbeddedRedis() as redis,
        hook() as notified,
        hook() as told,
    ):
        shop = Shop(tmp_path, near, far, notified)
        shop.merge("0001_orders.sql", ORDERS)
        await shop.create()
        await shop.wire.join()
        async with serving(shop, shop.configure(redis), monkeypatch):
            target = f"{shop.client.base_url.host}:{shop.client.base_url.port}"
            with (
                running_alertmanager(tmp_path, told.url) as alertmanager,
                running_prometheus(target, tmp_path, alertmanager=alertmanager, at_once=True) as prometheus,
            ):
                yield Watched(shop, prometheus, told)
        await shop.wire.cut()


async def test_an_incident_is_seen_as_the_api_tells_it_and_told_until_it_is_over(watched):
    shop = watched.shop
    assert await shop.scan("clean") == {"in_sync": 60}
    await watched.agrees_with_the_api()
    await watched.fires()

    dropped = (DATABASES[3], NAMESPACES[5])
    await shop.run(dropped, "DROP INDEX orders_by_customer")
    assert (await shop.scan("3 % have drifted"))["drifted"] == 2
    await watched.agrees_with_the_api()
    drift = await watched.was_told("NewDrift", "firing")
    assert drift["groupLabels"] == {"alertname": "FleetdriftNewDrift", "fleet": "shop"}
    assert drift["commonAnnotations"]["runbook_url"].endswith("/new-drift.md")

    await shop.wire.cut()
    assert (await shop.scan("a server is away"))["unreachable"] == 30
    await watched.agrees_with_the_api()
    await watched.was_told("TenantsUnscanned", "firing")
    assert watched.panel("Tenants of the worst changes", "object") != {}, "what is known of the lost tenants stays"

    await shop.wire.join()
    assert (await shop.scan("it is back"))["drifted"] == 2
    await watched.agrees_with_the_api()
    await watched.was_told("TenantsUnscanned", "resolved")
    before = await asyncio.to_thread(watched._prometheus.firing)

    shop.merge("0002_status.sql", STATUS)
    await shop.run(DATABASES[10:20], migrated(2, STATUS))
    assert (await shop.scan("a rollout has reached ten"))["pending"] >= 40
    await watched.agrees_with_the_api()
    await asyncio.sleep(3)
    assert await asyncio.to_thread(watched._prometheus.firing) <= before, "a rollout raises nothing"

    await shop.run([name for name in TENANTS if name not in DATABASES[10:20]], migrated(2, STATUS))
    await shop.run(dropped, "CREATE INDEX orders_by_customer ON orders (customer)")
    assert await shop.scan("all is done and put right") == {"in_sync": 60}
    await watched.agrees_with_the_api()
    await watched.fires()
    await watched.was_told("NewDrift", "resolved")
    of_services = {panel["title"] for panel in DASHBOARDS["contracts-and-rollouts.json"]["panels"][1:4]}
    assert await asyncio.to_thread(watched.silent_panels) - SEEN_BY_CHANCE == of_services, "no service is checked here"
