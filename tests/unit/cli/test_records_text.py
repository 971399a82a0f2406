"""Scans and drift groups as people see them in a terminal."""

from __future__ import annotations

import csv
import datetime as dt
import io

from coordinator.cli.records_text import group_text, groups_text, scan_line, scan_text, scans_text, workers_text
from coordinator.records.documents import GroupDocument, GroupsList, WorkersList, WorkerView
from coordinator.records.stored import summary_of
from coordinator.records.tables import workers_csv
from coordinator.report.renderers.text import Terminal
from coordinator.store.records import ScanRecord, ScanState
from tests import reports

WHEN = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
LATER = WHEN + dt.timedelta(minutes=3)
WIDE = Terminal(width=140)
RUNNING = ScanRecord(
    scan="s-1", fleet="f", state=ScanState.RUNNING, requested=WHEN, finished=None, epoch=1, tenants=3, answered=2,
    requested_by="ada\x1b[2J", purpose="after the release",
)  # fmt: skip
FAILED = ScanRecord(
    scan="s-0", fleet="f", state=ScanState.FAILED, requested=WHEN, finished=WHEN + dt.timedelta(seconds=90), epoch=0,
    tenants=0, reason="schema.sql:3: syntax error",
)  # fmt: skip


def test_scans_are_listed_with_who_asked_and_why_and_where_they_stand():
    first, second = scans_text([RUNNING, FAILED], "s-0", LATER, WIDE).splitlines()[2:4]
    assert first.split()[:5] == ["s-1", "running", "2", "of", "3"]
    assert "ada\\x1b[2J" in first
    assert "after the release" in first
    assert second.split()[:2] == ["s-0", "failed"]
    assert "90.0 s" in second
    assert "schema.sql:3: syntax error" in second
    assert "--after 's-0'" in scans_text([RUNNING], "s-0", LATER, WIDE)
    assert scans_text([], None, LATER, WIDE) == "No scans.\n"


def test_one_scan_is_told_in_a_few_lines_and_followed_in_one():
    assert scan_text(RUNNING, LATER, WIDE).splitlines() == [
        "scan s-1: running",
        "  asked for 2026-03-01 12:00Z, 3 minutes ago",
        "  by        ada\\x1b[2J",
        "  because   after the release",
        "  tenants   2 of 3",
    ]
    assert "  no report schema.sql:3: syntax error" in scan_text(FAILED, LATER, WIDE)
    assert scan_line(RUNNING) == "s-1 running, 2 of 3 tenants"
    assert scan_line(FAILED) == "s-0 failed, – tenants: schema.sql:3: syntax error"


def test_drift_groups_are_listed_with_their_plans_and_one_is_told_in_full():
    groups = reports.demo().body.groups
    rows = tuple(summary_of(group, len(group.tenants)) for group in groups)
    told = groups_text(GroupsList(fleet="demo", groups=rows), WIDE)
    assert all(group.id in told for group in groups)
    assert "2 statements, proven" in told
    assert groups_text(GroupsList(fleet="demo", groups=()), WIDE) == "No tenant is known to be in a drift group.\n"
    full = group_text(GroupDocument(fleet="demo", tenants=7, group=groups[0]), WIDE)
    assert full.splitlines()[:2] == [
        f"drift group {groups[0].id}: 7 tenants", f"  fleetdrift tenants --group {groups[0].id}",
    ]  # fmt: skip
    assert "Remediation" in full


def test_workers_are_listed_with_their_slots_and_what_is_wrong_with_them():
    hostile = WorkerView(worker="w\x1b[2J", slots=4, protocol=1, problem="its protocol is 1: upgrade the worker")
    able = WorkerView(worker="w-1", slots=8, protocol=2, problem="")
    told = workers_text(WorkersList(fleet="f", workers=(able, hostile), slots=8, waiting=1200), WIDE)
    assert told.splitlines()[2].split() == ["w-1", "8", "2", "–"]
    assert "w\\x1b[2J" in told
    assert "upgrade the worker" in told
    assert told.endswith("8 slots; messages that wait: 1,200\n")
    nobody = workers_text(WorkersList(fleet="f", slots=0, waiting=0), WIDE)
    assert nobody.startswith("No worker of this fleet was announced: start some with `fleetdrift worker`.")
    assert list(csv.reader(io.StringIO(workers_csv([able])))) == [
        ["worker", "slots", "protocol", "problem"], ["w-1", "8", "2", ""],
    ]  # fmt: skip
