"""Clocks that are wrong by an hour, of whoever: the report is that of the undisturbed scan."""

from __future__ import annotations

import asyncio

import pytest

from tests.acceptance.middle import BEFORE_EACH_TENANT_SECONDS

pytestmark = pytest.mark.anyio

HOUR = 3600.0


async def test_workers_whose_clocks_are_an_hour_ahead_and_behind_change_nothing(engine):
    for _ in range(2):  # the second scan meets what the first one remembered
        engine.worker(slots=1, slow=BEFORE_EACH_TENANT_SECONDS, skew=HOUR)
        engine.worker(slots=1, slow=BEFORE_EACH_TENANT_SECONDS, skew=-HOUR)
        await engine.assert_nothing_lost(await engine.scan())
        engine.stop()


@pytest.mark.parametrize("skew", [HOUR, -HOUR], ids=["ahead", "behind"])
async def test_a_coordinator_whose_clock_is_wrong_by_an_hour_changes_nothing(engine, skew):
    engine.worker(slots=2)
    coordinator = engine.coordinator("s", skew=skew)
    assert await asyncio.to_thread(coordinator.wait, 120) == 0
    await engine.assert_nothing_lost(await engine.scan(scan="s"))  # all of it has been read: this one looks only
