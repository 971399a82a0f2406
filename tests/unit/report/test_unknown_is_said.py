"""What is not known is said in every form: it is no zero, nothing green, and no difference."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import msgspec

from coordinator.report.contract_report import ContractReport
from coordinator.report.model import ScanReport, ScanStatus, TenantResult, TenantStatus
from coordinator.report.renderers.contract_text import render_check
from coordinator.report.renderers.diff_text import render_diff
from coordinator.report.renderers.html import render_html
from coordinator.report.renderers.junit import render_junit
from coordinator.report.renderers.markdown import render_markdown
from coordinator.report.renderers.presentation import NOTHING_COMPARED
from coordinator.report.renderers.text import Terminal, render_text
from shared.contracts.contract import VerdictStatus
from shared.contracts.coverage import Coverage
from shared.diff.changes import Altered, SchemaDiff, Unverified
from shared.remediation.plan import Plan
from tests.reports import around, demo, in_sync

WIDE = Terminal(width=200)
NO_PLAN = Plan(desired="a", observed="b")


def incomplete(**body: object) -> ScanReport:
    report = in_sync()
    return msgspec.structs.replace(around(msgspec.structs.replace(report.body, **body)), status=ScanStatus.INCOMPLETE)


def errors(report: ScanReport) -> list[tuple[str, str]]:
    suite = ET.fromstring(render_junit(report))[0]
    cases = [(case, case.find("error")) for case in suite]
    found = [(case.attrib["name"], error.attrib["message"]) for case, error in cases if error is not None]
    assert (int(suite.attrib["errors"]), int(suite.attrib["tests"])) == (len(found), len(cases))
    return found


def test_a_service_of_which_nothing_was_read_is_an_error_in_the_test_results() -> None:
    nothing = "nothing of it could be read, so no query of it was checked"
    assert errors(incomplete(unread_services=("orders",))) == [("service orders", nothing)]


def test_a_declaration_that_was_not_read_whole_is_an_error_in_the_test_results() -> None:
    assert errors(incomplete(unchecked=("main.tf:3: unknown",))) == [("declaration", "main.tf:3: unknown")]
    assert errors(in_sync()) == []


def test_where_nobody_could_be_compared_there_are_no_zeros() -> None:
    away = (TenantResult(tenant="a", status=TenantStatus.UNREACHABLE),)
    counts = tuple((status, int(status is TenantStatus.UNREACHABLE)) for status in TenantStatus)
    report = incomplete(tenants=away, counts=counts, groups=())
    for shown in (render_text(report, WIDE), render_markdown(report), render_html(report)):
        assert NOTHING_COMPARED in shown
        assert "missing index" not in shown
    assert NOTHING_COMPARED not in render_text(demo(), WIDE)


def test_what_could_not_be_decided_is_not_counted_as_a_difference() -> None:
    changes = demo().body.groups[0].diff.changes
    undecided = Unverified(changes[0].identity, "it cannot be rebuilt")
    told = render_diff(SchemaDiff((undecided,)), NO_PLAN, WIDE).splitlines()[0]
    assert told == "1 object not decided"
    certain = next(change for change in changes if not isinstance(change, Altered))
    both = render_diff(SchemaDiff((certain, undecided)), NO_PLAN, WIDE).splitlines()[0]
    assert both == "1 difference, 1 object not decided"


def test_two_sources_are_not_in_sync_when_one_was_not_read_whole() -> None:
    told = render_diff(SchemaDiff(()), NO_PLAN, WIDE, unread=1)
    assert told == "no difference in what could be read\n"


def test_a_query_that_nobody_could_decide_is_not_one_that_does_not_break() -> None:
    [verdict, *_] = (verdict for group in demo().body.groups for verdict in group.verdicts)
    undecided = msgspec.structs.replace(verdict, status=VerdictStatus.UNVERIFIED)
    report = ContractReport(verdicts=(undecided,), coverage=Coverage(queries=1, opaque=0, by_driver={}))
    assert "nothing is known to break, 1 not decided (1 query read)" in render_check(report)
