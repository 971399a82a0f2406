"""What is remembered of a fleet as people read it: what nobody knows is neither nothing nor good."""

from __future__ import annotations

import csv
import datetime as dt
import io

import pytest

from coordinator.cli.memory_text import changes_text, status_text, tenants_text
from coordinator.memory.remember import remember
from coordinator.memory.views import ChangeView, FleetStatus, TenantView
from coordinator.records.tables import tenants_csv
from coordinator.report.model import ScanStatus, TenantStatus
from coordinator.report.renderers.text import Terminal
from tests import reports

NOW = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
WIDE = Terminal(width=140)
NEVER_READ = TenantView(tenant="a", status=TenantStatus.UNREACHABLE, since=NOW)
IN_SYNC = TenantView(tenant="b", status=TenantStatus.IN_SYNC, since=NOW, last_good=NOW)


def test_how_many_changes_a_tenant_has_that_was_never_read_is_not_known():
    [never, read] = tenants_text([NEVER_READ, IN_SYNC], None, NOW, WIDE).splitlines()[2:]
    assert (never.split()[2], read.split()[3]) == ("–", "0")
    rows = list(csv.DictReader(io.StringIO(tenants_csv([NEVER_READ, IN_SYNC]))))
    assert [row["changes"] for row in rows] == ["", "0"]


@pytest.mark.parametrize(("outcome", "is_said"), [(ScanStatus.INCOMPLETE, True), (ScanStatus.IN_SYNC, False)])
def test_a_scan_that_could_not_read_everything_is_said_though_every_tenant_is_in_sync(outcome, is_said):
    status = FleetStatus(
        fleet="shop", scanned=NOW, oldest_good=NOW, tenants=((TenantStatus.IN_SYNC, 3),), changes=(), new=0,
        resolved=0, outcome=outcome,
    )  # fmt: skip
    assert ("not everything could be read" in status_text(status, (), NOW, WIDE)) is is_said


def test_a_list_of_changes_begins_with_what_has_changed():
    views = [
        ChangeView(change=change, first_seen=NOW, last_seen=NOW, resolved=None, flaps=0, tenants=1, most_tenants=1)
        for change in remember(reports.demo().body).changes
        if change.object.endswith("orders_customer_created_idx")
    ]
    heading, _, line = changes_text(views, None, NOW, WIDE).splitlines()
    assert heading.split()[:2] == ["change", "severity"]
    assert line.startswith("missing index public.orders_customer_created_idx")
    assert "warning" in line
