"""The alert rules, held to their claims by promtool; and the claims held to the rules."""

from __future__ import annotations

import shutil

import pytest
import yaml

from tests.extras.programs import ROOT, run

pytestmark = pytest.mark.extras

FOLDER = ROOT / "deploy" / "prometheus"
ALERTS = yaml.safe_load((FOLDER / "alerts.yml").read_text())
RECORDED = yaml.safe_load((FOLDER / "recording.yml").read_text())
NAMES = [rule["alert"] for rule in ALERTS["groups"][0]["rules"]]
WATCHDOG = "FleetdriftWatchdog"
SECONDS_FOR_ALL_CLAIMS = 300.0


def test_promtool_accepts_the_configuration_and_its_rules():
    done = run("promtool", "check", "config", FOLDER / "prometheus.yml")
    assert done.returncode == 0, done.stderr
    for rules in (NAMES, RECORDED["groups"][0]["rules"]):
        assert f"SUCCESS: {len(rules)} rules found" in done.stdout


def test_promtool_has_no_advice_about_the_rules():
    done = run(
        "promtool", "check", "rules", "--lint=all", "--lint-fatal", FOLDER / "alerts.yml", FOLDER / "recording.yml"
    )
    assert (done.returncode, done.stderr) == (0, "")


def test_every_claim_about_the_rules_holds():
    done = run("promtool", "test", "rules", FOLDER / "alerts_test.yml", timeout=SECONDS_FOR_ALL_CLAIMS)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("name", "expression", "kept"),
    [
        *(pytest.param(name, "vector(1)", "fires always", id=f"{name} always") for name in NAMES if name != WATCHDOG),
        *(pytest.param(name, "vector(0) > 0", "fires never", id=f"{name} never") for name in NAMES),
    ],
)
def test_the_claims_notice_a_rule_that(name, expression, kept, tmp_path):
    """Without this, a claim that asks for nothing would pass with any rule."""
    changed = yaml.safe_load((FOLDER / "alerts.yml").read_text())
    [rule] = [rule for rule in changed["groups"][0]["rules"] if rule["alert"] == name]
    rule["expr"] = expression
    (tmp_path / "alerts.yml").write_text(yaml.safe_dump(changed))
    shutil.copy(FOLDER / "recording.yml", tmp_path)
    claims = yaml.safe_load((FOLDER / "alerts_test.yml").read_text())
    claims["tests"] = [each for each in claims["tests"] if name in str(each)]
    (tmp_path / "alerts_test.yml").write_text(yaml.safe_dump(claims))
    done = run("promtool", "test", "rules", tmp_path / "alerts_test.yml")
    assert done.returncode == 1, f"{name} {kept}, and no claim noticed"
    assert name in done.stdout + done.stderr


def test_amtool_accepts_the_example_of_where_alerts_go():
    done = run("amtool", "check-config", ROOT / "deploy/alertmanager/alertmanager.yml")
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("severity", "receiver"), [("critical", "pager"), ("warning", "channel"), ("none", "watchdog")]
)
def test_an_alert_goes_where_its_severity_says(severity, receiver):
    routes = ("config", "routes", "test", f"--config.file={ROOT / 'deploy/alertmanager/alertmanager.yml'}")
    done = run("amtool", *routes, f"severity={severity}", "fleet=demo")
    assert (done.returncode, done.stdout.strip()) == (0, receiver)
