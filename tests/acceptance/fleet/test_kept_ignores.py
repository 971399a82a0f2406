"""An ignore rule that is kept in the store counts in the next scan, and is taken back by taking it away."""

from __future__ import annotations

import asyncio
import datetime as dt

from coordinator.access.audit import Action, Deed
from coordinator.settings.load import load_settings, required
from coordinator.settings.user import who_commands
from coordinator.store.store import Store
from shared.findings.ignore import IgnoreRule, KeptIgnoreRule

RULE = IgnoreRule(reason="known", owner="ada", until=dt.date(9999, 1, 1), kind="index")


def test_a_rule_of_the_store_counts_from_the_next_scan_on(fleet):
    settings = load_settings(fleet.configuration)

    async def change(action: Action) -> None:
        deed = Deed(caller=who_commands(), action=action, fleet=settings.file.fleet.name, subject="ab12")
        async with Store.open(required(settings.store_dsn, "store.dsn")) as store:
            if action is Action.IGNORE_CREATED:
                await store.ignores.create(deed.fleet, KeptIgnoreRule.named("ab12", RULE), deed)
            else:
                await store.ignores.delete(deed.fleet, "ab12", deed)

    asyncio.run(change(Action.IGNORE_CREATED))
    [drift] = fleet.scan(1).body.ignored
    assert drift.kept == "ab12"
    assert {each.kind for each in drift.objects} == {"index"}
    asyncio.run(change(Action.IGNORE_DELETED))
    assert fleet.scan(1).body.ignored == ()
