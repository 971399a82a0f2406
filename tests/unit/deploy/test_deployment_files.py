"""The files under deploy/ agree with each other, with the configuration's defaults and with the docs."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest
import yaml

from coordinator.daemon.metrics.catalogue import METRICS
from coordinator.report.model import TenantStatus
from coordinator.settings.load import load_settings
from coordinator.settings.serve import ServeTable

ROOT = Path(__file__).parents[3]
DEPLOY = ROOT / "deploy"
DEPLOYMENT = (ROOT / "docs/deployment.md").read_text()
COMPOSE = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
RULES = {
    rule["alert"]: rule
    for group in yaml.safe_load((DEPLOY / "prometheus/alerts.yml").read_text())["groups"]
    for rule in group["rules"]
}
RECORDED = {
    rule["record"]: rule["expr"]
    for group in yaml.safe_load((DEPLOY / "prometheus/recording.yml").read_text())["groups"]
    for rule in group["rules"]
}
RUNBOOKS = "https://docs.example.com/fleetdrift/runbooks/"
"""Where the rules expect docs/runbooks to be published; a placeholder as in the Alertmanager's example."""


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
    made_of_others = re.findall(r"^cat >(\w+) <<", script, re.MULTILINE)
    assert sorted([*loop[1].split(), *made_of_others]) == sorted(COMPOSE["secrets"])
    assert [entry["file"] for entry in COMPOSE["secrets"].values()] == [
        f"deploy/compose/secrets/{name}" for name in COMPOSE["secrets"]
    ]
    assert (DEPLOY / "compose/secrets/.gitignore").read_text().splitlines()[1:] == ["*", "!.gitignore"]


def test_no_service_has_a_secret_in_its_environment():
    for name, service in COMPOSE["services"].items():
        for key, value in service.get("environment", {}).items():
            assert "PASSWORD" not in key or str(value).startswith("/run/secrets/"), f"{name}: {key}"


def runbook_of(rule) -> Path:
    url = rule["annotations"]["runbook_url"]
    assert url.startswith(RUNBOOKS)
    return ROOT / "docs/runbooks" / url.removeprefix(RUNBOOKS)


@pytest.mark.parametrize("alert", RULES)
def test_a_rule_says_what_happened_and_has_a_runbook_that_says_what_to_do(alert):
    rule = RULES[alert]
    assert rule["labels"]["severity"] in {"critical", "warning", "none"}
    assert rule["annotations"]["summary"]
    assert rule["annotations"]["description"]
    runbook = runbook_of(rule).read_text()
    assert runbook.startswith(f"# {alert}\n")
    assert "| page | command | query |" in runbook
    assert "## What to do" in runbook


def test_every_runbook_belongs_to_a_rule():
    assert sorted((ROOT / "docs/runbooks").glob("*.md")) == sorted(map(runbook_of, RULES.values()))


def test_the_documented_line_leads_every_runbook_to_a_place_of_one_s_own(tmp_path):
    [line] = re.findall(r"^    (sed -i .*runbooks/.*) deploy/prometheus/alerts\.yml$", DEPLOYMENT, re.MULTILINE)
    copy = tmp_path / "alerts.yml"
    copy.write_text((DEPLOY / "prometheus/alerts.yml").read_text())
    subprocess.run([*shlex.split(line), copy], check=True)
    urls = re.findall(r"runbook_url: (\S+)", copy.read_text())
    assert len(urls) == len(RULES)
    assert {url.rpartition("/")[0] for url in urls} == {"https://git.example.com/fleetdrift/blob/main/docs/runbooks"}


def test_every_metric_that_rules_and_runbooks_ask_for_is_exported_or_recorded():
    texts = [*(rule["expr"] for rule in RULES.values()), *RECORDED.values()]
    texts += [path.read_text() for path in (ROOT / "docs/runbooks").glob("*.md")]
    asked = set(re.findall(r"(?<![:\w])fleetdrift_\w+(?![:\w])", "\n".join(texts)))
    exported = {metric.series for metric in METRICS}
    assert asked <= exported
    recorded = set(re.findall(r"\w+:fleetdrift_\w+:\w+", "\n".join(texts)))
    assert recorded <= set(RECORDED)


def test_every_page_of_a_runbook_is_one():
    pages = (ROOT / "docs/pages.md").read_text()
    for path in (ROOT / "docs/runbooks").glob("*.md"):
        [row] = [line for line in path.read_text().splitlines() if "| `" in line and "|---" not in line][:1]
        for page in re.findall(r"`(/[^`]*)`", row.split("|")[1]):
            assert f"`{page}`" in pages, f"{path.name}: {page}"


def test_every_command_of_a_runbook_is_one():
    verbs = {line.removeprefix("## ") for line in (ROOT / "docs/cli.md").read_text().splitlines()}
    for path in (ROOT / "docs/runbooks").glob("*.md"):
        for command in re.findall(r"`(fleetdrift [a-z][^`]*)`", path.read_text()):
            verb = re.match(r"fleetdrift [a-z]+( (?:cancel|confirm|watch|list|show)\b)?", command)
            assert verb, f"{path.name}: {command}"
            assert verb[0] in verbs, f"{path.name}: {command}"
            help_text = (ROOT / "docs/cli.md").read_text().split(f"## {verb[0]}\n")[1].split("\n## ")[0]
            assert [word for word in command.split() if word.startswith("-") and word not in help_text] == []


def test_the_dashboards_are_mounted_where_grafana_looks():
    provider = yaml.safe_load((DEPLOY / "grafana/provisioning/dashboards/fleetdrift.yml").read_text())["providers"]
    assert mounted("grafana")[provider[0]["options"]["path"]] == DEPLOY / "grafana/dashboards"
    source = yaml.safe_load((DEPLOY / "grafana/provisioning/datasources/prometheus.yml").read_text())["datasources"]
    assert [entry["isDefault"] for entry in source] == [True]


def test_every_status_is_either_known_or_alerted_as_unscanned():
    alerted = re.search(r'status=~"([a-z_|]+)"', RECORDED["fleet:fleetdrift_unknown_tenants:sum"])
    assert alerted is not None
    known = {TenantStatus.IN_SYNC, TenantStatus.DRIFTED, TenantStatus.PENDING, TenantStatus.EXCLUDED}
    assert set(alerted[1].split("|")) == set(TenantStatus) - known
