"""Every query of the dashboard and every rule, asked of a real Prometheus that scrapes a real coordinator."""

from __future__ import annotations

import json
import math
import re
import urllib.request

import pytest
import yaml

from tests.extras.programs import ROOT, fetch, run

pytestmark = pytest.mark.extras

DASHBOARD = json.loads((ROOT / "deploy/grafana/dashboards/fleetdrift.json").read_text())
QUERIES = [
    pytest.param(target["expr"], id=f"{panel['title']} {target['refId']}")
    for panel in DASHBOARD["panels"]
    for target in panel["targets"]
]
RULES = {
    rule["alert"]: rule["expr"]
    for group in yaml.safe_load((ROOT / "deploy/prometheus/alerts.yml").read_text())["groups"]
    for rule in group["rules"]
}
# What the demo's fleet must raise: it has drift and two broken queries, and everything in it can be read.
RAISED = {"FleetdriftDriftPresent", "FleetdriftContractsBroken"}


def as_grafana_asks(expression: str) -> str:
    """Put the variable's value `All` in place: Grafana joins the values to a regular expression."""
    return expression.replace("$fleet", "(demo)")


def test_promtool_has_nothing_to_say_about_the_metrics(coordinator):
    done = run("promtool", "check", "metrics", input=fetch(f"{coordinator}/metrics"))
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_the_content_type_is_one_that_every_prometheus_reads(coordinator):
    """Prometheus 3 refuses a scrape whose content type it cannot parse; a parameter that comes twice is such a one."""
    with urllib.request.urlopen(f"{coordinator}/metrics", timeout=10) as answer:
        assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"


@pytest.mark.parametrize("expression", QUERIES)
def test_a_panel_has_something_to_show(prometheus, expression):
    series = prometheus.query_range(as_grafana_asks(expression))
    assert series
    values = [float(value) for row in series for _, value in row["values"]]
    assert all(math.isfinite(value) for value in values)


@pytest.mark.parametrize("expression", QUERIES)
def test_a_panel_shows_nothing_of_a_fleet_that_was_not_chosen(prometheus, expression):
    assert prometheus.query_range(expression.replace("$fleet", "(another)")) == []


def test_the_dashboard_s_variable_lists_the_fleet(prometheus):
    [variable] = DASHBOARD["templating"]["list"]
    match = re.fullmatch(r"label_values\((\w+), (\w+)\)", variable["query"]["query"])
    assert match is not None
    metric, label = match.groups()
    assert prometheus.ask(f"label/{label}/values", **{"match[]": metric}) == ["demo"]


@pytest.mark.parametrize("name", RULES)
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
    assert set(re.findall(r"\bfleetdrift_[a-z_]+", asked)) - exported == set()


def test_no_metric_grows_with_tenants(prometheus):
    series = prometheus.ask("series", **{"match[]": '{__name__=~"fleetdrift_.+"}'})
    labels = {(name, value) for one in series for name, value in one.items() if name != "__name__"}
    assert {name for name, _ in labels} & {"tenant", "database", "namespace", "shape", "group"} == set()
    assert [value for _, value in labels if value.startswith("tenant-")] == []
