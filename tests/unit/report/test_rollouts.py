"""Pending tenants: where they stand, what they lack, and that nothing else counts them as drift."""

from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest

from coordinator.daemon.metrics import FleetMetrics, MetricsPage
from coordinator.report.exit_code import exit_code, scan_status, status_to_exit_with
from coordinator.report.judged import TenantOutcome
from coordinator.report.model import ReportBody, Rollout, TenantStatus
from coordinator.report.renderers.html import render_html
from coordinator.report.renderers.json import render_json
from coordinator.report.renderers.junit import render_junit
from coordinator.report.renderers.markdown import render_markdown
from coordinator.report.renderers.rollouts import rollout_sentence, verdict_of
from coordinator.report.renderers.sarif import render_sarif
from coordinator.report.renderers.text import Terminal, render_text
from tests.reports import around, version
from tests.rollout_report import OUTCOMES, in_a_rollout, rollout_body

PENDING = tuple(outcome for outcome in OUTCOMES if outcome.tenant not in {"done", "odd"})


def body_of(*names: str) -> ReportBody:
    return rollout_body(*(outcome for outcome in OUTCOMES if outcome.tenant in names))


def only(body: ReportBody) -> Rollout:
    (rollout,) = body.rollouts
    return rollout


def test_a_rollout_alone_is_no_drift_and_exits_with_0_unless_it_is_asked_for() -> None:
    report = around(rollout_body(*PENDING))
    assert dict(report.body.counts)[TenantStatus.PENDING] == 5
    assert report.body.groups == ()
    assert report.body.drift_summary.tenant_impact == ()
    assert exit_code(scan_status(report.body)) == 0
    assert exit_code(status_to_exit_with(report, fail_on_pending=True)) == 2
    assert verdict_of(report) == "no drift; 5 tenants in a rollout"


def test_tenants_that_stand_at_one_place_share_a_rollout() -> None:
    assert only(body_of("behind-1", "behind-2")).tenants == ("behind-1", "behind-2")
    assert len(body_of("behind-1", "bare", "ahead", "moving").rollouts) == 4


@pytest.mark.parametrize(
    ("tenant", "sentence"),
    [
        (
            "behind-1",
            "at version 1, expected is 2: lacks 2 by_email (sqlx migrate run); 1 query of services fails until then",
        ),
        ("ahead", "at version 3, expected is 2: ahead by 3 by_customer"),
        (
            "bare",
            (
                "at version 1, expected is 2: lacks 2 by_email; no migration table could be read, the schema tells; "
                "1 query of services fails until then"
            ),
        ),
        (
            "moving",
            "a migration of sqlx is running; the next scan looks again; 1 query of services fails until then",
        ),
    ],
)
def test_a_rollout_is_told_in_one_sentence(tenant: str, sentence: str) -> None:
    assert rollout_sentence(only(body_of(tenant))) == sentence


def test_drift_against_the_own_version_is_drift_and_says_what_the_newest_has_beside_it() -> None:
    (group,) = body_of("odd").groups
    assert [str(change.identity) for change in group.diff.changes] == ["column public.orders.created_at"]
    assert group.own_version == "1"
    assert len(group.newest.changes) == 2


def test_a_migration_that_failed_half_way_is_drift_whatever_the_shape() -> None:
    broken = TenantOutcome(tenant="t", fingerprint="one", versions=version("1", dirty=True), own_version="1")
    assert rollout_body(broken).tenants[0].status is TenantStatus.DRIFTED


def test_every_form_says_where_pending_tenants_stand() -> None:
    report = in_a_rollout()
    text = render_text(report, Terminal(width=200))
    for shown in (text, render_markdown(report), render_html(report), render_sarif(report), render_junit(report)):
        assert "lacks 2" in shown
        assert "ahead by 3" in shown
        assert "igration of sqlx is running" in shown
        assert "ompared with version 1" in shown or shown.startswith("{")
    assert '"rollouts"' in render_json(report)


def test_pending_tenants_are_skipped_test_cases() -> None:
    suite = ET.fromstring(render_junit(in_a_rollout())).find("testsuite")
    assert suite is not None
    assert (suite.get("skipped"), suite.get("failures"), suite.get("errors")) == ("5", "1", "0")


def test_metrics_count_pending_tenants_and_no_drift_of_theirs() -> None:
    metrics = FleetMetrics("demo")
    metrics.leads(True)
    metrics.scan_started()
    metrics.scan_reported(around(rollout_body(*PENDING)))
    lines = MetricsPage(metrics).write().decode().splitlines()
    pending = [float(line.split()[-1]) for line in lines if line.startswith("fleetdrift_rollout_tenants{")]
    assert sum(pending) == 5
    assert 'fleetdrift_schema_version_mismatches{fleet="demo"} 0.0' in lines
    assert not [
        line for line in lines if line.startswith(("fleetdrift_drift_changes{", "fleetdrift_contract_violations{"))
    ]
