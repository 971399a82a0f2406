"""A week of a platform team, over HTTP and by commands: a rollout, a dropped index, a lost server, and the way back."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from shared.embedded.postgres import EmbeddedPostgres
from shared.embedded.redis import EmbeddedRedis
from tests.acceptance.story.fleet import DATABASES, NAMESPACES, ORDERS, STATUS, TENANTS, Shop, migrated, serving
from tests.integration.notify.receivers import hook

pytestmark = pytest.mark.anyio


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def shop(tmp_path, monkeypatch):
    with (
        EmbeddedPostgres(in_memory=True) as near,
        EmbeddedPostgres(in_memory=True) as far,
        EmbeddedRedis() as redis,
        hook() as received,
    ):
        shop = Shop(tmp_path, near, far, received)
        shop.merge("0001_orders.sql", ORDERS)
        await shop.create()
        await shop.wire.join()
        async with serving(shop, shop.configure(redis), monkeypatch):
            yield shop
        await shop.wire.cut()


async def test_a_week_of_a_platform_team(shop):
    status = await shop.scan("to begin with")
    assert status == {"in_sync": 60}, await shop.command("report")

    shop.merge("0002_status.sql", STATUS)
    ahead = (*DATABASES[:10], *NAMESPACES[:10])
    await shop.run(ahead, migrated(2, STATUS))
    status = await shop.scan("the migration is merged, and has reached twenty")
    assert (status["pending"], status["in_sync"]) == (40, 20)
    assert await shop.command("changes") == "No changes.\n"
    await shop.run([name for name in TENANTS if name not in ahead], migrated(2, STATUS))
    assert (await shop.scan("the rollout is done"))["in_sync"] == 60

    dropped = (DATABASES[3], DATABASES[4], NAMESPACES[5])
    await shop.run(dropped, "DROP INDEX orders_by_customer")
    status = await shop.scan("somebody has dropped an index by hand")
    last_read = dt.datetime.now(dt.UTC)
    assert (status["drifted"], status["in_sync"]) == (3, 57)
    [change] = await shop.changes(state="open")
    assert (change["change"]["kind"], change["change"]["object_kind"], change["tenants"]) == ("missing", "index", 3)
    assert await shop.told() == [("new", 3)], "and of the rollout nobody was told anything"

    assert "orders_by_customer" in await shop.command("changes")
    of_gold = await shop.command("tenants", "--label", "tier=gold", "--status", "drifted", "--output", "csv")
    assert [line.split(",")[0] for line in of_gold.splitlines()[1:]] == list(dropped[:2])

    await shop.wire.cut()
    status = await shop.scan("a server has gone away")
    assert (status["unreachable"], status["drifted"], status["in_sync"]) == (30, 2, 28)
    assert await shop.told() == [("unreachable", 30)]
    [still] = await shop.changes(state="open")
    assert (still["change"]["id"], still["tenants"]) == (change["change"]["id"], 3), "what is known of it stays"
    age = (dt.datetime.now(dt.UTC) - last_read).total_seconds()
    shown = await shop.command("status", "--config", str(_config_that_calls_stale(shop, age)))
    assert "30 stale" in shown

    await shop.wire.join()
    status = await shop.scan("it is back")
    assert (status["drifted"], status["in_sync"]) == (3, 57)

    (shop.folder / "report.json").write_text(await shop.command("report", "--output", "json"))
    for group in json.loads(await shop.command("groups", "--output", "json"))["groups"]:
        done = await shop.command(
            "apply", "report.json", "--group", group["id"], "--all-of-group", "--execute", "--yes"
        )
        assert "done" in done
    status = await shop.scan("the plan is applied")
    assert status["in_sync"] == 60
    assert await shop.told() == [("resolved", 0)]

    [resolved] = await shop.changes(state="resolved")
    lasted = dt.datetime.fromisoformat(resolved["resolved"]) - dt.datetime.fromisoformat(resolved["first_seen"])
    assert lasted > dt.timedelta(0)
    assert (resolved["flaps"], resolved["most_tenants"]) == (0, 3)
    history = json.loads(await shop.command("tenant", NAMESPACES[5], "--output", "json"))
    timeline = [stay["result"]["status"] for stay in reversed(history["stays"])]
    assert timeline == ["never_scanned", "in_sync", "in_sync", "drifted", "unreachable", "drifted", "in_sync"]
    behind = json.loads(await shop.command("tenant", NAMESPACES[20], "--output", "json"))
    assert [stay["result"]["status"] for stay in reversed(behind["stays"])][1:4] == ["in_sync", "pending", "in_sync"]
    scans = json.loads(await shop.command("scans", "list", "--output", "json"))["scans"]
    assert [scan["purpose"] for scan in scans][:2] == ["the plan is applied", "it is back"]


def _config_that_calls_stale(shop: Shop, age: float):
    """Write a configuration for which what was read more than `age` seconds ago is stale."""
    path = shop.folder / "stale.toml"
    text = (shop.folder / "fleetdrift.toml").read_text()
    path.write_text(text + f"\n[memory]\nstale_after = {age}\n")
    return path
