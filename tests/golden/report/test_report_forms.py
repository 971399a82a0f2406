"""What users see: every form of a report, byte for byte, and the JSON as the input of each case."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path

import pytest

from coordinator.memory.first_seen import ids_of_changes, with_first_seen
from coordinator.report.renderers.csv import render_csv
from coordinator.report.renderers.html import render_html
from coordinator.report.renderers.json import render_json
from coordinator.report.renderers.junit import render_junit
from coordinator.report.renderers.markdown import render_markdown
from coordinator.report.model import ScanReport
from coordinator.report.renderers.sarif import render_sarif
from coordinator.report.renderers.text import Terminal, render_full_text, render_text
from tests import reports
from tests.rollout_report import in_a_rollout
from tests.several_report import declared_in_several_ways
from tests.tenancy_report import tenants_that_share_tables

HERE = Path(__file__).parent


def known_since() -> ScanReport:
    """Drift of which a memory knows since when, but for one thing."""
    report = reports.demo()
    _, *others = ids_of_changes(report.body)
    return with_first_seen(report, dict.fromkeys(others, dt.datetime(2026, 2, 27, 8, 30, tzinfo=dt.UTC)))


CASES: dict[str, Callable[[], ScanReport]] = {
    "demo": reports.demo,
    "in_sync": reports.in_sync,
    "partly_read": reports.partly_read,
    "altered": reports.altered,
    "ignored": reports.ignored,
    "rollout": in_a_rollout,
    "tenancy": tenants_that_share_tables,
    "several": declared_in_several_ways,
    "many_groups": reports.many_groups,
    "known_since": known_since,
}
FORMS: dict[str, Callable[[ScanReport], str]] = {
    "report.json": render_json,
    "report.txt": lambda report: render_text(report, Terminal(width=100)),
    "report.ansi": lambda report: render_text(report, Terminal(width=100, colour=True)),
    "report.html": render_html,
    "report.md": render_markdown,
    "report.sarif": render_sarif,
    "report.junit.xml": render_junit,
    "report.csv": render_csv,
}


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("case", CASES)
def test_the_report_looks_as_it_did(case: str, form: str, golden: Callable[[Path, str], None]) -> None:
    golden(HERE / case / form, FORMS[form](CASES[case]()))


def test_a_report_of_many_groups_is_printed_in_full_when_that_is_asked_for(golden: Callable[[Path, str], None]) -> None:
    golden(HERE / "many_groups" / "report.full.txt", render_full_text(reports.many_groups(), Terminal(width=100)))


def test_beside_an_earlier_report_the_text_says_what_is_new_and_what_is_gone(golden: Callable[[Path, str], None]) -> None:
    text = render_text(reports.many_groups(), Terminal(width=100), reports.demo().body)
    golden(HERE / "many_groups" / "report.since.txt", text)


@pytest.mark.parametrize("case", CASES)
def test_the_json_holds_all_of_the_report(case: str) -> None:
    report = CASES[case]()

    assert reports.read_json(render_json(report)) == report
