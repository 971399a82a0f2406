"""The CSV form: what a spreadsheet reads, and does not run."""

from __future__ import annotations

import csv
import io

import pytest

from coordinator.report.model import ScanReport
from coordinator.report.renderers.csv import COLUMNS, render_csv
from coordinator.report.renderers.spreadsheet import harmless
from tests import reports
from tests.hostile import HOSTILE_NAMES
from tests.unit.report.test_hostile_names import hostile_report

FORMULAS = ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "=cmd|' /C calc'!A0", "＝1")


def lines(report: ScanReport) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(render_csv(report), newline=""), strict=True))


def test_it_is_what_the_rfc_says():
    text = render_csv(reports.partly_read())
    assert text.split("\r\n")[0] == ",".join(COLUMNS)
    assert text.endswith("\r\n")
    assert "\n" not in text.replace("\r\n", "")
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    assert {len(row) for row in rows} == {len(COLUMNS)}


def test_every_tenant_is_in_it_and_what_is_not_known_says_why():
    report = reports.partly_read()
    found = lines(report)
    assert {line["tenant"] for line in found} - {""} == {result.tenant for result in report.body.tenants}
    [lost] = [line for line in found if line["tenant"] == "tenant-900"]
    assert (lost["status"], lost["message"]) == (
        "unreachable",
        "refused: connection refused by db-7.internal:5432",
    )
    assert [line["message"] for line in found if line["status"] == "not checked"] == list(report.body.unchecked)


def test_what_is_wrong_comes_first_in_the_order_of_the_overview():
    found = lines(reports.demo())
    assert list(found[0])[:3] == ["object", "severity", "first_seen"]
    severities = [line["severity"] for line in found if line["object"]]
    assert severities == sorted(severities, key=["error", "warning", "info"].index)
    assert found[-1]["tenant"] == "tenant-003"
    assert (found[-1]["status"], found[-1]["object"]) == ("in_sync", "")


@pytest.mark.parametrize("cell", FORMULAS)
def test_a_cell_that_would_be_computed_is_text(cell):
    assert harmless(cell).startswith(("'", "\\"))  # a tab is written as two letters


@pytest.mark.parametrize("name", [*HOSTILE_NAMES, *FORMULAS])
def test_a_hostile_name_opens_no_cell_no_line_and_no_formula(name):
    plain, hostile = lines(hostile_report("orders")), lines(hostile_report(name))
    assert len(hostile) == len(plain)
    for line in hostile:
        assert set(line) == set(COLUMNS)
        assert all(cell.isprintable() for cell in line.values())
        assert not any(cell.lstrip().startswith(("=", "+", "-", "@", "＝")) for cell in line.values())
