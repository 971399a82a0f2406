"""Tables for spreadsheets: a line for each, and no cell that runs."""

from __future__ import annotations

import csv
import datetime as dt

from coordinator.memory.model import ChangeSubject, FleetChange
from coordinator.memory.views import ChangeView, Known, TenantView
from coordinator.records.tables import changes_csv, scans_csv, tenants_csv
from coordinator.report.model import TenantStatus
from coordinator.store.records import ScanRecord, ScanState
from shared.findings.finding import Severity
from shared.targets import Failure, FailureKind

WHEN = dt.datetime(2026, 3, 1, tzinfo=dt.UTC)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines()))


def test_a_tenant_that_cannot_be_read_shows_what_is_known_of_it():
    known = Known(status=TenantStatus.DRIFTED, shape="abc", group="g")
    lost = Failure(FailureKind.REFUSED, "connection refused")
    view = TenantView(
        tenant="=1+1",
        status=TenantStatus.UNREACHABLE,
        since=WHEN,
        failure=lost,
        known=known,
        changes=2,
        last_good=WHEN,
        labels={"tier": "gold", "region": "eu"},
    )
    [row] = rows(tenants_csv([view]))
    assert row == {
        "tenant": "'=1+1", "status": "unreachable", "changes": "2", "since": "2026-03-01T00:00:00+00:00",
        "last_good": "2026-03-01T00:00:00+00:00",
        "shape": "abc", "group": "g", "failure": "refused: connection refused",
        "labels": "region=eu tier=gold",
    }  # fmt: skip


def test_a_tenant_that_was_never_read_has_no_number_of_changes():
    view = TenantView(tenant="t", status=TenantStatus.UNREACHABLE, since=WHEN, changes=0)
    [row] = rows(tenants_csv([view]))
    assert (row["changes"], row["last_good"]) == ("", "")


def test_a_change_and_a_scan_are_a_line_each():
    change = FleetChange(
        id="c", subject=ChangeSubject.SCHEMA, kind="missing", object_kind="index", object="i", severity=Severity.ERROR
    )
    life = ChangeView(change=change, first_seen=WHEN, last_seen=WHEN, resolved=None, flaps=0, tenants=1, most_tenants=2)
    [row] = rows(changes_csv([life]))
    assert (row["id"], row["severity"], row["resolved"], row["tenants"]) == ("c", "error", "", "1")
    record = ScanRecord(
        scan="s", fleet="f", state=ScanState.RUNNING, requested=WHEN, finished=None, epoch=1, tenants=3, answered=2,
        purpose="after\nthe release",
    )  # fmt: skip
    [row] = rows(scans_csv([record]))
    assert (row["state"], row["answered"], row["purpose"]) == ("running", "2", "after\\nthe release")
