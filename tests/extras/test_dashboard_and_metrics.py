"""Every query of the dashboard and every rule, asked of a real Prometheus that scrapes a real coordinator."""

from __future__ import annotations

import math
import re
import urllib.request

import pytest
import yaml

from tests.extras.monitoring import as_grafana_asks
from tests.extras.programs import ROOT, fetch, run
from tests.extras.test_dashboards import DASHBOARDS

pytestmark = pytest.mark.extras

QUERIES = [
    pytest.param(target["expr"], id=f"{panel['title']} {target['refId']}")
    for board in DASHBOARDS.values()
    for panel in board["panels"]
    for target in panel.get("targets", ())
]
ABSENT_HERE = {
    "fleetdrift_sentinel_detected",  # of a fleet that has one
    "fleetdrift_tenants_by_tier",
    "fleetdrift_drifted_tenants_by_tier",
    "fleetdrift_tenant_impact_by_tier",
    "fleetdrift_contract_tenants_by_tier",
    "fleetdrift_rollout_tenants",
    "fleetdrift_notices",
    "fleetdrift_scan_tenants",
    "fleetdrift_scan_progress_timestamp_seconds",
    "fleetdrift_queue_oldest_message_timestamp_seconds",
    "fleetdrift_ignore_next_expiry_timestamp_seconds",
}
"""Metrics of what the demo does not have, or not for long."""

NOTHING_TO_SHOW = {
    "Tenants by version A",
    "Notices A",
    "Progress of the running scan A",
    "Sentinel A",
    "Tenants by tier and status A",
    "Drifted tenants by tier and severity A",
    "Tenants with a change by tier and severity A",
    "Tenants that break by tier A",
}
"""Panels that this demo leaves empty: it has no rollout, no sentinel and no tiers, tells nobody, and its scans are soon
over. The incident fills them."""

RULES = {
    rule["alert"]: rule["expr"]
    for group in yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text())["groups"]
    for rule in group["rules"]
}
# What the demo's fleet must raise: it has drift and two broken queries, and everything in it can be read.
RAISED = {"FleetdriftCriticalDrift", "FleetdriftDriftRatioHigh", "FleetdriftContractsBroken", "FleetdriftWatchdog"}
# It is scanned every second: whether the newest scan is two seconds old, or the first one, is chance.
BY_CHANCE = {"FleetdriftScanStale", "FleetdriftNewDrift"}


def test_promtool_has_nothing_to_say_about_the_metrics(coordinator):
    done = run("promtool", "check", "metrics", input=fetch(f"{coordinator}/metrics"))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_content_type_is_one_that_every_prometheus_reads(coordinator):
    """Prometheus 3 refuses a scrape whose content type it cannot parse; a parameter that comes twice is such a one."""
    with urllib.request.urlopen(f"{coordinator}/metrics", timeout=10) as answer:
        assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"


@pytest.mark.parametrize("expression", [each for each in QUERIES if each.id not in NOTHING_TO_SHOW])
def test_a_panel_has_something_to_show(prometheus, expression):
    series = prometheus.query_range(as_grafana_asks(expression, "demo"))
    assert series
    values = [float(value) for row in series for _, value in row["values"]]
    assert any(math.isfinite(value) for value in values)


@pytest.mark.parametrize("expression", QUERIES)
def test_a_panel_shows_nothing_of_a_fleet_that_was_not_chosen(prometheus, expression):
    assert prometheus.query_range(as_grafana_asks(expression, "another")) == []


@pytest.mark.parametrize("name", DASHBOARDS)
def test_the_dashboard_s_variable_lists_the_fleet(prometheus, name):
    [variable] = [each for each in DASHBOARDS[name]["templating"]["list"] if each["type"] == "query"]
    match = re.fullmatch(r"label_values\((\w+), (\w+)\)", variable["query"])
    assert match is not None
    metric, label = match.groups()
    assert prometheus.ask(f"label/{label}/values", **{"match[]": metric}) == ["demo"]


@pytest.mark.parametrize("name", sorted(set(RULES) - BY_CHANCE))
def test_a_rule_s_expression_answers_what_the_fleet_deserves(prometheus, name):
    assert bool(prometheus.query(RULES[name])) == (name in RAISED)


def test_prometheus_evaluates_every_rule_without_an_error(prometheus):
    groups = prometheus.ask("rules", type="alert")["groups"]
    health = {rule["name"]: (rule["health"], rule.get("lastError", "")) for group in groups for rule in group["rules"]}
    assert health == dict.fromkeys(RULES, ("ok", ""))


def test_the_scrape_job_is_the_one_the_rules_know(prometheus):
    assert prometheus.labels()["job"] == "fleetdrift"


def test_every_metric_that_is_asked_for_exists(prometheus):
    asked = " ".join([*RULES.values(), *(str(parameter.values[0]) for parameter in QUERIES)])
    exported = set(prometheus.ask("label/__name__/values"))
    wanted = set(re.findall(r"(?<![:\w])fleetdrift_\w+(?![:\w])", asked))
    assert wanted - exported <= ABSENT_HERE


def test_no_metric_grows_with_tenants(prometheus):
    series = prometheus.ask("series", **{"match[]": '{__name__=~"fleetdrift_.+"}'})
    labels = {(name, value) for one in series for name, value in one.items() if name != "__name__"}
    assert {name for name, _ in labels} & {"tenant", "database", "namespace", "shape", "group"} == set()
    assert [value for _, value in labels if value.startswith("tenant-")] == []
