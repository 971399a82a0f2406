"""fleetdrift checks its own store with itself: the migrations are the declaration."""

from __future__ import annotations

import asyncpg
import pytest

from coordinator.compare.own_store import check_own_store
from coordinator.daemon.service import Coordinator
from coordinator.settings.load import load_settings
from coordinator.store.leases import DEFAULT_LEASE_RULES
from coordinator.store.store import Store
from shared.hosts import Secret
from shared.postgres.scratch import ScratchServer
from tests.integration.cli.test_memory_verbs import CONFIG
from tests.reports import demo

pytestmark = pytest.mark.anyio


@pytest.fixture
def scratch(postgres):
    return ScratchServer(postgres.dsn())


async def by_hand(dsn, sql):
    admin = await asyncpg.connect(dsn)
    await admin.execute(sql)
    await admin.close()


async def test_a_store_is_what_its_migrations_make_and_what_is_done_to_it_by_hand_is_seen(
    dsn, scratch, tmp_path, redis_server
):
    async with Store.open(Secret(dsn)) as store:
        await store.record_report("1", demo())
        found = await check_own_store(Secret(dsn), scratch)
        assert (found.sentences, found.unverified) == ((), "")
        await by_hand(dsn, "DROP INDEX fleetdrift.scans_by_fleet; CREATE INDEX by_hand ON fleetdrift.scans (state)")
        await by_hand(dsn, "DROP TRIGGER count_stands_after_update ON fleetdrift.tenants")
        await by_hand(dsn, "CREATE TABLE public.not_ours (id int)")
        found = await check_own_store(Secret(dsn), scratch)
        assert sorted(found.sentences) == [
            "missing index fleetdrift.scans_by_fleet",
            "missing trigger fleetdrift.tenants.count_stands_after_update",
            "unexpected index fleetdrift.by_hand",
        ]
        (tmp_path / "fleetdrift.toml").write_text(CONFIG.format(stale_after=60))
        environment = {"FLEETDRIFT_STORE": dsn, "FLEETDRIFT_REDIS_URL": redis_server.url}
        settings = load_settings(tmp_path / "fleetdrift.toml", environment)
        coordinator = Coordinator(settings, store, scratch, leases=DEFAULT_LEASE_RULES)
        await coordinator.check_own_store()
        [_, said] = await coordinator.problems()
    assert said == (
        "the store is not as its migrations make it: missing index fleetdrift.scans_by_fleet; missing trigger "
        "fleetdrift.tenants.count_stands_after_update: put that back, or restore the store from a backup"
    )


async def test_a_check_that_cannot_be_made_ends_nothing(dsn, tmp_path, redis_server):
    (tmp_path / "fleetdrift.toml").write_text(CONFIG.format(stale_after=60))
    environment = {"FLEETDRIFT_STORE": dsn, "FLEETDRIFT_REDIS_URL": redis_server.url}
    settings = load_settings(tmp_path / "fleetdrift.toml", environment)
    nowhere = ScratchServer("postgresql://nobody@127.0.0.1:1/nowhere")
    async with Store.open(Secret(dsn)) as store:
        coordinator = Coordinator(settings, store, nowhere, leases=DEFAULT_LEASE_RULES)
        await coordinator.check_own_store()
        assert len(await coordinator.problems()) == 1
