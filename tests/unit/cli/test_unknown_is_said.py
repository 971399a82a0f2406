"""What is not known of a fleet is not told as if it were nothing."""

from __future__ import annotations

import datetime as dt

import pytest

from coordinator.cli.memory_text import changes_text, status_text, tenants_text
from coordinator.memory.views import FleetStatus, Known, TenantView
from coordinator.report.model import TenantStatus
from coordinator.report.renderers.text import Terminal

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
WIDE = Terminal(width=140)


def status(scanned: bool, **tenants: int) -> FleetStatus:
    return FleetStatus(
        fleet="f",
        scanned=NOW if scanned else None,
        oldest_good=None,
        tenants=tuple((TenantStatus(name), count) for name, count in tenants.items()),
        changes=(("error", 0), ("warning", 1)),
        new=1,
        resolved=0,
        suspicious=None,
    )


@pytest.mark.parametrize(
    ("known", "said"),
    [
        (status(True, in_sync=3), "No changes.\n"),
        (status(False, in_sync=1, never_scanned=2), "No changes are known: no scan of the whole fleet is recorded"),
        (status(True, in_sync=1, unreachable=2, stale=1), "No changes, as far as is known: 2 unreachable, 1 stale.\n"),
    ],
)
def test_no_changes_is_said_of_those_that_are_known(known, said):
    assert changes_text((), None, NOW, WIDE, status=known).startswith(said)


def test_a_fleet_of_which_some_tenants_were_scanned_tells_what_was_found():
    told = status_text(status(False, drifted=1, never_scanned=5), (), NOW, WIDE)
    assert "1 drifted, 5 never scanned" in told
    assert "No scan of the whole fleet is recorded" in told
    assert "open changes: 1 warning" in told
    assert "run `fleetdrift scan`" in status_text(status(False, never_scanned=5), (), NOW, WIDE)


def test_a_tenant_that_could_not_be_compared_is_in_the_group_that_it_was_last_known_to_be_in():
    known = Known(status=TenantStatus.DRIFTED, shape="ab" * 32, group="0123456789abcdef")
    tenant = TenantView(
        tenant="a", status=TenantStatus.UNVERIFIED, since=NOW, last_good=NOW, group="fedcba9876543210", known=known
    )
    assert "0123456789abcdef" in tenants_text([tenant], None, NOW, WIDE)
    assert "fedcba9876543210" not in tenants_text([tenant], None, NOW, WIDE)
