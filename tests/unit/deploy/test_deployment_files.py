"""The files under deploy/ agree with each other, with the configuration's defaults and with the docs."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml

from coordinator.report.model import TenantStatus
from coordinator.settings.load import load_settings
from coordinator.settings.model import ScanTable, ServeTable

ROOT = Path(__file__).parents[3]
DEPLOY = ROOT / "deploy"
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
RULES = {
    rule["alert"]: rule
    for group in yaml.safe_load((DEPLOY / "prometheus/alerts.yml").read_text())["groups"]
    for rule in group["rules"]
}
DASHBOARD = json.loads((DEPLOY / "grafana/dashboards/fleetdrift.json").read_text())

CANARY = "canary-" * 5


@pytest.fixture
def compose_settings(tmp_path):
    """The compose file's own configuration, with its secrets where a test can put them."""
    text = (DEPLOY / "compose/fleetdrift.toml").read_text()
    for name in COMPOSE["secrets"]:
        (tmp_path / name).write_text(f"{CANARY}\n")
    path = tmp_path / "fleetdrift.toml"
    path.write_text(text.replace("/run/secrets", str(tmp_path)))
    return load_settings(path, {})


def mounted(service: str) -> dict[str, Path]:
    """Where a service finds the files of the checkout: path in the container → path here."""
    pairs = (volume.split(":") for volume in COMPOSE["services"][service]["volumes"])
    return {pair[1]: ROOT / pair[0] for pair in pairs if pair[0].startswith("./")}


def test_the_compose_configuration_loads_and_reads_each_password_from_its_file(compose_settings):
    assert compose_settings.hosts["tenants"].password.reveal() == CANARY
    assert compose_settings.store_dsn.reveal() == (
        f"postgresql://fleetdrift_store:{CANARY}@postgres/fleetdrift_store?sslmode=disable"
    )
    assert compose_settings.api_token.reveal() == CANARY
    assert [key.reveal() for key in compose_settings.redis_keys] == [CANARY]


def test_the_coordinator_counts_on_the_workers_that_are_started(compose_settings):
    worker = COMPOSE["services"]["worker"]
    processes = int(worker["command"][worker["command"].index("--concurrency") + 1])
    assert compose_settings.file.scan.slots == worker["deploy"]["replicas"] * processes


def test_a_fleet_is_stale_after_two_default_intervals(compose_settings):
    assert compose_settings.file.scan.interval == ScanTable().interval
    assert f"> {2 * ScanTable().interval:.0f}" in RULES["FleetdriftScanStale"]["expr"]


def test_the_coordinator_s_port_is_the_same_everywhere(compose_settings):
    port = ServeTable().port
    assert compose_settings.file.serve.port == port
    assert COMPOSE["services"]["coordinator"]["ports"] == [f"127.0.0.1:{port}:{port}"]
    assert f"127.0.0.1:{port}/healthz" in COMPOSE["services"]["coordinator"]["healthcheck"]["test"][-1]
    scraped = yaml.safe_load((DEPLOY / "prometheus/prometheus.yml").read_text())["scrape_configs"]
    assert [entry["static_configs"] for entry in scraped] == [[{"targets": [f"coordinator:{port}"]}]]
    assert f"EXPOSE {port}\n" in (DEPLOY / "Dockerfile").read_text()


def test_the_declaration_and_the_service_are_mounted_where_the_configuration_looks(compose_settings):
    fleet = mounted("coordinator")["/etc/fleetdrift/fleet"]
    places = [compose_settings.file.spec.source, *(entry.path for entry in compose_settings.file.contracts)]
    for place in places:
        assert (fleet / Path(place).relative_to("fleet")).is_dir()


@pytest.mark.parametrize("service", ["coordinator", "worker", "postgres", "prometheus", "grafana", "alertmanager"])
def test_every_file_that_is_mounted_exists(service):
    assert mounted(service)
    assert [str(path) for path in mounted(service).values() if not path.exists()] == []


def test_every_secret_is_written_by_the_script_and_kept_out_of_the_repository():
    script = (DEPLOY / "compose/make-secrets.sh").read_text()
    loop = re.search(r"for name in ([\w ]+);", script)
    assert loop is not None
    assert sorted(loop[1].split()) == sorted(COMPOSE["secrets"])
    assert [entry["file"] for entry in COMPOSE["secrets"].values()] == [
        f"deploy/compose/secrets/{name}" for name in COMPOSE["secrets"]
    ]
    assert (DEPLOY / "compose/secrets/.gitignore").read_text().splitlines()[1:] == ["*", "!.gitignore"]


def test_no_service_has_a_secret_in_its_environment():
    for name, service in COMPOSE["services"].items():
        for key, value in service.get("environment", {}).items():
            assert "PASSWORD" not in key or str(value).startswith("/run/secrets/"), f"{name}: {key}"


def test_every_rule_says_what_happened_and_has_a_runbook_that_says_what_to_do():
    for alert, rule in RULES.items():
        assert rule["labels"]["severity"] in {"critical", "warning"}
        assert rule["annotations"]["summary"]
        assert rule["annotations"]["description"]
        runbook = (ROOT / rule["annotations"]["runbook"]).read_text()
        assert runbook.startswith(f"# {alert}\n")
        assert "## What to do" in runbook


def test_every_runbook_belongs_to_a_rule():
    named = {rule["annotations"]["runbook"] for rule in RULES.values()}
    assert {f"docs/runbooks/{path.name}" for path in (ROOT / "docs/runbooks").glob("*.md")} == named


def test_the_dashboard_has_the_eight_panels_and_asks_which_fleet():
    assert sorted(panel["title"] for panel in DASHBOARD["panels"]) == [
        "Age of the last scan",
        "Contract violations",
        "Drift by kind",
        "Drift groups",
        "Drifted tenants",
        "Scan duration",
        "Tenant impact",
        "Tenants by status",
    ]
    assert [variable["name"] for variable in DASHBOARD["templating"]["list"]] == ["fleet"]
    for panel in DASHBOARD["panels"]:
        assert panel["description"]
        for target in panel["targets"]:
            assert 'fleet=~"$fleet"' in target["expr"]


def test_panels_do_not_overlap():
    taken: dict[tuple[int, int], str] = {}
    for panel in DASHBOARD["panels"]:
        place = panel["gridPos"]
        assert place["x"] + place["w"] <= 24
        for x in range(place["x"], place["x"] + place["w"]):
            for y in range(place["y"], place["y"] + place["h"]):
                assert taken.setdefault((x, y), panel["title"]) == panel["title"]


def test_the_dashboard_finds_its_data_source():
    source = yaml.safe_load((DEPLOY / "grafana/provisioning/datasources/prometheus.yml").read_text())["datasources"]
    used = {target["datasource"]["uid"] for panel in DASHBOARD["panels"] for target in panel["targets"]}
    assert used == {entry["uid"] for entry in source}
    provider = yaml.safe_load((DEPLOY / "grafana/provisioning/dashboards/fleetdrift.yml").read_text())["providers"]
    assert provider[0]["options"]["path"] in mounted("grafana")


def test_every_status_has_a_colour_of_its_own():
    panel = next(panel for panel in DASHBOARD["panels"] if panel["title"] == "Tenants by status")
    colours = {
        override["matcher"]["options"]: override["properties"][0]["value"]["fixedColor"]
        for override in panel["fieldConfig"]["overrides"]
    }
    assert set(colours) == {status.value for status in TenantStatus}
    assert len(set(colours.values())) == len(colours)


def test_every_status_is_either_known_or_alerted_as_unscanned():
    alerted = re.search(r'status=~"([a-z_|]+)"', RULES["FleetdriftTenantsUnscanned"]["expr"])
    assert alerted is not None
    known = {TenantStatus.IN_SYNC, TenantStatus.DRIFTED, TenantStatus.PENDING, TenantStatus.EXCLUDED}
    assert set(alerted[1].split("|")) == set(TenantStatus) - known
