"""How a scan that fails is logged: what it was and where, and nothing that its text may quote."""

from __future__ import annotations

import asyncio
import logging

import pytest

from coordinator.iac.source import SourceError
from coordinator.inventory import InventoryError
from coordinator.scan.logged import logged_scan
from coordinator.store.connection import StoreError
from shared.events.event import Event
from shared.events.scan import ScanFailed, ScanStarted
from shared.postgres.scratch.compile import SpecError
from shared.schema.schema import Origin


def events_of(error: Exception, caplog: pytest.LogCaptureFixture) -> list[Event]:
    async def fail():
        raise error

    with caplog.at_level(logging.DEBUG, logger="fleetdrift"), pytest.raises(type(error)):
        asyncio.run(logged_scan("s", "f", fail, unfinished_by=(StoreError,)))
    assert "canary" not in caplog.text
    started, *rest = [vars(record)["event"] for record in caplog.records]
    assert started == ScanStarted(scan="s", fleet="f", resumed=False)
    return rest


@pytest.mark.parametrize(
    ("error", "logged"),
    [
        (
            SpecError(Origin("a.sql", 3), "invalid input: 'canary'", "22P02"),
            ScanFailed(scan="s", fleet="f", error="SpecError", place="a.sql:3"),
        ),
        (
            SourceError("main.tf", 7, "cannot convert 'canary'"),
            ScanFailed(scan="s", fleet="f", error="SourceError", place="main.tf:7"),
        ),
        (
            InventoryError("the fleet lists the tenant 'a' more than once"),
            ScanFailed(
                scan="s", fleet="f", error="InventoryError", reason="the fleet lists the tenant 'a' more than once"
            ),
        ),
        (ValueError("postgresql://u:canary@h/d"), ScanFailed(scan="s", fleet="f", error="ValueError")),
    ],
)
def test_a_scan_that_fails_says_which_error_and_where_and_quotes_nothing(error, logged, caplog):
    assert events_of(error, caplog) == [logged]


def test_a_scan_that_will_be_resumed_has_not_failed(caplog):
    assert events_of(StoreError("the store cannot be reached"), caplog) == []
