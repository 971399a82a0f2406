"""What each form promises beyond its looks."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pytest

from coordinator.report.judged import TenantOutcome
from coordinator.report.model import ScanReport
from coordinator.report.renderers import presentation
from coordinator.report.renderers.html import render_html
from coordinator.report.renderers.json import render_json
from coordinator.report.renderers.sarif import render_sarif
from coordinator.report.renderers.text import Terminal, render_text
from coordinator.scan.declared_files import DeclaredFiles, DeclaringSource
from shared.formats import FormatError
from tests import reports
from tests.reports import EXPECTED_VERSION, demo_analyses, demo_spec, report_of, version


def large(tenants: int) -> ScanReport:
    outcomes = [
        TenantOutcome(tenant=f"tenant-{number:06}", fingerprint="a", versions=version(EXPECTED_VERSION))
        for number in range(tenants)
    ]
    return report_of(demo_spec(), outcomes, demo_analyses(demo_spec()))


def test_anybody_can_check_the_content_hash_with_a_json_library() -> None:
    document = json.loads(render_json(reports.partly_read()))

    body = json.dumps(document["report"], sort_keys=True, separators=(",", ":"), ensure_ascii=False)

    assert hashlib.sha256(b"report/1\0" + body.encode()).hexdigest() == document["content_hash"]


def test_the_json_has_the_execution_log_and_the_summary_at_its_top() -> None:
    document = json.loads(render_json(reports.demo()))

    assert list(document) == [
        "format",
        "execution_id",
        "status",
        "started",
        "duration",
        "content_hash",
        "steps",
        "drift_summary",
        "remediation_steps",
        "report",
    ]
    assert document["drift_summary"] == {
        "missing_indexes": 2,
        "orphaned_constraints": 1,
        "schema_version_mismatches": 1,
        "service_contract_violations": 2,
        "tenant_impact": ["tenant-001", "tenant-002"],
    }
    assert document["remediation_steps"] == 4
    assert document["steps"][0]["rows_scanned"] == 87


def test_what_is_no_report_is_refused() -> None:
    with pytest.raises(FormatError, match="this report cannot be read: Object missing required field"):
        reports.read_json(b'{"format": "report/2"}')
    with pytest.raises(FormatError, match="this report was written in format 3; this release reads format 2"):
        reports.read_json(b'{"format": "report/3"}')


def test_text_and_html_of_a_large_fleet_stay_short_and_say_what_they_leave_out() -> None:
    report = large(20_000)

    text, page = render_text(report, Terminal()), render_html(report)

    assert len(text.splitlines()) < 100
    assert "  … and 19,980 tenants more: the JSON and HTML reports have all" in text
    assert "20,000 tenants (tenant-000000 … tenant-019999)" in text
    assert len(page) < 400_000
    assert "… and 19,500 more: the list of all tenants has them" in page


def test_sql_and_ignore_lines_are_never_wrapped() -> None:
    narrow = render_text(reports.demo(), Terminal(width=40))

    assert (
        "    CREATE INDEX CONCURRENTLY orders_customer_created_idx ON public.orders "
        "USING btree (customer_id, created_at DESC);\n"
    ) in narrow
    assert '    name = "orders_customer_created_idx"\n' in narrow


def test_the_same_finding_in_several_groups_is_one_sarif_result() -> None:
    outcomes = [
        TenantOutcome(tenant="t1", fingerprint="a", versions=version(EXPECTED_VERSION)),
        TenantOutcome(tenant="t2", fingerprint="a", versions=version("1")),
    ]
    report = report_of(demo_spec(), outcomes, demo_analyses(demo_spec()))
    assert len(report.body.groups) == 2

    results = json.loads(render_sarif(report))["runs"][0]["results"]

    indexes = [result for result in results if result["ruleId"] == "missing-index"]
    assert [result["properties"]["tenants"] for result in indexes] == [["t1", "t2"], ["t1", "t2"]]
    assert len({result["partialFingerprints"]["fleetdriftFinding/v2"] for result in results}) == len(results)


def test_sarif_files_can_be_placed_in_their_repository(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "infra/db").mkdir(parents=True)
    declared = DeclaredFiles(sources=(DeclaringSource(path=tmp_path / "infra/db"),))

    log = render_sarif(reports.demo(), declared.paths_for)

    uris = {
        location["physicalLocation"]["artifactLocation"]["uri"]
        for result in json.loads(log)["runs"][0]["results"]
        for location in result["locations"]
        if "physicalLocation" in location
    }

    assert uris == {
        "infra/db/sql/001_customers.sql",
        "infra/db/sql/002_orders.sql",
        "services/orders/src/customers.rs",
        "services/orders/src/orders.rs",
    }


def test_the_patch_comes_first_where_most_of_the_fleet_differs_in_one_way() -> None:
    outcomes = [
        TenantOutcome(tenant=f"t{number}", fingerprint="b", versions=version(EXPECTED_VERSION)) for number in range(3)
    ]
    many = report_of(demo_spec(), outcomes, demo_analyses(demo_spec()), patches={"b": (reports.KEEP_CHECK,)})
    one = report_of(demo_spec(), outcomes[:1], demo_analyses(demo_spec()), patches={"b": (reports.KEEP_CHECK,)})

    assert presentation.is_common_drift(many.body.groups[0], many.body)
    assert not presentation.is_common_drift(one.body.groups[0], one.body)
    for report, first, second in (
        (many, "Keep it instead", "Bring them back"),
        (one, "Bring it back", "Keep it instead"),
    ):
        page = render_html(report)
        assert 0 < page.index(first) < page.index(second)


@pytest.mark.parametrize(
    ("count", "noun", "told"),
    [
        (1, "tenant", "1 tenant"),
        (0, "tenant", "0 tenants"),
        (2, "missing index", "2 missing indexes"),
        (3, "mismatch", "3 mismatches"),
        (1000, "query", "1,000 queries"),
    ],
)
def test_things_are_counted_in_english(count: int, noun: str, told: str) -> None:
    assert presentation.plural(count, noun) == told
