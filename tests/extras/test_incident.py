"""An incident from the first drift to the fix, as dashboards, alerts and whoever is alerted see it.

A real service of 60 tenants on two servers, a real Prometheus with the deployment's rules, a real Alertmanager.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import re
import time
from collections import Counter
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from shared.embedded.postgres import EmbeddedPostgres
from shared.embedded.redis import EmbeddedRedis
from tests.acceptance.story.fleet import DATABASES, NAMESPACES, ORDERS, STATUS, TENANTS, TOKEN, Shop, migrated, serving
from tests.extras.api_answers import ask_everything
from tests.extras.drawn_dashboard import SAID, THEMES, Moment, Span, draw_dashboard
from tests.extras.monitoring import Prometheus, as_grafana_asks, running_alertmanager, running_prometheus
from tests.extras.panel_values import OVERVIEW, SCANS, wanted_of
from tests.extras.programs import ROOT
from tests.extras.test_dashboards import DASHBOARDS
from tests.integration.notify.receivers import Hook, hook

pytestmark = [pytest.mark.extras, pytest.mark.anyio]

SOON_SECONDS = 120.0
SVG = "{http://www.w3.org/2000/svg}"
PICTURES = ROOT / "docs/images/dashboards"
POINTS_OF_A_PICTURE = 150
SERVICE = """
[sentinel]
host = "near"
[[contracts]]
service = "checkout"
path = "checkout"
"""
RUST = """pub async fn orders_of(pool: &PgPool, customer: &str) -> sqlx::Result<Vec<Order>> {
    sqlx::query_as!(Order, "SELECT id, customer FROM orders WHERE customer = $1", customer).fetch_all(pool).await
}

pub async fn forget(pool: &PgPool, id: i64) -> sqlx::Result<()> {
    sqlx::query!("DELETE FROM orders WHERE id = $1", id).execute(pool).await.map(|_| ())
}
"""


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


def queries_of(panel: dict[str, Any]) -> list[str]:
    """Give the queries of a panel, in their order."""
    return [target["expr"] for target in panel.get("targets", ())]


PANELS = {
    (board, panel["title"]): queries_of(panel)
    for board, document in DASHBOARDS.items()
    for panel in document["panels"]
    if panel.get("targets")
}


class Watched:
    """The fleet, and what those see who watch it."""

    def __init__(self, shop: Shop, prometheus: Prometheus, told: Hook) -> None:
        self.shop = shop
        self.steps: list[Moment] = []
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

    async def scan(self, purpose: str) -> Counter[str]:
        """Scan the fleet, and hold every panel to what the API then says."""
        found = await self.shop.scan(purpose)
        self.steps.append(Moment(time.time(), purpose))
        await self.agrees_with_the_api()
        return found

    def shows(self, query: str) -> dict[tuple[str, ...], float]:
        """Give what a query shows now, by its labels beside `fleet`."""
        by = re.search(r"by \(([^)]*)\)", query)
        labels = [label for label in re.split(r", *", by[1]) if label not in {"fleet", "le"}] if by else []
        found = self._prometheus.query(as_grafana_asks(query, "shop"))
        return {tuple(row["metric"].get(label, "") for label in labels): float(row["value"][1]) for row in found}

    async def agrees_with_the_api(self) -> None:
        """Hold every query of every panel to what the API says now."""
        wanted = wanted_of(await ask_everything(self.shop.client), notices=lambda: len(self.shop.hook.requests))
        assert set(wanted) == set(PANELS)
        assert {key: len(each) for key, each in wanted.items()} == {key: len(each) for key, each in PANELS.items()}

        def wrong() -> dict[tuple[str, str], Any]:
            shown = {key: [self.shows(query) for query in queries] for key, queries in PANELS.items()}
            return {
                key: (shown[key], wanted[key])
                for key in PANELS
                if not all(each.fits(found) for each, found in zip(wanted[key], shown[key], strict=True))
            }

        await self.becomes(wrong, {}, f"after {self.steps[-1].said}")

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

    async def scan_held_up(self, purpose: str) -> Counter[str]:
        """Scan, with a server that says nothing until the panel of progress has been held to the scan's record."""
        [query] = PANELS[SCANS, "Progress of the running scan"]
        async with self.shop.wire.held():
            scanning = asyncio.create_task(self.scan(purpose))
            await self.becomes(lambda: bool(self.shows(query)), True, "the scan is seen to run")
            [record] = (await self.shop.client.get("/api/v1/scans", params={"limit": 1})).json()["scans"]
            assert sum((await asyncio.to_thread(self.shows, query)).values()) == record["tenants"]
        return await scanning

    def silent_panels(self) -> set[str]:
        """Name the panels of which a query showed nothing at any time."""
        return {
            title
            for (_, title), queries in PANELS.items()
            for query in queries
            if not self._prometheus.query_range(as_grafana_asks(query, "shop"), 3600)
        }

    def pictures(self) -> dict[str, str]:
        """Draw each dashboard as it is now, by the name of its file."""
        until = time.time()
        since = self.steps[0].at - 2
        span = Span(since, until, (until - since) / POINTS_OF_A_PICTURE)
        asked = Recorded(self._prometheus, span)
        return {
            f"{board.removesuffix('.json')}-{theme}.svg": draw_dashboard(document, asked, self.steps, span, colours)
            for board, document in DASHBOARDS.items()
            for theme, colours in THEMES.items()
        }


class Recorded:
    """What a Prometheus has recorded in a time."""

    def __init__(self, prometheus: Prometheus, span: Span) -> None:
        self._prometheus = prometheus
        self._span = span

    def over_time(self, query: str) -> list[dict[str, Any]]:
        span = {"start": self._span.since, "end": self._span.until, "step": self._span.step}
        return list(self._prometheus.ask("query_range", query=as_grafana_asks(query, "shop"), **span)["result"])

    def at_the_end(self, query: str) -> list[dict[str, Any]]:
        asked = self._prometheus.ask("query", query=as_grafana_asks(query, "shop"), time=self._span.until)
        return list(asked["result"])


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
        (tmp_path / "checkout/src").mkdir(parents=True)
        (tmp_path / "checkout/Cargo.toml").write_text('[dependencies]\nsqlx = "0.8"\n')
        (tmp_path / "checkout/src/lib.rs").write_text(RUST)
        configuration = shop.configure(redis)
        configuration.write_text(configuration.read_text() + SERVICE)
        monkeypatch.setenv("FLEETDRIFT_TOKEN", TOKEN)
        await shop.command("sentinel", "create")
        async with serving(shop, configuration, monkeypatch):
            target = f"{shop.client.base_url.host}:{shop.client.base_url.port}"
            with (
                running_alertmanager(tmp_path, told.url) as alertmanager,
                running_prometheus(target, tmp_path, alertmanager=alertmanager, at_once=True) as prometheus,
            ):
                yield Watched(shop, prometheus, told)
        await shop.wire.cut()


async def test_an_incident_is_seen_as_the_api_tells_it_and_told_until_it_is_over(watched, pytestconfig):
    shop = watched.shop
    assert await watched.scan("all is clean") == {"in_sync": 60}
    await watched.fires()
    await break_the_configuration_for_a_while(watched)

    index, column = DATABASES[3], NAMESPACES[5]
    await shop.run([index], "DROP INDEX orders_by_customer")
    await shop.run([column], "ALTER TABLE orders DROP COLUMN customer")
    until = dt.datetime.now(dt.UTC).date() + dt.timedelta(days=30)
    rule = {"reason": "made by hand", "owner": "ada", "until": until.isoformat(), "kind": "table", "name": "scratch"}
    assert (await shop.client.post("/api/v1/ignores", json=rule)).is_success
    assert (await watched.scan_held_up("3 % have drifted"))["drifted"] == 2
    drift = await watched.was_told("NewDrift", "firing")
    assert drift["groupLabels"] == {"alertname": "FleetdriftNewDrift", "fleet": "shop"}
    assert drift["commonAnnotations"]["runbook_url"].endswith("/new-drift.md")
    await watched.was_told("ContractsBroken", "firing")

    await shop.wire.cut()
    assert (await watched.scan("a server is away"))["unreachable"] == 30
    await watched.was_told("TenantsUnscanned", "firing")
    changes = PANELS[OVERVIEW, "Tenants of the worst changes"]
    assert len(await asyncio.to_thread(watched.shows, changes[0])) > 1, "what is known of the lost tenants stays"

    await shop.wire.join()
    assert (await watched.scan("it is back"))["drifted"] == 2
    await watched.was_told("TenantsUnscanned", "resolved")
    before = await asyncio.to_thread(watched._prometheus.firing)

    shop.merge("0002_status.sql", STATUS)
    await shop.run(DATABASES[10:20], migrated(2, STATUS))
    assert (await watched.scan("a rollout has reached ten"))["pending"] >= 40
    await asyncio.sleep(5)
    assert await asyncio.to_thread(watched._prometheus.firing) <= before, "a rollout raises nothing"
    drawn = await asyncio.to_thread(watched.pictures)

    await shop.run([name for name in TENANTS if name not in DATABASES[10:20]], migrated(2, STATUS))
    await shop.run([column], "ALTER TABLE orders ADD COLUMN customer text NOT NULL")
    await shop.run([index, column], "CREATE INDEX orders_by_customer ON orders (customer)")
    assert await watched.scan("all is done and put right") == {"in_sync": 60}
    await watched.fires()
    await watched.was_told("NewDrift", "resolved")
    await watched.was_told("ContractsBroken", "resolved")
    assert await asyncio.to_thread(watched.silent_panels) == set()
    check_pictures(drawn)
    if pytestconfig.getoption("--pictures", default=False):
        for name, text in drawn.items():
            (PICTURES / name).write_text(text)


async def break_the_configuration_for_a_while(watched: Watched) -> None:
    """Write a file that cannot be used: the panel and who is alerted say so until the one before is back."""
    path = watched.shop.folder / "fleetdrift.toml"
    before = path.read_text()
    path.write_text(f"{before}[metrics]\ntier_lable = 'plan'\n")
    await watched.fires("ConfigurationLoadFailed")
    await watched.agrees_with_the_api()
    await watched.was_told("ConfigurationLoadFailed", "firing")
    path.write_text(before)
    await watched.fires()
    await watched.was_told("ConfigurationLoadFailed", "resolved")


def check_pictures(drawn: dict[str, str]) -> None:
    """Hold each picture to be one: it shows every panel of its dashboard, and says what it is drawn from."""
    for name, text in drawn.items():
        said = [element.text for element in ET.fromstring(text).iter(f"{SVG}text")]
        titles = {title for board, title in PANELS if name.startswith(board.removesuffix(".json"))}
        assert titles <= set(said)
        assert any(each and each.startswith(SAID) for each in said)
    assert {path.name for path in PICTURES.glob("*.svg")} == set(drawn)
