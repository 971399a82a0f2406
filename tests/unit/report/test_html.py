"""The HTML report: every tenant is in it and it stays small; what is taken along is what is shown."""

from __future__ import annotations

import html
import json
import re

import msgspec
import pytest

from coordinator.report.judged import TenantOutcome
from coordinator.report.model import ScanReport, TenantStatus
from coordinator.report.renderers.html import render_html
from shared.remediation.script import render_script
from shared.schema.relations import Column
from shared.targets import Failure, FailureKind
from tests.reports import (
    CREATED_INDEX,
    EMAIL_INDEX,
    EXPECTED_VERSION,
    ORDERS,
    analysis_of,
    around,
    create_index,
    demo,
    demo_analyses,
    demo_spec,
    drop_check,
    report_of,
    version,
)

TENANTS = 10_000
MAX_BYTES_OF_A_LARGE_REPORT = 2_000_000


def of_a_large_fleet() -> ScanReport:
    """A fleet of which a third is in sync; the rest drifts in 302 ways or could not be read for 500 reasons."""
    spec = demo_spec()
    analyses = demo_analyses(spec)
    for number in range(300):
        own = Column(namespace="public", parent="orders", name=f"note_{number}", type="text")
        analyses[f"own {number}"] = analysis_of(
            f"own {number}", spec, (*ORDERS, own), statements=(create_index(EMAIL_INDEX), create_index(CREATED_INDEX))
        )
    keys = ["c"] * 100 + list(analyses)
    outcomes = [
        TenantOutcome(
            tenant=f"tenant-{number:05}.eu-central-1",
            fingerprint=keys[number % len(keys)],
            versions=version(EXPECTED_VERSION),
        )
        if number % 20
        else TenantOutcome(
            tenant=f"tenant-{number:05}.eu-central-1",
            failure=Failure(FailureKind.REFUSED, f"connection refused by db-{number}.internal:5432"),
        )
        for number in range(TENANTS)
    ]
    return report_of(spec, outcomes, analyses)


def of_a_fleet_that_is_away(reasons: int) -> ScanReport:
    """A fleet of which no tenant could be read: half of it for one reason, the rest for as many as are wanted."""
    outcomes = [
        TenantOutcome(
            tenant=f"tenant-{number:05}",
            failure=Failure(
                FailureKind.REFUSED,
                f"connection refused by db-{1 + number // 2 % reasons if number % 2 else 0}.internal:5432",
            ),
        )
        for number in range(TENANTS)
    ]
    return report_of(demo_spec(), outcomes, {})


def names_listed(page: str) -> list[str]:
    return [name for names in re.findall(r'<pre class="names">([^<]*)</pre>', page) for name in names.split("\n")]


def test_ten_thousand_tenants_are_all_listed_in_less_than_two_megabytes() -> None:
    report = of_a_large_fleet()
    page = render_html(report)

    assert len(page.encode()) < MAX_BYTES_OF_A_LARGE_REPORT
    assert sorted(names_listed(page)) == [result.tenant for result in report.body.tenants]
    assert "… and 102 drift groups more: the JSON report has all." in page


def test_the_map_has_a_square_for_each_tenant() -> None:
    page = render_html(of_a_large_fleet())

    rectangles = re.findall(r"h(\d+)v(\d+)h-\d+z", page)
    assert sum(int(width) * int(height) for width, height in rectangles) == TENANTS


def test_links_of_the_page_lead_to_what_is_on_it() -> None:
    page = render_html(of_a_large_fleet())

    assert set(re.findall(r'href="#([^"]+)"', page)) <= set(re.findall(r' id="([^"]+)"', page))


@pytest.mark.parametrize("reasons", [1, 499, 500, TENANTS // 2])
def test_every_tenant_that_was_not_read_stands_beside_its_reason(reasons: int) -> None:
    report = of_a_fleet_that_is_away(reasons)
    page = render_html(report)

    card = page[page.index("<h2>Not read</h2>") : page.index("<h2>All tenants</h2>")]
    assert len(page.encode()) < MAX_BYTES_OF_A_LARGE_REPORT
    rows = re.findall(r'<th scope="row">(.*?)</th>.*?<td class="free">(.*?)</td>', card, re.DOTALL)
    told = {(name, reason) for names, reason in rows for name in re.findall(r"tenant-\d{5}", names)}
    told |= set(re.findall(r"^(?:<pre>)?(tenant-\d{5}): refused: ([^<\n]*)", card, re.MULTILINE))
    assert told == {
        (result.tenant, result.failure.message) for result in report.body.tenants if result.failure is not None
    }
    assert f"{TENANTS:,} tenants could not be read" in card


def test_the_worst_of_what_is_wrong_leads_to_its_drift_group() -> None:
    page = render_html(of_a_large_fleet())

    rows = re.findall(r"<tr data-wrong>(.*?)</tr>", page)
    broken = [row for row in rows if "contract-query-invalid" in row]
    assert [row.count('href="#g-') for row in rows[:200]] == [1] * 200
    assert [row.count('href="#g-') for row in broken] == [1]


def test_tenants_of_every_status_are_listed() -> None:
    template = demo().body.tenants[0]
    tenants = tuple(
        msgspec.structs.replace(template, tenant=f"tenant {status.value}", status=status, group="")
        for status in TenantStatus
    )
    page = render_html(around(msgspec.structs.replace(demo().body, tenants=tenants)))

    assert sorted(names_listed(page)) == sorted(f"tenant {status.value}" for status in TenantStatus)


def test_what_is_copied_holds_destructive_statements_only_as_comments() -> None:
    page = render_html(demo())

    copied = {json.loads(html.unescape(sql)) for sql in re.findall(r'data-sql="([^"]*)"', page)}
    assert copied == {
        f"{create_index(EMAIL_INDEX).sql};\n{create_index(CREATED_INDEX).sql};\n",
        f"-- DESTRUCTIVE, only by choice:\n-- {drop_check().sql};\n",
    }


def test_what_is_downloaded_is_the_script_of_the_group() -> None:
    report = demo()
    page = render_html(report)

    [lines] = [json.loads(html.unescape(found)) for found in re.findall(r'data-lines="([^"]*)"', page)]
    scripts = [json.loads(found) for found in re.findall(r'data-script="([^"]*)"', page)]
    downloaded = ["\n".join(lines[number] for number in numbers) for numbers in scripts]
    assert sorted(downloaded) == sorted(
        render_script(group.plan, title=f"drift group {group.id}")
        for group in report.body.groups
        if group.plan and group.plan.statements
    )


def test_no_limit_is_said_to_be_none() -> None:
    spec = demo_spec()
    unlimited = msgspec.structs.replace(create_index(EMAIL_INDEX), lock_timeout_ms=0)
    analysis = analysis_of("a", spec, ORDERS, statements=(unlimited,))
    page = render_html(report_of(spec, [TenantOutcome(tenant="t", fingerprint="a")], {"a": analysis}))

    assert "outside a transaction, lock_timeout none" in page
